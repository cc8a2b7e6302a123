//! Replies become what Telegram is sent.

use modelpin_chat::Reply;
use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup};
use teloxide::utils::html;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) html: String,
    pub(crate) plain: String,
    pub(crate) keyboard: Option<InlineKeyboardMarkup>,
}

pub(crate) fn render(reply: &Reply) -> Vec<Message> {
    let mut pieces = draft(&reply.plain_text());
    if !reply.choices.is_empty()
        && let Some(last) = pieces.last_mut()
    {
        last.keyboard = Some(InlineKeyboardMarkup::new(reply.choices.iter().map(|row| {
            row.iter()
                .map(|choice| InlineKeyboardButton::callback(choice.label.clone(), choice.token.clone()))
                .collect::<Vec<_>>()
        })));
    }
    pieces
}

pub(crate) fn draft(text: &str) -> Vec<Message> {
    let chars: Vec<char> = text.chars().collect();
    chars
        .chunks(4_096)
        .map(|piece| {
            let plain: String = piece.iter().collect();
            Message { html: html::escape(&plain), plain, keyboard: None }
        })
        .collect()
}

pub(crate) fn aside(reply: &Reply) -> Option<String> {
    let text = reply.plain_text();
    (text.chars().count() <= 200).then_some(text)
}
