//! A gateway that serves Discord, and both channels at once.

use serde_json::{Value, json};

use crate::cli::support::Home;
use crate::gateway::bot_api::BotApi;
use crate::gateway::discord_api::DiscordApi;
use crate::gateway::support::{Gateway, KEY, ONE, accounts, configure, run};
use crate::support::leaks::Leaks;

/// Tokens of bots, all invented, and the ids that are in them.
const BOT: &str = "MTAwMDAwMDAwMDAwMDAwMDAx.TEST-1.one-6e1f0c55d2aa";
const OTHER: &str = "MTAwMDAwMDAwMDAwMDAwMDAy.TEST-2.two-91b7e3c40f68";
const ID: u64 = 100_000_000_000_000_001;

/// A configuration with these accounts at `api`, for 42, with a model that needs no credential to be shown.
fn discord(api: &DiscordApi, accounts: &Value) -> Value {
    json!({
        "agents": {"defaults": {"model": {"primary": "anthropic/claude-sonnet-4-6"}}},
        "models": {"providers": {"anthropic": {"apiKey": KEY}}},
        "channels": {"discord": {"apiRoot": api.root(), "allowFrom": ["42"], "accounts": accounts}},
    })
}

#[test]
fn what_is_wrong_with_an_account_is_said_for_each() {
    let home = Home::empty();
    let accounts = json!({
        "a": {}, "b": {"token": ONE}, "c": {"token": BOT, "shards": {"total": 2, "range": [1, 2]}},
        "d": {"token": OTHER, "apiRoot": "http://discord.example.com"},
    });
    configure(&home, &json!({"channels": {"discord": {"accounts": accounts}}}));
    let ended = run(&home, &["gateway"]);
    assert_eq!(ended.code, 78);
    for told in [
        "discord:a: it has no token",
        "developer portal",
        "discord:b: what channels.discord.accounts.b.token holds is no token of a Discord bot",
        "discord:c: channels.discord.accounts.c.shards.range is [1, 2]",
        "discord:d: channels.discord.accounts.d.apiRoot must begin with https://",
        "gateway --check",
    ] {
        assert!(ended.err.contains(told), "{told}: {}", ended.err);
    }
    Leaks::of([ONE, BOT, OTHER]).assert_none_in("what is said", ended.err);
}

#[test]
fn a_part_of_the_configuration_that_is_no_such_thing_stops_it() {
    let home = Home::empty();
    for (said, told) in [
        (json!({"shards": 4}), "channels.discord.shards: expected `auto`, or {total, range: [first, last]}"),
        (json!({"shards": {"range": [0, 1]}}), "channels.discord.shards.total: expected how many"),
        (
            json!({"shards": {"total": 2, "range": [0]}}),
            "channels.discord.shards.range: expected the first and the last",
        ),
        (json!({"registerIn": ["here"]}), "channels.discord.registerIn: expected a list of ids of servers"),
        (json!({"token": 7}), "channels.discord.token: expected text"),
    ] {
        configure(&home, &json!({"channels": {"discord": said}}));
        let ended = run(&home, &["gateway"]);
        assert_eq!(ended.code, 65, "{told}: {}", ended.err);
        assert!(ended.err.contains(told), "{told}: {}", ended.err);
    }
}

/// Where no redirection is configured, nothing is reached: tests are cut off from the world.
#[test]
fn without_a_redirection_no_bot_is_found() {
    let home = Home::empty();
    configure(&home, &json!({"channels": {"discord": {"token": BOT}}}));
    let checked = run(&home, &["gateway", "--check"]);
    assert_eq!(checked.code, 1, "{}{}", checked.out, checked.err);
    assert!(checked.out.contains("discord"), "{}", checked.out);
    Leaks::of([BOT]).assert_none_in("the answer", checked.out + &checked.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_tells_who_the_bots_are_and_what_they_may_not() {
    let api = DiscordApi::start(&[(BOT, ID, "onebot")]).await;
    let home = Home::empty();
    configure(&home, &discord(&api, &json!({"one": {"token": BOT}})));
    let good = run(&home, &["gateway", "--check"]);
    assert_eq!(good.code, 0, "{}{}", good.out, good.err);
    assert!(good.out.contains("discord") && good.out.contains("@onebot"), "{}", good.out);
    assert!(!good.err.contains("Message Content"), "{}", good.err);
    api.keeps_messages_from(BOT);
    configure(&home, &discord(&api, &json!({"one": {"token": BOT}, "two": {"token": OTHER}})));
    let bad = run(&home, &["gateway", "--check", "--json"]);
    assert_eq!(bad.code, 1, "{}", bad.err);
    let told: Value = serde_json::from_str(&bad.out).unwrap();
    let oks: Vec<&Value> = told["channels"].as_array().unwrap().iter().map(|account| &account["ok"]).collect();
    assert_eq!(oks, [&json!(true), &json!(false)], "{told:#}");
    let remark = told["remarks"][0].as_str().unwrap();
    assert!(remark.starts_with("discord:one: ") && remark.contains("Message Content"), "{remark}");
    assert_eq!(api.count(BOT, "OP 2"), 0, "nobody is served");
    let leaks = Leaks::of([BOT, OTHER]);
    for (place, text) in [("the table", &good.out), ("the JSON", &bad.out), ("the talk", &bad.err)] {
        leaks.assert_none_in(place, text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_channels_are_served_side_by_side() {
    let (telegram, api) = (BotApi::start(&[(ONE, "onebot")]).await, DiscordApi::start(&[(BOT, ID, "twobot")]).await);
    let home = Home::empty();
    let mut config = accounts(&telegram, &[("one", ONE)]);
    config["channels"]["discord"] = discord(&api, &Value::Null)["channels"]["discord"].clone();
    configure(&home, &config);
    let mut gateway = Gateway::start(&home, &[], &[("DISCORD_BOT_TOKEN", BOT)]);
    let state = gateway.is_ready().await;
    let told: Vec<(&Value, &Value)> =
        state["channels"].as_array().unwrap().iter().map(|told| (&told["channel"], &told["bot"])).collect();
    assert_eq!(told, [(&json!("telegram"), &json!("onebot")), (&json!("discord"), &json!("twobot"))]);
    api.says(BOT, 42, "/model");
    api.shows(BOT, "claude-sonnet-4-6").await;
    api.fills_in(BOT, 42, "model", "status", &[]);
    let acknowledged = api.call(BOT, "POST /callback", 0).await.at;
    assert!(api.call(BOT, "PATCH /messages/@original", 0).await.at >= acknowledged, "the answer comes after");
    telegram.says(ONE, 42, "/model");
    assert!(telegram.answer(ONE, 0).await.contains("claude-sonnet-4-6"));
    gateway.signal("-TERM");
    assert_eq!(gateway.ends().await, 0, "{}", gateway.log());
    Leaks::of([ONE, BOT]).assert_none_in("the log", gateway.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_that_follows_an_end_goes_on_with_the_session() {
    let api = DiscordApi::start(&[(BOT, ID, "onebot")]).await;
    let home = Home::empty();
    configure(&home, &discord(&api, &json!({"one": {"token": BOT}})));
    let mut gateway = Gateway::start(&home, &[], &[]);
    gateway.is_ready().await;
    gateway.signal("-TERM");
    assert_eq!(gateway.ends().await, 0, "{}", gateway.log());
    api.says(BOT, 42, "/model");
    let mut gateway = Gateway::start(&home, &[], &[]);
    api.shows(BOT, "claude-sonnet-4-6").await;
    gateway.is_ready().await;
    assert_eq!((api.count(BOT, "OP 2"), api.count(BOT, "OP 6")), (1, 1));
    assert_eq!(api.count(BOT, "PUT /commands"), 1, "commands that are as they were are not registered anew");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_is_served_by_one_program_and_its_shards_by_several() {
    let api = DiscordApi::start(&[(BOT, ID, "onebot")]).await;
    let part = |range: Value| discord(&api, &json!({"one": {"token": BOT, "shards": {"total": 2, "range": range}}}));
    let homes = [Home::empty(), Home::empty(), Home::empty()];
    for (home, range) in homes.iter().zip([json!([0, 0]), json!([1, 1]), json!([1, 1])]) {
        configure(home, &part(range));
    }
    let (mut first, mut second) = (Gateway::start(&homes[0], &[], &[]), Gateway::start(&homes[1], &[], &[]));
    first.is_ready().await;
    second.is_ready().await;
    let mut third = Gateway::start(&homes[2], &[], &[]);
    let (_, state) = third.stands(|state| state["channels"][0]["state"] == "down").await;
    let why = state["channels"][0]["why"].as_str().unwrap();
    assert!(why.contains(&format!("process {}", second.child.id())), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_not_known_is_refused_and_left_alone() {
    let api = DiscordApi::start(&[(BOT, ID, "onebot")]).await;
    let home = Home::empty();
    configure(&home, &discord(&api, &json!({"one": {"token": BOT}, "two": {"token": OTHER}})));
    let mut gateway = Gateway::start(&home, &[], &[]);
    let stands = |state: &Value, at: usize, word: &str| state["channels"][at]["state"] == word;
    gateway.stands(|state| stands(state, 0, "up") && stands(state, 1, "refused")).await;
    Leaks::of([BOT, OTHER]).assert_none_in("the log", gateway.log());
}
