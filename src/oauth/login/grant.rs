//! What a login gives.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use serde_json::Value;

/// What a login gives.
#[derive(Debug)]
pub(crate) struct Grant {
    /// The access token, or the key.
    pub(crate) access: SecretString,
    /// What gets the next one.
    pub(crate) refresh: Option<SecretString>,
    /// How long the access token lasts, where that was said.
    pub(crate) lasts: Option<Duration>,
    /// Whose it is, as far as that was said.
    pub(crate) account: Account,
}

/// Whose a login is: a label for people, and to recognise the same account by. Nothing of it is verified, and nobody is let
/// in anywhere because of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) email: Option<String>,
    /// The provider's own id.
    pub(crate) id: Option<String>,
}

/// Longer than any address or id that a person could tell from another, in bytes.
const LONGEST: usize = 256;

impl Account {
    /// What the `answer` of a token endpoint says, in its ID token or beside it.
    pub(crate) fn of_answer(answer: &Value) -> Self {
        let beside = &answer["account"];
        let beside = Self {
            email: word(&beside["email_address"]).or_else(|| word(&answer["email"])).filter(|email| is_address(email)),
            id: word(&beside["uuid"]).or_else(|| word(&answer["account_id"])).or_else(|| word(&answer["user_id"])),
        };
        beside.or(answer["id_token"]
            .as_str()
            .and_then(claims)
            .map(|claims| Self::of_claims(&claims))
            .unwrap_or_default())
    }

    /// What the claims of an ID token or of a userinfo endpoint say.
    pub(crate) fn of_claims(claims: &Value) -> Self {
        let openai = &claims["https://api.openai.com/auth"]["chatgpt_account_id"];
        Self {
            email: word(&claims["email"]).filter(|email| is_address(email)),
            id: word(openai).or_else(|| word(&claims["sub"])),
        }
    }

    /// This, and of `other` what is not known here.
    pub(crate) fn or(self, other: Self) -> Self {
        Self { email: self.email.or(other.email), id: self.id.or(other.id) }
    }
}

/// The claims of a JSON web token. Nothing is verified: it came from the token endpoint itself, and is only a label.
fn claims(token: &str) -> Option<Value> {
    let payload = token.split('.').nth(1)?.trim_end_matches('=');
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

fn word(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    let fits = !text.is_empty() && text.len() <= LONGEST && !text.chars().any(|c| c.is_control() || c.is_whitespace());
    fits.then(|| text.to_owned())
}

/// It becomes part of an id.
fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    use super::Account;

    fn account(email: Option<&str>, id: Option<&str>) -> Account {
        Account { email: email.map(str::to_owned), id: id.map(str::to_owned) }
    }

    fn token(claims: &Value) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    #[test]
    fn an_account_is_read_from_wherever_it_is_said() {
        let of_id_token = json!({"id_token": token(&json!({"email": "me@example.com", "sub": "u-1"}))});
        assert_eq!(Account::of_answer(&of_id_token), account(Some("me@example.com"), Some("u-1")));
        let beside = json!({"account": {"uuid": "a-1", "email_address": "me@example.com"}});
        assert_eq!(Account::of_answer(&beside), account(Some("me@example.com"), Some("a-1")));
        let openai = json!({"sub": "u-1", "https://api.openai.com/auth": {"chatgpt_account_id": "acc-1"}});
        assert_eq!(Account::of_claims(&openai), account(None, Some("acc-1")));
        assert_eq!(Account::of_answer(&json!({"user_id": "user_1"})), account(None, Some("user_1")));
    }

    #[test]
    fn what_makes_no_sense_is_nobody() {
        for answer in [
            json!({}),
            json!({"id_token": "opaque"}),
            json!({"id_token": "a.!.c"}),
            json!({"id_token": 7, "email": "no address", "user_id": ""}),
            json!({"email": "a@b\u{1b}[2J", "user_id": "x".repeat(300)}),
        ] {
            assert_eq!(Account::of_answer(&answer), Account::default(), "{answer}");
        }
    }
}
