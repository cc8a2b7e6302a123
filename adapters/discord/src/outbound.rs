//! What is said, as messages that Discord takes.
//!
//! A text is first put together as [`rich::Rich`], text and styles apart, and only then cut and written in Discord's own
//! Markdown, piece by piece: so no mark and no escape is ever cut, and every piece opens and closes its own.

mod clean;
mod components;
mod draft;
mod escape;
mod limits;
mod markdown;
mod reply;
mod rich;
mod split;
mod style;
#[cfg(test)]
mod tests;
mod write;

use serenity::builder::{CreateActionRow, CreateEmbed};

pub(crate) use draft::Draft;
pub(crate) use reply::render;

/// One message, as it is sent or as a sent one is edited. Something of it can be seen, always.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Message {
    /// What it says, in Discord's Markdown; empty where an embed says it.
    pub(crate) content: String,
    /// What it says where its lines belong together.
    pub(crate) embeds: Vec<CreateEmbed>,
    /// The buttons and menus below it.
    pub(crate) components: Vec<CreateActionRow>,
}
