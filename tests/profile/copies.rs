//! Claude Code's login, copied into the store where that is asked for.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::os::unix::fs::MetadataExt;

use modelpin::profile::{StoreFileFault, sync_external};
use rstest::rstest;
use serde_json::{Value, json};

use crate::profile::external::{CLAUDE, NOW, claude, now, put, store};
use crate::profile::support::{Home, tree};

#[test]
fn a_copy_has_no_refresh_token_unless_write_back_is_on_and_is_written_once() {
    let home = Home::empty();
    put(&home, CLAUDE, &claude("a", 60));
    let store = store(&home);
    let written = sync_external(&store, now()).unwrap().unwrap();
    assert_eq!(written, fs::canonicalize(home.store()).unwrap());
    let copied =
        json!({"type": "token", "provider": "anthropic", "token": "sk-test-access-a", "expires": (NOW + 60) * 1000});
    assert_eq!(home.json()["profiles"]["anthropic:claude-cli"], copied);
    assert!(!fs::read_to_string(home.store()).unwrap().contains("refresh"));
    let before = tree(home.path());
    let inode = fs::metadata(home.store()).unwrap().ino();
    assert_eq!(sync_external(&store, now()), Ok(None));
    assert_eq!(
        (tree(home.path()), fs::metadata(home.store()).unwrap().ino()),
        (before, inode),
        "not a byte, not a lock"
    );
    put(&home, CLAUDE, &claude("b", 120));
    assert!(sync_external(&store, now()).unwrap().is_some());
    assert_eq!(home.json()["profiles"]["anthropic:claude-cli"]["token"], "sk-test-access-b");
    store.allow_write_back(true);
    assert!(sync_external(&store, now()).unwrap().is_some());
    let entry = &home.json()["profiles"]["anthropic:claude-cli"];
    assert_eq!((&entry["type"], &entry["refresh"]), (&json!("oauth"), &json!("sk-test-refresh-b")));
    assert_eq!(sync_external(&store, now()), Ok(None));
}

#[rstest]
#[case::a_key(json!({"type": "api_key", "provider": "anthropic", "key": "sk-test-own"}), false)]
#[case::a_setup_token(json!({"type": "token", "provider": "anthropic", "token": "sk-test-own"}), false)]
#[case::one_that_ends_later(json!({"type": "token", "provider": "anthropic", "token": "sk-test-own", "expires": (NOW + 99) * 1000}), false)]
#[case::a_reference(json!({"type": "token", "provider": "anthropic", "token": "${MY_TOKEN}", "expires": 5}), false)]
#[case::of_another_provider(json!({"type": "token", "provider": "other", "token": "sk-test-own", "expires": 5}), false)]
#[case::of_a_newer_kind(json!({"type": "passkey", "provider": "anthropic", "secret": "sk-test-own"}), false)]
#[case::an_older_copy(json!({"type": "oauth", "provider": "anthropic", "access": "sk-test-old", "refresh": "sk-test-r", "expires": 5, "x": 1}), true)]
fn only_an_older_copy_gives_way(#[case] entry: Value, #[case] written: bool) {
    let home = Home::with(&json!({"profiles": {"anthropic:claude-cli": entry}}).to_string());
    put(&home, CLAUDE, &claude("a", 60));
    let before = fs::read(home.store()).unwrap();
    assert_eq!(sync_external(&store(&home), now()).unwrap().is_some(), written);
    assert_eq!(fs::read(home.store()).unwrap() != before, written);
    if written {
        let entry = &home.json()["profiles"]["anthropic:claude-cli"];
        assert_eq!((&entry["token"], &entry["x"]), (&json!("sk-test-access-a"), &json!(1)));
    }
}

/// What January's Epiloop does with the copy and the login, by their ends in minutes from now; `None` is no copy. It differs
/// from that where it says so.
#[rstest]
#[case::missing(None, 60, true)]
#[case::missing_and_over(None, -5, true)]
#[case::nearly_over(Some(5), 60, true)]
#[case::later_than_outside(Some(5), 1, false)]
#[case::both_over(Some(-5), -1, true)]
#[case::both_over_and_outside_for_longer(Some(-1), -5, true)]
#[case::over(Some(-5), 60, true)]
#[case::outside_over(Some(5), -1, false)]
#[case::the_same(Some(60), 60, false)]
// January leaves a copy alone that is good for ten minutes; here it is what is in the file.
#[case::fresh_enough_there(Some(11), 60, true)]
fn the_copy_follows_the_login(#[case] stored: Option<i64>, #[case] outside: i64, #[case] replaced: bool) {
    for kind in ["oauth", "token"] {
        let home = Home::empty();
        if let Some(minutes) = stored {
            let name = if minutes == outside { "outside" } else { "stored" };
            let secret = if kind == "oauth" { "access" } else { "token" };
            let mut entry = json!({"type": kind, "provider": "anthropic", "expires": (NOW + minutes * 60) * 1000});
            entry[secret] = json!(format!("sk-test-access-{name}"));
            fs::write(home.store(), json!({"profiles": {"anthropic:claude-cli": entry}}).to_string()).unwrap();
        }
        put(&home, CLAUDE, &claude("outside", outside * 60));
        let store = store(&home);
        assert_eq!(sync_external(&store, now()).unwrap().is_some(), replaced, "{kind}");
        if replaced {
            assert_eq!(home.json()["profiles"]["anthropic:claude-cli"]["token"], "sk-test-access-outside");
        }
        let (before, inode) = (tree(home.path()), fs::metadata(home.store()).unwrap().ino());
        assert_eq!(sync_external(&store, now()), Ok(None), "{kind}: once");
        assert_eq!((tree(home.path()), fs::metadata(home.store()).unwrap().ino()), (before, inode));
    }
}

/// January would drop it. It may be the only one that is still good: who renewed the copy could not write that back.
#[test]
fn a_refresh_token_that_may_be_the_newer_one_is_not_dropped() {
    let copy = json!({
        "type": "oauth", "provider": "anthropic", "access": "sk-test-newer", "refresh": "sk-test-refresh-newer",
        "expires": (NOW - 60) * 1000,
    });
    let home = Home::with(&json!({"profiles": {"anthropic:claude-cli": copy}}).to_string());
    put(&home, CLAUDE, &claude("older", -300));
    assert_eq!(sync_external(&store(&home), now()), Ok(None));
    assert_eq!(home.json()["profiles"]["anthropic:claude-cli"], copy);
    // A login that is good comes first all the same.
    put(&home, CLAUDE, &claude("good", 60));
    assert!(sync_external(&store(&home), now()).unwrap().is_some());
}

#[test]
fn a_store_that_does_not_parse_is_not_written_over() {
    let home = Home::with("{");
    put(&home, CLAUDE, &claude("a", 60));
    assert!(matches!(sync_external(&store(&home), now()), Err(StoreFileFault::Corrupt { .. })));
    assert_eq!(fs::read_to_string(home.store()).unwrap(), "{");
}
