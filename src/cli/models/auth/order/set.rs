//! `modelpin models auth order set`

use clap::Args;
use serde::Serialize;

use crate::catalog::{KnownProfiles as _, ProfileIndex, ProfileMatch, ProviderId, nearest_profiles};
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::auth::Case;
use crate::cli::models::auth::order::InForce;
use crate::profile::{Exclusion, ProfileId};

/// Set an explicit order; what it leaves out is not tried by itself
#[derive(Debug, Args)]
pub(crate) struct Set {
    /// Whose credentials
    #[arg(long, value_name = "ID")]
    provider: ProviderId,
    /// The profiles, the first to be tried first: `anthropic:work`, or `work` for short
    #[arg(required = true, value_name = "PROFILE")]
    ids: Vec<String>,
}

/// What was set.
#[derive(Serialize)]
struct Changed {
    changed: bool,
    #[serde(flatten)]
    order: InForce,
}

/// Writes the order into the agent's own store.
pub(crate) fn run(set: &Set, case: &mut Case<'_>) -> Result<Exit, Failure> {
    let Set { provider, ids } = set;
    let index = ProfileIndex::new(&case.current()?.profiles);
    let mut order: Vec<ProfileId> = Vec::with_capacity(ids.len());
    for name in ids {
        let id = known(case, &index, provider, name)?;
        if !order.contains(&id) {
            order.push(id);
        }
    }
    // A write reads the whole store: what is not needed for it any more makes room.
    drop(index);
    let written = case.at_desk(async |desk| desk.set_order(provider, &order).await)?;
    let in_force = InForce::of(case, provider);
    if case.global.json {
        case.output.json(&Changed { changed: written.changed, order: in_force })?;
        return Ok(Exit::Ok);
    }
    case.output.data(&in_force.text())?;
    let left_out = in_force.excluded.iter().filter(|excluded| excluded.code == Exclusion::NotInOrder.code()).count();
    if left_out > 0 {
        case.output.talk(&format!("Left out, and so not tried by itself: {left_out} of {provider}."));
    }
    Ok(Exit::Ok)
}

/// The profile of `provider` that `name` stands for.
fn known(case: &Case<'_>, index: &ProfileIndex, provider: &ProviderId, name: &str) -> Result<ProfileId, Failure> {
    let list = |ids: &[ProfileId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
    let why = match index.find(provider, name.trim()) {
        ProfileMatch::One(id) => return Ok(id),
        ProfileMatch::Several(ids) => format!("`{name}` can be {}: write it exactly", list(&ids)),
        ProfileMatch::Elsewhere(id, owner) => format!("{id} belongs to {owner}, not to {provider}"),
        ProfileMatch::None => {
            let near = nearest_profiles(name, &index.of(provider));
            let near = if near.is_empty() { String::new() } else { format!(". Did you mean {}?", list(&near)) };
            format!("there is no profile `{name}` of {provider}{near}")
        }
    };
    let look = case.command(&format!("list --provider {provider}"));
    Err(Failure::Misuse(modelpin_terminal::visible(&format!(
        "{why}\nThe order was left as it is. To see them all: {look}"
    ))))
}
