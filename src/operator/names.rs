//! Profiles and sessions by what people call them.

use crate::catalog::{ProviderId, nearest_profiles};
use crate::operator::{Desk, Trouble};
use crate::profile::{ProfileId, Profiles};
use crate::session::SessionKey;

/// How many names an answer lists at the most.
const LISTED: usize = 5;

/// The profile that `typed` stands for: by its id, or by what follows the provider in it, if only one is called so. One
/// for which `exists` says no is not there.
///
/// # Errors
/// There is none, or there are several.
pub(crate) fn find_profile(
    profiles: &Profiles,
    typed: &str,
    exists: &dyn Fn(&ProfileId) -> bool,
) -> Result<ProfileId, Trouble> {
    let wanted = typed.trim().trim_start_matches('@');
    let there: Vec<ProfileId> = profiles.by_id.keys().filter(|id| exists(id)).cloned().collect();
    if let Some(id) = there.iter().find(|id| id.as_str() == wanted) {
        return Ok(id.clone());
    }
    let is_called = |id: &&ProfileId| {
        let short = id.as_str().split_once(':').map_or(id.as_str(), |(_, short)| short);
        id.as_str().eq_ignore_ascii_case(wanted) || short.eq_ignore_ascii_case(wanted)
    };
    let called: Vec<&ProfileId> = there.iter().filter(is_called).collect();
    match called.as_slice() {
        [one] => Ok((*one).clone()),
        [] => {
            let near: Vec<String> =
                nearest_profiles(wanted, &there).iter().take(LISTED).map(ToString::to_string).collect();
            let near = if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(" or ")) };
            Err(Trouble::Refused(format!("there is no profile `{wanted}`{near}")))
        }
        several => {
            let several: Vec<String> = several.iter().take(LISTED).map(ToString::to_string).collect();
            Err(Trouble::Refused(format!("`{wanted}` can be {}: write it exactly", several.join(" or "))))
        }
    }
}

/// The profiles of `provider` that names stand for, each once, in their order.
///
/// # Errors
/// One of them is none of the provider's.
pub(crate) fn find_all(
    profiles: &Profiles,
    provider: &ProviderId,
    typed: &[&str],
    exists: &dyn Fn(&ProfileId) -> bool,
) -> Result<Vec<ProfileId>, Trouble> {
    let of_provider =
        |id: &ProfileId| exists(id) && profiles.get(id).is_some_and(|profile| profile.provider == *provider);
    let mut ids: Vec<ProfileId> = Vec::with_capacity(typed.len());
    for name in typed {
        let id = find_profile(profiles, name, &of_provider)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

impl Desk {
    /// The session that `typed` stands for: its key, or a part of the key that no other has.
    ///
    /// # Errors
    /// There is none, there are several, or the state cannot be read.
    pub(crate) async fn find_session(&self, typed: &str) -> Result<SessionKey, Trouble> {
        let wanted = typed.trim().to_lowercase();
        if let Ok(key) = wanted.parse() {
            return Ok(key);
        }
        let sessions = self.store.list("", usize::MAX).await?;
        let named: Vec<&SessionKey> = sessions
            .iter()
            .map(|session| &session.key)
            .filter(|key| key.as_str().ends_with(&format!(":{wanted}")))
            .collect();
        match named.as_slice() {
            [one] => Ok((*one).clone()),
            [] => Err(Trouble::Refused(format!("there is no session `{wanted}`: /sessions shows those there are"))),
            several => {
                let several: Vec<&str> = several.iter().take(LISTED).map(|key| key.as_str()).collect();
                Err(Trouble::Refused(format!("`{wanted}` can be {}: write more of it", several.join(" or "))))
            }
        }
    }
}
