//! A reply as messages.

use modelpin_chat::{Block, Reply, Span};
use serenity::builder::CreateEmbed;

use crate::outbound::Message;
use crate::outbound::clean::{clean, is_blank};
use crate::outbound::components::components;
use crate::outbound::limits::{CONTENT, DESCRIPTION};
use crate::outbound::markdown;
use crate::outbound::rich::Rich;
use crate::outbound::split::parts;
use crate::outbound::style::{Face, Style};
use crate::outbound::write::markdown as written;

/// Stands above buttons and menus that have no text of their own: people are told what they are looking at.
const NO_TEXT: &str = "…";

/// Stands above those that had no room below the message before.
const MORE: &str = "…more";

/// From how many lines on a text is shown as a card.
const LINES: usize = 6;

/// The grey of a card: it means nothing.
const COLOUR: u32 = 0x4f_54_5c;

/// The messages that a reply makes, in order; none where it has neither choices nor a text that can be seen.
///
/// What belongs together, a table or at least six lines of our own, is a card (an embed), one to a message. What somebody
/// outside has written never is: it is cut into messages like any other text, and grows while it is written. The choices
/// are below the last message. Where there are more than it takes, messages with the rest follow.
pub(crate) fn render(reply: &Reply) -> Vec<Message> {
    // Where it goes and who may see it is for who sends it; people need neither the key nor the proof.
    let Reply { blocks, choices, visibility: _, placement: _, session, receipt: _ } = reply;
    let rich = rich(blocks);
    let card = is_card(blocks);
    let parts = parts(&rich, if card { DESCRIPTION } else { CONTENT });
    let said = |part| {
        let text = written(&rich, part);
        if card {
            let embed = CreateEmbed::new().description(text).colour(COLOUR);
            Message { content: String::new(), embeds: vec![embed], components: Vec::new() }
        } else {
            without_components(text)
        }
    };
    let mut messages: Vec<Message> = parts.into_iter().map(said).collect();
    let mut rows = components(choices, session).into_iter();
    if let Some(first) = rows.next() {
        match messages.last_mut() {
            Some(last) => last.components = first,
            None => messages.push(Message { components: first, ..without_components(NO_TEXT.to_owned()) }),
        }
    }
    messages.extend(rows.map(|more| Message { components: more, ..without_components(MORE.to_owned()) }));
    messages
}

fn without_components(content: String) -> Message {
    Message { content, embeds: Vec::new(), components: Vec::new() }
}

/// Whether a reply is shown as a card, see [`render`].
pub(crate) fn is_card(blocks: &[Block]) -> bool {
    let mut lines = 0;
    let mut table = false;
    for block in blocks {
        match block {
            Block::Line(spans) => lines += usize::from(spans.iter().any(|span| !is_blank(span.text()))),
            Block::Preformatted(text) => table |= !is_blank(text),
            Block::Markdown(_) => return false,
        }
    }
    table || lines >= LINES
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
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use modelpin_chat::{Block, Choice, Placement, Reply, Span, Visibility};
    use serde_json::json;

    use super::render;

    fn reply(blocks: Vec<Block>) -> Reply {
        Reply {
            blocks,
            choices: Vec::new(),
            visibility: Visibility::Private,
            placement: Placement::Aside,
            session: String::new(),
            receipt: None,
        }
    }

    #[test]
    fn six_lines_or_a_table_are_a_card_and_an_answer_is_none() {
        let lines = |count: usize| vec![Block::line("a"); count];
        let cards = |blocks| render(&reply(blocks)).iter().filter(|message| !message.embeds.is_empty()).count();
        assert_eq!((cards(lines(5)), cards(lines(6))), (0, 1));
        let with_blank = [lines(5), vec![Block::blank(), Block::line(" ")]].concat();
        assert_eq!(cards(with_blank), 0, "only what is seen counts");
        assert_eq!(cards(vec![Block::Preformatted("1  x".to_owned())]), 1);
        assert_eq!(cards([lines(9), vec![Block::Markdown("b".to_owned())]].concat()), 0);
    }

    #[test]
    fn a_card_and_a_menu_are_sent_as_discord_takes_them() {
        let entry =
            Choice { label: "opus".to_owned(), token: "t".to_owned(), list: Some("Model".to_owned()), current: true };
        let blocks = vec![Block::Line(vec![Span::Strong("S".to_owned())]), Block::Preformatted("x".to_owned())];
        let messages = render(&Reply { choices: vec![vec![entry]], ..reply(blocks) });
        let sent: Vec<_> = messages
            .iter()
            .map(|message| (message.content.as_str(), json!(message.embeds), json!(message.components)))
            .collect();
        let embed = json!([{"type": "rich", "description": "**S**\n```\nx\n```", "color": 0x4f_54_5c}]);
        let menu = json!([{"type": 1, "components": [{
            "type": 3, "custom_id": "list:0", "placeholder": "Model",
            "options": [{"label": "✓ opus", "value": "t"}],
        }]}]);
        assert_eq!(sent, [("", embed, menu)]);
    }

    #[test]
    fn a_long_card_is_several_and_what_nobody_can_see_is_no_message() {
        let long = render(&reply(vec![Block::Preformatted("0123456789 abcdef\n".repeat(600))]));
        assert!(long.len() >= 3 && long.iter().all(|message| message.embeds.len() == 1), "{}", long.len());
        for text in ["", " \n ", "\u{200b}"] {
            assert_eq!(render(&reply(vec![Block::line(text)])), [], "{text:?}");
        }
    }
}
