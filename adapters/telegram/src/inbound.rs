//! Updates of the Bot API become what the engine understands. Pure: nothing is asked of Telegram.

mod me;
mod naming;
mod place;
mod sender;
mod wire;
mod written;

use modelpin_chat::{Event, Inbound};
use serde::Deserialize as _;
use serde_json::Value;
use teloxide::types::{CallbackQueryId, ChatId, MessageId, ThreadId};

use crate::inbound::naming::Naming;
use crate::inbound::place::Place;
use crate::inbound::wire::{Message, Query, Update};

pub(crate) use me::Me;
pub(crate) use written::written;

/// What an update is to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Somebody wrote or pressed something: it goes to the engine.
    Said(Box<Said>),
    /// A press that belongs to no conversation of ours. It is only answered, so that the button stops waiting.
    Stray(CallbackQueryId),
    /// A group became a supergroup and has another id from now on. Telegram says it twice, once in each of the two.
    Moved {
        /// The id that no longer works.
        from: ChatId,
        /// The id in its place.
        to: ChatId,
    },
}

/// Something for the engine, and what the way back from it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// What the engine is given.
    pub(crate) inbound: Inbound,
    /// Where answers go.
    pub(crate) way: Way,
}

/// Where answers to something go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Way {
    /// The chat.
    pub(crate) chat: ChatId,
    /// The `message_thread_id` to send with. `None` also in a forum's General topic: Telegram refuses its id there.
    pub(crate) thread: Option<ThreadId>,
    /// The message that somebody wrote: to be replied to, and to be deleted where it holds a secret. `None` for a press.
    pub(crate) message: Option<MessageId>,
    /// The press, if it is one.
    pub(crate) press: Option<Press>,
}

/// A press that waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Press {
    /// What is answered.
    pub(crate) query: CallbackQueryId,
    /// The message with the button; `None` where the bot can no longer change it.
    pub(crate) message: Option<MessageId>,
}

/// Reads an update, as it came, for the bot `me` that the operator calls `account`.
///
/// `None` for all that nothing is to be done about: what was edited, what bots wrote, what Telegram says by itself, what is
/// of a kind unknown here, and what cannot be read; the last is logged by its number.
pub(crate) fn hear(update: &Value, me: &Me, account: &str) -> Option<Heard> {
    let Ok(read) = Update::deserialize(update) else {
        // Why it cannot be read would be told with what was found there, and that is somebody's text.
        tracing::warn!(account, update = update["update_id"].as_u64(), "an update cannot be read and is passed over");
        let query = update["callback_query"]["id"].as_str()?;
        return Some(Heard::Stray(CallbackQueryId(query.to_owned())));
    };
    if let Some(query) = read.callback_query {
        let id = query.id.clone();
        let said = pressed(query, read.id, me, account);
        return Some(said.map_or_else(|| Heard::Stray(CallbackQueryId(id)), |said| Heard::Said(Box::new(said))));
    }
    let message = read.message.or(read.channel_post)?;
    if let Some((from, to)) = message.moved() {
        return Some(Heard::Moved { from: ChatId(from), to: ChatId(to) });
    }
    said(&message, read.id, me, account).map(|said| Heard::Said(Box::new(said)))
}

fn said(message: &Message, update: u32, me: &Me, account: &str) -> Option<Said> {
    if message.is_of_business() {
        return None;
    }
    let Place { conversation, thread } = place::of(&message.chat, message.topic(), account)?;
    let sender = sender::of_message(message)?;
    let (text, entities) = message.written()?;
    let answers_us = message.reply_to_message.as_ref().is_some_and(|answered| answered.is_written_by(me.id));
    let (event, is_named) = if message.is_passed_on() {
        // Whom it names was said elsewhere, to others.
        (Event::Forwarded(text.to_owned()), false)
    } else {
        let Naming { is_named, rest } = naming::of(text, entities, me);
        (Event::Message(rest.to_owned()), is_named)
    };
    let inbound = Inbound {
        addressed: message.chat.is_private() || answers_us || is_named,
        room: None,
        conversation,
        sender,
        bot: me.username.clone(),
        id: Some(update.to_string()),
        event,
    };
    let way = Way { chat: ChatId(message.chat.id), thread, message: Some(MessageId(message.message_id)), press: None };
    Some(Said { inbound, way })
}

/// `None` where the button is not on a message of ours in a chat of ours, or is a game's.
fn pressed(query: Query, update: u32, me: &Me, account: &str) -> Option<Said> {
    let message = query.message.filter(|message| !message.is_of_business())?;
    let token = query.data?;
    // Telegram does not say in which topic a message was that can no longer be reached: the chat itself is taken for it,
    // and the menu, which knows where it was shown, turns out to be too old.
    let Place { conversation, thread } = place::of(&message.chat, message.topic(), account)?;
    let inbound = Inbound {
        conversation,
        sender: sender::of_person(&query.from),
        bot: me.username.clone(),
        addressed: true,
        room: None,
        id: Some(update.to_string()),
        event: Event::Press(token),
    };
    let press = Press {
        query: CallbackQueryId(query.id),
        message: message.is_accessible().then_some(MessageId(message.message_id)),
    };
    let way = Way { chat: ChatId(message.chat.id), thread, message: None, press: Some(press) };
    Some(Said { inbound, way })
}

#[cfg(test)]
mod tests;
