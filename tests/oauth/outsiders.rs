//! Others renew the same grant: another program, another process, a person who logs in.

use std::fs;
use std::time::Duration;

use serde_json::json;

use crate::oauth::rig::{Rig, WORK, access, access_token, grant, write};
use crate::support::idp::refresh_token;

#[tokio::test]
async fn what_was_renewed_before_is_adopted_without_a_call() {
    let rig = Rig::new();
    let (held, refresher) = (rig.held(), rig.refresher());
    write(&rig.main(), &json!({"version": 1, "profiles": {WORK: grant(1)}}));
    assert_eq!(access(&refresher.renew(&held, &rig.auth()).await.unwrap()), access_token(1));
    assert_eq!(rig.idp.calls(), 0);
}

/// The outsider is 5 ms quicker at the identity provider, and slower with writing it down.
#[tokio::test]
async fn a_token_that_an_outsider_rotated_just_before_ours_is_adopted() {
    let rig = Rig::new();
    let (outsider, path) = (rig.idp.outsider(), rig.main());
    rig.idp.before(move |call| {
        if call == 1 {
            let (_, refresh) = outsider();
            let path = path.clone();
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(5));
                let mut entry = grant(1);
                entry["refresh"] = json!(refresh);
                let text = json!({"version": 1, "profiles": {WORK: entry}}).to_string();
                let aside = path.with_extension("outsider");
                fs::write(&aside, text).unwrap();
                fs::rename(aside, path).unwrap();
            });
        }
    });
    assert_eq!(rig.renew().await.unwrap(), access_token(1));
    assert_eq!(rig.json()["profiles"][WORK]["refresh"], json!(refresh_token(1)), "losers never write");
    assert_eq!(rig.idp.calls(), 1);
    assert!(rig.store.benches().await.unwrap().is_empty(), "and nothing is held against anybody");
}

/// The outsider's own access token has ended already when we come to it: its refresh token is used instead.
#[tokio::test]
async fn an_adopted_grant_that_has_ended_is_renewed_in_its_turn() {
    let rig = Rig::new();
    let (outsider, path) = (rig.idp.outsider(), rig.main());
    rig.idp.before(move |call| {
        if call == 1 {
            outsider();
            let mut entry = grant(1);
            entry["expires"] = json!(1_700_000_000_000_i64);
            fs::write(&path, json!({"version": 1, "profiles": {WORK: entry}}).to_string()).unwrap();
        }
    });
    assert_eq!(rig.renew().await.unwrap(), access_token(2));
    assert_eq!(rig.json()["profiles"][WORK]["refresh"], json!(refresh_token(2)));
}

/// A person logs in while our request is on its way: the new login is not overwritten by what we got for the old one.
#[tokio::test]
async fn a_login_meanwhile_stays() {
    let rig = Rig::new();
    let path = rig.main();
    rig.idp.before(move |_| {
        let mut entry = grant(9);
        entry["clientId"] = json!("of-the-new-login");
        fs::write(&path, json!({"version": 1, "profiles": {WORK: entry}}).to_string()).unwrap();
    });
    assert_eq!(rig.renew().await.unwrap(), access_token(9));
    assert_eq!(rig.json()["profiles"][WORK]["refresh"], json!(refresh_token(9)));
    assert_eq!(rig.json()["profiles"][WORK]["clientId"], json!("of-the-new-login"));
}
