//! One message.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::support::telegram::text::Text;

/// What a message carries.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    Text(Text),
    /// A picture with words below it.
    Picture(Text),
    /// What the platform itself says: the field that it comes in.
    Service(&'static str, Value),
}

/// One message, as it stands now.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) id: i64,
    pub(crate) date: Duration,
    pub(crate) edited: Option<Duration>,
    /// Who wrote it; nobody in a channel.
    pub(crate) from: Option<i64>,
    /// The chat in whose name it was written.
    pub(crate) sender_chat: Option<i64>,
    /// The topic, or the thread of replies, that it belongs to.
    pub(crate) thread: Option<i64>,
    pub(crate) in_topic: bool,
    pub(crate) content: Content,
    pub(crate) reply_to: Option<i64>,
    pub(crate) markup: Option<Value>,
    /// Other fields as they are: where it was forwarded from, who signed it.
    pub(crate) extra: Map<String, Value>,
    pub(crate) gone: bool,
    /// The texts that it had before.
    pub(crate) former: Vec<String>,
}

impl Message {
    /// One that nobody has sent yet.
    pub(crate) fn new(from: Option<i64>, content: Content) -> Self {
        Self {
            id: 0,
            date: Duration::ZERO,
            edited: None,
            from,
            sender_chat: None,
            thread: None,
            in_topic: false,
            content,
            reply_to: None,
            markup: None,
            extra: Map::new(),
            gone: false,
            former: Vec::new(),
        }
    }

    /// The words in it.
    pub(crate) fn text(&self) -> &str {
        match &self.content {
            Content::Text(text) | Content::Picture(text) => &text.text,
            Content::Service(..) => "",
        }
    }

    /// The buttons below it, each as it was sent.
    pub(crate) fn rows(&self) -> Vec<Vec<Value>> {
        let rows = self.markup.as_ref().and_then(|markup| markup["inline_keyboard"].as_array());
        rows.into_iter().flatten().map(|row| row.as_array().cloned().unwrap_or_default()).collect()
    }
}
