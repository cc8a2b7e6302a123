//! What is said, as messages that Telegram takes.
//!
//! A text is first put together as [`rich::Rich`], text and styles apart, and only then cut and written as HTML, piece
//! by piece: so no tag and no escape is ever cut, and every piece opens and closes its own.

mod clean;
mod draft;
mod keyboard;
mod limits;
mod markdown;
mod reply;
mod rich;
mod split;
mod style;
#[cfg(test)]
mod tests;

use teloxide::types::InlineKeyboardMarkup;

pub(crate) use draft::Draft;
pub(crate) use reply::{aside, render};

/// One message, as it is sent or as a sent one is edited.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Message {
    /// What it says, for the parse mode `HTML`. Never blank.
    pub(crate) html: String,
    /// The same without any marks: sent with no parse mode where Telegram cannot read the HTML.
    pub(crate) plain: String,
    /// The buttons below it.
    pub(crate) keyboard: Option<InlineKeyboardMarkup>,
}
