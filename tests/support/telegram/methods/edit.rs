//! Changing what was written.

use serde_json::Value;

use crate::support::telegram::failure::Failure;
use crate::support::telegram::markup::checked;
use crate::support::telegram::message::Content;
use crate::support::telegram::methods::{admitted, chat_of};
use crate::support::telegram::params::Params;
use crate::support::telegram::text::{LONGEST, Text};
use crate::support::telegram::world::World;

const SAME: &str = "message is not modified: specified new message content and reply markup are exactly the same as a \
                    current content and reply markup of the message";

pub(crate) fn text(world: &mut World, bot: i64, params: &Params) -> Result<Value, Failure> {
    let written = params.text("text").filter(|text| !text.is_empty());
    let written = written.ok_or_else(|| Failure::bad("message text is empty"))?;
    let (key, id) = place(world, bot, params)?;
    let entities = params.structure("entities");
    let text = Text::sent(written, params.text("parse_mode"), entities.as_ref())?;
    if text.text.is_empty() {
        return Err(Failure::bad("text must be non-empty"));
    }
    if text.length() > LONGEST {
        return Err(Failure::bad("MESSAGE_TOO_LONG"));
    }
    if text.dropped > 0 {
        let dropped = text.dropped;
        world.complain(format!("{dropped} entities of an edit were dropped without a word: {written:.200}"));
    }
    let markup = checked(params.structure("reply_markup"))?;
    change(world, bot, (key, id), Some(text), markup)
}

pub(crate) fn markup(world: &mut World, bot: i64, params: &Params) -> Result<Value, Failure> {
    let (key, id) = place(world, bot, params)?;
    let markup = checked(params.structure("reply_markup"))?;
    change(world, bot, (key, id), None, markup)
}

/// The chat, and the number of the message.
type Place = ((Option<i64>, i64), i64);

fn place(world: &World, bot: i64, params: &Params) -> Result<Place, Failure> {
    if params.get("inline_message_id").is_some() {
        return Err(Failure::bad("MESSAGE_ID_INVALID"));
    }
    let key = chat_of(world, bot, params)?;
    let id = params.int("message_id").ok_or_else(|| Failure::bad("message identifier is not specified"))?;
    Ok((key, id))
}

fn change(
    world: &mut World,
    bot: i64,
    (key, id): Place,
    text: Option<Text>,
    markup: Option<Value>,
) -> Result<Value, Failure> {
    // An edit that changes nothing counts as well.
    admitted(world, bot, key)?;
    let now = world.now;
    let chat = world.chats.get_mut(&key).unwrap();
    let channel = chat.id;
    let message = chat.messages.get_mut(&id).filter(|message| !message.gone);
    let message = message.ok_or_else(|| Failure::bad("message to edit not found"))?;
    let own = message.from == Some(bot) || message.from.is_none() && message.sender_chat == Some(channel);
    if !own {
        return Err(Failure::bad("message can't be edited"));
    }
    let content = match (text, &message.content) {
        (Some(text), Content::Text(_)) => Content::Text(text),
        (Some(_), Content::Picture(_) | Content::Service(..)) => {
            return Err(Failure::bad("there is no text in the message to edit"));
        }
        (None, content) => content.clone(),
    };
    if content == message.content && markup == message.markup {
        return Err(Failure::bad(SAME));
    }
    if content != message.content {
        message.former.push(message.text().to_owned());
        message.edited = Some(now);
    }
    message.content = content;
    message.markup = markup;
    Ok(world.message_json(key, id))
}
