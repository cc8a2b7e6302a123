//! What is read off a bot's token, and off the secret of a webhook, without showing them.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use secrecy::{ExposeSecret, SecretString};

/// The first part of a Discord token, with and without the signs at its end.
const PLAIN: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The longest secret of a webhook that Telegram takes.
const LONGEST: usize = 256;

/// The id of the bot that a Discord token belongs to, which is in the first of its three parts. It stays when the token is
/// replaced. `Bot ` before it, as it goes on the wire, is none of it.
pub(crate) fn discord_bot_id(token: &SecretString) -> Option<u64> {
    let mut parts = token.expose_secret().split('.');
    let (id, time, hash) = (parts.next()?, parts.next()?, parts.next()?);
    let is_word =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if parts.next().is_some() || !is_word(time) || !is_word(hash) {
        return None;
    }
    let id = String::from_utf8(PLAIN.decode(id).ok()?).ok()?;
    id.bytes().all(|byte| byte.is_ascii_digit()).then(|| id.parse().ok()).flatten().filter(|id| *id != 0)
}

/// The id of the bot that a Telegram token belongs to: the digits before its colon. It stays when the token is replaced.
pub(crate) fn telegram_bot_id(token: &SecretString) -> Option<u64> {
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

    use super::{discord_bot_id, is_webhook_secret, telegram_bot_id};

    #[test]
    fn a_token_of_telegram_tells_its_bot() {
        for (token, id) in [
            ("123456:TEST-abc_DEF", Some(123_456)),
            ("123456:", None),
            (":TEST", None),
            ("12a:TEST", None),
            ("123456:with a blank", None),
            ("123456", None),
            ("99999999999999999999999:TEST", None),
        ] {
            assert_eq!(telegram_bot_id(&SecretString::from(token)), id, "{token}");
        }
    }

    #[test]
    fn a_token_of_discord_tells_its_bot() {
        for (token, id) in [
            ("MTAwMDAwMDAwMDAwMDAwMDAx.TEST-1.abc_DEF-0", Some(100_000_000_000_000_001)),
            ("MTIzNA==.TEST-1.abc", Some(1_234)),
            ("MTIzNA.TEST-1.abc", Some(1_234)),
            ("Bot MTIzNA.TEST-1.abc", None),
            ("MTIzNA.TEST-1", None),
            ("MTIzNA.TEST-1.", None),
            ("MTIzNA.TEST 1.abc", None),
            ("MTIzNA.TEST-1.abc.more", None),
            ("YWJj.TEST-1.abc", None),
            ("MA.TEST-1.abc", None),
            (".TEST-1.abc", None),
            ("", None),
        ] {
            assert_eq!(discord_bot_id(&SecretString::from(token)), id, "{token}");
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
