//! What answers have cost, and budgets.

use std::collections::BTreeMap;

use modelpin::demo::Script;
use modelpin::store::UsageQuery;
use modelpin::usage::{Dimension, Tally};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Value, json};

use crate::support::bot::{Bot, Chat, GPT, OPUS, SONNET};

fn usage(chat: &Chat, by: Dimension) -> BTreeMap<String, Tally> {
    chat.run(async { chat.app().store().usage(by, &UsageQuery::default()).await.unwrap().into_iter().collect() })
}

/// What the provider itself has counted: requests, failures, tokens read and written, by whoever was on the wire.
fn counted(chat: &Chat) -> BTreeMap<String, [u64; 4]> {
    let mut counted: BTreeMap<String, [u64; 4]> = BTreeMap::new();
    for seen in chat.provider().seen() {
        let [requests, failures, read, written] = counted.entry(seen.profile.unwrap().to_string()).or_default();
        let (tokens_in, tokens_out) = seen.tokens.unwrap_or_default();
        *requests += 1;
        *failures += u64::from(!seen.answered);
        *read += tokens_in;
        *written += tokens_out;
    }
    counted
}

/// A thousand turns of several people with several models, pinned and not, with every kind of failure in between. In four
/// bots side by side, since each answer waits for the disk.
#[test]
fn a_thousand_random_turns_are_counted_as_the_provider_counts_them() {
    std::thread::scope(|scope| {
        let bots: Vec<_> = (1..=4).map(|seed| scope.spawn(move || random_turns(seed, 250))).collect();
        let failures: u64 = bots.into_iter().map(|bot| bot.join().unwrap()).sum();
        assert!(failures > 100, "{failures} failures are too few to tell");
    });
}

/// Compares the counters after so many random turns; returns how many requests failed.
fn random_turns(seed: u64, wanted: u64) -> u64 {
    let profiles = ["anthropic:default", "anthropic:work", "anthropic:home", "openai:team", "openai:spare"];
    let mut chat = Bot::new().profiles(&profiles.join(" ")).start();
    let config = Config { rng_seed: RngSeed::Fixed(seed), ..Config::default() };
    let mut runner = TestRunner::new(config);
    let what = (0_u8..100, 0_usize..5, 0_usize..4);
    let words = ["hello", "/model opus@work", "/model gpt", "/model sonnet@auto", "/model haiku@home once", "/opus hi"];
    let mut turns = 0;
    while turns < wanted {
        let (dice, which, who) = what.new_tree(&mut runner).unwrap().current();
        let script = match dice {
            0..4 => Some(Script::status(429).header("retry-after", "30")),
            // Soon over, they would be waited for.
            4..7 => Some(Script::status(500).header("retry-after", "60")),
            7..9 => Some(Script::status(400)),
            9..12 => Some(Script::cut()),
            12..14 => Some(Script::status(401)),
            14..18 => Some(Script::json()),
            _ => None,
        };
        if let Some(script) = script {
            chat = chat.scripted(Some(profiles[which]), None, script.times(1));
        }
        // What a refused secret is held against goes with the next one.
        if dice == 99 {
            chat = chat.renewed(profiles[which]);
        }
        let text = if dice < 60 { "hello" } else { words[usize::from(dice) % words.len()] };
        chat = chat.dm("telegram", ["42", "43", "44", "45"][who]).say(text).later(60);
        turns = usage(&chat, Dimension::Profile).values().map(|tally| tally.turns).sum();
    }
    let told: BTreeMap<String, [u64; 4]> = printed(&chat)
        .into_iter()
        .map(|row| {
            let number = |name: &str| row[name].as_u64().unwrap();
            let counters = [number("requests"), number("failures"), number("tokensIn"), number("tokensOut")];
            (row["key"].as_str().unwrap().to_owned(), counters)
        })
        .filter(|(_, counters)| counters[0] > 0)
        .collect();
    let counted = counted(&chat);
    assert_eq!(told, counted);
    // However it is summed up, it is the same.
    let total = |by| {
        usage(&chat, by).into_values().fold(Tally::default(), |mut total, tally| {
            total += tally;
            total
        })
    };
    for by in Dimension::ALL {
        assert_eq!(total(by), total(Dimension::Profile), "{by}");
    }
    counted.values().map(|[_, failures, ..]| failures).sum()
}

/// What the command prints of the state that the bot is still at work on.
fn printed(chat: &Chat) -> Vec<Value> {
    let state = &chat.app().places().state_dir;
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_modelpin"));
    let output =
        command.env_clear().args(["usage", "--by", "profile", "--json", "--state-dir"]).arg(state).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["rows"].as_array().unwrap().clone()
}

#[test]
fn what_it_costs_is_said_where_the_price_is_known() {
    let prices = json!({"usage": {"currency": "EUR", "prices": {"anthropic/*": {"input": 1_000_000, "output": 0}}}});
    let chat = Bot::new()
        .profiles("anthropic:default")
        .profile("anthropic:plan", json!({"type": "token"}))
        .profiles("openai:team");
    let chat = chat.config(prices).config(json!({"access": {"roles": {"owner": ["telegram:42"]}}})).start();
    let chat = chat
        .say("/model opus@default")
        .say("hello")
        .say("/model gpt")
        .say("hello")
        .say("/model opus@plan")
        .say("hello");
    let tallies = usage(&chat, Dimension::Profile);
    let of = |profile: &str| tallies[profile];
    assert_eq!(of("anthropic:default").cost_micros, of("anthropic:default").tokens_in * 1_000_000);
    assert_eq!((of("openai:team").cost_micros, of("openai:team").unpriced), (0, 1));
    assert_eq!((of("anthropic:plan").cost_micros, of("anthropic:plan").subscription), (0, 1));
    chat.say("/usage").replies("EUR").replies("subscription").replies("+?");
}

fn budget(entry: Value) -> Chat {
    let chat = Bot::new().profiles("anthropic:default anthropic:work openai:team");
    chat.config(json!({"usage": {"budgets": [entry]}})).start()
}

#[test]
fn a_credential_whose_budget_is_used_up_is_passed_over_until_the_next_day() {
    let chat = budget(json!({"profile": "anthropic:default", "per": "day", "turns": 2, "then": "stop"}));
    let chat = chat.say("1").on_wire("anthropic:default", SONNET).say("2").on_wire("anthropic:default", SONNET);
    let chat = chat
        .say("3")
        .on_wire("anthropic:work", SONNET)
        .say("/model status")
        .replies("budget of today (2 turns) is used up");
    let chat = chat.refuses("/model opus@default", "budget of today");
    chat.later(86_400).say("4").answered_by("anthropic:default", SONNET);
}

#[test]
fn a_pin_whose_budget_is_used_up_is_refused_before_anything_is_sent() {
    let chat = budget(json!({"profile": "*", "per": "month", "tokens": 1, "then": "stop"}));
    let chat = chat.say("/model opus@work").say("1").on_wire("anthropic:work", OPUS);
    chat.say("2").nothing_sent().replies("budget of this month (1 tokens) is used up");
}

#[test]
fn who_has_used_up_their_budget_is_answered_no_more_and_others_are() {
    let chat = budget(json!({"user": "telegram:42", "per": "day", "turns": 1, "then": "stop"}));
    let chat = chat.say("1").on_wire("anthropic:default", SONNET);
    let chat = chat.refuses("2", "used up for you").dm("telegram", "43").say("3").on_wire("anthropic:default", SONNET);
    chat.dm("telegram", "42").later(86_400).say("4").on_wire("anthropic:default", SONNET);
}

#[test]
fn a_warning_is_given_once_in_each_period() {
    let chat = budget(json!({"user": "*", "per": "day", "turns": 1}));
    let chat = chat
        .say("1")
        .says_nothing_of("budget")
        .say("2")
        .on_wire("anthropic:default", SONNET)
        .replies("used up for you");
    let chat = chat.say("3").says_nothing_of("budget").restart().say("4").says_nothing_of("budget");
    chat.later(86_400).say("5").says_nothing_of("budget").say("6").replies("used up for you");
    let chat = budget(json!({"profile": "openai:team", "per": "day", "turns": 1, "then": "warn"})).say("/model gpt");
    let chat =
        chat.say("1").on_wire("openai:team", GPT).says_nothing_of("budget").say("2").replies("used up for openai:team");
    chat.say("3").on_wire("openai:team", GPT).says_nothing_of("budget");
}
