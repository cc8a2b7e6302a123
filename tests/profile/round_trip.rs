//! Whatever is in a store, changing one thing leaves all the rest equal and in its order.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;

use proptest::prelude::{Just, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};
use proptest::test_runner::{Config, RngSeed};
use serde_json::{Map, Value, json};

use crate::profile::support::{Home, id, key, provider};

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i32>().prop_map(|n| Value::from(f64::from(n) / 4.0)),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec(("\\PC{0,8}", inner), 0..5).prop_map(object),
        ]
    })
}

fn object(fields: Vec<(String, Value)>) -> Value {
    Value::Object(fields.into_iter().collect())
}

/// A store with anything in it, known keys in the midst of unknown ones.
fn store() -> impl Strategy<Value = Value> {
    let entries = || prop::collection::vec(("[a-c]:[a-e]|\\PC{1,6}", value()), 0..6).prop_map(object);
    let known = prop_oneof![Just("order"), Just("lastGood"), Just("usageStats"), Just("version")];
    let others = prop::collection::vec((prop_oneof![known.prop_map(str::to_owned), "\\PC{1,8}"], value()), 0..6);
    (others, entries(), any::<prop::sample::Index>()).prop_map(|(others, profiles, at)| {
        let mut fields: Vec<(String, Value)> = others.into_iter().filter(|(key, _)| key != "profiles").collect();
        fields.insert(at.index(fields.len() + 1), ("profiles".to_owned(), profiles));
        object(fields)
    })
}

/// A document without what the change was about, as text, so that the order of keys counts.
fn rest(mut document: Value, section: &str, keep: impl Fn(&str) -> bool) -> String {
    let fields = document.as_object_mut().unwrap();
    let left = fields.get_mut(section).and_then(Value::as_object_mut).map(|entries: &mut Map<String, Value>| {
        entries.retain(|key, _| keep(key));
        entries.len()
    });
    if left.is_none_or(|left| left == 0) {
        fields.shift_remove(section);
    }
    document.to_string()
}

proptest! {
    #![proptest_config(Config { cases: 128, failure_persistence: None, rng_seed: RngSeed::Fixed(0x6d6f_6465_6c70_696e), ..Config::default() })]

    #[test]
    fn setting_a_profile_leaves_the_rest(before in store()) {
        let home = Home::with(&before.to_string());
        home.file().edit(|store| store.set_profile(&id("a:b"), &key("a", "sk-test"))).unwrap();
        let after = home.json();
        prop_assert_eq!(&after["profiles"]["a:b"]["key"], &json!("sk-test"));
        let keep = |key: &str| key != "a:b";
        prop_assert_eq!(rest(after.clone(), "profiles", keep), rest(before.clone(), "profiles", keep));
        if let Some(Value::Object(old)) = before["profiles"].get("a:b") {
            for (field, value) in old.iter().filter(|(field, _)| !KNOWN.contains(&field.as_str())) {
                prop_assert_eq!(&after["profiles"]["a:b"][field], value);
            }
        }
    }

    #[test]
    fn setting_an_order_leaves_the_rest(before in store()) {
        let home = Home::with(&before.to_string());
        home.file().edit(|store| store.set_order(&provider("a:b"), &[id("a:b")])).unwrap();
        let after = home.json();
        prop_assert_eq!(&after["order"]["a:b"], &json!(["a:b"]));
        // An `order` that is no object held nothing, and is replaced.
        let mut before = before;
        if before.get("order").is_some_and(|order| !order.is_object()) {
            before["order"] = json!({});
        }
        let keep = |key: &str| key.trim().to_lowercase() != "a:b";
        prop_assert_eq!(rest(after, "order", keep), rest(before, "order", keep));
    }

    #[test]
    fn changing_nothing_leaves_every_byte(before in store(), spaces in "[ \n\t]{0,5}") {
        let text = format!("{spaces}{before}{spaces}");
        let home = Home::with(&text);
        home.file().edit(|store| store.remove_profile(&id("not there"))).unwrap();
        prop_assert_eq!(fs::read_to_string(home.store()).unwrap(), text);
    }
}

const KNOWN: [&str; 18] = [
    "type",
    "mode",
    "provider",
    "key",
    "apiKey",
    "keyRef",
    "token",
    "tokenRef",
    "access",
    "refresh",
    "expires",
    "clientId",
    "managedBy",
    "email",
    "accountId",
    "projectId",
    "enterpriseUrl",
    "displayName",
];
