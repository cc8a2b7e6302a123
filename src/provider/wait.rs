//! How long a provider asks to be left alone.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use crate::health::FailureClass;
use crate::provider::ErrorBody;

/// Longer waits than the longest window any vendor has (a week) are taken for mistakes.
const LONGEST: Duration = Duration::from_hours(7 * 24);

/// A wait of nothing would be no wait at all.
const SHORTEST: Duration = Duration::from_secs(1);

/// From here on a number is seconds since 1970, not seconds from now (2001).
const EPOCH: f64 = 1e9;

/// From here on it is milliseconds since 1970.
const EPOCH_MILLIS: f64 = 1e11;

/// The wait that a failed request's headers and body ask for, between a second and a week; `None` if they ask for
/// none. `header` looks up a header by its lower-case name.
///
/// What is said outright comes first; the state of a window counts only where it is the window that ran out.
pub fn retry_after(
    class: FailureClass,
    header: &dyn Fn(&str) -> Option<String>,
    body: &ErrorBody,
    now: Timestamp,
) -> Option<Duration> {
    let waiting_helps = match class {
        FailureClass::RateLimit
        | FailureClass::AccountLimit
        | FailureClass::Billing
        | FailureClass::Overloaded
        | FailureClass::Server
        | FailureClass::Timeout => true,
        FailureClass::Auth
        | FailureClass::NeedsLogin
        | FailureClass::NotRenewed
        | FailureClass::ClientOnly
        | FailureClass::Malformed
        | FailureClass::ContextOverflow
        | FailureClass::ModelNotFound => false,
    };
    if !waiting_helps {
        return None;
    }
    let repeated = |name: &str| body.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone());
    let lookup = |name: &str| header(name).or_else(|| repeated(name));
    let mut wait = said_outright(&lookup, now).or_else(|| moment(body.retry_delay.as_deref()?, now));
    if wait.is_none() && matches!(class, FailureClass::RateLimit | FailureClass::AccountLimit) {
        wait = spent_windows(&lookup, now);
    }
    wait.map(|wait| wait.clamp(SHORTEST, LONGEST))
}

/// `retry-after-ms`, `retry-after` (seconds, or a date).
fn said_outright(header: &dyn Fn(&str) -> Option<String>, now: Timestamp) -> Option<Duration> {
    let millis = header("retry-after-ms").and_then(|text| seconds(text.trim().parse::<f64>().ok()? / 1000.0));
    millis.or_else(|| moment(&header("retry-after")?, now))
}

/// The latest reset among the windows that are used up.
fn spent_windows(header: &dyn Fn(&str) -> Option<String>, now: Timestamp) -> Option<Duration> {
    let mut spent = Vec::new();
    for window in ["requests", "tokens", "input-tokens", "output-tokens"] {
        for family in ["anthropic-ratelimit", "x-ratelimit"] {
            // Anthropic and OpenAI put the two words in different order.
            let (remaining, reset) = if family == "x-ratelimit" {
                (format!("{family}-remaining-{window}"), format!("{family}-reset-{window}"))
            } else {
                (format!("{family}-{window}-remaining"), format!("{family}-{window}-reset"))
            };
            if header(&remaining).is_some_and(|left| left.trim().parse::<f64>().is_ok_and(|left| left <= 0.0)) {
                spent.push(header(&reset));
            }
        }
    }
    for window in ["5h-", "7d-", ""] {
        let status = header(&format!("anthropic-ratelimit-unified-{window}status"));
        if status.is_some_and(|status| status.trim().eq_ignore_ascii_case("rejected")) {
            spent.push(header(&format!("anthropic-ratelimit-unified-{window}reset")));
        }
    }
    let left = header("x-ratelimit-remaining");
    if left.is_none_or(|left| left.trim().parse::<f64>().is_ok_and(|left| left <= 0.0)) {
        spent.push(header("x-ratelimit-reset"));
    }
    spent.into_iter().flatten().filter_map(|reset| moment(&reset, now)).max()
}

/// A wait, or a moment to wait for: seconds, seconds or milliseconds since 1970, a duration, an RFC 3339 or HTTP date.
fn moment(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        #[allow(clippy::cast_precision_loss, reason = "milliseconds since 1970 stay below 2^53 for 200,000 years")]
        let since_1970 = now.as_millisecond() as f64 / 1000.0;
        return seconds(match number {
            number if number >= EPOCH_MILLIS => (number / 1000.0 - since_1970).max(0.0),
            number if number >= EPOCH => (number - since_1970).max(0.0),
            number => number,
        });
    }
    let at = text
        .parse::<Timestamp>()
        .ok()
        .or_else(|| rfc2822::DateTimeParser::new().parse_zoned(text).ok().map(|zoned| zoned.timestamp()));
    match at {
        Some(at) => Some(Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO)),
        None => duration(text),
    }
}

/// `6m0s`, `1h2m3.5s`, `20ms`, `1d`.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|at| *at > 0)?;
        let (number, tail) = rest.split_at(digits);
        let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let length = match unit {
            "d" => 86_400.0,
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 0.001,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * length;
        rest = tail;
    }
    if text.is_empty() { None } else { seconds(total) }
}

fn seconds(number: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(number).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;
    use rstest::rstest;

    use super::retry_after;
    use crate::health::FailureClass;
    use crate::provider::ErrorBody;

    fn wait(class: FailureClass, headers: &[(&str, &str)], body: &str) -> Option<Duration> {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let header = |name: &str| headers.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
        retry_after(class, &header, &ErrorBody::read(body.as_bytes()), now)
    }

    #[rstest]
    #[case::seconds(&[("retry-after", "30")], 30_000)]
    #[case::fraction(&[("retry-after", " 7.5 ")], 7_500)]
    #[case::http_date(&[("retry-after", "Fri, 20 Nov 2026 12:01:00 GMT")], 60_000)]
    #[case::date_gone_by(&[("retry-after", "Fri, 20 Nov 2026 11:00:00 GMT")], 1_000)]
    #[case::millis_first(&[("retry-after-ms", "2500"), ("retry-after", "30")], 2_500)]
    #[case::nothing_is_a_second(&[("retry-after", "0")], 1_000)]
    #[case::a_week_at_most(&[("retry-after", "99999999")], 604_800_000)]
    #[case::rubbish_then_window(&[("retry-after", "soon"), ("x-ratelimit-reset", "5")], 5_000)]
    #[case::anthropic_spent(&[
        ("anthropic-ratelimit-requests-remaining", "49"), ("anthropic-ratelimit-requests-reset", "2026-11-20T13:00:00Z"),
        ("anthropic-ratelimit-input-tokens-remaining", "0"), ("anthropic-ratelimit-input-tokens-reset", "2026-11-20T12:00:40Z"),
    ], 40_000)]
    #[case::anthropic_subscription(&[
        ("anthropic-ratelimit-unified-status", "rejected"), ("anthropic-ratelimit-unified-reset", "1795179600"),
        ("anthropic-ratelimit-unified-5h-status", "rejected"), ("anthropic-ratelimit-unified-5h-reset", "1795179600"),
        ("anthropic-ratelimit-unified-7d-status", "allowed"), ("anthropic-ratelimit-unified-7d-reset", "1795500000"),
    ], 3_600_000)]
    #[case::openai(&[
        ("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "6m0s"),
        ("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", "20ms"),
    ], 360_000)]
    #[case::groq(&[("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", "1h2m7.66s")], 3_727_660)]
    #[case::epoch_millis(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795176060000")], 60_000)]
    #[case::epoch_seconds(&[("x-ratelimit-reset", "1795176090")], 90_000)]
    fn headers_of_a_rate_limit(#[case] headers: &[(&str, &str)], #[case] millis: u64) {
        assert_eq!(wait(FailureClass::RateLimit, headers, ""), Some(Duration::from_millis(millis)));
    }

    #[rstest]
    #[case::nothing(&[])]
    #[case::rubbish(&[("retry-after", "-5"), ("x-ratelimit-reset-requests", "6m")])]
    #[case::windows_with_room(&[
        ("anthropic-ratelimit-tokens-remaining", "100"), ("anthropic-ratelimit-tokens-reset", "2026-11-20T13:00:00Z"),
        ("x-ratelimit-remaining", "7"), ("x-ratelimit-reset", "60"),
        ("anthropic-ratelimit-unified-status", "allowed"), ("anthropic-ratelimit-unified-reset", "1795179600"),
    ])]
    fn headers_that_ask_for_nothing(#[case] headers: &[(&str, &str)]) {
        assert_eq!(wait(FailureClass::RateLimit, headers, ""), None);
    }

    #[test]
    fn bodies_that_say_it() {
        let google = r#"[{"error":{"code":429,"details":[{"@type":"RetryInfo","retryDelay":"34s"}]}}]"#;
        assert_eq!(wait(FailureClass::RateLimit, &[], google), Some(Duration::from_secs(34)));
        let openrouter = r#"{"error":{"code":429,"message":"m","metadata":{"headers":{"X-RateLimit-Remaining":"0","X-RateLimit-Reset":"1795176060000"}}}}"#;
        assert_eq!(wait(FailureClass::RateLimit, &[], openrouter), Some(Duration::from_mins(1)));
    }

    #[test]
    fn only_where_waiting_helps() {
        let headers = [("retry-after", "30")];
        assert_eq!(wait(FailureClass::Auth, &headers, ""), None);
        assert_eq!(wait(FailureClass::Malformed, &headers, ""), None);
        assert_eq!(wait(FailureClass::Overloaded, &headers, ""), Some(Duration::from_secs(30)));
        assert_eq!(wait(FailureClass::Server, &[("x-ratelimit-reset", "60")], ""), None);
    }
}
