//! Replies and the messages they make, as written down in `fixtures/discord/rendered`.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use modelpin_chat::{Block, Choice, Placement, Reply, Span, Visibility};
use serde_json::Value;

use crate::outbound::tests::seen;
use crate::outbound::{Message, render};

/// A reply with nothing but these.
pub(crate) fn reply(blocks: Vec<Block>, choices: Vec<Vec<Choice>>) -> Reply {
    Reply {
        blocks,
        choices,
        visibility: Visibility::Chat,
        placement: Placement::InPlace,
        session: "agent:main:discord:default:dm:42".to_owned(),
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
            "choices" => reply.choices.extend(body.lines().map(|row| buttons(row, None))),
            other => match other.strip_prefix("choices ") {
                Some(list) => reply.choices.extend(body.lines().map(|row| buttons(row, Some(list)))),
                None => panic!("a section `{other}`: lines, preformatted, markdown, choices, choices <list>"),
            },
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

/// `[label = token] [*label = token]`, with `*` where it is what holds.
fn buttons(row: &str, list: Option<&str>) -> Vec<Choice> {
    let buttons = row.trim_matches(['[', ']']).split("] [");
    let choice = |button: &str| {
        let (label, token) = button.split_once(" = ").unwrap();
        let (label, current) = label.strip_prefix('*').map_or((label, false), |label| (label, true));
        Choice { label: label.to_owned(), token: token.to_owned(), list: list.map(str::to_owned), current }
    };
    buttons.map(choice).collect()
}

fn written(messages: &[Message]) -> String {
    let mut text = String::new();
    for Message { content, embeds, components } in messages {
        seen::read(content).unwrap_or_else(|fault| panic!("{fault} in {content}"));
        writeln!(text, "-- message\n{content}").unwrap();
        for embed in embeds {
            let embed = serde_json::to_value(embed).unwrap();
            let description = embed["description"].as_str().unwrap();
            seen::read(description).unwrap_or_else(|fault| panic!("{fault} in {description}"));
            writeln!(text, "-- card\n{description}").unwrap();
        }
        for row in components {
            let row = serde_json::to_value(row).unwrap();
            writeln!(text, "-- row\n{}", parts(&row).join(" ")).unwrap();
        }
    }
    text
}

fn parts(row: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let parts = row["components"].as_array().unwrap();
    if let Some(options) = parts[0]["options"].as_array() {
        let menu = format!("{} ({}):", text(&parts[0]["placeholder"]), text(&parts[0]["custom_id"]));
        let entries = options.iter().map(|option| format!("[{} = {}]", text(&option["label"]), text(&option["value"])));
        return std::iter::once(menu).chain(entries).collect();
    }
    let mark = |part: &Value| if part["style"] == 1 { "*" } else { "" };
    parts
        .iter()
        .map(|part| format!("[{}{} = {}]", mark(part), text(&part["label"]), text(&part["custom_id"])))
        .collect()
}

#[test]
fn replies_look_as_they_did() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/discord/rendered");
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
