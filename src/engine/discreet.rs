//! The way back into a chat, with nothing known in it.

use std::borrow::Cow;

use modelpin_chat::{Block, BoxFuture, Choice, Outbox, OutboxError, Reply, Span, Withdrawal};
use serde_json::Value;

use crate::redact::{known, scrub};

/// Takes every known secret out of what goes to the chat: whoever made a reply may have quoted anything.
///
/// Drafts pass as they are: the turn, which alone makes them, holds back what may be the beginning of a secret, which
/// cannot be told from one draft to the next here.
pub(super) struct Discreet<'a>(pub(super) &'a dyn Outbox);

impl Outbox for Discreet<'_> {
    fn send(&self, reply: Reply) -> BoxFuture<'_, Result<(), OutboxError>> {
        self.0.send(scrubbed(reply))
    }

    fn draft<'a>(&'a self, so_far: &'a str) -> BoxFuture<'a, Result<(), OutboxError>> {
        self.0.draft(so_far)
    }

    fn typing(&self) -> BoxFuture<'_, ()> {
        self.0.typing()
    }

    fn withdraw(&self) -> BoxFuture<'_, Result<Withdrawal, OutboxError>> {
        self.0.withdraw()
    }

    fn stopped(&self) -> BoxFuture<'_, ()> {
        self.0.stopped()
    }
}

fn scrubbed(reply: Reply) -> Reply {
    let Reply { mut blocks, mut choices, visibility, placement, session, receipt } = reply;
    for block in &mut blocks {
        match block {
            Block::Line(spans) => spans.iter_mut().for_each(|span| match span {
                Span::Plain(text) | Span::Strong(text) | Span::Code(text) => clean(text),
            }),
            Block::Preformatted(text) => clean(text),
            // As the turn scrubs answers, so that they begin as their drafts did.
            Block::Markdown(text) => *text = known().scrub_whole(text).into_owned(),
        }
    }
    for Choice { label, token: _, list: _, current: _ } in choices.iter_mut().flatten() {
        clean(label);
    }
    Reply { blocks, choices, visibility, placement, session, receipt: receipt.map(|text| scrubbed_json(&text)) }
}

fn clean(text: &mut String) {
    if let Cow::Owned(clean) = scrub(text) {
        *text = clean;
    }
}

/// Within its texts, so that it stays JSON.
fn scrubbed_json(text: &str) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(text) else { return scrub(text).into_owned() };
    known().scrub_json(&mut value);
    value.to_string()
}
