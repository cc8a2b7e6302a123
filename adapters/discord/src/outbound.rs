//! What is said, as messages that Discord takes.

use modelpin_chat::Reply;
use serde_json::Value;

/// One message, as it is sent or as a sent one is edited.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Message {
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
}

/// Stand-in: pieces of 2,000 characters, and a button for each choice.
pub(crate) fn render(reply: &Reply) -> Vec<Message> {
    let mut messages = pieces(&reply.plain_text());
    let button = |choice: &modelpin_chat::Choice| serde_json::json!({"type": 2, "style": 2, "label": choice.label, "custom_id": choice.token});
    if let Some(last) = messages.last_mut() {
        let row = |row: &Vec<modelpin_chat::Choice>| serde_json::json!({"type": 1, "components": row.iter().map(button).collect::<Vec<_>>()});
        last.components = reply.choices.iter().map(row).collect();
    }
    messages
}

/// Stand-in.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    messages: Vec<Message>,
}

impl Draft {
    pub(crate) fn grow(&mut self, text: &str) -> &[Message] {
        self.messages = pieces(text);
        &self.messages
    }
}

fn pieces(text: &str) -> Vec<Message> {
    let characters: Vec<char> = text.trim().chars().collect();
    let piece = |piece: &[char]| Message { content: piece.iter().collect(), ..Message::default() };
    characters.chunks(2_000).map(piece).collect()
}
