//! Writing: only the touched keys, whole or not at all, and never over something that is not understood.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use modelpin::profile::{AuthFile, Document, Presence, StoreFileFault};
use serde_json::json;

use crate::profile::support::{Home, id, json, key, others, provider};

const STORE: &str = r#"{
  "zeta": [1, {"b": 2, "a": 1}],
  "version": 7,
  "profiles": {
    "z:1": {"weird": true, "provider": "z", "type": "api_key", "key": "sk-test-old", "email": "me@x.io"},
    "future:1": {"type": "mtls", "cert": "c"},
    "broken": 17
  },
  "order": {"Z.AI": ["z:1"], "z": ["z:1"]},
  "lastGood": {"z": "z:1"},
  "usageStats": {"z:1": {"lastUsed": 5, "own": 1}, "other": {"lastUsed": 6}},
  "custom": {"deep": {"er": null}}
}"#;

#[test]
fn a_write_touches_its_own_keys_only() {
    let home = Home::with(STORE);
    let written = home.file().edit(|store| store.set_profile(&id("z:2"), &key("z", "sk-test-new"))).unwrap();
    assert!(written.changed);
    assert_eq!(written.path, fs::canonicalize(home.store()).unwrap());
    let mut expected: serde_json::Value = serde_json::from_str(STORE).unwrap();
    expected["profiles"]["z:2"] = json!({"type": "api_key", "provider": "z", "key": "sk-test-new"});
    let text = fs::read_to_string(home.store()).unwrap();
    assert_eq!(text, format!("{expected:#}\n"), "order of keys, unknown keys, version and indentation");
}

#[test]
fn a_new_secret_replaces_the_old_one_under_every_name() {
    let home = Home::with(
        r#"{"profiles":{"z:1":{"note":"n","type":"token","provider":"Z","tokenRef":{"source":"env","id":"T"},
            "token":"sk-test-old","expires":5,"email":"me@x.io"}}}"#,
    );
    home.file().edit(|store| store.set_profile(&id("z:1"), &key("z", "sk-test-new"))).unwrap();
    let expected = json!({"note": "n", "type": "api_key", "provider": "Z", "key": "sk-test-new"});
    assert_eq!(home.json()["profiles"]["z:1"], expected);
}

#[test]
fn a_profile_goes_with_every_mention_of_it() {
    let home = Home::with(STORE);
    assert!(home.file().edit(|store| store.remove_profile(&id("z:1"))).unwrap().value);
    let left = home.json();
    assert_eq!(left["profiles"], json!({"future:1": {"type": "mtls", "cert": "c"}, "broken": 17}));
    assert_eq!(left.get("order"), None);
    assert_eq!(left.get("lastGood"), None);
    assert_eq!(left["usageStats"], json!({"other": {"lastUsed": 6}}));
    assert_eq!(left["custom"], json!({"deep": {"er": null}}));
}

#[test]
fn an_order_is_written_under_one_spelling_and_cleared_under_all() {
    let home = Home::with(r#"{"profiles":{},"order":{"a":["a:1"],"Z.AI":["z:1"],"z-ai":["z:2"],"b":["b:1"]}}"#);
    home.file().edit(|store| store.set_order(&provider("zai"), &[id("z:3"), id("z:4")])).unwrap();
    assert_eq!(home.json()["order"].to_string(), r#"{"a":["a:1"],"zai":["z:3","z:4"],"b":["b:1"]}"#);
    assert!(home.file().edit(|store| store.clear_order(&provider("z.ai"))).unwrap().value);
    assert_eq!(home.json()["order"], json!({"a": ["a:1"], "b": ["b:1"]}));
}

#[test]
fn nothing_is_written_when_nothing_changes() {
    let home = Home::with(STORE);
    let inode = fs::metadata(home.store()).unwrap().ino();
    let changes: [fn(&mut Document); 3] = [
        |_| {},
        |store| assert!(!store.remove_profile(&id("ghost"))),
        |store| assert!(!store.clear_order(&provider("ghost"))),
    ];
    for change in changes {
        assert!(!home.file().edit(change).unwrap().changed);
    }
    assert_eq!(fs::read_to_string(home.store()).unwrap(), STORE);
    assert_eq!(fs::metadata(home.store()).unwrap().ino(), inode);
    assert_eq!(others(&home), ["auth-profiles.json.modelpin-lock"]);
}

#[test]
fn absent_empty_and_filled_are_three_things() {
    let home = Home::empty();
    assert_eq!(home.file().read().unwrap().presence(), Presence::Missing);
    assert!(!home.file().edit(|_| ()).unwrap().changed);
    assert!(!home.store().exists(), "looking does not make a file");
    for empty in ["{}", r#"{"version":1,"profiles":{}}"#] {
        fs::write(home.store(), empty).unwrap();
        assert_eq!(home.file().read().unwrap().presence(), Presence::Empty);
    }
    fs::write(home.store(), STORE).unwrap();
    assert_eq!(home.file().read().unwrap().presence(), Presence::Present);
}

#[test]
fn a_new_store_is_private_and_so_is_its_folder() {
    let home = Home::empty();
    let path = home.path().join("agents/main/agent/auth-profiles.json");
    let written = AuthFile::at(&path).edit(|store| store.set_profile(&id("a:1"), &key("a", "sk-test"))).unwrap();
    assert!(written.changed);
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.clone()), 0o600);
    assert_eq!(mode(home.path().join("agents")), 0o700);
    assert_eq!(mode(path.parent().unwrap().to_owned()), 0o700);
    let expected = "{\n  \"version\": 1,\n  \"profiles\": {\n    \"a:1\": {\n      \"type\": \"api_key\",\n      \
                    \"provider\": \"a\",\n      \"key\": \"sk-test\"\n    }\n  }\n}\n";
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
}

#[test]
fn a_stricter_mode_stays_and_a_looser_one_is_tightened() {
    for (before, after) in [(0o400, 0o400), (0o600, 0o600), (0o644, 0o600), (0o666, 0o600)] {
        let home = Home::with(STORE);
        fs::set_permissions(home.store(), fs::Permissions::from_mode(before)).unwrap();
        home.file().edit(|store| store.remove_profile(&id("z:1"))).unwrap();
        assert_eq!(fs::metadata(home.store()).unwrap().permissions().mode() & 0o777, after);
    }
}

#[test]
fn a_link_stays_a_link_and_its_target_is_written() {
    let home = Home::empty();
    let (real, linked) = (home.path().join("real"), home.path().join("linked"));
    fs::create_dir_all(&real).unwrap();
    fs::create_dir_all(&linked).unwrap();
    let (target, link) = (real.join("store.json"), linked.join("auth-profiles.json"));
    symlink("../real/store.json", &link).unwrap();
    for _ in 0..2 {
        // The first time the target is not there yet.
        let written = AuthFile::at(&link).edit(|store| store.set_profile(&id("a:1"), &key("a", "sk-test"))).unwrap();
        assert_eq!(written.path, fs::canonicalize(&target).unwrap());
    }
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(json(&target)["profiles"]["a:1"]["key"], "sk-test");
    // January locks the target, April the link: either one keeps us out.
    for lock in [real.join("store.json.lock"), linked.join("auth-profiles.json.lock")] {
        fs::create_dir(&lock).unwrap();
        let held = AuthFile::at(&link).with_patience(std::time::Duration::from_millis(5)).lock();
        assert!(matches!(held, Err(StoreFileFault::Busy { .. })), "{}", lock.display());
        fs::remove_dir(&lock).unwrap();
    }
}

#[test]
fn what_does_not_parse_is_never_touched_and_a_copy_is_kept_once() {
    let torn = "{\n  \"profiles\": {\n    \"a:1\": {\"key\": \"sk-test-torn\"";
    let home = Home::with(torn);
    for _ in 0..2 {
        let fault = home.file().edit(|store| store.set_profile(&id("a:2"), &key("a", "sk-test"))).unwrap_err();
        let StoreFileFault::Corrupt { path, line, column, why } = &fault else { panic!("{fault}") };
        assert_eq!((path.file_name().unwrap().to_str(), *line), (Some("auth-profiles.json"), 3));
        assert!(*column > 0);
        assert!(!why.contains("sk-test") && !fault.to_string().contains("sk-test"), "{fault}");
    }
    assert_eq!(fs::read_to_string(home.store()).unwrap(), torn);
    let copies: Vec<String> = others(&home).into_iter().filter(|name| name.contains(".corrupt-")).collect();
    assert_eq!(copies.len(), 1, "{copies:?}");
    let copy = home.path().join(&copies[0]);
    assert_eq!(fs::read_to_string(&copy).unwrap(), torn);
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(home.file().keep_corrupt_copy(), Some(copy));
}

#[test]
fn readers_write_nothing_even_when_it_does_not_parse() {
    let home = Home::with("");
    assert!(matches!(home.file().read(), Err(StoreFileFault::Corrupt { .. })), "an empty file is not an empty store");
    assert_eq!(others(&home), [""; 0]);
}

#[test]
fn what_a_crash_left_is_swept_by_the_next_writer() {
    let home = Home::with(STORE);
    for left in [".auth-profiles.json.modelpin-abc.tmp", ".auth-profiles.json.lock.modelpin-abc.tmp"] {
        fs::write(home.path().join(left), "{}").unwrap();
    }
    fs::write(home.path().join(".auth-profiles.json.somebody.tmp"), "{}").unwrap();
    home.file().edit(|_| ()).unwrap();
    assert_eq!(others(&home), [".auth-profiles.json.somebody.tmp", "auth-profiles.json.modelpin-lock"]);
}
