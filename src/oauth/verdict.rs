//! What the refusal of a token endpoint means.

use std::time::Duration;

use serde_json::Value;

/// What follows from a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The refresh token is no longer taken, and never will be again.
    Dead,
    /// The request is not taken, but nothing is said against the token: the client is wrong, or the address.
    Refused,
    /// The endpoint has trouble of its own, or was not reached.
    Trouble {
        /// How long it asked to be left alone.
        retry_after: Option<Duration>,
    },
}

/// What says that the token itself is no longer good, whatever the status it comes with.
const DEAD: [&str; 11] = [
    "invalid_grant",
    "refresh_token_reused",
    "refresh_token_expired",
    "refresh_token_invalidated",
    "refresh_token_revoked",
    "invalid_refresh_token",
    "token_revoked",
    "token_expired",
    "expired_token",
    "login_required",
    "interaction_required",
];

/// What says that trying again later may help, whatever the status it comes with.
const PASSING: [&str; 4] = ["temporarily_unavailable", "server_error", "slow_down", "rate_limit_error"];

/// What the status and the body of a refusal mean. Only typed fields count; sentences are for people.
pub(crate) fn verdict(status: u16, body: &Value, retry_after: Option<Duration>, bare_400_is_final: bool) -> Verdict {
    let words = words(body);
    let says = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    // A server that has trouble does not know what it says of a token.
    if status >= 500 || matches!(status, 408 | 425 | 429) || says(&PASSING) {
        return Verdict::Trouble { retry_after };
    }
    if says(&DEAD) || (status == 400 && bare_400_is_final && words.is_empty()) {
        return Verdict::Dead;
    }
    Verdict::Refused
}

/// The typed words of a body: `error` of the standard, or the type and the code inside of it.
pub(crate) fn words(body: &Value) -> Vec<String> {
    let error = &body["error"];
    let fields = [error, &error["code"], &error["type"], &body["code"], &body["error_code"]];
    fields.into_iter().filter_map(Value::as_str).map(str::to_ascii_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::{Verdict, verdict};

    const TROUBLE: Verdict = Verdict::Trouble { retry_after: None };

    #[rstest]
    #[case::standard(400, json!({"error": "invalid_grant", "error_description": "…"}), Verdict::Dead)]
    #[case::openai(401, json!({"error": {"code": "refresh_token_reused", "type": "invalid_request_error"}}), Verdict::Dead)]
    #[case::anthropic(400, json!({"type": "error", "error": {"type": "invalid_grant", "message": "…"}}), Verdict::Dead)]
    #[case::client(401, json!({"error": "invalid_client"}), Verdict::Refused)]
    #[case::sentence(400, json!({"error": "invalid_request", "error_description": "not an invalid_grant"}), Verdict::Refused)]
    #[case::bare(400, json!(null), Verdict::Refused)]
    #[case::wrong_address(404, json!({"message": "no such page"}), Verdict::Refused)]
    #[case::busy(429, json!({"error": "invalid_grant"}), TROUBLE)]
    #[case::broken(500, json!({"error": "invalid_grant"}), TROUBLE)]
    #[case::passing(400, json!({"error": "temporarily_unavailable"}), TROUBLE)]
    fn each_refusal_means_one_thing(#[case] status: u16, #[case] body: Value, #[case] expected: Verdict) {
        assert_eq!(verdict(status, &body, None, false), expected);
    }

    #[test]
    fn some_say_it_with_the_status_alone() {
        assert_eq!(verdict(400, &json!(null), None, true), Verdict::Dead);
        assert_eq!(verdict(400, &json!({"error": "invalid_client"}), None, true), Verdict::Refused);
    }
}
