//! When a conversation begins anew by itself.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::config::Reset;

/// Whether a conversation whose last word was said at `last` begins anew at `now`.
///
/// The daily hour is local time in `zone`: the conversation is over once that hour has passed since the last word.
pub(crate) fn begins_anew(rule: Reset, last: Timestamp, now: Timestamp, zone: &TimeZone) -> bool {
    match rule {
        Reset::Off => false,
        Reset::Idle { minutes } => {
            minutes > 0 && now.duration_since(last) >= SignedDuration::from_mins(i64::from(minutes))
        }
        Reset::Daily { at_hour } => {
            let local = now.to_zoned(zone.clone());
            let boundary = local.date().at(at_hour, 0, 0, 0).to_zoned(zone.clone());
            let boundary = match boundary {
                Ok(today) if today.timestamp() <= now => Ok(today),
                Ok(today) => today.checked_sub(1.day()),
                Err(error) => Err(error),
            };
            boundary.is_ok_and(|boundary| last < boundary.timestamp())
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::begins_anew;
    use crate::config::Reset;
    use jiff::tz::TimeZone;

    fn due(rule: Reset, last: &str, now: &str) -> bool {
        begins_anew(rule, last.parse().unwrap(), now.parse().unwrap(), &TimeZone::UTC)
    }

    #[test]
    fn the_daily_hour_has_to_pass_in_between() {
        let daily = Reset::Daily { at_hour: 4 };
        assert!(due(daily, "2026-11-20T03:59:00Z", "2026-11-20T04:00:00Z"));
        assert!(!due(daily, "2026-11-20T04:01:00Z", "2026-11-21T03:59:00Z"));
        assert!(due(daily, "2026-11-18T12:00:00Z", "2026-11-20T01:00:00Z"));
    }

    #[test]
    fn silence_counts_in_minutes_and_off_is_off() {
        let idle = Reset::Idle { minutes: 60 };
        assert!(due(idle, "2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z"));
        assert!(!due(idle, "2026-11-20T10:00:00Z", "2026-11-20T10:59:59Z"));
        assert!(!due(Reset::Off, "2020-01-01T00:00:00Z", "2026-11-20T10:59:59Z"));
    }
}
