//! Replies and the messages they make, as written down in `fixtures/telegram/outbound`.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use modelpin_chat::{Block, Choice, Placement, Reply, Span, Visibility};
use teloxide::types::{InlineKeyboardButtonKind, InlineKeyboardMarkup};

use crate::outbound::tests::parsed::parse;
use crate::outbound::{Message, render};

/// A reply with nothing but these.
pub(crate) fn reply(blocks: Vec<Block>, choices: Vec<Vec<Choice>>) -> Reply {
    Reply {
        blocks,
        choices,
        visibility: Visibility::Chat,
        placement: Placement::InPlace,
        session: "agent:main:telegram:default:dm:42".to_owned(),
        receipt: None,
    }
}

/// The lines of a file that make the reply, and what it says of the messages.
fn sections(text: &str) -> (Vec<(String, String)>, String) {
    let (said, shown) = text
        .split_once("-- message\n")
        .map_or((text, String::new()), |(said, shown)| (said, format!("-- message\n{shown}")));
    let mut sections: Vec<(String, String)> = Vec::new();
    for line in said.lines() {
        if let Some(kind) = line.strip_prefix("== ") {
            sections.push((kind.to_owned(), String::new()));
        } else if let Some((_, body)) = sections.last_mut() {
            body.push_str(line);
            body.push('\n');
        }
    }
    (sections, shown)
}

fn read(sections: &[(String, String)]) -> Reply {
    let mut reply = reply(Vec::new(), Vec::new());
    for (kind, body) in sections {
        let body = body.strip_suffix('\n').unwrap_or(body);
        match kind.as_str() {
            "lines" => reply.blocks.extend(body.split('\n').map(|line| Block::Line(spans(line)))),
            "preformatted" => reply.blocks.push(Block::Preformatted(body.to_owned())),
            "markdown" => reply.blocks.push(Block::Markdown(body.to_owned())),
            "choices" => reply.choices.extend(body.lines().map(buttons)),
            other => panic!("a section `{other}`: lines, preformatted, markdown, choices"),
        }
    }
    reply
}

/// `*strong*` and `` `code` ``.
fn spans(line: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find(['*', '`']) {
        let mark = &rest[at..=at];
        let (plain, marked) = (&rest[..at], &rest[at + 1..]);
        let (marked, after) = marked.split_once(mark).unwrap();
        spans.push(Span::Plain(plain.to_owned()));
        spans.push(if mark == "*" { Span::Strong(marked.to_owned()) } else { Span::Code(marked.to_owned()) });
        rest = after;
    }
    spans.push(Span::Plain(rest.to_owned()));
    spans.into_iter().filter(|span| !span.text().is_empty()).collect()
}

/// `[label = token] [label = token]`.
fn buttons(row: &str) -> Vec<Choice> {
    let buttons = row.trim_matches(['[', ']']).split("] [");
    let choice = |button: &str| {
        let (label, token) = button.split_once(" = ").unwrap();
        Choice { label: label.to_owned(), token: token.to_owned(), list: None, current: false }
    };
    buttons.map(choice).collect()
}

fn written(messages: &[Message]) -> String {
    let mut text = String::new();
    for Message { html, plain, keyboard } in messages {
        let parsed = parse(html).unwrap_or_else(|fault| panic!("{fault} in {html}"));
        assert_eq!(&parsed.text, plain, "without marks it is the same");
        writeln!(text, "-- message\n{html}").unwrap();
        if let Some(InlineKeyboardMarkup { inline_keyboard }) = keyboard {
            text.push_str("-- keyboard\n");
            for row in inline_keyboard {
                let button = |button: &teloxide::types::InlineKeyboardButton| match &button.kind {
                    InlineKeyboardButtonKind::CallbackData(token) => format!("[{} = {token}]", button.text),
                    other => panic!("a button with {other:?}"),
                };
                writeln!(text, "{}", row.iter().map(button).collect::<Vec<_>>().join(" ")).unwrap();
            }
        }
    }
    text
}

#[test]
fn replies_look_as_they_did() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/telegram/outbound");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    assert!(files.len() >= 10, "the pictures are in {}", folder.display());
    let mut changed = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let (said, shown) = sections(&text);
        let now = written(&render(&read(&said)));
        if shown != now {
            if std::env::var_os("MODELPIN_BLESS").is_some() {
                let kept = text.strip_suffix(&shown).unwrap();
                fs::write(&file, format!("{kept}{now}")).unwrap();
            }
            changed.push(format!("{}:\n{now}", file.display()));
        }
    }
    let all = changed.join("\n");
    assert!(changed.is_empty(), "differs (MODELPIN_BLESS=1 writes it anew), as it is now:\n{all}");
}
