//! How long a secret may be that stands in a text.

/// The longest runs of characters in a text. Most secrets are longer than any word of what is printed, so that nothing has
/// to be made of them to see that they are not there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    text: usize,
    without_blanks: usize,
    base64: usize,
}

impl Room {
    /// The room in `text`.
    pub(crate) fn of(text: &str) -> Self {
        let longest = |counts: fn(u8) -> bool| {
            let mut run = 0;
            let runs = text.bytes().map(|byte| {
                run = if counts(byte) { run + 1 } else { 0 };
                run
            });
            runs.max().unwrap_or(0)
        };
        // Both alphabets have two characters of their own, and no form has those of both.
        let standard = longest(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
        let for_urls = longest(|byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte));
        Self {
            text: text.len(),
            without_blanks: longest(|byte| !byte.is_ascii_whitespace()),
            base64: standard.max(for_urls),
        }
    }

    /// Whether `secret` may stand there in any form: none is shorter than the secret, and none has a blank that the secret
    /// has not.
    pub(crate) fn has_for(self, secret: &str) -> bool {
        let blank = secret.bytes().any(|byte| byte.is_ascii_whitespace());
        secret.len() <= if blank { self.text } else { self.without_blanks }
    }

    /// Whether it may stand there in base64: within a longer text, up to two characters at its ends depend on others.
    pub(crate) fn has_for_base64(self, secret: &str) -> bool {
        (secret.len() * 8 / 6).saturating_sub(2) <= self.base64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Room;
    use crate::redact::forms;
    use crate::redact::forms::in_base64;

    proptest! {
        #[test]
        fn there_is_room_for_every_form_where_it_stands(secret in "[ -~ü€\\t]{6,22}[!-~]{2}", around in "[ a-z/.]{0,20}") {
            let secret = secret.trim();
            for form in forms(secret) {
                let text = format!("{around}{}{around}", form.as_str());
                prop_assert!(Room::of(&text).has_for(secret), "{text}");
            }
            for form in in_base64(secret) {
                let text = format!("{around} {form} {around}");
                prop_assert!(Room::of(&text).has_for_base64(secret), "{text}");
            }
        }
    }

    #[test]
    fn words_have_no_room_for_keys() {
        let room = Room::of("ok: all credentials in use are usable, see /home/ann/.modelpin/auth-profiles.json");
        assert!(!room.has_for("sk-test-00000000000000000000000000000000001"));
        assert!(!room.has_for_base64("sk-test-0123456789abcdef"));
        assert!(room.has_for("with blanks 0123456789"), "of which there are some");
    }
}
