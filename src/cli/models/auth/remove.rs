//! `modelpin models auth remove`

use clap::Args;
use serde::Serialize;

use crate::catalog::nearest_profiles;
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::auth::{Case, deed, told};
use crate::profile::{Origin, ProfileId};

/// Take a credential out of the store
#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// Which one, exactly as `list` shows it
    profile: ProfileId,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Removed<'a> {
    id: &'a ProfileId,
    file: String,
    changed: bool,
    /// The profile of that id that counts from now on: main's, that was hidden by the agent's own.
    now_from: Option<String>,
}

/// Takes it out of the file that it is in, with every mention of it there.
pub(crate) fn run(remove: &Remove, case: &mut Case<'_>) -> Result<Exit, Failure> {
    let Remove { profile: id } = remove;
    let current = case.current()?;
    let store = case.installation.auth_store();
    // An entry that cannot be read is not among the profiles, and must be removable all the same.
    let bad = current.profiles.rejected.iter().find(|bad| bad.id == id.as_str());
    let bad =
        bad.map(|bad| Origin { agent: case.installation.agent().clone(), path: bad.path.clone(), managed_by: None });
    let Some(origin) = store.owner_of(id).or(bad) else {
        return Err(match current.profiles.by_id.get(id).and_then(|profile| profile.origin.managed_by) {
            Some(cli) => Failure::Misuse(format!("{id} is not in the store: it is managed by {cli}; log out there")),
            None => unknown(case, id),
        });
    };
    let before = current.profiles.get(id).map_or_else(|| "an entry that cannot be read".to_owned(), told);
    let deed = deed(id, Some(before), None, "removed");
    let written = case.audited(deed, |store| store.edit(&origin, |document| document.remove_profile(id)))?;
    let after = case.installation.auth_store().current().profiles;
    let now_from = after.by_id.get(id).map(|profile| profile.origin.path.display().to_string());
    let listed = after.order.values().any(|ids| ids.contains(id));
    let removed = Removed { id, file: written.path.display().to_string(), changed: written.value, now_from };
    if case.global.json {
        case.output.json(&removed)?;
    } else {
        case.output.data(&modelpin_terminal::visible(&format!("{id} removed from {}\n", removed.file)))?;
    }
    if let Some(file) = &removed.now_from {
        let talk = format!("{id} is still there for this agent: the one in {file} counts now.");
        case.output.talk(&modelpin_terminal::visible(&talk));
    } else if listed {
        let talk = format!("{id} is still named in an order, where it is passed over.");
        case.output.talk(&modelpin_terminal::visible(&talk));
    }
    Ok(Exit::Ok)
}

fn unknown(case: &Case<'_>, id: &ProfileId) -> Failure {
    let profiles = case.installation.auth_store().current().profiles;
    let known: Vec<ProfileId> = profiles.by_id.keys().cloned().collect();
    let near: Vec<String> = nearest_profiles(id.as_str(), &known).iter().map(ToString::to_string).collect();
    let near = if near.is_empty() { String::new() } else { format!(" Did you mean {}?", near.join(" or ")) };
    let look = case.command("list");
    Failure::Misuse(modelpin_terminal::visible(&format!("there is no profile {id}.{near} To see them all: {look}")))
}
