#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and writes as others do"
)]

use std::fs;

use secrecy::SecretString;
use serde_json::{Value, json};

use crate::config::{Config, from_value};
use crate::gateway::bot::telegram::Telegram;
use crate::gateway::bot::{Account, accounts, flaws_of};
use crate::profile::Secrets;

const ONE: &str = "111111:TEST-one";
const TWO: &str = "222222:TEST-two";

fn config(telegram: &Value) -> Config {
    from_value(&json!({ "channels": { "telegram": telegram } })).unwrap()
}

/// The accounts, where the variable holds `variable`.
fn read(telegram: &Value, variable: Option<&str>) -> Vec<Account<Telegram>> {
    let config = config(telegram);
    let lookup = |name: &str| {
        variable.filter(|_| name == "TELEGRAM_BOT_TOKEN").map(|token| SecretString::from(token.to_owned()))
    };
    let secrets = Secrets::new(&config.secrets, None, &lookup);
    accounts(&config, &secrets, variable.is_some())
}

/// By account: the bot's id, or what is wrong.
fn shown(telegram: &Value, variable: Option<&str>) -> Vec<(String, Result<u64, String>)> {
    let read = read(telegram, variable);
    read.into_iter().map(|account| (account.id, account.bot.map(|bot| bot.id))).collect()
}

fn good(id: &str, bot: u64) -> (String, Result<u64, String>) {
    (id.to_owned(), Ok(bot))
}

#[test]
fn a_token_is_taken_from_the_file_then_from_what_is_written_then_from_the_variable() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, format!("{TWO}\n")).unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(shown(&json!({"botToken": ONE, "tokenFile": file}), Some("333333:TEST")), [good("default", 222_222)]);
    assert_eq!(shown(&json!({"botToken": ONE}), Some("333333:TEST")), [good("default", 111_111)]);
    assert_eq!(shown(&json!({}), Some("333333:TEST")), [good("default", 333_333)]);
    let reference = json!({"source": "env", "id": "TELEGRAM_BOT_TOKEN"});
    assert_eq!(shown(&json!({"botToken": reference}), Some(ONE)), [good("default", 111_111)]);
}

#[test]
fn without_a_token_anywhere_there_is_no_account() {
    assert_eq!(shown(&json!({}), None), []);
    assert_eq!(shown(&json!({"allowFrom": ["*"]}), None), []);
    assert_eq!(shown(&Value::Null, Some(ONE)), [good("default", 111_111)], "the variable is enough");
    assert_eq!(shown(&json!({"enabled": false, "botToken": ONE}), Some(ONE)), []);
    let wanted = shown(&json!({"enabled": true}), None);
    let why = wanted[0].1.as_ref().unwrap_err();
    assert!(why.contains("TELEGRAM_BOT_TOKEN") && why.contains("@BotFather"), "{why}");
}

#[test]
fn the_variable_is_the_default_accounts_alone() {
    let told = shown(&json!({"accounts": {"Work": {"botToken": ONE}, "ops": {}}}), Some(TWO));
    assert_eq!(told[0], good("work", 111_111));
    let why = told[1].1.as_ref().unwrap_err();
    assert!(why.contains("channels.telegram.accounts.ops.botToken") && !why.contains("variable"), "{why}");
    assert_eq!(told.len(), 2, "accounts are named, and default is none of them");
    let named = json!({"accounts": {"default": {}, "ops": {"botToken": ONE}}});
    assert_eq!(shown(&named, Some(TWO)), [good("default", 222_222), good("ops", 111_111)]);
    let beside = json!({"botToken": TWO, "accounts": {"ops": {"botToken": ONE}}});
    assert_eq!(shown(&beside, None), [good("ops", 111_111), good("default", 222_222)]);
    let off = json!({"accounts": {"a": {"botToken": ONE, "enabled": false}, "b": {"botToken": TWO}}});
    assert_eq!(shown(&off, None), [good("b", 222_222)]);
}

#[test]
fn one_bot_is_served_once() {
    let told = shown(&json!({"accounts": {"a": {"botToken": ONE}, "b": {"botToken": ONE}}}), None);
    assert_eq!(told[0], good("a", 111_111));
    assert!(told[1].1.as_ref().unwrap_err().contains("the account `a`"), "{told:?}");
}

#[test]
fn what_is_no_token_is_told_without_being_shown() {
    for wrong in ["sk-test-not-a-token", "12:34 56"] {
        let told = shown(&json!({"botToken": wrong}), None);
        let why = told[0].1.as_ref().unwrap_err();
        assert!(why.contains("channels.telegram.botToken") && !why.contains(wrong), "{why}");
    }
    let missing = shown(&json!({"tokenFile": "/nowhere/at/all"}), None);
    assert!(missing[0].1.as_ref().unwrap_err().starts_with("/nowhere/at/all, named by channels.telegram.tokenFile"));
    let relative = shown(&json!({"tokenFile": "token"}), None);
    assert!(relative[0].1.as_ref().unwrap_err().contains("absolute"));
}

#[test]
fn a_webhook_needs_a_secret_and_an_address_of_its_own() {
    let hook = |more: Value| {
        let mut telegram =
            json!({"botToken": ONE, "webhookUrl": "https://bot.example.com/hook", "webhookSecret": "sk-test-hook"});
        for (key, value) in more.as_object().unwrap() {
            telegram[key] = value.clone();
        }
        read(&telegram, None).remove(0).bot.map(|bot| bot.means.map(|webhook| webhook.listen.to_string()))
    };
    assert_eq!(hook(json!({})), Ok(Some("127.0.0.1:8787".to_owned())));
    assert_eq!(hook(json!({"webhookHost": "0.0.0.0", "webhookPort": 8443})), Ok(Some("0.0.0.0:8443".to_owned())));
    assert_eq!(hook(json!({"webhookPath": "/hook"})), Ok(Some("127.0.0.1:8787".to_owned())));
    assert_eq!(hook(json!({"webhookUrl": null})), Ok(None));
    for (more, told) in [
        (json!({"webhookSecret": null}), "webhookSecret"),
        (json!({"webhookSecret": "with a blank"}), "webhookSecret is none"),
        (json!({"webhookUrl": "http://bot.example.com/"}), "https://"),
        (json!({"webhookUrl": "bot.example.com"}), "no URL"),
        (json!({"webhookPath": "/other"}), "pass the path on"),
        (json!({"webhookHost": "bot.example.com"}), "127.0.0.1"),
        (json!({"apiRoot": "http://api.example.com"}), "apiRoot must begin with https://"),
    ] {
        let why = hook(more.clone()).unwrap_err();
        assert!(why.contains(told), "{more}: {why}");
    }
    let both = json!({
        "webhookSecret": "sk-test-hook", "webhookUrl": "https://bot.example.com/hook",
        "accounts": {"a": {"botToken": ONE}, "b": {"botToken": TWO}},
    });
    let told = shown(&both, None);
    assert!(told[1].1.as_ref().unwrap_err().contains("channels.telegram.accounts.b.webhookPort"), "{told:?}");
}

#[test]
fn flaws_are_found_without_fetching_a_secret() {
    let of = |telegram: Value, is_set| flaws_of::<Telegram>(&config(&telegram), is_set);
    let program = json!({"source": "exec", "provider": "nowhere", "id": "bot"});
    assert_eq!(of(json!({"botToken": program}), false), [], "it is not started");
    assert_eq!(of(json!({}), false), []);
    assert_eq!(of(json!({"enabled": true}), true), []);
    let told = of(
        json!({"proxy": "socks5://127.0.0.1:9", "accounts": {"a": {}, "b": {"botToken": ONE, "apiRoot": "x"}}}),
        false,
    );
    let told: Vec<(&str, bool)> = told.iter().map(|flaw| (flaw.account.as_str(), flaw.grave)).collect();
    let each = [("a", true), ("a", false), ("b", true), ("b", false)];
    assert_eq!(told, each, "no token, no URL, and the proxy twice");
}
