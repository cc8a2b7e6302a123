//! Writing.

use serde_json::{Value, json};

use crate::support::telegram::chat::{Chat, ChatKind};
use crate::support::telegram::failure::Failure;
use crate::support::telegram::markup;
use crate::support::telegram::message::{Content, Message};
use crate::support::telegram::methods::{admitted, chat_of, writable};
use crate::support::telegram::params::Params;
use crate::support::telegram::text::{LONGEST, Text};
use crate::support::telegram::world::World;

/// General has this number, which one may not name when one writes there.
const GENERAL: i64 = 1;

const ACTIONS: &[&str] = &[
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
];

pub(crate) fn message(world: &mut World, bot: i64, params: &Params) -> Result<Value, Failure> {
    let written = params.text("text").filter(|text| !text.is_empty());
    let written = written.ok_or_else(|| Failure::bad("message text is empty"))?;
    let entities = params.structure("entities");
    let key = writable(world, bot, params)?;
    let text = Text::sent(written, params.text("parse_mode"), entities.as_ref())?;
    if text.text.is_empty() {
        return Err(Failure::bad("text must be non-empty"));
    }
    if text.length() > LONGEST {
        return Err(Failure::bad("message is too long"));
    }
    let markup = markup::checked(params.structure("reply_markup"))?;
    let chat = &world.chats[&key];
    let mut message = Message::new((chat.kind != ChatKind::Channel).then_some(bot), Content::Text(text.clone()));
    if chat.kind == ChatKind::Channel {
        message.sender_chat = Some(chat.id);
    }
    let thread = params.int("message_thread_id");
    (message.thread, message.in_topic) = thread_of(chat, thread)?;
    if let Some(reply) = params.structure("reply_parameters") {
        answering(chat, &mut message, &reply)?;
    }
    message.markup = markup;
    admitted(world, bot, key)?;
    if text.dropped > 0 {
        let dropped = text.dropped;
        world.complain(format!("{dropped} entities of a message were dropped without a word: {written:.200}"));
    }
    let id = world.post(key, message);
    Ok(world.message_json(key, id))
}

/// Where a message goes that names that thread, and whether that is a topic.
fn thread_of(chat: &Chat, thread: Option<i64>) -> Result<(Option<i64>, bool), Failure> {
    let missing = || Failure::bad("message thread not found");
    let Some(thread) = thread else { return Ok((None, false)) };
    match chat.kind {
        ChatKind::Supergroup if chat.forum => match chat.topics.get(&thread) {
            _ if thread == GENERAL => Err(missing()),
            Some(true) => Err(Failure::bad("TOPIC_CLOSED")),
            Some(false) => Ok((Some(thread), true)),
            None => Err(missing()),
        },
        ChatKind::Supergroup if chat.messages.contains_key(&thread) => Ok((Some(thread), false)),
        ChatKind::Private | ChatKind::Group | ChatKind::Supergroup | ChatKind::Channel => Err(missing()),
    }
}

/// Makes `message` an answer. It goes where the message is that it answers.
fn answering(chat: &Chat, message: &mut Message, reply: &Value) -> Result<(), Failure> {
    let to = reply["message_id"].as_i64().and_then(|id| chat.standing(id));
    let fits = |to: &&Message| message.thread.is_none() || !to.in_topic || to.thread == message.thread;
    let Some(to) = to.filter(fits) else {
        let whatever = reply["allow_sending_without_reply"] == true;
        return if whatever { Ok(()) } else { Err(Failure::bad("message to be replied not found")) };
    };
    message.reply_to = Some(to.id);
    if to.in_topic {
        (message.thread, message.in_topic) = (to.thread, true);
    } else if chat.kind == ChatKind::Supergroup && !message.in_topic {
        message.thread = Some(to.thread.unwrap_or(to.id));
    }
    Ok(())
}

pub(crate) fn action(world: &mut World, bot: i64, params: &Params) -> Result<Value, Failure> {
    let key = writable(world, bot, params)?;
    if !params.text("action").is_some_and(|action| ACTIONS.contains(&action)) {
        return Err(Failure::bad("wrong parameter action in request"));
    }
    let thread = params.int("message_thread_id");
    // In General one is shown to be typing only where it is named.
    if thread != Some(GENERAL) || !world.chats[&key].forum {
        thread_of(&world.chats[&key], thread)?;
    }
    Ok(json!(true))
}

pub(crate) fn reaction(world: &mut World, bot: i64, params: &Params) -> Result<Value, Failure> {
    let key = chat_of(world, bot, params)?;
    let message = params.int("message_id").and_then(|id| world.chats[&key].standing(id));
    message.map(|_| json!(true)).ok_or_else(|| Failure::bad("message to react not found"))
}
