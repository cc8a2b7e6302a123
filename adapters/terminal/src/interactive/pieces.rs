//! A reply, laid out for a terminal.

use anstyle::{AnsiColor, Style};
use modelpin_chat::{Block, Reply, Span};

use crate::interactive::buttons;
use crate::visible::visible;

/// A run of text in one style. The text is safe to print.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) style: Style,
}

/// The style of what the terminal itself says, and of buttons' hints.
pub(crate) const FAINT: Style = Style::new().dimmed();

const STRONG: Style = Style::new().bold();
const CODE: Style = AnsiColor::Cyan.on_default();

/// The text of a reply and its buttons, numbered from `first_button`; no line feed at the end.
pub(crate) fn pieces(reply: &Reply, first_button: usize) -> Vec<Piece> {
    // Everything said on a terminal is private, and a person needs neither the key nor the proof.
    let Reply { blocks, choices, visibility: _, placement: _, session: _, receipt: _ } = reply;
    let mut pieces = Vec::new();
    for (number, block) in blocks.iter().enumerate() {
        if number > 0 {
            push(&mut pieces, "\n", Style::new());
        }
        match block {
            Block::Line(spans) => spans.iter().for_each(|span| match span {
                Span::Plain(text) => push(&mut pieces, text, Style::new()),
                Span::Strong(text) => push(&mut pieces, text, STRONG),
                Span::Code(text) => push(&mut pieces, text, CODE),
            }),
            Block::Preformatted(text) | Block::Markdown(text) => push(&mut pieces, text, Style::new()),
        }
    }
    for (number, line) in buttons::menu(choices, first_button).iter().enumerate() {
        if number > 0 || !blocks.is_empty() {
            push(&mut pieces, "\n", Style::new());
        }
        push(&mut pieces, line, FAINT);
    }
    pieces
}

/// How the text of a line up to `shown` bytes is left out, because it stands there already.
pub(crate) fn without_start(pieces: Vec<Piece>, mut shown: usize) -> Vec<Piece> {
    let mut rest = Vec::new();
    for Piece { text, style } in pieces {
        let skipped = shown.min(text.len());
        shown -= skipped;
        if let Some(left) = text.get(skipped..).filter(|left| !left.is_empty()) {
            rest.push(Piece { text: left.to_owned(), style });
        }
    }
    rest
}

fn push(pieces: &mut Vec<Piece>, text: &str, style: Style) {
    pieces.push(Piece { text: visible(text), style });
}
