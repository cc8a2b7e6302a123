//! Updates of the Bot API become what the engine understands.

use modelpin_chat::{Conversation, Event, Inbound, Kind, Sender};
use serde_json::Value;
use teloxide::types::{CallbackQueryId, ChatId, MessageId, ThreadId};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Me {
    pub(crate) id: u64,
    pub(crate) username: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Heard {
    Said(Box<Said>),
    Stray(CallbackQueryId),
    Moved { from: ChatId, to: ChatId },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) inbound: Inbound,
    pub(crate) way: Way,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) chat: ChatId,
    pub(crate) thread: Option<ThreadId>,
    pub(crate) message: Option<MessageId>,
    pub(crate) press: Option<Press>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Press {
    pub(crate) query: CallbackQueryId,
    pub(crate) message: Option<MessageId>,
}

pub(crate) fn written(update: &Value) -> Option<String> {
    update["message"]["text"].as_str().map(str::to_owned)
}

pub(crate) fn hear(update: &Value, me: &Me, account: &str) -> Option<Heard> {
    let number = |value: &Value| value.as_i64().and_then(|id| i32::try_from(id).ok());
    let id = update["update_id"].as_u64()?;
    let query = &update["callback_query"];
    let message = if query.is_null() { &update["message"] } else { &query["message"] };
    let press = query["id"].as_str().map(|id| Press {
        query: CallbackQueryId(id.to_owned()),
        message: number(&message["message_id"]).map(MessageId),
    });
    if let (Some(press), true) = (&press, message.is_null()) {
        return Some(Heard::Stray(press.query.clone()));
    }
    let chat = message["chat"]["id"].as_i64()?;
    if let Some(to) = message["migrate_to_chat_id"].as_i64() {
        return Some(Heard::Moved { from: ChatId(chat), to: ChatId(to) });
    }
    let event = match query["data"].as_str() {
        Some(token) => Event::Press(token.to_owned()),
        None => Event::Message(message["text"].as_str()?.to_owned()),
    };
    let kind = if chat < 0 { Kind::Group } else { Kind::Dm };
    let inbound = Inbound {
        conversation: Conversation {
            channel: "telegram".to_owned(),
            account: account.to_owned(),
            kind,
            peer: chat.to_string(),
            thread: None,
        },
        sender: Sender { id: message["from"]["id"].to_string(), name: None },
        bot: me.username.clone(),
        addressed: true,
        id: Some(id.to_string()),
        event,
    };
    let thread = number(&message["message_thread_id"]).map(|id| ThreadId(MessageId(id)));
    let message = if press.is_some() { None } else { number(&message["message_id"]).map(MessageId) };
    let press = press.map(|press| press);
    Some(Heard::Said(Box::new(Said { inbound, way: Way { chat: ChatId(chat), thread, message, press } })))
}
