//! How long a credential lasts: its end, whether it is renewed by itself, and the family's one word for both.

use jiff::{SignedDuration, Timestamp};

use crate::config::AuthConfig;
use crate::health::{Bench, FailureClass};
use crate::oauth::{TokenEndpoint, resting};
use crate::profile::{Credential, Expiry, Fingerprint, OAuth, Profile};
use crate::status::report;

/// What keeps the grant in `profile` from being renewed now, if it is one.
pub(crate) fn rest<'a>(profile: &Profile, benches: &'a [Bench], now: Timestamp) -> Option<&'a Bench> {
    let Credential::OAuth(OAuth { refresh: Some(refresh), .. }) = &profile.credential else { return None };
    resting(benches, &profile.provider, &Fingerprint::of(refresh), now)
}

/// Whether nobody has to do anything when the access token of `profile` ends.
pub(crate) fn refreshable(profile: &Profile, auth: &AuthConfig, benches: &[Bench], now: Timestamp) -> bool {
    let refused = |bench: &Bench| bench.class == FailureClass::NeedsLogin || bench.until.is_none();
    TokenEndpoint::of(profile, auth).is_ok() && !rest(profile, benches, now).is_some_and(refused)
}

/// The end of `profile` in words for programs.
pub(crate) fn expiry(profile: &Profile, warn: SignedDuration, now: Timestamp) -> report::Expiry {
    let (state, end) = match profile.expires() {
        Expiry::Never => ("none", None),
        Expiry::Invalid => ("invalid", None),
        Expiry::At(end) if end <= now => ("expired", Some(end)),
        Expiry::At(end) if end.duration_since(now) <= warn => ("expiring", Some(end)),
        Expiry::At(end) => ("valid", Some(end)),
    };
    let remaining_ms = end.map(|end| milliseconds(end.duration_since(now)));
    report::Expiry { state, at: end.map(|end| format!("{end:.0}")), remaining_ms }
}

/// The family's word: `static`, `ok`, `expiring`, `expired` or `missing`. A grant that is renewed by itself is `ok`.
pub(crate) fn status_word(credential: &Credential, expiry: &report::Expiry, refreshable: bool) -> &'static str {
    match (credential, expiry.state) {
        (Credential::ApiKey { .. }, _) | (Credential::Token { .. }, "none" | "invalid") => "static",
        (Credential::OAuth(_), _) if refreshable => "ok",
        (Credential::OAuth(_), "none" | "invalid") => "missing",
        (Credential::Token { .. } | Credential::OAuth(_), "expired") => "expired",
        (Credential::Token { .. } | Credential::OAuth(_), "expiring") => "expiring",
        (Credential::Token { .. } | Credential::OAuth(_), _) => "ok",
    }
}

pub(crate) fn milliseconds(length: SignedDuration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

/// How long is left, as the family writes it: minutes, from an hour on hours, from two days on days.
pub(crate) fn left(remaining_ms: i64) -> String {
    match remaining_ms / 60_000 {
        _ if remaining_ms <= 0 => "0m".to_owned(),
        0 => "1m".to_owned(),
        minutes @ 1..60 => format!("{minutes}m"),
        minutes @ 60..2_880 => format!("{}h", minutes / 60),
        minutes => format!("{}d", minutes / 1_440),
    }
}
