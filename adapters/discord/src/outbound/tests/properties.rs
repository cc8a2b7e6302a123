//! Whatever is said, every message is one that Discord takes, and together they say all of it.

use std::collections::BTreeSet;

use modelpin_chat::{Block, Choice, Reply, Span};
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_oneof};
use proptest::{prop_assert, prop_assert_eq, proptest};
use serde_json::Value;

use crate::outbound::clean::is_blank;
use crate::outbound::limits::{CONTENT, DESCRIPTION, units};
use crate::outbound::markdown;
use crate::outbound::reply::{is_card, rich};
use crate::outbound::tests::golden::reply;
use crate::outbound::tests::seen::{Seen, read, text, within};
use crate::outbound::{Draft, Message, render};

/// Reads every message as Discord does, and checks what it must keep to.
fn taken(messages: &[Message]) -> Vec<Vec<Seen>> {
    messages.iter().map(check).collect()
}

fn check(message: &Message) -> Vec<Seen> {
    let Message { content, embeds, components } = message;
    assert!(units(content) <= CONTENT, "too long: {content}");
    assert_eq!(content.trim(), content, "Discord takes white space off the ends");
    assert!(embeds.len() <= 1 && embeds.is_empty() != content.is_empty(), "one or the other: {message:?}");
    let description = embeds.first().map(|embed| serde_json::to_value(embed).unwrap()["description"].clone());
    let description = description.map(|description| description.as_str().unwrap().to_owned()).unwrap_or_default();
    assert!(units(&description) <= DESCRIPTION, "too long: {description}");
    check_components(&serde_json::to_value(components).unwrap());
    let all = format!("{content}{description}");
    let seen = read(&all).unwrap_or_else(|fault| panic!("{fault} in {all}"));
    assert!(!is_blank(&text(&seen)), "blank: {all}");
    seen
}

fn check_components(rows: &Value) {
    let rows = rows.as_array().unwrap();
    assert!(rows.len() <= 5);
    let mut ids = BTreeSet::new();
    let length = |value: &Value| value.as_str().unwrap().encode_utf16().count();
    for row in rows {
        let parts = row["components"].as_array().unwrap();
        assert!((1..=5).contains(&parts.len()));
        for part in parts {
            assert!((1..=100).contains(&length(&part["custom_id"])));
            assert!(ids.insert(part["custom_id"].to_string()), "an id is there twice");
            let Some(options) = part["options"].as_array() else {
                assert!((1..=80).contains(&length(&part["label"])));
                continue;
            };
            assert!(parts.len() == 1 && (1..=25).contains(&options.len()));
            assert!((1..=150).contains(&length(&part["placeholder"])));
            let values: BTreeSet<String> = options.iter().map(|option| option["value"].to_string()).collect();
            let labels: BTreeSet<String> = options.iter().map(|option| option["label"].to_string()).collect();
            assert!(values.len() == options.len() && labels.len() == options.len(), "two are alike");
            for option in options {
                assert!((1..=100).contains(&length(&option["label"])) && (1..=100).contains(&length(&option["value"])));
                assert_ne!(option.get("default"), Some(&Value::Bool(true)), "it could not be taken");
            }
        }
    }
}

/// The tokens of all buttons and entries.
fn tokens(messages: &[Message]) -> Vec<String> {
    let mut tokens = Vec::new();
    for message in messages {
        let rows = serde_json::to_value(&message.components).unwrap();
        for part in rows.as_array().unwrap().iter().flat_map(|row| row["components"].as_array().unwrap().clone()) {
            match part["options"].as_array() {
                Some(options) => tokens.extend(options.iter().map(|it| it["value"].as_str().unwrap().to_owned())),
                None => tokens.push(part["custom_id"].as_str().unwrap().to_owned()),
            }
        }
    }
    tokens
}

fn lowercase(text: &str) -> String {
    text.chars().filter(char::is_ascii_lowercase).collect()
}

fn said(seen: &[Vec<Seen>]) -> String {
    seen.iter().map(|seen| text(seen)).collect()
}

const MARKS: [&str; 16] =
    ["__", "||", "*", "**", "_", "~~", "`", "```", "~~~", "\n", "\n\n", "    ", "\t", "> ", "- ", "1. "];
const SIGNS: [&str; 13] = ["<", ">", "&", "&lt;", "<b>", "</b>", "<!--", "]]>", "&#x1F600;", "|", "\\", "#", "# "];
const LINKS: [&str; 13] = [
    "https://x.test/a_b_*c*",
    "(http://x.test)",
    "<@12>",
    "<#3>",
    "<:a:1>",
    ":a:",
    "[",
    "](",
    ")",
    "![",
    "[a](https://example.com/?a=b&c=\"d\")",
    "[b]: http://b.test",
    "<https://x.test>",
];
const BLOCKS: [&str; 6] = ["| a | b |\n|---|:-:|\n| 1 | 2 |\n", "- [x] ", "---\n", "===\n", "```rust\n", "> > "];
const SCRIPTS: [&str; 8] = ["😀", "👩‍👩‍👧", "é", "日本語", "\u{200b}", "\u{202e}", "\r\n", "\u{0}"];

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(texts).prop_map(str::to_owned)
}

/// Anything, with many of the signs that mean something.
fn wild() -> impl Strategy<Value = String> {
    let sign = prop_oneof![
        4 => "[a-z ]{1,12}",
        2 => one_of(&MARKS),
        2 => one_of(&SIGNS),
        1 => one_of(&LINKS),
        1 => one_of(&BLOCKS),
        1 => "\\PC{1,4}",
        1 => one_of(&SCRIPTS),
    ];
    vec(sign, 0..60).prop_map(|signs| signs.concat())
}

/// Markdown in which nothing but marks is left out: letters are in text and code, and in no address or language.
fn lossless() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => "[a-z]{1,9} ",
        1 => "[a-z]{1,5}".prop_map(|word| format!("**{word}** ")),
        1 => "[a-z]{1,5}".prop_map(|word| format!("*{word}* ")),
        1 => "[a-z ]{1,5}".prop_map(|word| format!(" `{word}` ")),
        1 => "[a-z]{1,5}".prop_map(|word| format!("[{word}](HTTPS://1.2.3.4/A) ")),
        1 => "[a-z]{1,5}".prop_map(|word| format!("[{word}](/A) ")),
        2 => one_of(&[" **", " *", " `", " _", " [", "] ", "<", " &", "\\"]),
        2 => one_of(&["\n", "\n\n", "\n\n- ", "\n- ", "\n  - ", "\n1. ", "\n> ", "\n# ", "\n- [X] ", "\n    "]),
        1 => "[a-z]{1,5}".prop_map(|word| format!("\n\n```\n{word}\n```\n\n")),
        1 => Just("\n```\n".to_owned()),
        1 => "[a-z]{1,3}".prop_map(|word| format!("\n\n[{word}]: HTTP://1.2.3.4\n\n")),
        1 => "[a-z]{1,5}".prop_map(|word| table_of(&word)),
        1 => one_of(&SCRIPTS[..4]),
    ];
    vec(piece, 0..50).prop_map(|pieces| pieces.concat())
}

fn table_of(word: &str) -> String {
    format!("\n\n| {word} | `{word}` |\n|---|--:|\n| **{word}** | {word} |\n\n")
}

/// Text and code as models mostly write them.
fn calm() -> impl Strategy<Value = String> {
    let block = prop_oneof![
        vec("[a-z]{1,8}", 1..90).prop_map(|words| words.join(" ")),
        vec("[a-z]{1,8}", 1..9).prop_map(|words| format!("- **{}**\n- `x`", words.join("**\n- "))),
        vec(" {0,4}[A-Z<&]{1,20}", 1..60).prop_map(|lines| format!("```rust\n{}\n```", lines.join("\n"))),
        "[a-z]{1,20}".prop_map(|title| format!("## {title}")),
    ];
    vec(block, 1..40).prop_map(|blocks| blocks.join("\n\n") + "\n\n")
}

fn many(text: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    (text, prop_oneof![3 => Just(1), 1 => 2_usize..30]).prop_map(|(text, times)| text.repeat(times))
}

fn any_reply() -> impl Strategy<Value = Reply> {
    let span = prop_oneof![wild().prop_map(Span::Plain), wild().prop_map(Span::Strong), wild().prop_map(Span::Code)];
    let block = prop_oneof![
        2 => vec(span, 0..4).prop_map(Block::Line),
        1 => many(wild()).prop_map(Block::Preformatted),
        1 => many(wild()).prop_map(Block::Markdown),
    ];
    let list = prop_oneof![Just(None), Just(Some("Model".to_owned())), Just(Some("Profile ".repeat(30)))];
    let choice = ("\\PC{0,120}", "[a-zA-Z]{0,105}", list, any::<bool>())
        .prop_map(|(label, token, list, current)| Choice { label, token, list, current });
    let one = vec(vec(choice, 0..9), 0..9);
    let long = (1_usize..180).prop_map(|count| {
        let choice = |number: usize| Choice {
            label: format!("{}{number}", "m".repeat(number)),
            token: number.to_string(),
            list: Some("Model".to_owned()),
            current: number == 7,
        };
        vec![(0..count).map(choice).collect::<Vec<_>>()]
    });
    let choices = prop_oneof![4 => one, 1 => long];
    (vec(block, 0..9), choices).prop_map(|(blocks, choices)| reply(blocks, choices))
}

/// The text so far, each time a part of it has come.
fn growing<'a>(text: &'a str, steps: &[usize]) -> Vec<&'a str> {
    let mut ends = Vec::new();
    let mut end = 0;
    for step in steps.iter().cycle() {
        end = text.ceil_char_boundary(end + step);
        ends.push(text.get(..end).unwrap_or(text));
        if end >= text.len() {
            return ends;
        }
    }
    ends
}

fn steps() -> impl Strategy<Value = Vec<usize>> {
    vec(1_usize..700, 1..9)
}

/// Grows a draft, and checks at each step that what is settled stays.
fn grown(text: &str, steps: &[usize]) -> Vec<Message> {
    let mut draft = Draft::default();
    let mut before: Vec<Message> = Vec::new();
    for so_far in growing(text, steps) {
        let now = draft.grow(so_far).to_vec();
        taken(&now);
        let settled = before.len().saturating_sub(1).min(now.len().saturating_sub(1));
        assert_eq!(now[..settled], before[..settled], "a message changed that was not the last one");
        assert!(now.len() + 1 >= before.len(), "messages went away");
        before = now;
    }
    before
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_message_of_a_reply_is_taken_and_together_they_say_all_of_it(reply in any_reply()) {
        let messages = render(&reply);
        let good: Vec<String> = reply.choices.iter().flatten().map(|choice| choice.token.clone()).collect();
        let good: Vec<String> = good.into_iter().filter(|token| (1..=100).contains(&token.len())).collect();
        prop_assert_eq!(tokens(&messages), good);
        let seen = taken(&messages);
        let said = messages.iter().zip(&seen).filter(|(message, _)| !matches!(message.content.as_str(), "…" | "…more"));
        let shown: String = said.map(|(_, seen)| text(seen)).collect();
        let all = rich(&reply.blocks).text().to_owned();
        // A piece that nobody can see is left out.
        let visible = |text: &str| -> String { text.chars().filter(|c| !is_blank(&c.to_string()) && *c != '…').collect() };
        prop_assert_eq!(visible(&shown), visible(&all));
    }

    #[test]
    fn text_is_seen_as_it_is(lines in vec(wild(), 1..5)) {
        let blocks = lines.iter().map(|line| Block::line(line.clone())).collect();
        for message in taken(&render(&reply(blocks, Vec::new()))) {
            let styled = message.iter().filter(|seen| seen.around.iter().any(|mark| !mark.starts_with("link:http")));
            prop_assert_eq!(styled.count(), 0);
        }
    }

    #[test]
    fn a_card_is_for_six_lines_of_ours_or_a_table_and_never_for_an_answer(reply in any_reply()) {
        let card = is_card(&reply.blocks);
        let answer = reply.blocks.iter().any(|block| matches!(block, Block::Markdown(_)));
        let table = reply.blocks.iter().any(|block| matches!(block, Block::Preformatted(text) if !is_blank(text)));
        prop_assert!(!(card && answer));
        prop_assert!(card || answer || !table);
        for message in render(&reply) {
            prop_assert!(message.embeds.is_empty() || card);
        }
    }

    #[test]
    fn no_letter_of_an_answer_is_lost(source in many(lossless())) {
        prop_assert_eq!(lowercase(markdown::read(&source).text()), lowercase(&source));
    }

    #[test]
    fn code_stays_in_code_and_text_outside(source in many(calm())) {
        for seen in taken(&render(&reply(vec![Block::Markdown(source)], Vec::new()))) {
            prop_assert_eq!(lowercase(&within(&seen, "pre:rust", true)), "");
            let outside = within(&seen, "pre:rust", false);
            prop_assert!(!outside.contains(|c: char| c.is_ascii_uppercase() || c == '<'), "{}", outside);
        }
    }

    #[test]
    fn a_draft_never_changes_what_is_settled_and_loses_nothing(source in many(lossless()), steps in steps()) {
        let seen = taken(&grown(&source, &steps));
        prop_assert_eq!(lowercase(&said(&seen)), lowercase(&source));
    }

    #[test]
    fn any_draft_is_taken(source in many(wild()), steps in steps()) {
        grown(&source, &steps);
    }

    #[test]
    fn the_last_draft_is_what_is_sent_in_the_end(source in calm(), steps in steps()) {
        prop_assert_eq!(grown(&source, &steps), render(&reply(vec![Block::Markdown(source)], Vec::new())));
    }
}
