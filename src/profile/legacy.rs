//! The stores of before: `auth.json` and `oauth.json`, read as if they were an auth store.

use serde_json::{Map, Value, json};

use crate::profile::Document;

/// What `auth.json` and `oauth.json` hold, in the form of a store.
///
/// `auth.json` maps a provider to a credential of any kind, `oauth.json` to an OAuth grant; each becomes the profile
/// `<provider>:default`, and `auth.json` wins. All fields come along, known or not: the family drops some that are needed
/// later (`clientId`).
pub(crate) fn document(auth: Option<&Value>, oauth: Option<&Value>) -> Document {
    let mut profiles = Map::new();
    for (key, entry) in entries(auth) {
        let kind = entry.get("type").and_then(Value::as_str);
        if matches!(kind, Some("api_key" | "token" | "oauth")) {
            add(&mut profiles, key, entry.clone());
        }
    }
    for (key, entry) in entries(oauth) {
        let mut grant = entry.clone();
        grant.insert("type".to_owned(), json!("oauth"));
        add(&mut profiles, key, grant);
    }
    if profiles.is_empty() {
        return Document::missing();
    }
    let mut root = Map::new();
    root.insert("version".to_owned(), json!(1));
    root.insert("profiles".to_owned(), Value::Object(profiles));
    Document::of(root)
}

/// The objects in a file of that form; a file with `profiles` in it is of another one.
fn entries(file: Option<&Value>) -> impl Iterator<Item = (&String, &Map<String, Value>)> {
    let all = file.and_then(Value::as_object).filter(|all| !all.contains_key("profiles"));
    all.into_iter().flatten().filter_map(|(key, entry)| Some((key, entry.as_object()?)))
}

fn add(profiles: &mut Map<String, Value>, key: &str, mut entry: Map<String, Value>) {
    let id = format!("{key}:default");
    if profiles.contains_key(&id) {
        return;
    }
    let named = entry.get("provider").and_then(Value::as_str).is_some_and(|provider| !provider.trim().is_empty());
    if !named {
        entry.insert("provider".to_owned(), json!(key));
    }
    // In these files a time that is none was never looked at; it must not make the credential unusable now.
    if entry.get("expires").is_some_and(|expires| !expires.is_number()) {
        entry.shift_remove("expires");
    }
    profiles.insert(id, Value::Object(entry));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_stores_become_default_profiles() {
        let auth = json!({
            "anthropic": {"type": "api_key", "key": "k1", "email": "e@x.io", "junk": 1},
            "openai": {"type": "token", "token": "t", "expires": "soon"},
            "openai-codex": {"type": "oauth", "access": "a", "refresh": "r", "expires": 5, "clientId": "c"},
            "bad": {"type": "zzz"},
        });
        let oauth = json!({"anthropic": {"access": "late"}, "google": {"access": "g", "refresh": "h", "expires": 7}});
        let read = document(Some(&auth), Some(&oauth));
        let expected = json!({
            "anthropic:default": {
                "type": "api_key", "key": "k1", "email": "e@x.io", "junk": 1, "provider": "anthropic"
            },
            "openai:default": {"type": "token", "token": "t", "provider": "openai"},
            "openai-codex:default": {
                "type": "oauth", "access": "a", "refresh": "r", "expires": 5, "clientId": "c", "provider": "openai-codex"
            },
            "google:default": {"access": "g", "refresh": "h", "expires": 7, "type": "oauth", "provider": "google"},
        });
        assert_eq!(read.section("profiles"), expected.as_object());
    }

    #[test]
    fn a_store_under_the_old_name_is_not_read_as_one_of_before() {
        let store = json!({"profiles": {"a": {"type": "api_key", "key": "k"}}});
        assert_eq!(document(Some(&store), None), Document::missing());
    }
}
