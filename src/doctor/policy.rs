//! What `access` says and nothing comes of.

use std::path::Path;

use crate::config::{Config, Pair};
use crate::doctor::{Code, Finding, Severity};

/// The channels that chats are on.
const CHANNELS: [&str; 2] = ["telegram", "discord"];

/// What is written under `access` of the configuration at `path` and counts for nobody.
pub(crate) fn of_policy(config: &Config, path: &Path) -> Vec<Finding> {
    let finding =
        |what: String, fix: String| Finding::new(Code::AccessIneffective, Severity::Warning, what, fix).at(path);
    let owners = config.access.roles.owner.iter().filter(|entry| is_role(entry)).map(|entry| {
        finding(
            format!("access.roles.owner has \"{entry}\": a role of the platform makes nobody an owner"),
            "name the owners by their ids, or put the role into access.roles.operator".to_owned(),
        )
    });
    let chats = config.access.chats.keys().filter(|key| !names_a_chat(key)).map(|key| {
        finding(
            format!("access.chats has \"{key}\", which names no chat"),
            "write it as telegram:<id> or discord:<id>, or telegram, discord or * for every group".to_owned(),
        )
    });
    let pairs = config.access.chats.iter().flat_map(|(key, chat)| {
        let pairs = chat.pairs.iter().flatten();
        pairs.filter(|pair| pair.can_never_be()).map(move |pair| (key, pair))
    });
    let pairs = pairs.map(|(key, pair): (&String, &Pair)| {
        finding(
            format!(
                "access.chats.{key}.pairs has \"{pair}\": a credential of one provider answers with no model of another"
            ),
            "name a profile of the model's provider, or mend the model".to_owned(),
        )
    });
    owners.chain(chats).chain(pairs).collect()
}

fn is_role(entry: &str) -> bool {
    entry.trim().to_lowercase().starts_with("role:")
}

fn names_a_chat(key: &str) -> bool {
    let is_channel = |name: &str| CHANNELS.iter().any(|channel| channel.eq_ignore_ascii_case(name.trim()));
    match key.split_once(':') {
        None => key == "*" || is_channel(key),
        Some((channel, id)) => (is_channel(channel) || channel.eq_ignore_ascii_case("tg")) && !id.trim().is_empty(),
    }
}
