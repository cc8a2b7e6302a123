//! Every line of `fixtures/directives.txt` and every example of `docs/GRAMMAR.md` is read as it says.

#![allow(clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

use modelpin::directive::{Message, read};

const BOT: &str = "mybot";
const FIXTURES: &str = include_str!("../../fixtures/directives.txt");
const GRAMMAR: &str = include_str!("../../docs/GRAMMAR.md");

/// What a line of a fixture says about a message.
struct Case {
    line: String,
    message: String,
    says: String,
}

fn cases(text: &str) -> Vec<Case> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once(" ⇒ ").map(|(message, says)| (line, message, says)))
        .map(|(line, message, says)| Case {
            line: line.to_owned(),
            message: unescaped(message),
            says: unescaped(says.trim_end()),
        })
        .collect()
}

fn unescaped(text: &str) -> String {
    let mut chars = text.chars();
    let mut plain = String::new();
    while let Some(c) = chars.next() {
        let escaped = if c == '\\' { chars.next() } else { None };
        plain.push(match escaped {
            None => c,
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('\\') => '\\',
            Some('u') => {
                let hex: String = chars.by_ref().skip(1).take_while(|c| *c != '}').collect();
                u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32).expect("a code point between braces")
            }
            Some(other) => panic!("\\{other} stands for nothing"),
        });
    }
    plain
}

/// What is said about `message` in the words of the fixture.
fn reading(message: &str) -> String {
    match read(message, BOT) {
        Ok(Message::Plain) => "plain".to_owned(),
        Ok(Message::ForAnotherBot) => "other-bot".to_owned(),
        Ok(Message::Command(command)) => command.to_string(),
        Err(fault) => format!("fault {}..{} {:?}", fault.at().start, fault.at().end, fault.expected()),
    }
}

fn check(text: &str, at_least: usize) {
    let cases = cases(text);
    assert!(cases.len() >= at_least, "only {} cases were found", cases.len());
    let wrong: Vec<String> = cases
        .iter()
        .map(|case| (case, reading(&case.message)))
        .filter(|(case, reading)| reading.trim_end() != case.says)
        .map(|(case, reading)| format!("{}\n    is read as {reading:?}", case.line))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for case in &cases {
        if let Ok(Message::Command(command)) = read(&case.message, BOT) {
            assert_eq!(read(&command.to_string(), BOT), Ok(Message::Command(command)), "{}", case.line);
        }
    }
}

#[test]
fn fixtures_are_read_as_they_say() {
    check(FIXTURES, 200);
}

#[test]
fn examples_of_the_manual_are_read_as_they_say() {
    check(GRAMMAR, 40);
}

#[test]
fn the_grammar_of_the_manual_is_the_grammar_of_the_code() {
    let code = concat!(
        include_str!("../../src/directive/grammar.rs"),
        include_str!("../../src/directive/operation.rs"),
        include_str!("../../src/directive/selection.rs"),
        include_str!("../../src/directive/token.rs"),
        include_str!("../../src/directive/quote.rs"),
    );
    let productions = |text: &str, prefix: &str| -> Vec<String> {
        let is_production = |line: &&str| {
            line.split_once(" = ").is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
        };
        let squeezed = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut found: Vec<String> = text
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix(prefix))
            .filter(is_production)
            .map(squeezed)
            .collect();
        found.sort();
        found
    };
    let manual = GRAMMAR.split("```bnf\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a block of BNF");
    assert!(!productions(manual, "").is_empty());
    assert_eq!(productions(manual, ""), productions(code, "// "));
}
