//! What is written where.

use std::fs;
use std::sync::Arc;

use futures_util::future::join_all;
use modelpin::oauth::RenewalFault;
use serde_json::json;

use crate::oauth::rig::{Rig, WORK, access, access_token, auth_store, grant, held, json_at, write};
use crate::profile::support::tree;
use crate::support::idp::refresh_token;

#[tokio::test]
async fn only_three_fields_change_and_the_new_refresh_token_is_among_them() {
    let rig = Rig::new();
    let before = rig.json();
    assert_eq!(rig.renew().await.unwrap(), access_token(1));
    let mut after = rig.json();
    let expires = after["profiles"][WORK]["expires"].as_i64().unwrap();
    assert!(expires > 1_700_000_000_000);
    assert_eq!(after["profiles"][WORK]["refresh"], json!(refresh_token(1)));
    for field in ["access", "refresh", "expires"] {
        after["profiles"][WORK][field] = before["profiles"][WORK][field].clone();
    }
    assert_eq!(after.to_string(), before.to_string(), "the same keys in the same order");
    let names: Vec<_> = fs::read_dir(rig.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["main"], "no lock is left");
}

#[tokio::test]
async fn the_request_is_what_was_configured_and_says_who_asks() {
    let rig = Rig::new();
    rig.renew().await.unwrap();
    let call = rig.idp.seen().remove(0);
    assert_eq!(call.content_type, "application/json", "as anthropic wants it");
    assert!(call.user_agent.starts_with("modelpin/"), "{}", call.user_agent);
    let body: serde_json::Value = serde_json::from_str(&call.body).unwrap();
    assert_eq!(
        body,
        json!({"grant_type": "refresh_token", "refresh_token": refresh_token(0), "client_id": "client-of-the-test"})
    );
}

#[tokio::test]
async fn an_answer_without_a_refresh_token_keeps_the_old_one() {
    let rig = Rig::new();
    rig.idp.rotates(false);
    assert_eq!(rig.renew().await.unwrap(), access_token(1));
    assert_eq!(rig.json()["profiles"][WORK]["refresh"], json!(refresh_token(0)));
}

#[tokio::test]
async fn many_tasks_are_one_flight() {
    let rig = Rig::new();
    let (refresher, held, auth) = (rig.refresher(), rig.held(), rig.auth());
    let renewed = join_all((0..100).map(|_| refresher.renew(&held, &auth))).await;
    assert!(renewed.into_iter().all(|profile| access(&profile.unwrap()) == access_token(1)));
    assert_eq!((rig.idp.calls(), rig.idp.reuses()), (1, 0));
    // Whoever still holds the old one is given the new one, without another call.
    assert_eq!(access(&refresher.renew(&held, &auth).await.unwrap()), access_token(1));
    assert_eq!(rig.idp.calls(), 1);
}

#[tokio::test]
async fn what_is_inherited_from_main_is_written_to_main_and_nowhere_else() {
    let rig = Rig::new();
    let own = rig.folder.path().join("x/auth-profiles.json");
    let key = json!({"type": "api_key", "provider": "anthropic", "key": "sk-test-x"});
    write(&own, &json!({"version": 1, "profiles": {"anthropic:x": key}}));
    let mut before = tree(rig.folder.path());
    let refresher = Arc::new(rig.refresher_of("x"));
    let inherited = held(&auth_store(rig.folder.path(), "x"));
    assert_eq!(access(&refresher.renew(&inherited, &rig.auth()).await.unwrap()), access_token(1));
    let mut after = tree(rig.folder.path());
    assert_ne!(after.remove(&rig.main()), before.remove(&rig.main()));
    after.retain(|path, _| !path.to_string_lossy().ends_with("modelpin-lock"));
    assert_eq!(after, before);
    // In x, an own profile of that name is another grant.
    write(&own, &json!({"version": 1, "profiles": {WORK: grant(1)}}));
    let main = fs::read(rig.main()).unwrap();
    let stale = held(&auth_store(rig.folder.path(), "x"));
    assert_ne!(access(&refresher.renew(&stale, &rig.auth()).await.unwrap()), access_token(1));
    assert_eq!(fs::read(rig.main()).unwrap(), main);
    assert_eq!(json_at(&own)["profiles"][WORK]["refresh"], json!(refresh_token(2)));
}

#[tokio::test]
async fn no_token_is_spent_where_its_successor_could_not_be_kept() {
    let rig = Rig::new();
    // A folder in the place of the lock: nobody can write the store.
    fs::create_dir(rig.folder.path().join("main/auth-profiles.json.modelpin-lock")).unwrap();
    assert!(matches!(rig.renew().await, Err(RenewalFault::Store(_))));
    assert_eq!(rig.idp.calls(), 0);
}

#[tokio::test]
async fn tokens_that_could_not_be_written_are_written_later_and_not_fetched_again() {
    let rig = Rig::new();
    let lock = rig.folder.path().join("main/auth-profiles.json.modelpin-lock");
    let in_the_way = lock.clone();
    rig.idp.before(move |_| {
        fs::remove_file(&in_the_way).unwrap();
        fs::create_dir(&in_the_way).unwrap();
    });
    let (refresher, held, auth) = (rig.refresher(), rig.held(), rig.auth());
    let before = rig.json();
    assert!(matches!(refresher.renew(&held, &auth).await, Err(RenewalFault::Store(_))));
    assert_eq!(rig.json(), before, "and nobody was given a token that is on no disk");
    fs::remove_dir(&lock).unwrap();
    assert_eq!(access(&refresher.renew(&held, &auth).await.unwrap()), access_token(1));
    assert_eq!(rig.json()["profiles"][WORK]["refresh"], json!(refresh_token(1)));
    assert_eq!((rig.idp.calls(), rig.idp.reuses()), (1, 0));
}

#[tokio::test]
async fn a_profile_that_is_removed_meanwhile_stays_removed() {
    let rig = Rig::new();
    let path = rig.main();
    rig.idp.before(move |_| fs::write(&path, r#"{"version":1,"profiles":{}}"#).unwrap());
    assert!(matches!(rig.renew().await, Err(RenewalFault::Gone(_))));
    assert_eq!(rig.json(), json!({"version": 1, "profiles": {}}));
}

/// The identity provider takes its time: meanwhile the store is anybody's.
#[tokio::test]
async fn no_lock_of_the_store_is_held_over_the_network() {
    let rig = Rig::new();
    let (folder, (said, heard)) = (rig.folder.path().to_owned(), std::sync::mpsc::channel());
    rig.idp.before(move |_| {
        let begun = std::time::Instant::now();
        let family = folder.join("main/auth-profiles.json.lock").exists();
        let (provider, id) = ("anthropic".parse().unwrap(), WORK.parse().unwrap());
        let store = auth_store(&folder, "main");
        store.edit_own(|document| document.set_order(&provider, std::slice::from_ref(&id))).unwrap();
        said.send((family, begun.elapsed())).unwrap();
    });
    assert_eq!(rig.renew().await.unwrap(), access_token(1));
    let (family, took) = heard.recv().unwrap();
    assert!(!family && took < std::time::Duration::from_secs(1), "{took:?}");
    assert_eq!(rig.json()["order"], json!({"anthropic": [WORK]}), "and what was written meanwhile stays");
    assert_eq!(rig.json()["profiles"][WORK]["refresh"], json!(refresh_token(1)));
}
