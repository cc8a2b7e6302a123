//! README.md and docs/GRAMMAR.md teach the same commands, and the engine reads them.

use std::collections::BTreeSet;
use std::fs;

use modelpin::directive::{Message, read};

use crate::docs::markdown::{readme, root};

/// The commands in the first column of the tables of a document.
fn forms(text: &str) -> BTreeSet<String> {
    let firsts = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let named = firsts.flat_map(|first| first.split('`').skip(1).step_by(2));
    named.filter(|name| name.starts_with('/')).map(str::to_owned).collect()
}

#[test]
fn the_readme_teaches_what_the_manual_teaches() {
    let (short, whole) = (forms(&readme()), forms(&fs::read_to_string(root().join("docs/GRAMMAR.md")).unwrap()));
    assert!(short.len() >= 18, "only {} commands were found: {short:?}", short.len());
    let unknown: Vec<&String> = short.difference(&whole).collect();
    assert!(unknown.is_empty(), "docs/GRAMMAR.md does not say what these do: {unknown:?}");
}

#[test]
fn every_command_that_is_taught_is_read() {
    for form in forms(&fs::read_to_string(root().join("docs/GRAMMAR.md")).unwrap()) {
        let Ok(Message::Command(command)) = read(&form, "modelpin") else { panic!("{form} is no command") };
        let words = |text: &str| text.split(' ').next().map(str::to_owned);
        let canonical = command.to_string();
        // `/models` and `/reset` are other words for the same.
        let other = ["/models", "/reset", "/new"].iter().any(|word| form.starts_with(word));
        assert!(other || words(&canonical) == words(&form), "{form} is read as {canonical}");
    }
}
