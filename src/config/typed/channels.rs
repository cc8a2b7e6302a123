//! `session.*` and `commands.*`.

use std::time::Duration;

use indexmap::IndexMap;

use crate::config::field::Field;
use crate::config::{CommandsConfig, KeyFault, PersonalPin, Reset, SessionConfig};

/// The hour of a daily reset where none is given, as in the family.
const RESET_HOUR: i8 = 4;
/// The silence before an idle reset where no length is given, as in the family.
const IDLE_MINUTES: u32 = 60;
/// Longer timeouts are as good as this one, in seconds: a day.
const LONGEST_TIMEOUT: f64 = 86_400.0;

pub(crate) fn session(field: &Field<'_>) -> Result<SessionConfig, KeyFault> {
    let on_new = field.get("onNew")?;
    let keep_on_new = match on_new.text()? {
        None | Some("clear") => false,
        Some("keep") => true,
        Some(_) => return Err(on_new.wrong("`clear` or `keep`")),
    };
    let usual = SessionConfig::default();
    let personal_pin = field.get("personalPin")?;
    Ok(SessionConfig {
        fold_dms: field.get("dmScope")?.text()? == Some("main"),
        keep_on_new,
        user_model_fallback: field.get("userModelFallback")?.flag()?.unwrap_or_default(),
        personal_pin: match personal_pin.text()? {
            None | Some("sender") => PersonalPin::Sender,
            Some("refuse") => PersonalPin::Refuse,
            Some(_) => return Err(personal_pin.wrong("`sender` or `refuse`")),
        },
        reset: reset(&field.get("reset")?)?,
        turn_timeout: seconds(&field.get("turnTimeoutSeconds")?)?.unwrap_or(usual.turn_timeout),
        idle_timeout: seconds(&field.get("idleTimeoutSeconds")?)?.unwrap_or(usual.idle_timeout),
    })
}

/// A length of time; parts of a second count.
fn seconds(field: &Field<'_>) -> Result<Option<Duration>, KeyFault> {
    Ok(field.positive()?.map(|seconds| Duration::from_secs_f64(seconds.min(LONGEST_TIMEOUT))))
}

fn reset(field: &Field<'_>) -> Result<Reset, KeyFault> {
    let mode = field.get("mode")?;
    match mode.text()? {
        None | Some("off") => Ok(Reset::Off),
        Some("daily") => {
            let hour = field.get("atHour")?.whole(0, 23, "an hour, 0 to 23")?;
            Ok(Reset::Daily { at_hour: hour.and_then(|hour| i8::try_from(hour).ok()).unwrap_or(RESET_HOUR) })
        }
        Some("idle") => {
            let minutes = field.get("idleMinutes")?.whole(1, i64::from(u32::MAX), "a number of minutes, from 1")?;
            let minutes = minutes.and_then(|minutes| u32::try_from(minutes).ok());
            Ok(Reset::Idle { minutes: minutes.unwrap_or(IDLE_MINUTES) })
        }
        Some(_) => Err(mode.wrong("`off`, `daily` or `idle`")),
    }
}

pub(crate) fn commands(field: &Field<'_>) -> Result<CommandsConfig, KeyFault> {
    let mut allow_from = IndexMap::new();
    for (channel, list) in field.get("allowFrom")?.members()? {
        if let Some(ids) = list.ids()? {
            allow_from.insert(channel.to_owned(), ids);
        }
    }
    Ok(CommandsConfig { allow_from, owners: field.get("ownerAllowFrom")?.ids()?.unwrap_or_default() })
}
