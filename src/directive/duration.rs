//! How long something lasts, as people write it: `1h30m`.

use std::time::Duration;

/// The units, longest first, with the seconds in them.
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// The longest duration that is read: ten years. What is to last longer needs no end.
pub const LONGEST: Duration = Duration::from_hours(3_650 * 24);

/// The duration that `text` says: `90s`, `15m`, `2h`, `1h30m`, `7d`, in either case.
///
/// Whole numbers, longer units first, each unit once at the most. `None` for anything else, for zero, and for more than
/// [`LONGEST`].
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use modelpin::directive::duration;
///
/// assert_eq!(duration("1h30m"), Some(Duration::from_secs(5_400)));
/// assert_eq!(duration("30m1h"), None);
/// ```
pub fn duration(text: &str) -> Option<Duration> {
    let mut units = UNITS.iter();
    let mut rest = text;
    let mut seconds: u64 = 0;
    while !rest.is_empty() {
        let (number, behind) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let unit = behind.chars().next()?;
        // The iterator goes on from the unit before, which is what forbids a longer or an equal one.
        let (_, worth) = units.find(|(name, _)| unit.eq_ignore_ascii_case(name))?;
        seconds = seconds.checked_add(number.parse::<u64>().ok()?.checked_mul(*worth)?)?;
        rest = behind.get(unit.len_utf8()..)?;
    }
    let duration = Duration::from_secs(seconds);
    (!duration.is_zero() && duration <= LONGEST).then_some(duration)
}

/// The canonical text of `duration`, which [`duration`](fn@duration) reads: `1h30m`. Parts of a second are left out, and
/// what is less than one second is written as one.
pub fn duration_text(duration: Duration) -> String {
    let mut seconds = duration.as_secs().max(1);
    let mut text = String::new();
    for (name, worth) in UNITS {
        let count = seconds / worth;
        if count > 0 {
            text.push_str(&count.to_string());
            text.push(name);
        }
        seconds %= worth;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written_canonically() {
        for (text, seconds, canonical) in [
            ("90s", 90, "1m30s"),
            ("15m", 900, "15m"),
            ("2h", 7_200, "2h"),
            ("2H", 7_200, "2h"),
            ("1h30m", 5_400, "1h30m"),
            ("1h90m", 9_000, "2h30m"),
            ("7d", 604_800, "7d"),
            ("24h", 86_400, "1d"),
            ("0h1s", 1, "1s"),
            ("1d2h3m4s", 93_784, "1d2h3m4s"),
            ("3650d", 315_360_000, "3650d"),
        ] {
            assert_eq!(duration(text), Some(Duration::from_secs(seconds)), "{text}");
            assert_eq!(duration_text(Duration::from_secs(seconds)), canonical);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "0s",
            "0d0h",
            "5",
            "h",
            "1.5h",
            "-1h",
            "+1h",
            "2h 30m",
            "30m1h",
            "1h1h",
            "1w",
            "1h3",
            "½h",
            "3651d",
            "18446744073709551615d",
            "99999999999999999999s",
            "٣h",
            "2h\u{200B}",
        ] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn less_than_a_second_is_written_as_one() {
        assert_eq!(duration_text(Duration::from_millis(3)), "1s");
    }
}
