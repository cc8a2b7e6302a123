//! Random edits of random documents: what was not meant stays, character by character.

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "a test stops at the first surprise")]

use std::fs;

use proptest::prelude::*;
use serde_json::Value;

use crate::config::edit::{Draft, EditFault};

/// A sequence that looks like chance and is the same for each seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % end
    }

    fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}

/// A value as a person may write it.
struct Written {
    text: String,
    value: Value,
}

/// How a key may be written, with what it is.
const NAMES: [(&str, &str); 10] = [
    ("plain", "plain"),
    ("$id_9", "$id_9"),
    ("\"two words\"", "two words"),
    ("'anthropic/claude'", "anthropic/claude"),
    ("\"it's\"", "it's"),
    ("'say \"x\"'", "say \"x\""),
    ("__proto__", "__proto__"),
    ("\"\\u00e9.\"", "é."),
    ("''", ""),
    ("ключ", "ключ"),
];

const SCALARS: [(&str, &str); 8] = [
    ("1", "1"),
    ("-0.5", "-0.5"),
    ("true", "true"),
    ("null", "null"),
    ("'${NAME}'", "\"${NAME}\""),
    ("\"tab\\t\\\\ \\u2028\"", "\"tab\\t\\\\ \\u2028\""),
    ("'it\\'s // no comment'", "\"it's // no comment\""),
    ("\"{[,\"", "\"{[,\""),
];

/// White space and comments, between any two tokens.
fn gap(dice: &mut Dice, newline: &str) -> String {
    match dice.below(8) {
        0 => format!("{newline}\t"),
        1 => format!("{newline}  "),
        2 => " /* } \" , ] */ ".to_owned(),
        3 => format!(" // ' {{ , [{newline}"),
        4 => " ".to_owned(),
        _ => String::new(),
    }
}

fn written(dice: &mut Dice, deep: usize, newline: &str) -> Written {
    match dice.below(if deep == 0 { 1 } else { 4 }) {
        0 => {
            let (text, value) = SCALARS[dice.below(SCALARS.len())];
            Written { text: text.to_owned(), value: serde_json::from_str(value).unwrap() }
        }
        1 => {
            let (mut text, mut values) = (format!("[{}", gap(dice, newline)), Vec::new());
            let length = dice.below(4);
            for at in 0..length {
                let element = written(dice, deep - 1, newline);
                let comma = if at + 1 < length || dice.below(2) == 0 { "," } else { "" };
                text.push_str(&format!("{}{}{comma}{}", element.text, gap(dice, newline), gap(dice, newline)));
                values.push(element.value);
            }
            text.push(']');
            Written { text, value: Value::Array(values) }
        }
        _ => object(dice, deep - 1, newline),
    }
}

fn object(dice: &mut Dice, deep: usize, newline: &str) -> Written {
    let (mut text, mut members) = (format!("{{{}", gap(dice, newline)), serde_json::Map::new());
    let first = dice.below(NAMES.len());
    let length = dice.below(5);
    for at in 0..length {
        let (spelled, name) = NAMES[(first + at) % NAMES.len()];
        let value = written(dice, deep, newline);
        let comma = if at + 1 < length || dice.below(2) == 0 { "," } else { "" };
        let gaps: Vec<String> = (0..4).map(|_| gap(dice, newline)).collect();
        text.push_str(&format!("{spelled}{}:{}{}{}{comma}{}", gaps[0], gaps[1], value.text, gaps[2], gaps[3]));
        members.insert(name.to_owned(), value.value);
    }
    text.push('}');
    Written { text, value: Value::Object(members) }
}

/// The key of something in `value` that is there, or could be: through objects and, by number, lists.
fn some_key(dice: &mut Dice, value: &Value) -> Vec<String> {
    let (mut key, mut at) = (Vec::new(), value);
    loop {
        match at {
            Value::Object(members) if !members.is_empty() && dice.below(4) > 0 => {
                let (name, inside) = members.iter().nth(dice.below(members.len())).unwrap();
                key.push(name.clone());
                at = inside;
                if dice.below(3) == 0 {
                    return key;
                }
            }
            Value::Array(elements) if elements.iter().any(Value::is_object) => {
                let number = elements.iter().position(Value::is_object).unwrap();
                key.push(number.to_string());
                at = &elements[number];
            }
            Value::Object(_) => {
                key.push(dice.one_of(&["new", "a new/one", "\"quoted\"", "plain", "constructor"]).to_owned());
                return key;
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) if !key.is_empty() => {
                return key;
            }
            _ => return vec!["new".to_owned()],
        }
    }
}

fn packed(text: &str) -> Vec<char> {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// How much of `before`, white space apart, is not found again at the start and at the end of `after`.
fn lost(before: &str, after: &str) -> usize {
    let (before, after) = (packed(before), packed(after));
    let start = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    let most = before.len().min(after.len()) - start;
    let end = before.iter().rev().zip(after.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    before.len() - start - end
}

/// Whether all of `before`, white space apart, comes in `after` in the same order: with a new member, and a comma that may
/// stand on the other side of a comment.
fn is_within(before: &str, after: &str) -> bool {
    let mut after = packed(after).into_iter();
    packed(before).into_iter().all(|wanted| after.any(|found| found == wanted))
}

fn comments(text: &str) -> usize {
    text.matches("/* } \" , ] */").count() + text.matches("// ' { , [").count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_not_meant_stays(seed in 1_u64..) {
        let mut dice = Dice(seed);
        let newline = dice.one_of(&["\n", "\r\n"]);
        let mark = dice.one_of(&["", "", "\u{feff}"]);
        let document = object(&mut dice, 4, newline);
        let text = format!("{mark}{}{}{newline}", document.text, gap(&mut dice, newline));
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("modelpin.json");
        let included = dice.below(2) == 0;
        let file = if included { folder.path().join("part.json5") } else { main.clone() };
        let around = "{ /* top */ $include: './part.json5', }";
        if included {
            fs::write(&main, around).unwrap();
        }
        fs::write(&file, &text).unwrap();

        let mut draft = Draft::read(&main).unwrap();
        let names = some_key(&mut dice, &document.value);
        let key: Vec<&str> = names.iter().map(String::as_str).collect();
        let wanted = written(&mut dice, 2, "\n").value;
        let before = draft.get(&key).cloned();
        let removes = dice.below(4) == 0 && before.is_some() && key.last().unwrap().parse::<usize>().is_err();
        let outcome = if removes { draft.remove(&key).map(drop) } else { draft.set(&key, &wanted) };
        match outcome {
            Ok(()) => {}
            // Not into what is no object, and not one element of a list.
            Err(EditFault::NoObject { .. }) => return Ok(()),
            Err(fault) => panic!("{fault}\n{text}\n{key:?} {wanted}"),
        }
        let expected = if removes { None } else { Some(&wanted).filter(|wanted| !wanted.is_null()) };
        prop_assert_eq!(draft.get(&key), expected);
        let changes: Vec<_> = draft.changes().collect();
        if let [(_, Some(text), after)] = changes[..] {
            prop_assert_eq!(after.starts_with('\u{feff}'), text.starts_with('\u{feff}'));
            let newline = if text == around { "\n" } else { newline };
            prop_assert!(!after.replace("\r\n", "").contains('\n') || newline == "\n", "{:?}", after);
            // What the old value took is the only thing that may go: its text, its name, a comma.
            // Where nothing is, a `null` may be written.
            let gone = before.as_ref().map_or("null".len(), |before| {
                let spelled = document.text.len().min(before.to_string().len() * 7 + 300);
                if removes || before.is_object() || before.is_array() { spelled } else { before.to_string().len() + 4 }
            });
            let kept = (before.is_none() && is_within(text, after)) || lost(text, after) <= gone;
            prop_assert!(kept, "{:?} {}\n{}\n{}", key, wanted, text, after);
            let inside = before.as_ref().is_some_and(|before| before.is_object() || before.is_array());
            prop_assert!(removes || inside || comments(after) == comments(text), "{}\n{}", text, after);
        } else {
            prop_assert!(before.as_ref() == expected && changes.is_empty(), "{:?}", changes);
        }
    }
}

#[test]
fn a_document_is_read_as_it_was_meant() {
    for seed in 1..500 {
        let document = object(&mut Dice(seed * 0x9e37_79b9), 4, "\n");
        let read: Value = json5::from_str(&document.text).unwrap();
        assert_eq!(read, document.value, "{}", document.text);
    }
    assert_eq!(lost("{a: 1, b: 2}", "{a: 1, c: 3, b: 2}"), 0);
    assert_eq!(lost("{a: 1, b: 2}", "{a: 12, b: 2}"), 0);
    assert_eq!(lost("{a: 11, b: 2}", "{a: 3, b: 2}"), 2);
    assert!(
        is_within("{a: 1 /* x */}", "{a: 1, /* x */ b: 2}") && !is_within("{a: 1 /* x */}", "{a: 1, b: 2 /* y */}")
    );
}
