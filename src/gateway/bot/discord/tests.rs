#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and writes as others do"
)]

use std::fs;

use secrecy::SecretString;
use serde_json::{Value, json};

use crate::config::{Config, from_value};
use crate::gateway::bot::discord::{Discord, Extent, Share};
use crate::gateway::bot::{Account, accounts, flaws_of};
use crate::profile::Secrets;

/// Bots 111, 222 and 333.
const ONE: &str = "MTEx.TEST-1.one";
const TWO: &str = "MjIy.TEST-1.two";
const THREE: &str = "MzMz.TEST-1.three";

fn config(discord: &Value) -> Config {
    from_value(&json!({ "channels": { "discord": discord } })).unwrap()
}

/// The accounts, where the variable holds `variable`.
fn read(discord: &Value, variable: Option<&str>) -> Vec<Account<Discord>> {
    let config = config(discord);
    let lookup =
        |name: &str| variable.filter(|_| name == "DISCORD_BOT_TOKEN").map(|token| SecretString::from(token.to_owned()));
    let secrets = Secrets::new(&config.secrets, None, &lookup);
    accounts(&config, &secrets, variable.is_some())
}

/// By account: the bot's id, or what is wrong.
fn shown(discord: &Value, variable: Option<&str>) -> Vec<(String, Result<u64, String>)> {
    let read = read(discord, variable);
    read.into_iter().map(|account| (account.id, account.bot.map(|bot| bot.id))).collect()
}

fn good(id: &str, bot: u64) -> (String, Result<u64, String>) {
    (id.to_owned(), Ok(bot))
}

fn extent(discord: &Value) -> Result<Extent, String> {
    read(discord, None).remove(0).bot.map(|bot| bot.means)
}

#[test]
fn a_token_is_taken_from_the_file_then_from_what_is_written_then_from_the_variable() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, format!("{TWO}\n")).unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(shown(&json!({"token": ONE, "tokenFile": file}), Some(THREE)), [good("default", 222)]);
    assert_eq!(shown(&json!({"token": ONE}), Some(THREE)), [good("default", 111)]);
    assert_eq!(shown(&json!({}), Some(THREE)), [good("default", 333)]);
    let reference = json!({"source": "env", "id": "DISCORD_BOT_TOKEN"});
    assert_eq!(shown(&json!({"token": reference}), Some(ONE)), [good("default", 111)]);
}

#[test]
fn without_a_token_anywhere_there_is_no_account() {
    assert_eq!(shown(&json!({"allowFrom": ["*"]}), None), []);
    assert_eq!(shown(&Value::Null, Some(ONE)), [good("default", 111)], "the variable is enough");
    assert_eq!(shown(&json!({"enabled": false, "token": ONE}), Some(ONE)), []);
    let wanted = shown(&json!({"enabled": true}), None);
    let why = wanted[0].1.as_ref().unwrap_err();
    assert!(why.contains("DISCORD_BOT_TOKEN") && why.contains("developer portal"), "{why}");
    let named = shown(&json!({"accounts": {"ops": {}}}), Some(ONE));
    let why = named[0].1.as_ref().unwrap_err();
    assert!(why.contains("channels.discord.accounts.ops.token") && !why.contains("variable"), "{why}");
}

#[test]
fn what_is_no_token_is_told_without_being_shown() {
    for wrong in ["sk-test-not-a-token", "123456:TEST-of-telegram", "Bot MTEx.TEST-1.one"] {
        let told = shown(&json!({"token": wrong}), None);
        let why = told[0].1.as_ref().unwrap_err();
        assert!(why.contains("channels.discord.token") && why.contains("three parts"), "{why}");
        assert!(!why.contains(wrong), "{why}");
    }
}

#[test]
fn one_bot_is_served_once() {
    let told = shown(&json!({"accounts": {"a": {"token": ONE}, "b": {"token": ONE}, "c": {"token": TWO}}}), None);
    assert_eq!(told[0], good("a", 111));
    assert!(told[1].1.as_ref().unwrap_err().contains("the account `a`"), "{told:?}");
    assert_eq!(told[2], good("c", 222));
}

#[test]
fn a_part_of_the_shards_is_within_all_of_them() {
    let shards = |shards: Value| extent(&json!({"token": ONE, "shards": shards})).map(|extent| extent.share);
    assert_eq!(shards(Value::Null), Ok(None));
    assert_eq!(shards(json!("auto")), Ok(None));
    assert_eq!(shards(json!({"total": 4})), Ok(Some(Share { first: 0, last: 3, total: 4 })));
    assert_eq!(
        shards(json!({"total": 4, "range": [2, 3]})),
        Ok(Some(Share { first: 2, last: 3, total: 4 })),
        "another program serves the first two"
    );
    let own = json!({"shards": {"total": 2}, "accounts": {"a": {"token": ONE, "shards": "auto"}}});
    assert_eq!(extent(&own).map(|extent| extent.share), Ok(None), "an account's own counts instead");
    for range in [json!([2, 4]), json!([3, 2])] {
        let why = shards(json!({"total": 4, "range": range})).unwrap_err();
        assert!(why.starts_with("channels.discord.shards.range") && why.contains("the last 3"), "{why}");
    }
}

#[test]
fn commands_are_offered_where_it_is_said() {
    let register_in = |ids: Value| extent(&json!({"token": ONE, "registerIn": ids})).unwrap().register_in;
    assert_eq!(register_in(Value::Null), None);
    assert_eq!(register_in(json!([])), None);
    assert_eq!(register_in(json!(["123456789012345678", 7])), Some(vec![123_456_789_012_345_678, 7]));
    let own = json!({"registerIn": [7], "accounts": {"a": {"token": ONE, "registerIn": [8]}, "b": {"token": TWO}}});
    let told = read(&own, None).into_iter().map(|account| account.bot.ok().unwrap().means.register_in);
    assert_eq!(told.collect::<Vec<_>>(), [Some(vec![8]), Some(vec![7])], "an account's own counts instead");
}

#[test]
fn flaws_are_found_without_fetching_a_secret() {
    let of = |discord: Value, is_set| flaws_of::<Discord>(&config(&discord), is_set);
    let program = json!({"source": "exec", "provider": "nowhere", "id": "bot"});
    assert_eq!(of(json!({"token": program}), false), [], "it is not started");
    assert_eq!(of(json!({}), false), []);
    assert_eq!(of(json!({"enabled": true}), true), []);
    let accounts = json!({
        "a": {}, "b": {"token": ONE, "apiRoot": "http://api.example.com"},
        "c": {"token": TWO, "shards": {"total": 2, "range": [1, 2]}, "proxy": "socks5://127.0.0.1:9"},
    });
    let told = of(json!({"accounts": accounts}), false);
    let told: Vec<(&str, bool)> = told.iter().map(|flaw| (flaw.account.as_str(), flaw.grave)).collect();
    assert_eq!(
        told,
        [("a", true), ("b", true), ("c", true), ("c", false)],
        "no token, no https, no such shard, a proxy"
    );
}
