//! What is said, as data. Everything here is pure: facts in, text blocks and menu entries out.

mod class;
mod confirm;
mod help;
mod list;
mod notice;
mod operator;
mod paging;
mod picker;
mod profiles;
mod refusal;
mod status;
mod trouble;
mod unread;
mod whom;
mod why;
mod withheld;
mod words;

use modelpin_chat::{Block, Span};

use crate::menu::MenuEntry;

pub(crate) use confirm::{Confirmed, Deed, confirm};
pub(crate) use help::{help, whoami};
pub(crate) use list::{List, list};
pub(crate) use notice::{Before, notice};
pub(crate) use operator::{CredentialLine, audit, credentials, expiry, selection, sessions, usage};
pub(crate) use picker::{Picker, closed, marked, picker};
pub(crate) use profiles::{ProfileList, onward, profiles};
pub(crate) use refusal::{Refusal, refusal};
pub(crate) use status::{ProviderView, Status, status};
pub(crate) use trouble::{notes, nothing_sent, turn_failed, world_broke};
pub(crate) use whom::Whom;
pub(crate) use why::{standing, why};
pub(crate) use withheld::{Withheld, withheld};
pub(crate) use words::{Words, end};

/// A reply before its menu has been given an id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Draft {
    /// The text.
    pub(crate) blocks: Vec<Block>,
    /// The buttons, row by row; those with a number can be named by it.
    pub(crate) rows: Vec<Vec<MenuEntry>>,
}

impl Draft {
    /// Adds a line of plain text.
    pub(crate) fn line(&mut self, text: impl Into<String>) -> &mut Self {
        self.blocks.push(Block::line(text));
        self
    }

    /// Adds a line of spans.
    pub(crate) fn spans(&mut self, spans: Vec<Span>) -> &mut Self {
        self.blocks.push(Block::Line(spans));
        self
    }

    /// Separates paragraphs.
    pub(crate) fn blank(&mut self) -> &mut Self {
        self.blocks.push(Block::blank());
        self
    }
}

/// A span of plain text.
pub(crate) fn plain(text: impl Into<String>) -> Span {
    Span::Plain(text.into())
}

/// A span that can be typed or copied.
pub(crate) fn code(text: impl Into<String>) -> Span {
    Span::Code(text.into())
}

/// A span that stands out.
pub(crate) fn strong(text: impl Into<String>) -> Span {
    Span::Strong(text.into())
}
