//! What a bot may ask for.

mod about;
mod edit;
mod press;
mod remove;
mod send;

use serde_json::Value;

use crate::support::telegram::chat::{Chat, ChatKind, Rights};
use crate::support::telegram::failure::Failure;
use crate::support::telegram::params::Params;
use crate::support::telegram::webhook;
use crate::support::telegram::world::World;

/// The methods that are there, beside `getUpdates`.
const METHODS: &[(&str, Method)] = &[
    ("getMe", about::me),
    ("getChat", about::chat),
    ("getChatMember", about::member),
    ("setMyCommands", about::set_commands),
    ("deleteMyCommands", about::delete_commands),
    ("getMyCommands", about::get_commands),
    ("sendMessage", send::message),
    ("sendChatAction", send::action),
    ("setMessageReaction", send::reaction),
    ("editMessageText", edit::text),
    ("editMessageReplyMarkup", edit::markup),
    ("deleteMessage", remove::one),
    ("deleteMessages", remove::several),
    ("answerCallbackQuery", press::answer),
    ("setWebhook", webhook::set),
    ("deleteWebhook", webhook::delete),
    ("getWebhookInfo", webhook::info),
];

/// Does what a bot asks for.
pub(crate) type Method = fn(&mut World, i64, &Params) -> Result<Value, Failure>;

/// The method and its proper name: Telegram does not look at case there.
pub(crate) fn find(name: &str) -> Option<(&'static str, Method)> {
    METHODS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).copied()
}

/// The methods that count as messages.
pub(crate) fn writes(method: &str) -> bool {
    matches!(method, "sendMessage" | "editMessageText" | "editMessageReplyMarkup")
}

/// The chat that a request names, where the bot is in it.
fn chat_of(world: &World, bot: i64, params: &Params) -> Result<(Option<i64>, i64), Failure> {
    let named = params.text("chat_id").and_then(|name| name.strip_prefix('@'));
    let id = match named {
        Some(name) => {
            let is = |chat: &&Chat| chat.username.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name));
            world.chats.values().find(is).map(|chat| chat.id)
        }
        None => match params.get("chat_id") {
            None => return Err(Failure::bad("chat_id is empty")),
            Some(_) => params.int("chat_id"),
        },
    };
    let id = id.ok_or_else(|| Failure::bad("chat not found"))?;
    let key = if id > 0 { (Some(bot), id) } else { (None, id) };
    let Some(chat) = world.chats.get(&key) else {
        return Err(match world.users.get(&id) {
            Some(user) if user.is_bot => Failure::forbidden("bot can't send messages to bots"),
            Some(_) => Failure::forbidden("bot can't initiate conversation with a user"),
            None => Failure::bad("chat not found"),
        });
    };
    if let Some(to) = chat.moved_to {
        return Err(Failure::migrated(to));
    }
    let kind = chat.kind.as_str();
    match (chat.rights(bot), chat.kind) {
        (Rights::Kicked, ChatKind::Private) => Err(Failure::forbidden("bot was blocked by the user")),
        (Rights::Left, ChatKind::Private) => Err(Failure::forbidden("bot can't initiate conversation with a user")),
        (Rights::Kicked, _) => Err(Failure::forbidden(format!("bot was kicked from the {kind} chat"))),
        // Of a chat that it never was in a bot knows nothing.
        (Rights::Left, _) if !chat.members.contains_key(&bot) => Err(Failure::bad("chat not found")),
        (Rights::Left, _) => Err(Failure::forbidden(format!("bot is not a member of the {kind} chat"))),
        (Rights::Member | Rights::Admin { .. } | Rights::Muted, _) => Ok(key),
    }
}

/// The same, where the bot may write in it.
fn writable(world: &World, bot: i64, params: &Params) -> Result<(Option<i64>, i64), Failure> {
    let key = chat_of(world, bot, params)?;
    let chat = &world.chats[&key];
    match (chat.rights(bot), chat.kind) {
        (Rights::Muted, _) => Err(Failure::bad("not enough rights to send text messages to the chat")),
        (Rights::Admin { .. }, _) | (_, ChatKind::Private | ChatKind::Group | ChatKind::Supergroup) => Ok(key),
        (Rights::Member | Rights::Left | Rights::Kicked, ChatKind::Channel) => {
            Err(Failure::bad("need administrator rights in the channel chat"))
        }
    }
}

/// Counts one message against the limits.
fn admitted(world: &mut World, bot: i64, key: (Option<i64>, i64)) -> Result<(), Failure> {
    let many = world.chats[&key].is_many();
    let now = world.now;
    world.flood.admit(bot, key.1, many, now).map_err(Failure::too_many)
}
