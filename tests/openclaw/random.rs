//! Any store comes over as it is.

use modelpin::openclaw::{Source, wanted};
use modelpin::profile::{AuthStore, StorePaths};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::openclaw::support::read;
use crate::support::openclaw::OpenClaw;

/// Text that JSON and SQLite have to get right.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{1,20}", "[a-z]{1,8}\\PC{0,6}", Just("\"\\/\u{0}\u{1f600}'\n".to_owned())]
}

fn secret() -> impl Strategy<Value = String> {
    "sk-test-[A-Za-z0-9_+/=.-]{8,60}"
}

fn entry() -> impl Strategy<Value = Value> {
    let key = secret().prop_map(|key| json!({"type": "api_key", "provider": "anthropic", "key": key}));
    let token = (secret(), any::<u32>())
        .prop_map(|(token, end)| json!({"type": "token", "provider": "openai", "token": token, "expires": end}));
    let grant = (secret(), secret(), any::<u64>()).prop_map(|(access, refresh, end)| {
        json!({"type": "oauth", "provider": "openai", "access": access, "refresh": refresh, "expires": end})
    });
    let unknown =
        btree_map("x-[a-z]{1,6}", prop_oneof![text().prop_map(Value::from), any::<f64>().prop_map(|n| json!(n))], 0..3);
    (prop_oneof![key, token, grant], unknown).prop_map(|(mut entry, unknown)| {
        entry.as_object_mut().unwrap().extend(unknown);
        entry
    })
}

fn profiles() -> impl Strategy<Value = Map<String, Value>> {
    vec((text().prop_filter("an id is not blank", |id| !id.trim().is_empty()), entry()), 1..8)
        .prop_map(|entries| entries.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_an_agent_saw_there_it_sees_here(shared in profiles(), own in profiles(), running in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        let mut openclaw = OpenClaw::at(folder.path().join("there"));
        openclaw.share(&json!({"profiles": shared}), &json!({}));
        openclaw.agent("ops", Some(&json!({"profiles": own})), None, &json!({}));
        if !running {
            openclaw.stop();
        }
        let source = Source::read(&openclaw.state_dir).unwrap();
        let file = |agent: &str| folder.path().join(format!("{agent}.json"));
        for wanted in wanted(&source) {
            let store = AuthStore::new(StorePaths {
                own: file(wanted.agent.as_str()),
                main: file("main"),
                oauth: folder.path().join("oauth.json"),
                agent: wanted.agent.clone(),
            });
            let written = store.edit_own(|document| document.take_over(&wanted.brought, false)).unwrap();
            let found = store.document(&store.own()).unwrap();
            prop_assert!(found.verified(&wanted.brought, &written.value).is_some());
            let again = store.edit_own(|document| document.take_over(&wanted.brought, false)).unwrap();
            prop_assert!(!again.changed);
        }
        let mut seen_there = shared.clone();
        seen_there.extend(own);
        prop_assert_eq!(&read(&file("main"))["profiles"], &Value::Object(shared));
        let mut seen_here = read(&file("main"))["profiles"].as_object().unwrap().clone();
        if file("ops").exists() {
            seen_here.extend(read(&file("ops"))["profiles"].as_object().unwrap().clone());
        }
        prop_assert_eq!(seen_here, seen_there);
    }
}
