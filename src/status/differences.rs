//! Where a running program sees something else than a command does.

use std::collections::BTreeSet;

use serde_json::Value;

/// Where the report of a running program (`theirs`) differs from our own, in words.
///
/// Both look at the same files; the environment is each one's own, and a program may still have an older version of
/// what changed.
pub(crate) fn differences(own: &Value, theirs: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (key, what) in
        [("/configPath", "configuration"), ("/auth/storePath", "auth store"), ("/resolvedDefault", "default model")]
    {
        if let (Some(ours), Some(running)) = (own.pointer(key), theirs.pointer(key))
            && ours != running
        {
            found.push(format!("its {what} is {}, here it is {}", plain(running), plain(ours)));
        }
    }
    let providers = |report: &Value| named(report, "/auth/providers", "provider");
    let (ours, running) = (providers(own), providers(theirs));
    for name in ours.iter().chain(&running).collect::<BTreeSet<_>>() {
        let (here, there) =
            (entry(own, "/auth/providers", "provider", name), entry(theirs, "/auth/providers", "provider", name));
        environment(name, here, there, &mut found);
    }
    let profiles = |report: &Value| named(report, "/auth/oauth/profiles", "profileId");
    let (ours, running) = (profiles(own), profiles(theirs));
    for name in ours.iter().chain(&running).collect::<BTreeSet<_>>() {
        let at = |report| entry(report, "/auth/oauth/profiles", "profileId", name);
        match (at(own), at(theirs)) {
            (Some(_), None) => found.push(format!("it does not see the profile {name}")),
            (None, Some(_)) => found.push(format!("it sees the profile {name}, which is not seen here")),
            (Some(here), Some(there)) if here["fingerprint"] != there["fingerprint"] => {
                found.push(format!("it has another secret for {name} than is stored now"));
            }
            (Some(here), Some(there)) if here["usable"] != there["usable"] => {
                let state = |value: &Value| if value["usable"] == true { "usable" } else { "not usable" };
                found.push(format!("{name} is {} there, and {} here", state(there), state(here)));
            }
            (_, _) => {}
        }
    }
    found
}

/// What the two see of one provider outside of the store.
fn environment(name: &str, here: Option<&Value>, there: Option<&Value>, found: &mut Vec<String>) {
    let outside = |view: Option<&Value>, key: &str| {
        let part = view.and_then(|view| view.get(key))?;
        Some((part["source"].as_str()?.to_owned(), part["value"].as_str()?.to_owned()))
    };
    for key in ["env", "modelsJson"] {
        match (outside(here, key), outside(there, key)) {
            (Some((source, _)), None) => found.push(format!("it does not see {source} (for {name})")),
            (None, Some((source, _))) => found.push(format!("it sees {source} (for {name}), which is not set here")),
            (Some((ours, _)), Some((running, _))) if ours != running => {
                found.push(format!("for {name} it takes {running}, and here it would be {ours}"));
            }
            (Some((source, ours)), Some((_, running))) if ours != running => {
                found.push(format!("it has another value of {source} (for {name}): perhaps an older one"));
            }
            (_, _) => {}
        }
    }
}

fn named(report: &Value, list: &str, key: &str) -> BTreeSet<String> {
    let entries = report.pointer(list).and_then(Value::as_array).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.get(key)?.as_str()?.to_owned())).collect()
}

fn entry<'a>(report: &'a Value, list: &str, key: &str, name: &str) -> Option<&'a Value> {
    report.pointer(list)?.as_array()?.iter().find(|entry| entry[key] == name)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::differences;

    fn report(env: &Value, profiles: &Value) -> Value {
        json!({"configPath": "/c", "resolvedDefault": "anthropic/a", "auth": {
            "storePath": "/s", "providers": [{"provider": "anthropic", "env": env}], "oauth": {"profiles": profiles},
        }})
    }

    #[test]
    fn what_is_the_same_is_not_said() {
        let one =
            report(&json!({"source": "env: A", "value": "fp:1"}), &json!([{"profileId": "a", "fingerprint": "1"}]));
        assert_eq!(differences(&one, &one), [""; 0]);
    }

    #[test]
    fn a_variable_that_one_of_them_lacks_or_has_otherwise_is_named() {
        let set = report(&json!({"source": "env: A", "value": "fp:1"}), &json!([]));
        let other = report(&json!({"source": "env: A", "value": "fp:2"}), &json!([]));
        let unset = report(&Value::Null, &json!([]));
        assert_eq!(differences(&set, &unset), ["it does not see env: A (for anthropic)"]);
        assert_eq!(differences(&unset, &set), ["it sees env: A (for anthropic), which is not set here"]);
        assert_eq!(differences(&set, &other), ["it has another value of env: A (for anthropic): perhaps an older one"]);
    }

    #[test]
    fn an_older_store_is_told_by_its_secrets() {
        let profile = |print: &str| json!([{"profileId": "a:x", "fingerprint": print, "usable": true}]);
        let (new, old) = (report(&Value::Null, &profile("1")), report(&Value::Null, &profile("2")));
        assert_eq!(differences(&new, &old), ["it has another secret for a:x than is stored now"]);
        assert_eq!(differences(&new, &report(&Value::Null, &json!([]))), ["it does not see the profile a:x"]);
    }
}
