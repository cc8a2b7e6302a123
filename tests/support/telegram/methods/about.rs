//! What a bot may know of itself and of chats, and its menus.

use serde_json::{Value, json};

use crate::support::telegram::chat::{ChatKind, Rights};
use crate::support::telegram::commands;
use crate::support::telegram::failure::Failure;
use crate::support::telegram::methods::chat_of;
use crate::support::telegram::params::Params;
use crate::support::telegram::world::World;

pub(crate) fn me(world: &mut World, bot: i64, _: &Params) -> Result<Value, Failure> {
    let mut me = world.users[&bot].json();
    me["can_join_groups"] = json!(true);
    me["can_read_all_group_messages"] = json!(!world.bots[&bot].privacy);
    for cannot in ["supports_inline_queries", "can_connect_to_business", "has_main_web_app", "has_topics_enabled"] {
        me[cannot] = json!(false);
    }
    Ok(me)
}

pub(crate) fn chat(world: &mut World, bot: i64, params: &Params) -> Result<Value, Failure> {
    let key = chat_of(world, bot, params)?;
    let mut chat = world.chats[&key].json();
    chat["accent_color_id"] = json!(0);
    chat["max_reaction_count"] = json!(11);
    let accepted = ["unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"];
    chat["accepted_gift_types"] = accepted.iter().map(|kind| ((*kind).to_owned(), json!(false))).collect();
    Ok(chat)
}

pub(crate) fn member(world: &mut World, bot: i64, params: &Params) -> Result<Value, Failure> {
    let key = chat_of(world, bot, params)?;
    let user = params.int("user_id").ok_or_else(|| Failure::bad("invalid user_id specified"))?;
    let Some(known) = world.users.get(&user) else { return Err(Failure::bad("user not found")) };
    let chat = &world.chats[&key];
    // People are members unless something else was said of them.
    let rights = chat.members.get(&user).copied().unwrap_or(if known.is_bot { Rights::Left } else { Rights::Member });
    Ok(rights.json(&known.json(), chat.kind == ChatKind::Channel))
}

pub(crate) fn set_commands(world: &mut World, bot: i64, params: &Params) -> Result<Value, Failure> {
    scope_is_known(world, bot, params)?;
    world.bots.get_mut(&bot).unwrap().menus.set(params)
}

pub(crate) fn delete_commands(world: &mut World, bot: i64, params: &Params) -> Result<Value, Failure> {
    scope_is_known(world, bot, params)?;
    world.bots.get_mut(&bot).unwrap().menus.delete(params)
}

pub(crate) fn get_commands(world: &mut World, bot: i64, params: &Params) -> Result<Value, Failure> {
    scope_is_known(world, bot, params)?;
    world.bots[&bot].menus.get(params)
}

/// A menu may be made only for a chat that the bot has been in.
fn scope_is_known(world: &World, bot: i64, params: &Params) -> Result<(), Failure> {
    let Some(chat) = commands::chat_of(params) else { return Ok(()) };
    let key = if chat > 0 { (Some(bot), chat) } else { (None, chat) };
    let known = world.chats.get(&key).is_some_and(|chat| chat.members.contains_key(&bot));
    if known { Ok(()) } else { Err(Failure::bad("chat not found")) }
}
