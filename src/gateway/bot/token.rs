//! Getting a bot's token from where it is.

use std::path::Path;

use secrecy::SecretString;

use crate::config::TokenPlace;
use crate::gateway::bot::{Platform, advice, key};
use crate::profile::{SecretRef, SecretSource, SecretTrouble, SecretValue, Secrets};

/// Refuses an account of which nobody has said where its token is.
///
/// # Errors
/// What to do.
pub(super) fn expect_place<P: Platform>(id: &str, place: &TokenPlace, is_set: bool) -> Result<(), String> {
    match place {
        TokenPlace::Variable if is_set => Ok(()),
        TokenPlace::Variable | TokenPlace::Written(SecretValue::Missing) => Err(none::<P>(id)),
        TokenPlace::File(_) | TokenPlace::Written(SecretValue::Inline(_) | SecretValue::Ref(_)) => Ok(()),
    }
}

/// The token, and the id of its bot.
///
/// # Errors
/// It cannot be had, or is none. The text holds nothing of it.
pub(super) fn fetch<P: Platform>(
    id: &str,
    place: &TokenPlace,
    secrets: &Secrets<'_>,
) -> Result<(SecretString, u64), String> {
    let (token, place) = match place {
        TokenPlace::Variable => {
            let variable = SecretRef { source: SecretSource::Env, provider: None, id: P::VARIABLE.to_owned() };
            let found = secrets.resolve(&SecretValue::Ref(variable)).map_err(|_| none::<P>(id))?;
            (found, format!("the variable {}", P::VARIABLE))
        }
        TokenPlace::Written(value) => {
            let place = key::<P>(id, P::TOKEN);
            let found = secrets.resolve(value).map_err(|why| match why {
                SecretTrouble::Missing => none::<P>(id),
                other => format!("{place}: {other}"),
            })?;
            (found, place)
        }
        TokenPlace::File(path) => (read(path, &key::<P>(id, "tokenFile"), secrets)?, path.clone()),
    };
    let bot = P::bot_id(&token).ok_or_else(|| {
        format!("what {place} holds is no token of a {} bot, which is {}: {}", P::TITLE, P::LOOKS, advice::<P>(id))
    })?;
    Ok((token, bot))
}

fn none<P: Platform>(id: &str) -> String {
    format!("it has no token: {}", advice::<P>(id))
}

/// The token that is alone in the file at `path`.
fn read(path: &str, key: &str, secrets: &Secrets<'_>) -> Result<SecretString, String> {
    let path = secrets.expanded(path);
    if !path.is_absolute() {
        return Err(format!("{key} must be an absolute path, or begin with `~/`"));
    }
    Secrets::in_file(&path).map_err(|trouble| why(&path, key, trouble))
}

fn why(path: &Path, key: &str, trouble: SecretTrouble) -> String {
    let path = path.display();
    match trouble {
        SecretTrouble::Unreadable { why, .. } => format!("{path}, named by {key}, cannot be read: {why}"),
        SecretTrouble::NotThere { .. } => format!("{path}, named by {key}, is empty"),
        SecretTrouble::TooLarge(_) => format!("{path}, named by {key}, is larger than any token"),
        SecretTrouble::TimedOut { after, .. } => format!("{path}, named by {key}, did not come within {after:?}"),
        other @ (SecretTrouble::Missing
        | SecretTrouble::Sealed(_)
        | SecretTrouble::UnknownPlace { .. }
        | SecretTrouble::OtherKind { .. }
        | SecretTrouble::Unset(_)
        | SecretTrouble::NotAllowed { .. }
        | SecretTrouble::NotAbsolute { .. }
        | SecretTrouble::NotStarted { .. }
        | SecretTrouble::Failed { .. }) => format!("{path}, named by {key}: {other}"),
    }
}
