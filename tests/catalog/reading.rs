//! Fixtures of selections with their one reading, or their one refusal.

use std::fmt::Write as _;
use std::path::Path;

use modelpin::agent::AgentId;
use modelpin::catalog::{Catalog, ProfileIndex, ProviderId, Read, Unread, Wish};
use modelpin::config;
use modelpin::directive::{Typed, Wanted};
use modelpin::profile::ProfileId;
use rstest::rstest;
use serde_json::{Map, Value};

#[rstest]
#[case("allowlist.txt")]
#[case("open.txt")]
#[case("at-signs.txt")]
fn every_selection_has_its_one_reading(#[case] file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/catalog").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let mut catalog = None;
    let mut index = ProfileIndex::default();
    let (mut wrong, mut cases) = (String::new(), 0);
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(json) = line.strip_prefix("config ") {
            let config = config::from_value(&serde_json::from_str(json).unwrap()).unwrap();
            catalog = Some(Catalog::new(&config, &AgentId::main()));
        } else if let Some(json) = line.strip_prefix("profiles ") {
            index = profiles(&serde_json::from_str(json).unwrap());
        } else {
            let catalog = catalog.as_ref().unwrap();
            let (typed, expected) = line.split_once(" => ").unwrap();
            let read = catalog.read(&wanted(typed), catalog.default_model(), &index);
            let shown = show(&read, expected);
            cases += 1;
            if shown != expected {
                writeln!(wrong, "{typed} => {shown}\n    expected: {expected}").unwrap();
            }
            if let Err(Unread::Ambiguous { readings, .. }) = read {
                for reading in readings {
                    let again = catalog.read(&wanted(&reading), catalog.default_model(), &index);
                    assert_eq!(again.map(|read| read.to_string()), Ok(reading), "a listed reading is read as itself");
                }
            }
        }
    }
    assert!(cases > 0, "{file} holds no case");
    assert!(wrong.is_empty(), "{file}:\n{wrong}");
}

fn profiles(json: &Map<String, Value>) -> ProfileIndex {
    let entry = |(id, provider): (&String, &Value)| {
        (ProfileId::new(id).unwrap(), ProviderId::new(provider.as_str().unwrap()).unwrap())
    };
    json.iter().map(entry).collect()
}

/// The grammar's part in small: quotes make the cut plain.
fn wanted(typed: &str) -> Wanted {
    let part = |text: &str| Typed { text: text.to_owned(), span: 7..7 + text.len() };
    let Some(quoted) = typed.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return Wanted::Word(part(typed));
    };
    match quoted.split_once("\"@\"") {
        Some((target, profile)) => Wanted::Parts { target: Some(part(target)), profile: Some(part(profile)) },
        None => Wanted::Parts { target: Some(part(quoted)), profile: None },
    }
}

/// Suggestions are compared only where the fixture gives some.
fn show(read: &Result<Read, Unread>, expected: &str) -> String {
    match read {
        Ok(Read { model, credential }) => {
            let model = model.as_ref().map_or_else(|| "keep".to_owned(), ToString::to_string);
            match credential {
                Wish::Keep => model,
                Wish::Auto => format!("{model} with auto"),
                Wish::Profile(id) => format!("{model} with {id}"),
            }
        }
        Err(Unread::UnknownModel { .. }) if expected == "unknown" => expected.to_owned(),
        Err(Unread::UnknownModel { text, nearest, .. }) if nearest.is_empty() => format!("unknown {text}"),
        Err(Unread::UnknownModel { text, nearest, .. }) => format!("unknown {text}: {}", nearest.join(", ")),
        Err(Unread::NotAllowed { model, allowed, .. }) => {
            assert!((1..=5).contains(&allowed.len()), "says what is allowed");
            format!("not allowed {model}")
        }
        Err(Unread::Ambiguous { readings, .. }) => format!("ambiguous: {}", readings.join(" | ")),
        Err(Unread::UnknownProfile { name, provider, or_model, .. }) => match or_model {
            Some(model) => format!("no profile {name} of {provider}, or {model}"),
            None => format!("no profile {name} of {provider}"),
        },
        Err(Unread::NoProfileNamed { provider, .. }) => format!("no profile named for {provider}"),
        Err(Unread::ProfileElsewhere { id, belongs_to, wanted, .. }) => {
            format!("{id} is of {belongs_to}, not {wanted}")
        }
    }
}
