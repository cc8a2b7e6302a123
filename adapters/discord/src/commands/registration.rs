//! The commands as Discord is told them. Pure: nothing is sent.

use std::collections::BTreeSet;

use modelpin_chat::{Audience, CommandEntry, Form, Parameter, ParameterKind, Subcommand};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use unicode_segmentation::UnicodeSegmentation as _;

/// Begins what is hashed. Another number makes all commands be set anew.
const EDITION: &str = "commands 2";

/// How many commands Discord keeps of an application.
const COMMANDS: usize = 100;
/// How many things a command asks for, or can do; and how many words a parameter takes.
const OPTIONS: usize = 25;
const LONGEST_NAME: usize = 32;
const LONGEST_TEXT: usize = 100;

/// Discord's numbers for what is asked for.
const SUBCOMMAND: u8 = 1;
const STRING: u8 = 3;
const INTEGER: u8 = 4;

/// All commands, as `PUT …/commands` takes them. What Discord would not take is left out and logged, for it would refuse all
/// of them otherwise.
pub(crate) fn registration(commands: &[CommandEntry]) -> Value {
    let mut names = BTreeSet::new();
    let mut list = Vec::new();
    for entry in commands {
        let name = entry.name.as_str();
        if !is_name(name) {
            tracing::warn!(command = name, "a command is not offered: Discord's names are of 1 to 32 of a-z 0-9 _ -");
        } else if !names.insert(name) {
            tracing::warn!(command = name, "a command is not offered: another one has that name");
        } else if list.len() == COMMANDS {
            tracing::warn!(command = name, "a command is not offered: Discord takes {COMMANDS} of them");
        } else {
            list.push(command(entry));
        }
    }
    Value::Array(list)
}

/// A mark of what was registered: the same for the same commands of the same application.
pub(crate) fn hash(application: u64, commands: &Value) -> String {
    let mut hasher = Sha256::new();
    hasher.update(format!("{EDITION}\0{application}\0{commands}"));
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn command(entry: &CommandEntry) -> Value {
    let CommandEntry { name, summary, audience, form } = entry;
    let permissions = match audience {
        Audience::Everybody => Value::Null,
        // Nobody but who manages the server, until that person grants it to others.
        Audience::Owners => json!(0),
    };
    let options = match form {
        Form::Fields { parameters, answers: _ } => fields(name, parameters),
        Form::Subcommands(all) => subcommands(name, all),
    };
    json!({
        "type": 1,
        "name": name,
        "description": line(summary, name),
        "options": options,
        "default_member_permissions": permissions,
        // In servers and in private chats with the bot; not in those of other people.
        "contexts": [0, 1],
        "integration_types": [0],
    })
}

fn subcommands(command: &str, all: &[Subcommand]) -> Vec<Value> {
    let option = |subcommand: &Subcommand| {
        let Subcommand { name, summary, parameters, answers: _ } = subcommand;
        json!({
            "type": SUBCOMMAND,
            "name": name,
            "description": line(summary, name),
            "options": fields(&format!("{command} {name}"), parameters),
        })
    };
    offered(command, all, |subcommand| &subcommand.name).into_iter().map(option).collect()
}

/// What has to be filled in comes first: Discord insists on it.
fn fields(command: &str, parameters: &[Parameter]) -> Vec<Value> {
    let offered = offered(command, parameters, |parameter| &parameter.name);
    let (required, others): (Vec<&Parameter>, Vec<&Parameter>) =
        offered.into_iter().partition(|parameter| parameter.required);
    required.into_iter().chain(others).map(|parameter| field(command, parameter)).collect()
}

fn field(command: &str, parameter: &Parameter) -> Value {
    let Parameter { name, summary, required, kind } = parameter;
    let mut field = Map::new();
    let number = match kind {
        ParameterKind::Text | ParameterKind::Completed | ParameterKind::OneOf(_) => STRING,
        ParameterKind::Number { .. } => INTEGER,
    };
    field.insert("type".to_owned(), json!(number));
    field.insert("name".to_owned(), json!(name));
    field.insert("description".to_owned(), json!(line(summary, name)));
    field.insert("required".to_owned(), json!(required));
    match kind {
        ParameterKind::Text => {}
        ParameterKind::Completed => {
            field.insert("autocomplete".to_owned(), json!(true));
        }
        ParameterKind::Number { least } => {
            field.insert("min_value".to_owned(), json!(least));
        }
        ParameterKind::OneOf(words) => match choices(words) {
            Some(choices) => {
                field.insert("choices".to_owned(), choices);
            }
            None => {
                tracing::warn!(command, parameter = name, "any text can be filled in: Discord takes no such choice");
            }
        },
    }
    Value::Object(field)
}

/// The words to choose from, if Discord takes all of them: what is not among them could not be filled in.
fn choices(words: &[String]) -> Option<Value> {
    let mut seen = BTreeSet::new();
    let words: Vec<&String> = words.iter().filter(|word| seen.insert(word.as_str())).collect();
    let fit = words.iter().all(|word| (1..=LONGEST_TEXT).contains(&word.encode_utf16().count()));
    let choices = words.iter().map(|word| json!({ "name": word, "value": word })).collect();
    (fit && (1..=OPTIONS).contains(&words.len())).then_some(Value::Array(choices))
}

/// Those that Discord takes, in their order.
fn offered<'a, T>(command: &str, all: &'a [T], name: impl Fn(&T) -> &str) -> Vec<&'a T> {
    let mut names = BTreeSet::new();
    let mut offered = Vec::new();
    for each in all {
        let name = name(each);
        if is_name(name) && offered.len() < OPTIONS && names.insert(name.to_owned()) {
            offered.push(each);
        } else {
            tracing::warn!(command, part = name, "a part of a command is not offered: Discord does not take it");
        }
    }
    offered
}

fn is_name(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte))
}

/// What something does, in one line that Discord takes; its name where nothing is said.
fn line(summary: &str, name: &str) -> String {
    let line = summary.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return name.to_owned();
    }
    if line.encode_utf16().count() <= LONGEST_TEXT {
        return line;
    }
    let mut left = LONGEST_TEXT - 1;
    let fits = |grapheme: &&str| match left.checked_sub(grapheme.encode_utf16().count()) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    line.graphemes(true).take_while(fits).collect::<String>().trim_end().to_owned() + "…"
}

#[cfg(test)]
mod tests;
