//! Whatever is said, every message is one that Telegram takes, and together they say all of it.

use modelpin_chat::{Block, Choice, Reply, Span};
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_oneof};
use proptest::{prop_assert, prop_assert_eq, proptest};

use crate::outbound::clean::is_blank;
use crate::outbound::limits::Limits;
use crate::outbound::markdown;
use crate::outbound::reply::rich;
use crate::outbound::tests::golden::reply;
use crate::outbound::tests::parsed::{Parsed, parse};
use crate::outbound::{Draft, Message, aside, render};

/// Reads every message as Telegram does, and checks what it must keep to.
fn taken(messages: &[Message]) -> Vec<Parsed> {
    let Limits { units, bytes, entities } = Limits::MESSAGE;
    let check = |Message { html, plain, keyboard: _ }: &Message| {
        let parsed = parse(html).unwrap_or_else(|fault| panic!("{fault} in {html}"));
        assert_eq!(&parsed.text, plain);
        assert!(parsed.text.encode_utf16().count() <= units, "too long: {html}");
        assert!(html.len() <= bytes, "too many bytes: {html}");
        assert!(parsed.entities <= entities, "too many entities: {html}");
        assert!(!is_blank(plain), "blank: {html}");
        parsed
    };
    messages.iter().map(check).collect()
}

fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn lowercase(text: &str) -> String {
    text.chars().filter(char::is_ascii_lowercase).collect()
}

fn said(parsed: &[Parsed]) -> String {
    parsed.iter().map(|parsed| parsed.text.as_str()).collect()
}

const MARKS: [&str; 14] = ["*", "**", "_", "~~", "`", "```", "~~~", "\n", "\n\n", "    ", "\t", "> ", "- ", "1. "];
const SIGNS: [&str; 13] = ["<", ">", "&", "&lt;", "<b>", "</b>", "<!--", "]]>", "&#x1F600;", "|", "\\", "#", "# "];
const LINKS: [&str; 7] =
    ["[", "](", ")", "![", "[a](https://example.com/?a=b&c=\"d\")", "[b]: http://b.test", "<https://x.test>"];
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
    let choice =
        ("\\PC{0,90}", "[a-zA-Z]{0,70}").prop_map(|(label, token)| Choice { label, token, list: None, current: false });
    (vec(block, 0..6), vec(vec(choice, 0..12), 0..4)).prop_map(|(blocks, choices)| reply(blocks, choices))
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
        let keyboards = messages.iter().filter_map(|message| message.keyboard.as_ref());
        let buttons: usize = keyboards.map(|keyboard| keyboard.inline_keyboard.concat().len()).sum();
        let good = reply.choices.iter().flatten().filter(|choice| (1..=64).contains(&choice.token.len())).count();
        prop_assert_eq!(buttons, good);
        let parsed = taken(&messages);
        let whole = rich(&reply.blocks);
        let all = without_space(whole.text());
        if is_blank(&all) {
            prop_assert_eq!(messages.is_empty(), good == 0);
        } else {
            let shown = without_space(&said(&parsed));
            // A piece that nobody can see is left out, and what follows may hold buttons alone.
            let seen = |text: &str| -> String {
                text.chars().filter(|c| !is_blank(&c.to_string()) && *c != '…').collect()
            };
            prop_assert_eq!(seen(&shown), seen(&all));
            prop_assert_eq!(&parse(&whole.html(0..whole.text().len())).unwrap().text, whole.text());
        }
    }

    #[test]
    fn no_letter_of_an_answer_is_lost(source in many(lossless())) {
        prop_assert_eq!(lowercase(markdown::read(&source).text()), lowercase(&source));
    }

    #[test]
    fn code_stays_in_code_and_text_outside(source in many(calm())) {
        for parsed in taken(&render(&reply(vec![Block::Markdown(source)], Vec::new()))) {
            let code = parsed.within("pre", true);
            prop_assert_eq!(lowercase(&code), "");
            prop_assert!(!parsed.within("pre", false).contains(|c: char| c.is_ascii_uppercase() || c == '<'));
        }
    }

    #[test]
    fn a_draft_never_changes_what_is_settled_and_loses_nothing(source in many(lossless()), steps in steps()) {
        let parsed = taken(&grown(&source, &steps));
        prop_assert_eq!(lowercase(&said(&parsed)), lowercase(&source));
    }

    #[test]
    fn any_draft_is_taken(source in many(wild()), steps in steps()) {
        grown(&source, &steps);
    }

    #[test]
    fn the_last_draft_is_what_is_sent_in_the_end(source in calm(), steps in steps()) {
        prop_assert_eq!(grown(&source, &steps), render(&reply(vec![Block::Markdown(source)], Vec::new())));
    }

    #[test]
    fn a_remark_is_short_and_all_that_was_said(reply in any_reply(), bare in any::<bool>()) {
        let reply = Reply { choices: if bare { Vec::new() } else { reply.choices }, ..reply };
        let whole = rich(&reply.blocks);
        if let Some(text) = aside(&reply) {
            prop_assert!((1..=200).contains(&text.encode_utf16().count()));
            prop_assert_eq!(text, whole.text().trim());
        } else {
            let long = whole.text().trim().encode_utf16().count() > 200;
            prop_assert!(long || is_blank(whole.text()) || !reply.choices.concat().is_empty());
        }
    }
}
