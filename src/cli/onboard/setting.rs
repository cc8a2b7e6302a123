//! What the configuration is to say.

use serde_json::{Value, json};

use crate::catalog::{ModelRef, ProviderId};
use crate::cli::onboard::channel::Channel;
use crate::config::{Draft, EditFault, Mode, declare_profile};
use crate::profile::ProfileId;

/// One thing that the configuration is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Setting {
    /// This profile may be tried by itself.
    Profile {
        /// The profile.
        id: ProfileId,
        /// Whose it is.
        provider: ProviderId,
        /// Its kind.
        mode: Mode,
    },
    /// The model where nobody chose one.
    Model(ModelRef),
    /// The token of the bot is in its variable.
    Bot(Channel),
    /// This person may write to the bot and look after it.
    Owner {
        /// Where.
        channel: Channel,
        /// The platform's id of the person.
        id: String,
    },
}

impl Setting {
    /// Makes the configuration say it; returns what was changed, a line each.
    ///
    /// # Errors
    /// It cannot be written there by changing one place.
    pub(crate) fn apply(&self, draft: &mut Draft) -> Result<Vec<String>, EditFault> {
        match self {
            Self::Profile { id, provider, mode } => declare_profile(draft, id, provider, *mode, None),
            Self::Model(model) => {
                // Where the model is written as text, without fallbacks, it stays text.
                let model_key = ["agents", "defaults", "model"];
                let key: &[&str] = if draft.get(&model_key).is_some_and(Value::is_string) {
                    &model_key
                } else {
                    &["agents", "defaults", "model", "primary"]
                };
                set(draft, key, &json!(model.to_string()))
            }
            Self::Bot(channel) => {
                let wanted = format!("${{{}}}", channel.variable());
                set(draft, &["channels", channel.name(), channel.token_key()], &json!(wanted))
            }
            Self::Owner { channel, id } => {
                let mut told = admit(draft, allowlist(draft, *channel), id)?;
                told.extend(admit(draft, &["commands", "ownerAllowFrom"], &format!("{}:{id}", channel.name()))?);
                Ok(told)
            }
        }
    }
}

/// Makes the configuration say all of `settings`; returns what was changed, a line each.
///
/// # Errors
/// As [`Setting::apply`].
pub(crate) fn apply_all(settings: &[Setting], draft: &mut Draft) -> Result<Vec<String>, EditFault> {
    let mut told = Vec::new();
    for setting in settings {
        told.extend(setting.apply(draft)?);
    }
    Ok(told)
}

/// The list of those who may write in private. Discord's used to be elsewhere, and one there counts as long as the newer
/// one is missing.
fn allowlist(draft: &Draft, channel: Channel) -> &'static [&'static str] {
    const DISCORD_BEFORE: [&str; 4] = ["channels", "discord", "dm", "allowFrom"];
    match channel {
        Channel::Telegram => &["channels", "telegram", "allowFrom"],
        Channel::Discord if !has(draft, &["channels", "discord", "allowFrom"]) && has(draft, &DISCORD_BEFORE) => {
            &["channels", "discord", "dm", "allowFrom"]
        }
        Channel::Discord => &["channels", "discord", "allowFrom"],
    }
}

fn has(draft: &Draft, key: &[&str]) -> bool {
    draft.get(key).is_some()
}

fn set(draft: &mut Draft, key: &[&str], wanted: &Value) -> Result<Vec<String>, EditFault> {
    if draft.get(key) == Some(wanted) {
        return Ok(Vec::new());
    }
    draft.set(key, wanted)?;
    Ok(vec![format!("{}: {wanted}", key.join("."))])
}

/// Puts `id` at the end of the list under `key`, unless it is there or everybody is.
fn admit(draft: &mut Draft, key: &[&str], id: &str) -> Result<Vec<String>, EditFault> {
    let present = draft.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let bare = id.split_once(':').map_or(id, |(_, bare)| bare);
    let is_in = |listed: &Value| match listed {
        // An id without its channel counts on every one.
        Value::String(text) => text == id || text == bare || text == "*",
        Value::Number(number) => number.to_string() == bare,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    };
    if present.iter().any(is_in) {
        return Ok(Vec::new());
    }
    draft.set(key, &Value::Array(present.into_iter().chain([json!(id)]).collect()))?;
    Ok(vec![format!("{}: \"{id}\" added", key.join("."))])
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test stops at the first surprise")]
mod tests {
    use std::fs;

    use rstest::rstest;

    use super::{Setting, apply_all};
    use crate::cli::onboard::channel::Channel;
    use crate::config::{EditFault, Environment, edit};

    #[rstest]
    #[case::a_list_begins("{}", r#"{"allowFrom":["42"]}"#)]
    #[case::a_list_grows("{channels: {discord: {allowFrom: [7 /* Ann */]}}}", r#"{"allowFrom":[7,"42"]}"#)]
    #[case::everybody_is_somebody("{channels: {discord: {allowFrom: ['*']}}}", r#"{"allowFrom":["*"]}"#)]
    #[case::the_list_of_before(
        "{channels: {discord: {dm: {allowFrom: [42, '7']}}}}",
        r#"{"dm":{"allowFrom":[42,"7"]}}"#
    )]
    fn an_owner_is_let_in_once(#[case] before: &str, #[case] after: &str) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("modelpin.json");
        fs::write(&file, before).unwrap();
        let owner = [Setting::Owner { channel: Channel::Discord, id: "42".to_owned() }];
        let mut texts = Vec::new();
        for _ in 0..2 {
            edit::<_, EditFault>(&file, &Environment::default(), |draft| apply_all(&owner, draft)).unwrap();
            texts.push(fs::read_to_string(&file).unwrap());
        }
        assert_eq!(texts[0], texts[1]);
        let value: serde_json::Value = json5::from_str(&texts[0]).unwrap();
        assert_eq!(value["channels"]["discord"].to_string(), after);
        assert_eq!(value["commands"]["ownerAllowFrom"].to_string(), r#"["discord:42"]"#);
    }

    #[rstest]
    #[case("{}", r#"{"agents":{"defaults":{"model":{"primary":"openai/gpt-5.4"}}}}"#)]
    #[case(
        "{agents: {defaults: {model: 'anthropic/claude-opus-4-6'}}}",
        r#"{"agents":{"defaults":{"model":"openai/gpt-5.4"}}}"#
    )]
    #[case(
        "{agents: {defaults: {model: {fallbacks: ['a/b']}}}}",
        r#"{"agents":{"defaults":{"model":{"fallbacks":["a/b"],"primary":"openai/gpt-5.4"}}}}"#
    )]
    fn a_model_stays_in_its_form(#[case] before: &str, #[case] after: &str) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("modelpin.json");
        fs::write(&file, before).unwrap();
        let model = [Setting::Model("openai/gpt-5.4".parse().unwrap())];
        edit::<_, EditFault>(&file, &Environment::default(), |draft| apply_all(&model, draft)).unwrap();
        let value: serde_json::Value = json5::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        assert_eq!(value.to_string(), after);
    }
}
