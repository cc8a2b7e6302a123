//! How a call can fail.

use std::time::Duration;

use serde_json::Value;

use crate::api::Code;

/// The longest description of Discord's that is passed on, in characters.
const LONGEST: usize = 200;

/// How many of the places where a request is wrong are named.
const PLACES: usize = 4;

/// How deep these places may lie.
const DEEPEST: usize = 16;

/// How long to wait when Discord says that there was too much, and not for how long.
const UNSAID: Duration = Duration::from_secs(3);

/// Why a call had no result. Its text holds neither a token nor the text of a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// Discord was not reached, hung up, or is not well: the same call may do later. Whether it was carried out is not
    /// known.
    #[error("{0}")]
    Passing(String),
    /// Too many calls: the same one will do after the wait.
    #[error("Discord asks to wait {} s", .0.as_secs_f32().ceil())]
    Busy(Duration),
    /// Discord says no, and will again.
    #[error("{why} ({code})")]
    Refused {
        /// What HTTP calls it.
        status: u16,
        /// Discord's number for it, see [`Code`]; 0 for what has none.
        code: u64,
        /// Discord's words.
        why: String,
    },
}

impl Fault {
    /// Reads an answer that is none: `{"code": …, "message": …, "errors": …}`, with `retry_after` where there was too much.
    /// `after` is what the head of the answer says of that.
    pub(crate) fn of(status: u16, after: Option<Duration>, answer: &Value) -> Self {
        if status == 429 {
            return Self::Busy(after.or_else(|| answer["retry_after"].as_f64().and_then(seconds)).unwrap_or(UNSAID));
        }
        let mut why = one_line(answer["message"].as_str().unwrap_or("no reason was given"));
        if status >= 500 {
            return Self::Passing(format!("Discord answers {status}: {why}"));
        }
        let places = wrong_places(&answer["errors"]);
        if !places.is_empty() {
            why = format!("{why}: {}", places.join(", "));
        }
        Self::Refused { status, code: answer["code"].as_u64().unwrap_or(0), why }
    }

    /// Whether Discord does not know the bot's token.
    pub(crate) fn is_of_token(&self) -> bool {
        // The same status stands for the token of an interaction that is none.
        matches!(self, Self::Refused { status: 401, code, .. } if *code != Code::InvalidWebhookToken as u64)
    }

    /// Whether Discord refuses for that reason.
    pub(crate) fn is(&self, reason: Code) -> bool {
        matches!(self, Self::Refused { code, .. } if *code == reason as u64)
    }

    /// Whether Discord refuses for one of these reasons.
    pub(crate) fn is_one_of(&self, reasons: &[Code]) -> bool {
        reasons.iter().any(|reason| self.is(*reason))
    }

    /// Whether nothing can be said with the token of an interaction any more.
    pub(crate) fn is_of_interaction(&self) -> bool {
        self.is_one_of(&[Code::UnknownWebhook, Code::InvalidWebhookToken, Code::UnknownInteraction])
    }
}

/// A number of seconds, as Discord writes it.
pub(crate) fn seconds(number: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(number).ok()
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect()
}

/// Where a request is wrong, and what Discord calls it: `embeds.0.description BASE_TYPE_MAX_LENGTH`. Discord's sentences
/// about it may repeat what was written there, so they are not passed on.
fn wrong_places(errors: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut ahead = vec![(String::new(), errors, 0)];
    while let Some((path, value, depth)) = ahead.pop() {
        let Some(fields) = value.as_object() else { continue };
        for (name, inner) in fields.iter().rev() {
            if name == "_errors" {
                let codes = inner.as_array().into_iter().flatten().filter_map(|error| error["code"].as_str());
                found.extend(codes.map(|code| one_line(&format!("{path} {code}")).trim().to_owned()));
            } else if depth < DEEPEST {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                ahead.push((path, inner, depth + 1));
            }
        }
        if found.len() >= PLACES {
            break;
        }
    }
    found.truncate(PLACES);
    found
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn refused(status: u16, code: u64, why: &str) -> Fault {
        Fault::Refused { status, code, why: why.to_owned() }
    }

    #[rstest]
    #[case(429, json!({"message": "You are being rate limited.", "retry_after": 0.5, "global": false}), Fault::Busy(Duration::from_millis(500)))]
    #[case(429, json!({"retry_after": -1.0}), Fault::Busy(UNSAID))]
    #[case(429, Value::Null, Fault::Busy(UNSAID))]
    #[case(502, json!({"message": "Bad Gateway", "code": 0}), Fault::Passing("Discord answers 502: Bad Gateway".to_owned()))]
    #[case(403, json!({"message": "Missing\nAccess", "code": 50_001}), refused(403, 50_001, "Missing Access"))]
    #[case(404, json!({}), refused(404, 0, "no reason was given"))]
    fn an_answer_that_is_none_is_told_apart(#[case] status: u16, #[case] answer: Value, #[case] fault: Fault) {
        assert_eq!(Fault::of(status, None, &answer), fault);
    }

    #[test]
    fn what_is_wrong_with_a_form_is_named_without_what_was_written() {
        let answer = json!({"code": 50_035, "message": "Invalid Form Body", "errors": {
            "embeds": {"0": {"description": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "`secret` is too long"}]}}},
            "nonce": {"_errors": [{"code": "BASE_TYPE_CHOICES", "message": "Value `secret`"}]},
        }});
        let fault = Fault::of(400, None, &answer);
        let said = "Invalid Form Body: embeds.0.description BASE_TYPE_MAX_LENGTH, nonce BASE_TYPE_CHOICES (50035)";
        assert_eq!(fault.to_string(), said);
        assert!(fault.is(Code::InvalidForm));
    }

    #[test]
    fn a_form_that_is_wrong_without_end_has_an_end() {
        let mut errors = json!({"_errors": [{"code": "DEEP"}]});
        for _ in 0..100 {
            errors = json!({"x": errors});
        }
        assert_eq!(wrong_places(&errors), [""; 0]);
        let many: Vec<_> = (0..100).map(|n| (n.to_string(), json!({"_errors": [{"code": "A"}]}))).collect();
        assert_eq!(wrong_places(&many.into_iter().collect()).len(), PLACES);
    }

    #[test]
    fn the_head_of_an_answer_counts_more_than_its_body() {
        let after = Some(Duration::from_secs(9));
        assert_eq!(Fault::of(429, after, &json!({"retry_after": 1.0})), Fault::Busy(Duration::from_secs(9)));
    }

    #[test]
    fn the_token_of_an_interaction_is_not_the_bots() {
        assert!(refused(401, 0, "401: Unauthorized").is_of_token());
        let expired = refused(401, 50_027, "Invalid Webhook Token");
        assert!(!expired.is_of_token() && expired.is_of_interaction());
        assert!(!refused(404, 10_003, "Unknown Channel").is_of_interaction());
    }
}
