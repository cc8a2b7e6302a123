//! Taking away what was written.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::telegram::chat::{ChatKind, Rights};
use crate::support::telegram::failure::Failure;
use crate::support::telegram::methods::chat_of;
use crate::support::telegram::params::Params;
use crate::support::telegram::world::World;

/// What is older stays, unless an administrator takes it away.
const DELETABLE: Duration = Duration::from_hours(48);

pub(crate) fn one(world: &mut World, bot: i64, params: &Params) -> Result<Value, Failure> {
    let key = chat_of(world, bot, params)?;
    let id = params.int("message_id").ok_or_else(|| Failure::bad("message identifier is not specified"))?;
    remove(world, bot, key, id)?;
    Ok(json!(true))
}

/// What is not there is passed over.
pub(crate) fn several(world: &mut World, bot: i64, params: &Params) -> Result<Value, Failure> {
    let key = chat_of(world, bot, params)?;
    let ids = params.structure("message_ids").and_then(|ids| ids.as_array().cloned()).unwrap_or_default();
    if ids.is_empty() || ids.len() > 100 {
        return Err(Failure::bad("there must be 1 to 100 message identifiers"));
    }
    let found = ids.iter().filter_map(Value::as_i64).filter(|id| world.chats[&key].standing(*id).is_some());
    for id in found.collect::<Vec<i64>>() {
        remove(world, bot, key, id)?;
    }
    Ok(json!(true))
}

fn remove(world: &mut World, bot: i64, key: (Option<i64>, i64), id: i64) -> Result<(), Failure> {
    let now = world.now;
    let chat = world.chats.get_mut(&key).unwrap();
    let (rights, kind) = (chat.rights(bot), chat.kind);
    let message = chat.messages.get_mut(&id).filter(|message| !message.gone);
    let message = message.ok_or_else(|| Failure::bad("message to delete not found"))?;
    let may_delete_all = rights == Rights::Admin { deletes: true };
    if !may_delete_all {
        let own =
            message.from == Some(bot) || kind == ChatKind::Channel && rights == (Rights::Admin { deletes: false });
        if !own && kind != ChatKind::Private {
            return Err(Failure::bad("message can't be deleted"));
        }
        if now.saturating_sub(message.date) > DELETABLE {
            return Err(Failure::bad("message can't be deleted for everyone"));
        }
    }
    message.gone = true;
    Ok(())
}
