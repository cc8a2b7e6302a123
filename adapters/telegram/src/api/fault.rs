//! How a call can fail.

use std::time::Duration;

use serde_json::Value;

/// The longest description of Telegram's that is passed on, in characters.
const LONGEST: usize = 200;

/// How long to wait when Telegram says that there was too much, and not for how long.
const UNSAID: Duration = Duration::from_secs(3);

/// Why a call had no result. Its text holds neither the token nor the text of a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// Telegram was not reached, hung up, or is not well: the same call may do later. Whether it was carried out is not
    /// known.
    #[error("{0}")]
    Passing(String),
    /// Too many calls: the same one will do after the wait.
    #[error("Telegram asks to wait {} s", .0.as_secs())]
    Busy(Duration),
    /// The group has become a supergroup, which has another id.
    #[error("the group has moved")]
    Moved(i64),
    /// Telegram says no, and will again.
    #[error("{description}")]
    Refused {
        /// What HTTP would call it.
        code: u16,
        /// Telegram's words.
        description: String,
    },
}

impl Fault {
    /// Reads an answer that says that it is none: `{"ok": false, "error_code": …, "description": …, "parameters": …}`.
    pub(crate) fn of(status: u16, answer: &Value) -> Self {
        let code = answer["error_code"].as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or(status);
        let parameters = &answer["parameters"];
        if let Some(chat) = parameters["migrate_to_chat_id"].as_i64() {
            return Self::Moved(chat);
        }
        let after = parameters["retry_after"].as_u64().map(Duration::from_secs);
        if code == 429 || after.is_some() {
            return Self::Busy(after.unwrap_or(UNSAID));
        }
        let description = one_line(answer["description"].as_str().unwrap_or("no reason was given"));
        if code >= 500 {
            return Self::Passing(format!("Telegram answers {code}: {description}"));
        }
        Self::Refused { code, description }
    }

    /// Whether Telegram does not know the token: 401, and 404 where it cannot even be one.
    pub(crate) fn is_of_token(&self) -> bool {
        matches!(self, Self::Refused { code: 401 | 404, .. })
    }

    /// Whether somebody else is served the updates.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Refused { code: 409, .. })
    }

    /// Whether Telegram's refusal holds one of `phrases`, in whatever case.
    pub(crate) fn says(&self, phrases: &[&str]) -> bool {
        let Self::Refused { description, .. } = self else { return false };
        let description = description.to_lowercase();
        phrases.iter().any(|phrase| description.contains(&phrase.to_lowercase()))
    }

    /// Whether the marks of a text were not understood. The description quotes them, so it is not passed on.
    pub(crate) fn is_of_marks(&self) -> bool {
        self.says(&["can't parse entities", "can't parse message text"])
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case(json!({"ok": false, "error_code": 429, "description": "Too Many Requests: retry after 7", "parameters": {"retry_after": 7}}), Fault::Busy(Duration::from_secs(7)))]
    #[case(json!({"ok": false, "error_code": 429, "description": "Too Many Requests"}), Fault::Busy(UNSAID))]
    #[case(json!({"ok": false, "error_code": 400, "description": "Bad Request: group chat was upgraded to a supergroup chat", "parameters": {"migrate_to_chat_id": -1_001}}), Fault::Moved(-1_001))]
    #[case(json!({"ok": false, "error_code": 502, "description": "Bad Gateway"}), Fault::Passing("Telegram answers 502: Bad Gateway".to_owned()))]
    #[case(json!({"ok": false, "error_code": 403, "description": "Forbidden:\nbot was blocked"}), Fault::Refused { code: 403, description: "Forbidden: bot was blocked".to_owned() })]
    #[case(json!({"ok": false}), Fault::Refused { code: 400, description: "no reason was given".to_owned() })]
    fn an_answer_that_is_none_is_told_apart(#[case] answer: Value, #[case] fault: Fault) {
        assert_eq!(Fault::of(400, &answer), fault);
    }

    #[test]
    fn a_long_description_is_cut() {
        let answer = json!({"ok": false, "error_code": 400, "description": "é".repeat(1_000)});
        assert_eq!(Fault::of(400, &answer).to_string().chars().count(), LONGEST);
    }

    #[test]
    fn refusals_are_told_apart_by_their_words_whatever_the_case() {
        let refused = |description: &str| Fault::Refused { code: 400, description: description.to_owned() };
        assert!(refused("Bad Request: can't parse entities: Unsupported start tag \"x\"").is_of_marks());
        assert!(refused("Bad Request: Message Is Not Modified").says(&["message is not modified"]));
        assert!(!Fault::Passing("message is not modified".to_owned()).says(&["message is not modified"]));
    }
}
