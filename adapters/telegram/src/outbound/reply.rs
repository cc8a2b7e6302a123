//! A reply as messages.

use std::ops::Range;

use modelpin_chat::{Block, Reply, Span};

use crate::outbound::Message;
use crate::outbound::clean::{clean, is_blank};
use crate::outbound::keyboard::keyboards;
use crate::outbound::limits::{Limits, units};
use crate::outbound::markdown;
use crate::outbound::rich::Rich;
use crate::outbound::split::parts;
use crate::outbound::style::{Face, Style};

/// Stands above buttons that have no text of their own: Telegram takes no message without any.
const NO_TEXT: &str = "…";

/// The longest remark to who pressed a button, in UTF-16 code units. Telegram says: 0 to 200 characters.
const LONGEST_ASIDE: usize = 200;

/// The messages that a reply makes, in order; none where it has neither buttons nor a text that can be seen.
///
/// The buttons are below the last one. Where there are more than one keyboard takes, messages with the rest follow.
pub(crate) fn render(reply: &Reply) -> Vec<Message> {
    // Where it goes and who may see it is for who sends it; people need neither the key nor the proof.
    let Reply { blocks, choices, visibility: _, placement: _, session, receipt: _ } = reply;
    let rich = rich(blocks);
    let said = |part: Range<usize>| {
        let plain = rich.text().get(part.clone()).unwrap_or_default().to_owned();
        Message { html: rich.html(part), plain, keyboard: None }
    };
    let mut messages: Vec<Message> = parts(&rich, Limits::MESSAGE).into_iter().map(said).collect();
    let mut keyboards = keyboards(choices, session).into_iter();
    if let Some(first) = keyboards.next() {
        match messages.last_mut() {
            Some(last) => last.keyboard = Some(first),
            None => messages.push(Message { keyboard: Some(first), ..without_text() }),
        }
    }
    messages.extend(keyboards.map(|more| Message { keyboard: Some(more), ..without_text() }));
    messages
}

/// What a reply says as a short remark to who pressed a button; `None` where it says nothing, or more than fits there.
pub(crate) fn aside(reply: &Reply) -> Option<String> {
    let Reply { blocks, choices, visibility: _, placement: _, session: _, receipt: _ } = reply;
    let rich = rich(blocks);
    let text = rich.text().trim();
    let fits = choices.iter().all(Vec::is_empty) && units(text) <= LONGEST_ASIDE && !is_blank(text);
    fits.then(|| text.to_owned())
}

fn without_text() -> Message {
    Message { html: NO_TEXT.to_owned(), plain: NO_TEXT.to_owned(), keyboard: None }
}

/// The text of a reply.
pub(crate) fn rich(blocks: &[Block]) -> Rich {
    let mut rich = Rich::default();
    let push = |rich: &mut Rich, text: &str, style: &Style| rich.push(&clean(text), style, 0..0);
    for (number, block) in blocks.iter().enumerate() {
        if number > 0 {
            push(&mut rich, "\n", &Style::default());
        }
        match block {
            Block::Line(spans) => spans.iter().for_each(|span| match span {
                Span::Plain(text) => push(&mut rich, text, &Style::default()),
                Span::Strong(text) => push(&mut rich, text, &Style { bold: true, ..Style::default() }),
                Span::Code(text) => push(&mut rich, text, &Style { face: Face::Code, ..Style::default() }),
            }),
            Block::Preformatted(text) => {
                push(&mut rich, text, &Style { face: Face::Pre(None), ..Style::default() });
            }
            Block::Markdown(text) => rich.append(markdown::read(&clean(text))),
        }
    }
    rich
}

#[cfg(test)]
mod tests {
    use modelpin_chat::{Block, Choice, Placement, Reply, Span, Visibility};

    use super::{aside, render};

    fn reply(text: &str) -> Reply {
        Reply {
            blocks: vec![Block::Line(vec![Span::Strong(text.to_owned())])],
            choices: Vec::new(),
            visibility: Visibility::Private,
            placement: Placement::Aside,
            session: String::new(),
            receipt: None,
        }
    }

    #[test]
    fn a_remark_has_two_hundred_characters_at_the_most() {
        assert_eq!(aside(&reply("Not yours.")).as_deref(), Some("Not yours."));
        assert!(aside(&reply(&"é".repeat(200))).is_some());
        assert!(aside(&reply(&"é".repeat(201))).is_none());
        assert!(aside(&reply(&"😀".repeat(101))).is_none(), "Telegram counts two for it");
        let button = Choice { label: "a".to_owned(), token: "t".to_owned(), list: None, current: false };
        assert!(aside(&Reply { choices: vec![vec![button]], ..reply("a") }).is_none(), "a remark has no buttons");
    }

    #[test]
    fn what_nobody_can_see_is_no_message() {
        for text in ["", " \n ", "\u{200b}"] {
            assert_eq!((render(&reply(text)), aside(&reply(text))), (Vec::new(), None), "{text:?}");
        }
    }
}
