//! Every folder of `fixtures/profiles`: a store, perhaps a configuration, and what is to come out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::Path;

use jiff::{Timestamp, ToSpan};
use modelpin::agent::AgentId;
use modelpin::catalog::{ModelId, ModelRef};
use modelpin::config::{AuthConfig, Mode, ProfileConfig, Visibility};
use modelpin::profile::{AuthStore, Current, ProfileId, StoreFileFault, StorePaths, order, order_for};
use serde_json::Value;

use crate::profile::support::{id, json, provider, tree};

fn now() -> Timestamp {
    "2026-05-01T12:00:00Z".parse().unwrap()
}

#[test]
fn every_sample_store_is_read_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/profiles");
    let mut cases: Vec<_> = fs::read_dir(root).unwrap().flatten().map(|entry| entry.path()).collect();
    cases.sort();
    assert!(cases.len() >= 35, "only {} cases found", cases.len());
    for case in cases {
        check(&case);
    }
}

fn check(case: &Path) {
    let name = case.file_name().unwrap().to_string_lossy();
    let expected = json(&case.join("case.json"));
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in tree(case) {
        let target = folder.path().join(path.strip_prefix(case).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::write(target, with_times(&String::from_utf8(bytes).unwrap())).unwrap();
    }
    let before = tree(folder.path());
    let store = AuthStore::new(paths(folder.path(), expected["agent"].as_str()));
    let Current { profiles, trouble } = store.current();
    let auth = auth_config(&case.join("config.json5"));

    for (vendor, ids) in expected["order"].as_object().unwrap() {
        let vendor_id = provider(vendor);
        let found = order(&vendor_id, &profiles, &auth, now());
        let candidates: Vec<&str> = found.candidates.iter().map(ProfileId::as_str).collect();
        assert_eq!(candidates, texts(ids), "{name}: order of {vendor}");
        if let Some(basis) = expected["basis"][vendor].as_str() {
            assert_eq!(format!("{:?}", found.basis), basis, "{name}: basis of {vendor}");
        }
        if let Some(excluded) = expected["excluded"][vendor].as_object() {
            assert_eq!(found.excluded.len(), excluded.len(), "{name}: excluded of {vendor}: {:?}", found.excluded);
            for (id, why) in &found.excluded {
                let expected = excluded.get(id.as_str()).and_then(Value::as_str).unwrap_or("nothing");
                assert!(format!("{why:?}").starts_with(expected), "{name}: {id} {why}, expected {expected}");
            }
        }
    }
    for (model, ids) in expected["order_for"].as_object().into_iter().flatten() {
        let ModelRef { provider, model } = model.parse().unwrap();
        let found = order_for(&provider, Some::<&ModelId>(&model), &profiles, &auth, now());
        let candidates: Vec<&str> = found.candidates.iter().map(ProfileId::as_str).collect();
        assert_eq!(candidates, texts(ids), "{name}: order for {model}");
    }
    for (profile, agent) in expected["origin"].as_object().into_iter().flatten() {
        assert_eq!(profiles.by_id[&id(profile)].origin.agent.as_str(), agent, "{name}: origin of {profile}");
    }
    let rejected: Vec<&str> = profiles.rejected.iter().map(|rejected| rejected.id.as_str()).collect();
    assert_eq!(rejected, texts(&expected["rejected"]), "{name}: rejected");
    let faults: Vec<String> = trouble.iter().map(kind).collect();
    assert_eq!(faults, texts(&expected["faults"]), "{name}: faults");
    assert_eq!(tree(folder.path()), before, "{name}: reading must not write");
}

fn kind(fault: &StoreFileFault) -> String {
    match fault {
        StoreFileFault::Corrupt { line, .. } => format!("Corrupt {line}"),
        StoreFileFault::NotAStore { .. } => "NotAStore".to_owned(),
        other => panic!("{other}"),
    }
}

fn paths(folder: &Path, agent: Option<&str>) -> StorePaths {
    let main = folder.join("auth-profiles.json");
    StorePaths {
        own: agent.map_or_else(|| main.clone(), |agent| folder.join(agent).join("auth-profiles.json")),
        main,
        oauth: folder.join("oauth.json"),
        agent: AgentId::new(agent.unwrap_or(AgentId::MAIN)),
    }
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// `"NOW+8H"` and `"NOW-1S"` become milliseconds.
fn with_times(text: &str) -> String {
    let mut parts = text.split("\"NOW");
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (offset, rest) = part.split_once('"').unwrap();
        let (number, unit) = offset.split_at(offset.len() - 1);
        let number: i64 = number.parse().unwrap();
        let span = if unit == "H" { number.hours() } else { number.seconds() };
        result.push_str(&(now() + span).as_millisecond().to_string());
        result.push_str(rest);
    }
    result
}

/// The part of a configuration that the order depends on.
fn auth_config(path: &Path) -> AuthConfig {
    let mut auth = AuthConfig::default();
    let Ok(text) = fs::read_to_string(path) else { return auth };
    let config: Value = json5::from_str(&text).unwrap();
    for (profile, declared) in config["auth"]["profiles"].as_object().into_iter().flatten() {
        let mode = match declared["mode"].as_str().unwrap() {
            "api_key" => Mode::ApiKey,
            "token" => Mode::Token,
            _ => Mode::OAuth,
        };
        let provider = provider(declared["provider"].as_str().unwrap());
        auth.profiles.insert(
            id(profile),
            ProfileConfig { provider, mode, email: None, grants: None, visibility: Visibility::Everybody },
        );
    }
    for (vendor, ids) in config["auth"]["order"].as_object().into_iter().flatten() {
        auth.order.insert(provider(vendor), texts(ids).into_iter().map(id).collect());
    }
    auth
}
