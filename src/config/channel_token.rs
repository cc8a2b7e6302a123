//! What is read off a bot's token, and off the secret of a webhook, without showing them.

use secrecy::{ExposeSecret, SecretString};

/// The longest secret of a webhook that Telegram takes.
const LONGEST: usize = 256;

/// The id of the bot that a Telegram token belongs to: the digits before its colon. It stays when the token is replaced.
pub(crate) fn bot_id(token: &SecretString) -> Option<u64> {
    let (id, rest) = token.expose_secret().split_once(':')?;
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let is_whole = !rest.is_empty() && rest.chars().all(is_word) && id.bytes().all(|byte| byte.is_ascii_digit());
    is_whole.then(|| id.parse().ok()).flatten()
}

/// Whether Telegram would take `secret` for a webhook: 1 to 256 characters of `A-Z a-z 0-9 _ -`.
pub(crate) fn is_webhook_secret(secret: &SecretString) -> bool {
    let text = secret.expose_secret();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (1..=LONGEST).contains(&text.len()) && text.chars().all(is_word)
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::{bot_id, is_webhook_secret};

    #[test]
    fn a_token_tells_its_bot() {
        for (token, id) in [
            ("123456:TEST-abc_DEF", Some(123_456)),
            ("123456:", None),
            (":TEST", None),
            ("12a:TEST", None),
            ("123456:with a blank", None),
            ("123456", None),
            ("99999999999999999999999:TEST", None),
        ] {
            assert_eq!(bot_id(&SecretString::from(token)), id, "{token}");
        }
    }

    #[test]
    fn a_webhook_secret_keeps_to_the_letters_that_telegram_takes() {
        let takes = |text: &str| is_webhook_secret(&SecretString::from(text.to_owned()));
        assert!(takes("sk-test_Hook-1") && takes(&"a".repeat(256)));
        for wrong in ["", "a b", "a/b", "ä", &"a".repeat(257)] {
            assert!(!takes(wrong), "{wrong}");
        }
    }
}
