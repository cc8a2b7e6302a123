//! `getUpdates`.

use std::time::Duration;

use serde_json::Value;

use crate::support::telegram::failure::Failure;
use crate::support::telegram::params::Params;
use crate::support::telegram::queue::Update;
use crate::support::telegram::shared::Shared;
use crate::support::telegram::world::World;

/// What a request for updates ends with.
pub(crate) enum Polled {
    Updates(Vec<Update>),
    Refused(Failure),
    /// The fake went offline in the meantime.
    Cut,
}

/// Waits for updates, as long as the request says at the most.
pub(crate) async fn poll(shared: &Shared, bot: i64, params: &Params) -> Polled {
    let limit = usize::try_from(params.int("limit").unwrap_or(100)).unwrap_or(100).clamp(1, 100);
    let timeout = params.int("timeout").unwrap_or(0).clamp(0, 50) as u64;
    let begun = shared.change(|world| begin(world, bot, params));
    let number = match begun {
        Ok(number) => number,
        Err(failure) => return Polled::Refused(failure),
    };
    let deadline = shared.clock.now() + Duration::from_secs(timeout);
    let found = shared.until(deadline, |world| {
        if !shared.is_online() {
            return Some(Polled::Cut);
        }
        let state = &world.bots[&bot];
        if state.hook.is_some() {
            return Some(Polled::Refused(Failure::conflict("terminated by setWebhook request")));
        }
        if state.queue.poll != number {
            return Some(Polled::Refused(Failure::other_poller()));
        }
        let page = state.queue.page(limit);
        (!page.is_empty()).then_some(Polled::Updates(page))
    });
    found.await.unwrap_or(Polled::Updates(Vec::new()))
}

/// Takes up what the request says. Whoever asked before is told that another does.
fn begin(world: &mut World, bot: i64, params: &Params) -> Result<u64, Failure> {
    if let Some(left) = world.faults.other_pollers.get_mut(&bot).filter(|left| **left > 0) {
        *left -= 1;
        return Err(Failure::other_poller());
    }
    let state = world.bots.get_mut(&bot).expect("who asks is known");
    if state.hook.is_some() {
        let active =
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
        return Err(Failure::conflict(active));
    }
    if let Some(kinds) = params.structure("allowed_updates") {
        let kinds = kinds.as_array().ok_or_else(|| Failure::bad("can't parse allowed updates: Expected Array"))?;
        let kinds: Vec<String> = kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        state.queue.allow(&kinds);
    }
    if let Some(offset) = params.int("offset").filter(|offset| *offset != 0) {
        state.queue.confirm(offset);
    }
    state.queue.poll += 1;
    Ok(state.queue.poll)
}
