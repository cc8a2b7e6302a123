//! `--expires-in`

use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;

use crate::directive::duration;
use crate::profile::Expiry;

/// How long a token lasts: as durations are written everywhere, or a plain number of days as in the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lifetime(Duration);

impl Lifetime {
    /// When what lasts `lifetime` from `now` ends; nothing said is no end.
    pub(crate) fn end(lifetime: Option<Self>, now: Timestamp) -> Expiry {
        match lifetime {
            None => Expiry::Never,
            Some(Self(lifetime)) => Expiry::At(now.saturating_add(lifetime).unwrap_or(Timestamp::MAX)),
        }
    }
}

impl FromStr for Lifetime {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let days = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let read = if days { duration(&format!("{text}d")) } else { duration(text) };
        read.map(Self).ok_or("write 365d, 12h, 1h30m or a number of days: more than nothing, and ten years at the most")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn a_plain_number_is_days() {
        let hours = |text: &str| text.parse().map(|Lifetime(lifetime)| lifetime.as_secs() / 3600).ok();
        assert_eq!(hours("365"), Some(8760));
        assert_eq!(hours(" 365d "), Some(8760));
        assert_eq!(hours("1d12h"), Some(36));
        for text in ["0", "0d", "", "-1", "1.5", "1w", "99999999999999999999", "3651"] {
            assert_eq!(hours(text), None, "{text}");
        }
    }

    #[test]
    fn it_ends_when_it_says() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(Lifetime::end(None, now), Expiry::Never);
        let end = Timestamp::from_second(86_400).unwrap();
        assert_eq!(Lifetime::end("1".parse().ok(), now), Expiry::At(end));
    }
}
