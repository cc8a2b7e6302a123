//! What of the configuration decides who may do what, key by key, so that a change of it can be told.

use std::collections::BTreeMap;

use serde_json::Value;

/// The keys of a channel, and of an account of it, that say who is let in.
const OF_CHANNEL: [&str; 7] = ["allowFrom", "dmPolicy", "groupAllowFrom", "groupPolicy", "groups", "guilds", "dm"];

/// The settings that are looked at as a whole.
const WHOLE: [&[&str]; 4] =
    [&["auth", "crossBillingClass"], &["session", "personalPin"], &["audit", "required"], &["usage", "budgets"]];

/// The settings of `value` that decide who may do what, each with what it says.
pub(crate) fn policy_text(value: &Value) -> BTreeMap<String, String> {
    let mut text = BTreeMap::new();
    let mut keep = |key: String, value: &Value| {
        if !value.is_null() {
            text.insert(key, value.to_string());
        }
    };
    for section in ["access", "commands"] {
        leaves(section, value.get(section), 3, &mut keep);
    }
    for (name, channel) in members(value.get("channels")) {
        of_channel(&format!("channels.{name}"), channel, &mut keep);
        for (id, account) in members(channel.get("accounts")) {
            of_channel(&format!("channels.{name}.accounts.{id}"), account, &mut keep);
        }
    }
    let auth = value.get("auth");
    for (id, profile) in members(auth.and_then(|auth| auth.get("profiles"))) {
        keep(format!("auth.profiles.{id}.grants"), profile.get("grants").unwrap_or(&Value::Null));
        keep(format!("auth.profiles.{id}.visibility"), profile.get("visibility").unwrap_or(&Value::Null));
    }
    for (provider, order) in members(auth.and_then(|auth| auth.get("order"))) {
        keep(format!("auth.order.{provider}"), order);
    }
    for path in WHOLE {
        let found = path.iter().try_fold(value, |value, key| value.get(*key));
        keep(path.join("."), found.unwrap_or(&Value::Null));
    }
    text
}

fn of_channel(key: &str, value: &Value, keep: &mut impl FnMut(String, &Value)) {
    for name in OF_CHANNEL {
        keep(format!("{key}.{name}"), value.get(name).unwrap_or(&Value::Null));
    }
}

fn leaves(key: &str, value: Option<&Value>, depth: usize, keep: &mut impl FnMut(String, &Value)) {
    match value {
        Some(Value::Object(members)) if depth > 0 => {
            for (name, value) in members {
                leaves(&format!("{key}.{name}"), Some(value), depth - 1, keep);
            }
        }
        Some(value) => keep(key.to_owned(), value),
        None => {}
    }
}

fn members(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::policy_text;

    #[test]
    fn what_decides_is_told_and_nothing_else() {
        let text = policy_text(&json!({
            "access": {"roles": {"owner": ["1"]}, "chats": {"*": {"chooseCredential": "member"}}},
            "auth": {
                "order": {"anthropic": ["anthropic:a"]},
                "profiles": {"anthropic:a": {"mode": "api_key", "grants": {"users": ["42"]}}, "x:y": {"mode": "token"}},
            },
            "channels": {"telegram": {"botToken": "not-told", "allowFrom": ["1"], "accounts": {"b": {"dmPolicy": "open"}}}},
            "commands": {"ownerAllowFrom": ["1"]},
            "audit": {"required": true},
        }));
        let told: Vec<(&str, &str)> = text.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(
            told,
            [
                ("access.chats.*.chooseCredential", r#""member""#),
                ("access.roles.owner", r#"["1"]"#),
                ("audit.required", "true"),
                ("auth.order.anthropic", r#"["anthropic:a"]"#),
                ("auth.profiles.anthropic:a.grants", r#"{"users":["42"]}"#),
                ("channels.telegram.accounts.b.dmPolicy", r#""open""#),
                ("channels.telegram.allowFrom", r#"["1"]"#),
                ("commands.ownerAllowFrom", r#"["1"]"#),
            ]
        );
    }
}
