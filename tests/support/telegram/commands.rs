//! The menus of commands that a bot has set.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::telegram::failure::Failure;
use crate::support::telegram::params::Params;

/// Commands in one menu.
const MOST: usize = 100;
/// Characters of a description.
const LONGEST_SUMMARY: usize = 256;
/// Characters of a whole menu, names and descriptions.
const LONGEST_MENU: usize = 5_700;

/// By scope and language, each as text.
#[derive(Debug, Default)]
pub(crate) struct Menus(BTreeMap<(String, String), Vec<Value>>);

impl Menus {
    pub(crate) fn set(&mut self, params: &Params) -> Result<Value, Failure> {
        let place = place(params)?;
        let commands = params.structure("commands").ok_or_else(|| Failure::bad("can't parse commands JSON object"))?;
        let commands = commands.as_array().ok_or_else(|| Failure::bad("expected an Array of BotCommand"))?;
        let mut kept = Vec::new();
        let mut characters = 0;
        for command in commands {
            let field = |name: &str| {
                command[name]
                    .as_str()
                    .ok_or_else(|| Failure::bad(format!("can't parse BotCommand: Can't find field \"{name}\"")))
            };
            let (name, summary) = (field("command")?.trim_start_matches('/'), field("description")?.trim());
            let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if name.is_empty() {
                return Err(Failure::bad("command must be non-empty"));
            }
            if name.len() > 32 || !name.chars().all(fine) {
                return Err(Failure::bad("BOT_COMMAND_INVALID"));
            }
            if summary.is_empty() || summary.chars().count() > LONGEST_SUMMARY {
                return Err(Failure::bad("BOT_COMMAND_DESCRIPTION_INVALID"));
            }
            characters += name.len() + summary.chars().count();
            kept.push(json!({"command": name, "description": summary}));
        }
        if kept.len() > MOST || characters > LONGEST_MENU {
            return Err(Failure::bad("BOT_COMMANDS_TOO_MUCH"));
        }
        // No command is no menu: the wider scope shows then.
        if kept.is_empty() {
            self.0.remove(&place)
        } else {
            self.0.insert(place, kept)
        };
        Ok(json!(true))
    }

    pub(crate) fn delete(&mut self, params: &Params) -> Result<Value, Failure> {
        self.0.remove(&place(params)?);
        Ok(json!(true))
    }

    pub(crate) fn get(&self, params: &Params) -> Result<Value, Failure> {
        Ok(json!(self.0.get(&place(params)?).cloned().unwrap_or_default()))
    }

    /// The names that are set for that scope: `default`, `all_group_chats`, `chat:42`.
    pub(crate) fn names(&self, scope: &str) -> Option<Vec<String>> {
        let commands = self.0.get(&(scope.to_owned(), String::new()))?;
        Some(commands.iter().filter_map(|command| command["command"].as_str().map(str::to_owned)).collect())
    }
}

fn place(params: &Params) -> Result<(String, String), Failure> {
    let language = params.text("language_code").unwrap_or_default();
    if !(language.is_empty() || language.len() == 2 && language.bytes().all(|byte| byte.is_ascii_lowercase())) {
        return Err(Failure::bad("invalid language code specified"));
    }
    let scope = match (params.get("scope"), params.structure("scope")) {
        (None, _) => return Ok(("default".to_owned(), language.to_owned())),
        (Some(_), Some(scope)) => scope,
        (Some(_), None) => return Err(Failure::bad("can't parse BotCommandScope")),
    };
    let number = |name: &str| {
        let value = &scope[name];
        value
            .as_i64()
            .or_else(|| value.as_str()?.parse().ok())
            .ok_or_else(|| Failure::bad(format!("can't parse BotCommandScope: Can't find field \"{name}\"")))
    };
    let kind = scope["type"].as_str().unwrap_or_default();
    let named = match kind {
        "default" | "all_private_chats" | "all_group_chats" | "all_chat_administrators" => kind.to_owned(),
        "chat" | "chat_administrators" => format!("{kind}:{}", number("chat_id")?),
        "chat_member" => format!("{kind}:{}:{}", number("chat_id")?, number("user_id")?),
        _ => return Err(Failure::bad("can't parse BotCommandScope: Unsupported type specified")),
    };
    Ok((named, language.to_owned()))
}

/// The chat that a scope speaks of, if any.
pub(crate) fn chat_of(params: &Params) -> Option<i64> {
    let chat = &params.structure("scope")?["chat_id"];
    chat.as_i64().or_else(|| chat.as_str()?.parse().ok())
}
