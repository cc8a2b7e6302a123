//! Updates as the Bot API writes them, as far as they are read.
//!
//! Only the fields that something here depends on: a kind of entity, of media or of chat settings that Telegram adds
//! tomorrow must not cost a message today. The library's own types read a message whole or not at all, and take one with
//! a single unknown entity for an empty one.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use teloxide::types::{MessageId, ThreadId};

/// What of a message somebody wrote or sent; in the others Telegram itself says what happened in the chat.
const CONTENT: [&str; 19] = [
    "animation",
    "audio",
    "caption",
    "checklist",
    "contact",
    "dice",
    "document",
    "game",
    "live_photo",
    "location",
    "photo",
    "poll",
    "rich_message",
    "sticker",
    "text",
    "venue",
    "video",
    "video_note",
    "voice",
];

/// One update. What was edited is not among its fields: it is never read again.
#[derive(Debug, Deserialize)]
pub(super) struct Update {
    #[serde(rename = "update_id")]
    pub(super) id: u32,
    pub(super) message: Option<Message>,
    pub(super) channel_post: Option<Message>,
    pub(super) callback_query: Option<Query>,
}

/// A message, or what is left of one that can no longer be reached.
#[derive(Debug, Deserialize)]
pub(super) struct Message {
    pub(super) message_id: i32,
    message_thread_id: Option<i32>,
    #[serde(default)]
    is_topic_message: bool,
    date: i64,
    pub(super) chat: Chat,
    pub(super) from: Option<User>,
    pub(super) sender_chat: Option<Chat>,
    forward_origin: Option<IgnoredAny>,
    #[serde(default)]
    is_automatic_forward: bool,
    via_bot: Option<IgnoredAny>,
    business_connection_id: Option<IgnoredAny>,
    pub(super) reply_to_message: Option<Answered>,
    text: Option<String>,
    #[serde(default)]
    entities: Vec<Entity>,
    caption: Option<String>,
    #[serde(default)]
    caption_entities: Vec<Entity>,
    migrate_to_chat_id: Option<i64>,
    migrate_from_chat_id: Option<i64>,
}

/// A message that another one replies to.
#[derive(Debug, Deserialize)]
pub(super) struct Answered {
    from: Option<User>,
    #[serde(flatten)]
    #[expect(
        clippy::zero_sized_map_values,
        reason = "what is flattened is a map; of these fields only the names count"
    )]
    rest: BTreeMap<String, IgnoredAny>,
}

/// A press of a button.
#[derive(Debug, Deserialize)]
pub(super) struct Query {
    pub(super) id: String,
    pub(super) from: User,
    pub(super) message: Option<Message>,
    pub(super) data: Option<String>,
}

/// A person or a bot.
#[derive(Debug, Deserialize)]
pub(super) struct User {
    pub(super) id: u64,
    pub(super) is_bot: bool,
    pub(super) first_name: String,
    pub(super) last_name: Option<String>,
}

/// A chat.
#[derive(Debug, Deserialize)]
pub(super) struct Chat {
    pub(super) id: i64,
    #[serde(rename = "type")]
    pub(super) kind: ChatKind,
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) is_forum: bool,
    #[serde(default)]
    pub(super) is_direct_messages: bool,
}

/// What kind of chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ChatKind {
    Private,
    Group,
    Supergroup,
    Channel,
}

/// A part of a text that means something. Counted in UTF-16 units.
#[derive(Debug, Deserialize)]
pub(super) struct Entity {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) offset: usize,
    pub(super) length: usize,
    pub(super) user: Option<User>,
}

impl Message {
    /// The topic it is in. A thread that is no topic is only a chain of replies, and those have an id too.
    pub(super) fn topic(&self) -> Option<ThreadId> {
        self.message_thread_id.filter(|_| self.is_topic_message).map(|id| ThreadId(MessageId(id)))
    }

    /// What was written, under a picture or by itself, and the parts of it that mean something.
    pub(super) fn written(&self) -> Option<(&str, &[Entity])> {
        let text = self.text.as_deref().map(|text| (text, self.entities.as_slice()));
        text.or_else(|| self.caption.as_deref().map(|caption| (caption, self.caption_entities.as_slice())))
    }

    /// Whether somebody passed on what was written elsewhere, or what a bot wrote for him.
    pub(super) fn is_passed_on(&self) -> bool {
        self.forward_origin.is_some() || self.is_automatic_forward || self.via_bot.is_some()
    }

    /// Whether it is in a chat that somebody lets the bot manage: another one than the bot's own with the same id.
    pub(super) fn is_of_business(&self) -> bool {
        self.business_connection_id.is_some()
    }

    /// Whether the bot can still change it. The Bot API dates what is gone to the year 1970.
    pub(super) fn is_accessible(&self) -> bool {
        self.date != 0
    }

    /// The former and the new id, where a group became a supergroup.
    pub(super) fn moved(&self) -> Option<(i64, i64)> {
        let to = self.migrate_to_chat_id.map(|to| (self.chat.id, to));
        to.or_else(|| self.migrate_from_chat_id.map(|from| (from, self.chat.id)))
    }
}

impl Answered {
    /// Whether `bot` wrote it. Clients make everything in a topic a reply to the notice that the topic was created, which
    /// the bot has not written even where it created the topic.
    pub(super) fn is_written_by(&self, bot: u64) -> bool {
        self.from.as_ref().is_some_and(|from| from.id == bot)
            && CONTENT.iter().any(|name| self.rest.contains_key(*name))
    }
}

impl Chat {
    /// Whether it is one person's chat with the bot.
    pub(super) fn is_private(&self) -> bool {
        self.kind == ChatKind::Private
    }
}
