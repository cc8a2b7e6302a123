//! What is said, as messages that Discord takes.

use modelpin_chat::{Choice, Reply};
use serenity::builder::{CreateActionRow, CreateButton, CreateEmbed};

/// One message, as it is sent or as a sent one is edited.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Message {
    pub(crate) content: String,
    pub(crate) embeds: Vec<CreateEmbed>,
    pub(crate) components: Vec<CreateActionRow>,
}

/// Stand-in: pieces of 2,000 characters, and a button for each choice.
pub(crate) fn render(reply: &Reply) -> Vec<Message> {
    let mut messages = pieces(&reply.plain_text());
    let button = |choice: &Choice| CreateButton::new(&choice.token).label(&choice.label);
    if let Some(last) = messages.last_mut() {
        let row = |row: &Vec<Choice>| CreateActionRow::Buttons(row.iter().map(button).collect());
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
    let piece =
        |piece: &[char]| Message { content: piece.iter().collect(), embeds: Vec::new(), components: Vec::new() };
    characters.chunks(2_000).map(piece).collect()
}
