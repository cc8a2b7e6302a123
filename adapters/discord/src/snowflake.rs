//! Discord's ids.

use std::num::NonZeroU64;

use serde::{Deserialize, Deserializer, de};

/// An id, which Discord writes as text. Never 0, and below 2^63.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Snowflake(NonZeroU64);

impl Snowflake {
    /// Reads an id that stands there as Discord writes it: digits, and no zero before them.
    pub(crate) fn read(text: &str) -> Option<Self> {
        if !text.starts_with(|first: char| matches!(first, '1'..='9')) {
            return None;
        }
        // The inbox counts with a sign, and so does what tells chats apart.
        let number = text.parse::<u64>().ok().filter(|number| i64::try_from(*number).is_ok())?;
        Self::of(number)
    }

    /// The id that is this number.
    pub(crate) fn of(number: u64) -> Option<Self> {
        NonZeroU64::new(number).map(Self)
    }

    /// The number that it is.
    pub(crate) fn get(self) -> u64 {
        self.0.get()
    }

    /// One of the ids of the library.
    pub(crate) fn to<T: From<NonZeroU64>>(self) -> T {
        T::from(self.0)
    }
}

impl<'de> Deserialize<'de> for Snowflake {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        // What stands there instead is not told: it may be anybody's text.
        Self::read(text).ok_or_else(|| de::Error::custom("no id of Discord's"))
    }
}

#[cfg(test)]
mod tests {
    use super::Snowflake;

    #[test]
    fn only_what_discord_would_write_is_an_id() {
        for (text, id) in [
            ("1", Some(1)),
            ("1180388626432500150", Some(1_180_388_626_432_500_150)),
            ("9223372036854775807", Some(9_223_372_036_854_775_807)),
            ("9223372036854775808", None),
            ("99999999999999999999", None),
            ("0", None),
            ("01", None),
            ("+1", None),
            ("-1", None),
            (" 1", None),
            ("1a", None),
            ("", None),
        ] {
            assert_eq!(Snowflake::read(text).map(Snowflake::get), id, "{text:?}");
        }
    }
}
