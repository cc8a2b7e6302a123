//! `modelpin models auth order clear`

use serde::Serialize;

use crate::agent::AgentId;
use crate::catalog::ProviderId;
use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::models::auth::Case;
use crate::cli::models::auth::order::InForce;
use crate::cli::open::again;

/// What was cleared.
#[derive(Serialize)]
struct Cleared {
    cleared: bool,
    #[serde(flatten)]
    order: InForce,
}

/// Takes the explicit order out of the agent's own store, and says which one counts from now on.
pub(crate) fn run(provider: &ProviderId, case: &mut Case<'_>) -> Result<Exit, Failure> {
    case.current()?;
    let store = case.installation.auth_store();
    let own = store.own();
    if let Some(owner) = store.order_owner(provider)
        && owner.agent != own.agent
    {
        // Every agent reads main's order, so one agent's command must not take it from all of them.
        let main = Global { agent: Some(AgentId::MAIN.to_owned()), ..case.global.clone() };
        let there = again(&main, case.invoked_as, &format!("models auth order clear --provider {provider}"));
        return Err(Failure::Misuse(format!(
            "agent {} has no order of its own for {provider}; the one that counts is main's, in {}, and all agents read it. \
             To clear that one: {there}",
            own.agent,
            owner.path.display(),
        )));
    }
    // Where nothing is to be cleared, not even a lock is taken.
    let cleared = match store.order_owner(provider) {
        Some(_) => case.at_desk(async |desk| desk.clear_order(provider).await)?,
        None => false,
    };
    let order = InForce::of(case, provider);
    let explicit = order.basis != "stored" && order.basis != "config_profiles";
    let talk = match (cleared, explicit) {
        (true, true) => {
            format!("The order in {} is cleared; what counts now: {}.", own.path.display(), order.source())
        }
        (true, false) => format!("The order in {} is cleared.", own.path.display()),
        (false, true) => format!("There was none in {}; what counts: {}.", own.path.display(), order.source()),
        (false, false) => format!("There was none in {}, and nothing was written.", own.path.display()),
    };
    if case.global.json {
        case.output.json(&Cleared { cleared, order })?;
    } else {
        case.output.data(&order.text())?;
    }
    case.output.talk(&talk);
    Ok(Exit::Ok)
}
