//! `modelpin gateway --check`, and a gateway that has nobody to serve.

use serde_json::{Value, json};

use crate::cli::support::Home;
use crate::gateway::bot_api::BotApi;
use crate::gateway::support::{ONE, TWO, accounts, configure, run};
use crate::support::leaks::Leaks;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_tells_who_the_bots_are_and_serves_nobody() {
    let api = BotApi::start(&[(ONE, "onebot")]).await;
    let home = Home::empty();
    configure(&home, &accounts(&api, &[("one", ONE)]));
    let good = run(&home, &["gateway", "--check"]);
    assert_eq!(good.code, 0, "{}", good.err);
    assert!(good.out.contains("telegram") && good.out.contains("@onebot") && good.out.contains("ok"), "{}", good.out);
    assert_eq!(api.count(ONE, "getupdates"), 0);
    let files = std::fs::read_dir(home.state()).unwrap().count();
    assert_eq!(files, 1, "there is the configuration, and nothing was made");
    configure(&home, &accounts(&api, &[("one", ONE), ("two", TWO), ("three", "no-token")]));
    let bad = run(&home, &["gateway", "--check", "--json"]);
    assert_eq!(bad.code, 1, "{}", bad.err);
    let told: Value = serde_json::from_str(&bad.out).unwrap();
    assert_eq!(told["ok"], false);
    let oks: Vec<&Value> = told["channels"].as_array().unwrap().iter().map(|account| &account["ok"]).collect();
    assert_eq!(oks, [&json!(true), &json!(false), &json!(false)]);
    assert_eq!(told["channels"][0]["bot"], "onebot");
    let why = |at: usize| told["channels"][at]["why"].as_str().unwrap();
    assert!(why(1).contains("@BotFather"), "{}", why(1));
    assert!(why(2).contains("channels.telegram.accounts.three.botToken"), "{}", why(2));
    let leaks = Leaks::of([ONE, TWO]);
    for (place, text) in [("the table", &good.out), ("the JSON", &bad.out), ("the talk", &bad.err)] {
        leaks.assert_none_in(place, text);
    }
}

/// Where no redirection is configured, nothing is reached: tests are cut off from the world.
#[test]
fn without_a_redirection_no_bot_is_found() {
    let home = Home::empty();
    configure(&home, &json!({"channels": {"telegram": {"botToken": ONE}}}));
    let checked = run(&home, &["gateway", "--check"]);
    assert_eq!(checked.code, 1, "{}{}", checked.out, checked.err);
    Leaks::of([ONE]).assert_none_in("the answer", checked.out + &checked.err);
}

#[test]
fn where_nothing_is_configured_it_says_what_to_type() {
    let home = Home::empty();
    for arguments in [&["gateway"][..], &["gateway", "--check"]] {
        let ended = run(&home, arguments);
        assert_eq!((ended.code, ended.out.as_str()), (78, ""), "{}", ended.err);
        for told in ["modelpin onboard", "TELEGRAM_BOT_TOKEN", "DISCORD_BOT_TOKEN"] {
            assert!(ended.err.contains(told), "{told}: {}", ended.err);
        }
    }
    assert!(!home.state().exists(), "nothing was made");
    configure(&home, &json!({"channels": {"telegram": {"enabled": false, "botToken": ONE}}}));
    assert_eq!(run(&home, &["gateway"]).code, 78);
}

#[test]
fn where_nobody_can_be_served_it_says_why_for_each() {
    let home = Home::empty();
    let accounts = json!({"a": {}, "b": {"botToken": ONE, "webhookUrl": "https://bot.example.com/"}});
    configure(&home, &json!({"channels": {"telegram": {"accounts": accounts}}}));
    let ended = run(&home, &["gateway"]);
    assert_eq!(ended.code, 78);
    for told in ["telegram:a: it has no token", "telegram:b: ", "webhookSecret", "gateway --check"] {
        assert!(ended.err.contains(told), "{told}: {}", ended.err);
    }
}

#[test]
fn a_configuration_that_cannot_be_read_stops_it() {
    let home = Home::empty();
    configure(&home, &json!({"channels": {"telegram": {"webhookPort": "many"}}}));
    let ended = run(&home, &["gateway"]);
    assert_eq!(ended.code, 65);
    assert!(ended.err.contains("channels.telegram.webhookPort: expected a port"), "{}", ended.err);
}
