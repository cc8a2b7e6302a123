#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;

use modelpin_chat::{Audience, CommandEntry, Form, Parameter, ParameterKind, Subcommand, Visibility};
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof};
use proptest::{prop_assert_eq, proptest};
use serde_json::{Value, json};

use super::{hash, registration};

fn parameter(name: &str, required: bool, kind: ParameterKind) -> Parameter {
    Parameter { name: name.to_owned(), summary: format!("what {name} is"), required, kind }
}

fn entry(name: &str, form: Form) -> CommandEntry {
    CommandEntry { name: name.to_owned(), summary: "does something".to_owned(), audience: Audience::Everybody, form }
}

#[test]
fn a_command_is_told_as_discord_takes_it() {
    let set = Subcommand {
        name: "set".to_owned(),
        summary: "Pins a model".to_owned(),
        parameters: vec![
            parameter("turns", false, ParameterKind::Number { least: 1 }),
            parameter("model", true, ParameterKind::Completed),
            parameter("scope", false, ParameterKind::OneOf(vec!["here".to_owned(), "all".to_owned()])),
            parameter("note", false, ParameterKind::Text),
        ],
        answers: Visibility::Private,
    };
    let owners = CommandEntry { audience: Audience::Owners, ..entry("reload", Form::empty(Visibility::Private)) };
    assert_eq!(
        registration(&[entry("model", Form::Subcommands(vec![set])), owners]),
        json!([
            {
                "type": 1, "name": "model", "description": "does something", "default_member_permissions": null,
                "contexts": [0, 1], "integration_types": [0],
                "options": [{
                    "type": 1, "name": "set", "description": "Pins a model",
                    "options": [
                        {"type": 3, "name": "model", "description": "what model is", "required": true, "autocomplete": true},
                        {"type": 4, "name": "turns", "description": "what turns is", "required": false, "min_value": 1},
                        {"type": 3, "name": "scope", "description": "what scope is", "required": false, "choices": [
                            {"name": "here", "value": "here"}, {"name": "all", "value": "all"},
                        ]},
                        {"type": 3, "name": "note", "description": "what note is", "required": false},
                    ],
                }],
            },
            {
                "type": 1, "name": "reload", "description": "does something", "default_member_permissions": 0,
                "contexts": [0, 1], "integration_types": [0], "options": [],
            },
        ])
    );
}

#[test]
fn what_discord_does_not_take_takes_nothing_else_with_it() {
    let bare = |name: &str| entry(name, Form::empty(Visibility::Chat));
    let names = |commands: &[CommandEntry]| -> Vec<String> {
        let told = registration(commands);
        told.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&[bare("a"), bare("Model"), bare(""), bare("a"), bare("b b"), bare("c_d-1")]), ["a", "c_d-1"]);
    let many: Vec<CommandEntry> = (0..120).map(|number| bare(&format!("c{number}"))).collect();
    assert_eq!(names(&many), (0..100).map(|number| format!("c{number}")).collect::<Vec<_>>());
}

#[test]
fn a_choice_that_discord_does_not_take_is_any_text() {
    let words = (0..26).map(|number| number.to_string()).collect();
    let form = |words| Form::Fields {
        parameters: vec![parameter("of", true, ParameterKind::OneOf(words))],
        answers: Visibility::Chat,
    };
    for words in [words, Vec::new(), vec!["a".to_owned(), "x".repeat(101)]] {
        let told = registration(&[entry("pick", form(words))]);
        let option = told[0]["options"][0].as_object().unwrap();
        assert!(option["type"] == 3 && !option.contains_key("choices"), "{option:?}");
    }
}

#[test]
fn another_command_or_application_makes_another_hash() {
    let one = registration(&[entry("a", Form::empty(Visibility::Chat))]);
    let other = registration(&[entry("b", Form::empty(Visibility::Chat))]);
    let all = BTreeSet::from([hash(1, &one), hash(2, &one), hash(1, &other)]);
    assert_eq!(all.len(), 3);
    assert_eq!(hash(1, &one), hash(1, &one));
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z0-9_-]{1,32}", "\\PC{0,130}", Just("x\ny 😀".repeat(30))]
}

fn parameters() -> impl Strategy<Value = Vec<Parameter>> {
    let kind = prop_oneof![
        Just(ParameterKind::Text),
        Just(ParameterKind::Completed),
        any::<u32>().prop_map(|least| ParameterKind::Number { least }),
        vec(text(), 0..30).prop_map(ParameterKind::OneOf),
    ];
    let one = (text(), text(), any::<bool>(), kind).prop_map(|(name, summary, required, kind)| Parameter {
        name,
        summary,
        required,
        kind,
    });
    vec(one, 0..30)
}

fn command() -> impl Strategy<Value = CommandEntry> {
    let subcommand = (text(), text(), parameters()).prop_map(|(name, summary, parameters)| Subcommand {
        name,
        summary,
        parameters,
        answers: Visibility::Chat,
    });
    let form = prop_oneof![
        parameters().prop_map(|parameters| Form::Fields { parameters, answers: Visibility::Chat }),
        vec(subcommand, 0..28).prop_map(Form::Subcommands),
    ];
    (text(), text(), any::<bool>(), form).prop_map(|(name, summary, owners, form)| CommandEntry {
        name,
        summary,
        audience: if owners { Audience::Owners } else { Audience::Everybody },
        form,
    })
}

/// Checks one command, or one option, and all in it.
fn check(told: &Value) {
    let name = told["name"].as_str().unwrap();
    assert!((1..=32).contains(&name.len()) && name == name.to_lowercase() && !name.contains(' '), "{name}");
    let description = told["description"].as_str().unwrap();
    assert!((1..=100).contains(&description.encode_utf16().count()), "{description}");
    if let Some(options) = told.get("options") {
        let options = options.as_array().unwrap();
        assert!(options.len() <= 25);
        let names: BTreeSet<&str> = options.iter().map(|option| option["name"].as_str().unwrap()).collect();
        assert_eq!(names.len(), options.len());
        let required: Vec<bool> = options.iter().map(|option| option["required"] == true).collect();
        assert!(required.is_sorted_by(|a, b| a >= b), "what has to be filled in comes first");
        options.iter().for_each(check);
    }
    if let Some(choices) = told.get("choices") {
        let choices = choices.as_array().unwrap();
        assert!((1..=25).contains(&choices.len()) && told.get("autocomplete").is_none());
        let length = |choice: &Value| choice["value"].as_str().unwrap().encode_utf16().count();
        assert!(choices.iter().all(|choice| (1..=100).contains(&length(choice))));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_offered_is_taken(commands in vec(command(), 0..6)) {
        let told = registration(&commands);
        let told = told.as_array().unwrap();
        let names: BTreeSet<String> = told.iter().map(|command| command["name"].to_string()).collect();
        prop_assert_eq!(names.len(), told.len());
        told.iter().for_each(check);
    }
}
