//! Answering a press.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::telegram::failure::Failure;
use crate::support::telegram::params::Params;
use crate::support::telegram::world::World;

/// After so long nobody waits for the answer any more.
const PATIENCE: Duration = Duration::from_secs(30);
/// What a remark may be long, in UTF-16 units.
const LONGEST: usize = 200;

pub(crate) fn answer(world: &mut World, bot: i64, params: &Params) -> Result<Value, Failure> {
    let text = params.text("text").unwrap_or_default();
    if text.encode_utf16().count() > LONGEST {
        return Err(Failure::bad("MESSAGE_TOO_LONG"));
    }
    let now = world.now;
    let press = params.text("callback_query_id").and_then(|id| world.presses.get_mut(id));
    let open = press
        .filter(|press| press.bot == bot && press.answer.is_none() && now.checked_sub(press.at).unwrap() <= PATIENCE);
    let press =
        open.ok_or_else(|| Failure::bad("query is too old and response timeout expired or query ID is invalid"))?;
    press.answer = Some((press.pressed.elapsed(), text.to_owned(), params.flag("show_alert")));
    Ok(json!(true))
}
