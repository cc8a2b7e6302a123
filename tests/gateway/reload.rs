//! What changes without a restart.

use std::fs;

use serde_json::json;

use crate::cli::support::Home;
use crate::gateway::bot_api::BotApi;
use crate::gateway::support::{Gateway, ONE, THREE, TWO, account, accounts, configure};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_is_configured_otherwise_is_started_anew_alone() {
    let api = BotApi::start(&[(ONE, "onebot"), (TWO, "twobot"), (THREE, "threebot")]).await;
    let home = Home::empty();
    configure(&home, &accounts(&api, &[("a", ONE), ("b", TWO)]));
    let mut gateway = Gateway::start(&home, &[], &[]);
    gateway.is_ready().await;
    let asked = api.count(TWO, "getme");
    configure(&home, &accounts(&api, &[("a", THREE), ("b", TWO)]));
    gateway.stands(|state| account(state, "a")["bot"] == "threebot" && state["ready"] == true).await;
    configure(&home, &accounts(&api, &[("b", TWO)]));
    gateway.stands(|state| account(state, "a").is_null() && state["ready"] == true).await;
    configure(&home, &accounts(&api, &[("b", TWO), ("c", ONE)]));
    gateway.stands(|state| account(state, "c")["state"] == "up").await;
    assert_eq!(api.count(TWO, "getme"), asked, "the other account was left alone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_in_a_file_is_followed() {
    let api = BotApi::start(&[(ONE, "onebot"), (TWO, "twobot")]).await;
    let home = Home::empty();
    let file = home.path().join("token");
    fs::write(&file, ONE).unwrap();
    let mut config = accounts(&api, &[("a", "")]);
    config["channels"]["telegram"]["accounts"]["a"] = json!({ "tokenFile": file });
    configure(&home, &config);
    let mut gateway = Gateway::start(&home, &[], &[]);
    gateway.is_ready().await;
    fs::write(&file, TWO).unwrap();
    gateway.stands(|state| account(state, "a")["bot"] == "twobot").await;
    fs::remove_file(&file).unwrap();
    let (status, state) = gateway.stands(|state| state["trouble"] != json!([])).await;
    assert_eq!((status, &account(&state, "a")["state"]), (200, &json!("up")), "it goes on as it was: {state}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_configuration_that_breaks_leaves_the_last_good_one_in_force() {
    let api = BotApi::start(&[(ONE, "onebot")]).await;
    let home = Home::empty();
    let config = accounts(&api, &[("a", ONE)]);
    configure(&home, &config);
    let mut gateway = Gateway::start(&home, &[], &[]);
    gateway.is_ready().await;
    fs::write(home.state().join("modelpin.json"), "{ broken").unwrap();
    let (status, state) = gateway.stands(|state| state["trouble"] != json!([])).await;
    assert_eq!(status, 200, "it serves as before");
    assert!(state["trouble"][0].as_str().unwrap().contains("modelpin.json"), "{state}");
    gateway.logs("last good version stays in force").await;
    configure(&home, &config);
    gateway.stands(|state| state["trouble"] == json!([])).await;
    assert_eq!(api.count(ONE, "getme"), 1, "and nothing was started anew");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn models_profiles_and_access_count_with_the_next_message() {
    let api = BotApi::start(&[(ONE, "onebot")]).await;
    let home = Home::empty();
    let mut config = accounts(&api, &[("a", ONE)]);
    configure(&home, &config);
    let mut gateway = Gateway::start(&home, &[], &[]);
    gateway.is_ready().await;
    api.says(ONE, 42, "/model");
    assert!(api.answer(ONE, 0).await.contains("claude-sonnet-4-6"));
    api.says(ONE, 43, "/model");
    assert!(!api.answer(ONE, 1).await.contains("claude-sonnet-4-6"), "somebody else is not let in");
    config["channels"]["telegram"]["allowFrom"] = json!(["42", "43"]);
    config["agents"]["defaults"]["model"]["primary"] = json!("anthropic/claude-opus-4-6");
    configure(&home, &config);
    api.says(ONE, 43, "/model");
    assert!(api.answer(ONE, 2).await.contains("claude-opus-4-6"));
    let store = json!({"version": 1, "profiles": {"anthropic:new": {"type": "api_key", "provider": "anthropic", "key": "sk-test-new-1"}}});
    fs::create_dir_all(home.store().parent().unwrap()).unwrap();
    fs::write(home.store(), store.to_string()).unwrap();
    api.says(ONE, 42, "/model opus@new");
    assert!(api.answer(ONE, 3).await.contains("anthropic:new"));
    assert_eq!(api.count(ONE, "getme"), 1, "nothing was started anew");
}
