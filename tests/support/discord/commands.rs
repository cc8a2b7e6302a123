//! The commands of an application.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::discord::World;

/// How long a command may be with all that belongs to it.
const CHARACTERS: usize = 8_000;

/// How many new ones Discord takes in a day.
const CREATES: usize = 200;

impl World {
    /// `PUT …/commands`: those are the commands from now on, everywhere (0) or in a server.
    pub(super) fn overwrite(&mut self, server: u64, commands: &Value) -> Result<Value, String> {
        let list = commands.as_array().ok_or("no list of commands")?;
        if list.len() > 100 {
            return Err(format!("{} commands", list.len()));
        }
        for command in list {
            check(
                command,
                &[
                    "name",
                    "description",
                    "type",
                    "options",
                    "default_member_permissions",
                    "contexts",
                    "integration_types",
                ],
            )?;
            let length = characters(command);
            if length > CHARACTERS {
                return Err(format!("a command of {length} characters"));
            }
            let mut names: Vec<&str> = list.iter().filter_map(|command| command["name"].as_str()).collect();
            names.sort_unstable();
            names.dedup();
            if names.len() != list.len() {
                return Err("two commands have one name".to_owned());
            }
        }
        let before = self.commands.remove(&server).unwrap_or_default();
        let is_new = |command: &Value| !before.iter().any(|old| old["name"] == command["name"]);
        self.creates += list.iter().filter(|command| is_new(command)).count();
        if self.creates > CREATES {
            return Err("Max number of daily application command creates has been reached (200)".to_owned());
        }
        let kept = list.iter().map(|command| {
            let mut command = command.clone();
            let permissions = &command["default_member_permissions"];
            command["default_member_permissions"] =
                permissions.as_u64().map_or(Value::Null, |all| json!(all.to_string()));
            command["id"] = json!(self.id().to_string());
            command["application_id"] = json!(self.application.to_string());
            command["version"] = command["id"].clone();
            command
        });
        let kept: Vec<Value> = kept.collect();
        self.commands.insert(server, kept.clone());
        Ok(json!(kept))
    }
}

/// All that Discord counts of a command: names, descriptions and values.
fn characters(one: &Value) -> usize {
    let text = |name: &str| one[name].as_str().unwrap_or_default().chars().count();
    let own = text("name") + text("description") + text("value");
    let within = ["options", "choices"].iter().flat_map(|name| one[name].as_array().into_iter().flatten());
    own + within.map(characters).sum::<usize>()
}

/// Whether Discord takes a command or an option of one.
fn check(one: &Value, known: &[&str]) -> Result<(), String> {
    let object = one.as_object().ok_or("a command is an object")?;
    if let Some(odd) = object.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(format!("a command has no `{odd}`"));
    }
    let name = one["name"].as_str().unwrap_or_default();
    let is_name = (1..=32).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-');
    if !is_name {
        return Err(format!("`{name}` is no name"));
    }
    if !(1..=100).contains(&one["description"].as_str().unwrap_or_default().chars().count()) {
        return Err(format!("`{name}` has no description of 1 to 100 characters"));
    }
    let options = one["options"].as_array().cloned().unwrap_or_default();
    if options.len() > 25 {
        return Err(format!("`{name}` has {} options", options.len()));
    }
    let within = |list: &str, most: u64| {
        one[list].as_array().is_none_or(|all| all.iter().all(|value| value.as_u64().is_some_and(|value| value <= most)))
    };
    if !within("contexts", 2) || !within("integration_types", 1) {
        return Err(format!("`{name}` is for contexts or installations that there are not"));
    }
    if let Some(odd) = options.iter().find(|option| !matches!(option["type"].as_u64(), Some(1..=11))) {
        return Err(format!("`{name}` has an option of type {}", odd["type"]));
    }
    let mut names = BTreeSet::new();
    if let Some(twice) = options.iter().find(|option| !names.insert(option["name"].to_string())) {
        return Err(format!("`{name}` has two options {}", twice["name"]));
    }
    let mut optional = false;
    for option in &options {
        if option["required"] == true && optional {
            return Err(format!("in `{name}`, what has to be filled in comes behind what need not be"));
        }
        optional |= option["required"] != true && option["type"] != 1;
        if option["autocomplete"] == true && option["choices"].is_array() {
            return Err(format!("`{name}` has both choices and proposals"));
        }
        let choices = option["choices"].as_array().map_or(&[][..], Vec::as_slice);
        let fits = |text: &Value| text.as_str().is_none_or(|text| (1..=100).contains(&text.chars().count()));
        if choices.len() > 25 || !choices.iter().all(|choice| fits(&choice["name"]) && fits(&choice["value"])) {
            return Err(format!("`{name}` has too many choices, or too long ones"));
        }
        check(option, &["name", "description", "type", "options", "required", "choices", "autocomplete", "min_value"])?;
    }
    Ok(())
}
