//! `store.*`.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use crate::config::field::Field;
use crate::config::{KeyFault, Retention, StoreConfig};
use crate::directive::duration;

/// The shortest time that anything is kept for: what is shorter was meant as something longer.
const A_DAY: Duration = Duration::from_hours(24);

/// Budgets count the days of a month.
const A_MONTH: Duration = Duration::from_hours(32 * 24);

pub(crate) fn store(field: &Field<'_>) -> Result<StoreConfig, KeyFault> {
    let url = field.get("url")?;
    let written = url.string()?.filter(|url| !url.trim().is_empty());
    let is_known = |url: &String| ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
    if written.as_ref().is_some_and(|url| !is_known(url)) {
        return Err(url.wrong("an address, `postgres://user:password@host/database`"));
    }
    let ca = field.get("ca")?.string()?.filter(|path| !path.trim().is_empty());
    let retention = retention(&field.get("retention")?)?;
    Ok(StoreConfig { url: written.map(SecretString::from), ca: ca.map(PathBuf::from), retention })
}

fn retention(field: &Field<'_>) -> Result<Retention, KeyFault> {
    let usual = Retention::default();
    let days = "how long: `180d`, at least `1d`, or `never` to keep all";
    Ok(Retention {
        sessions: length(&field.get("sessions")?, usual.sessions, A_DAY, days)?,
        history: length(&field.get("history")?, usual.history, A_DAY, days)?,
        receipts: length(&field.get("receipts")?, usual.receipts, A_DAY, days)?,
        usage: length(
            &field.get("usage")?,
            usual.usage,
            A_MONTH,
            "how long: `400d`, at least `32d` for the budgets of a month, or `never` to keep all",
        )?,
    })
}

fn length(
    field: &Field<'_>,
    usual: Option<Duration>,
    least: Duration,
    expected: &'static str,
) -> Result<Option<Duration>, KeyFault> {
    match field.text()?.map(str::trim) {
        None => Ok(usual),
        Some("never") => Ok(None),
        Some(text) => {
            let length = duration(text).filter(|length| *length >= least);
            length.map(Some).ok_or_else(|| field.wrong(expected))
        }
    }
}
