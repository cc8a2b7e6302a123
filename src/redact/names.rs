//! Which variables, headers and fields hold secrets, told by their names.

use secrecy::SecretString;
use serde_json::Value;

/// The last word of such a name.
const LAST: [&str; 12] = [
    "key",
    "apikey",
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "authorization",
    "cookie",
    "credential",
    "bearer",
    "jwt",
];

/// What makes a `key` the name of something, and no secret.
const OF_NO_SECRET: [&str; 6] = ["session", "main", "public", "cache", "sort", "group"];

/// What an OAuth grant is written under in the stores.
const OF_GRANTS: [&str; 2] = ["access", "refresh"];

/// Words before the secret itself in a header.
const SCHEMES: [&str; 3] = ["bearer", "basic", "token"];

/// Whether something of that name holds a secret: `OPENAI_API_KEY`, `botToken`, `x-api-key`, `clientSecret`.
///
/// The family's configuration has more keys than are read here, and channels and tools add theirs, so the name decides.
pub(crate) fn names_a_secret(name: &str) -> bool {
    if !may_name_a_secret(name) {
        return false;
    }
    let words = words(name);
    let (before, last) = match words.as_slice() {
        [] => return false,
        [only] => ("", only.as_str()),
        [.., before, last] => (before.as_str(), last.as_str()),
    };
    // A list of them is named by more than one.
    let one = last.strip_suffix('s').unwrap_or(last);
    let named = LAST.contains(&one) && !(one == "key" && OF_NO_SECRET.contains(&before));
    named || (words.len() == 1 && OF_GRANTS.contains(&last))
}

/// Whether the name ends as such names do. Stores have thousands of names, and most of them are told by this alone.
fn may_name_a_secret(name: &str) -> bool {
    let name = name.trim_end_matches(|c: char| !c.is_alphanumeric());
    let one = name.strip_suffix(['s', 'S']).unwrap_or(name);
    let ends = |name: &str, word: &str| {
        let tail = name.len().checked_sub(word.len()).and_then(|at| name.get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(word))
    };
    !name.is_ascii() || LAST.iter().chain(&OF_GRANTS).any(|word| ends(name, word) || ends(one, word))
}

/// What stands in `value` under a name that [`names_a_secret`], at any depth.
pub(crate) fn secrets_in(value: &Value) -> Vec<SecretString> {
    let mut secrets = Vec::new();
    collect(value, false, &mut secrets);
    secrets
}

fn collect(value: &Value, named: bool, secrets: &mut Vec<SecretString>) {
    match value {
        Value::String(text) if named => secrets.extend(secret(text)),
        Value::Array(values) => values.iter().for_each(|value| collect(value, named, secrets)),
        // The parts of a reference say where a secret is.
        Value::Object(fields) if named && fields.contains_key("source") => {}
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| collect(value, names_a_secret(name), secrets));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The secret in a field; `None` where it names a variable that has it.
fn secret(text: &str) -> Option<SecretString> {
    let text = text.trim();
    if text.starts_with("${") && text.ends_with('}') {
        return None;
    }
    let bare = text.split_once(' ').filter(|(scheme, _)| SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()));
    Some(SecretString::from(bare.map_or(text, |(_, secret)| secret).trim()))
}

/// `OPENAI_API_KEY` and `openaiApiKey` are `openai`, `api`, `key`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (lower && c.is_uppercase()) {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().into_iter().for_each(|word| word.extend(c.to_lowercase()));
        }
        lower = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;
    use serde_json::json;

    use super::{names_a_secret, secrets_in};

    #[test]
    fn a_name_says_whether_it_holds_a_secret() {
        for name in [
            "OPENAI_API_KEY",
            "apiKey",
            "apikey",
            "key",
            "botToken",
            "token",
            "clientSecret",
            "x-api-key",
            "X-Goog-Api-Key",
            "Authorization",
            "access",
            "refresh",
            "refresh_token",
            "API_KEYS",
            "DB_PASSWORD",
        ] {
            assert!(names_a_secret(name), "{name}");
        }
        for name in [
            "",
            "__",
            "maxTokens2",
            "keyRef",
            "KEYBOARD",
            "sessionKey",
            "MAIN_KEY",
            "accessMode",
            "tokenUrl",
            "allowFrom",
            "TOKEN_FILE",
            "X-Title",
        ] {
            assert!(!names_a_secret(name), "{name}");
        }
    }

    #[test]
    fn secrets_are_found_at_any_depth() {
        let value = json!({
            "models": {"providers": {"x": {"apiKey": "one", "headers": {"Authorization": "Bearer two", "X-Title": "no"}}}},
            "channels": {"telegram": {"botToken": "three", "accounts": {"a": {"botToken": " four "}}, "allowFrom": ["no"]}},
            "profiles": {"a:b": {"key": "${NO}", "access": "five", "keyRef": {"source": "env", "id": "NO"}}},
            "apiKey": {"source": "exec", "id": "no", "key": "no"},
            "maxTokens": 5, "apiKeys": ["six", "seven"], "tokens": {"id_token": "eight", "account_id": "no"},
        });
        let found = secrets_in(&value);
        let found: Vec<&str> = found.iter().map(ExposeSecret::expose_secret).collect();
        assert_eq!(found, ["one", "two", "three", "four", "five", "six", "seven", "eight"]);
    }
}
