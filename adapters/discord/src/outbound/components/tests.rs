#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use modelpin_chat::Choice;
use serde_json::{Value, json};

use super::components;

fn choice(label: &str, token: &str) -> Choice {
    Choice { label: label.to_owned(), token: token.to_owned(), list: None, current: false }
}

fn entry(list: &str, label: &str, token: &str) -> Choice {
    Choice { list: Some(list.to_owned()), ..choice(label, token) }
}

fn shown(choices: &[Vec<Choice>]) -> Vec<Value> {
    components(choices, "s").iter().map(|rows| serde_json::to_value(rows).unwrap()).collect()
}

/// `label=token` of all buttons and entries of one message, row by row; before the entries what the menu is called.
fn rows(message: &Value) -> Vec<Vec<String>> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let of_row = |row: &Value| {
        let parts = row["components"].as_array().unwrap();
        if let Some(options) = parts[0]["options"].as_array() {
            let menu = format!("{}: {}", text(&parts[0]["custom_id"]), text(&parts[0]["placeholder"]));
            let entries = options.iter().map(|option| format!("{}={}", text(&option["label"]), text(&option["value"])));
            return std::iter::once(menu).chain(entries).collect();
        }
        parts.iter().map(|part| format!("{}={}", text(&part["label"]), text(&part["custom_id"]))).collect()
    };
    message.as_array().unwrap().iter().map(of_row).collect()
}

#[test]
fn buttons_stay_in_their_rows_and_empty_rows_go() {
    let seven: Vec<Choice> = (0..7).map(|n| choice(&format!("n{n}"), &format!("t{n}"))).collect();
    let shown = shown(&[vec![choice("a", "1"), choice("b", "2")], Vec::new(), seven]);
    assert_eq!(shown.len(), 1);
    assert_eq!(
        rows(&shown[0]),
        [vec!["a=1", "b=2"], vec!["n0=t0", "n1=t1", "n2=t2", "n3=t3", "n4=t4"], vec!["n5=t5", "n6=t6"]]
    );
    assert!(components(&[Vec::new()], "s").is_empty());
}

#[test]
fn a_list_is_a_menu_over_all_of_its_rows() {
    let current = Choice { current: true, ..entry("Model", "b", "2") };
    let marked = Choice { current: true, ..entry("Model", "c ✓", "3") };
    let shown = shown(&[
        vec![entry("Model", "a", "1")],
        vec![current],
        vec![marked, entry("Profile", "p", "4")],
        vec![Choice { current: true, ..choice("ok", "5") }, choice("no", "6")],
    ]);
    assert_eq!(
        rows(&shown[0]),
        [vec!["list:0: Model", "a=1", "✓ b=2", "c ✓=3"], vec!["list:1: Profile", "p=4"], vec!["ok=5", "no=6"]]
    );
    let row = &shown[0][0]["components"][0];
    assert_eq!(row["type"], 3);
    assert!(row["options"].as_array().unwrap().iter().all(|option| option.get("default").is_none_or(|it| it != true)));
    assert_eq!(
        shown[0][2],
        json!({"type": 1, "components": [
            {"type": 2, "style": 1, "label": "ok", "custom_id": "5", "disabled": false},
            {"type": 2, "style": 2, "label": "no", "custom_id": "6", "disabled": false},
        ]})
    );
}

#[test]
fn a_long_list_is_several_menus_and_they_are_in_several_messages() {
    let all: Vec<Choice> = (0..142).map(|n| entry("Model", &format!("m{n}"), &format!("t{n}"))).collect();
    let shown = shown(&[all]);
    let names: Vec<String> = shown.iter().flat_map(rows).map(|row| row[0].clone()).collect();
    assert_eq!(
        names,
        [
            "list:0: Model 1–25 of 142",
            "list:1: Model 26–50 of 142",
            "list:2: Model 51–75 of 142",
            "list:3: Model 76–100 of 142",
            "list:4: Model 101–125 of 142",
            "list:0: Model 126–142 of 142",
        ]
    );
    let entries: Vec<String> = shown.iter().flat_map(rows).flat_map(|row| row[1..].to_vec()).collect();
    assert_eq!(entries, (0..142).map(|n| format!("m{n}=t{n}")).collect::<Vec<_>>());
}

#[test]
fn no_id_is_twice_in_a_message_and_no_value_in_a_menu() {
    let twice = shown(&[vec![choice("a", "1"), choice("b", "1")], vec![choice("c", "list:1")]]);
    assert_eq!(twice.iter().map(rows).collect::<Vec<_>>(), [vec![vec!["a=1"]], vec![vec!["b=1"], vec!["c=list:1"]]]);
    let taken = shown(&[vec![choice("c", "list:1")], vec![entry("L", "a", "1"), entry("L", "b", "1")]]);
    let taken: Vec<_> = taken.iter().map(rows).collect();
    assert_eq!(
        taken,
        [vec![vec!["c=list:1"]], vec![vec!["list:0: L 1–1 of 2", "a=1"], vec!["list:1: L 2–2 of 2", "b=1"]]]
    );
}

#[test]
fn what_is_cut_can_be_told_apart() {
    let long = |end: &str| format!("{}{end}{}", "a".repeat(120), "z".repeat(120));
    let shown = shown(&[vec![entry("L", &long("x"), "1"), entry("L", &long("y"), "2"), entry("L", "b", "3")]]);
    let row = &rows(&shown[0])[0];
    assert_ne!(row[1].trim_end_matches("=1"), row[2].trim_end_matches("=2"));
    assert!(row[1].contains('…') && row[1].contains('x') && row[2].contains('y'), "{row:?}");
}

#[test]
fn a_token_that_is_too_long_is_never_shortened() {
    let longest = "x".repeat(100);
    let choices = [vec![choice("a", ""), choice("b", &longest), choice("c", &"é".repeat(51)), entry("L", "d", "")]];
    assert_eq!(shown(&choices).iter().map(rows).collect::<Vec<_>>(), [[[format!("b={longest}")]]]);
}
