//! `--since`

use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::directive::duration;

/// From when on: so long ago, at that time, or from the beginning of that day in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    Ago(Duration),
    At(Timestamp),
}

impl Since {
    /// The moment that is meant, as seen from `now`.
    pub(crate) fn moment(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Ago(length) => now.saturating_sub(length).unwrap_or(Timestamp::MIN),
            Self::At(moment) => moment,
        }
    }

    /// The day of it, in UTC.
    pub(crate) fn day(self, now: Timestamp) -> Date {
        self.moment(now).to_zoned(TimeZone::UTC).date()
    }
}

impl FromStr for Since {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if let Some(length) = duration(text) {
            return Ok(Self::Ago(length));
        }
        if let Ok(moment) = text.parse() {
            return Ok(Self::At(moment));
        }
        let day = text.parse::<Date>().ok().and_then(|day| day.to_zoned(TimeZone::UTC).ok());
        day.map(|day| Self::At(day.timestamp())).ok_or("write 2h, 7d, 2026-11-26 or 2026-11-26T12:00:00Z")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use jiff::Timestamp;

    use super::Since;

    #[test]
    fn a_time_can_be_written_in_three_ways() {
        let now: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
        for (text, moment) in [
            ("2h", "2026-11-26T10:00:00Z"),
            ("2026-11-25", "2026-11-25T00:00:00Z"),
            ("2026-11-25T07:30:00Z", "2026-11-25T07:30:00Z"),
        ] {
            assert_eq!(text.parse::<Since>().unwrap().moment(now).to_string(), moment, "{text}");
        }
        assert!("yesterday".parse::<Since>().is_err());
    }
}
