//! What a failure keeps out, for how long, and from whom.

use rstest::rstest;
use serde_json::json;

use crate::support::bot::{Bot, Chat, GPT, OPUS, SONNET};

/// What a failure of `anthropic:a` on opus is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Out {
    /// Nothing.
    Nobody,
    /// That credential on that model.
    Pair,
    /// That credential.
    Credential,
    /// That model, with every credential.
    Model,
}

fn two() -> Bot {
    Bot::new().profiles("anthropic:a anthropic:b openai:a").order("anthropic", &["anthropic:a", "anthropic:b"])
}

/// Whether a chat of its own, pinned before the failure, is answered by `pin`.
fn answered(chat: Chat, person: &str, model: &str, pin: &str) -> (Chat, bool) {
    let chat = chat.dm("telegram", person).say("hi");
    let sent = chat.sent() == [(pin.to_owned(), model.to_owned())];
    assert!(sent || chat.sent().is_empty(), "{:?}", chat.sent());
    (chat, sent)
}

#[rstest]
#[case::rate_limit("429", Out::Pair)]
#[case::rate_limit_with_a_time("429:700", Out::Pair)]
#[case::unpaid("402", Out::Credential)]
#[case::refused("401", Out::Credential)]
#[case::foreign_client("client-only", Out::Credential)]
#[case::overloaded("529:700", Out::Model)]
#[case::broken("500:700", Out::Model)]
#[case::late("504:700", Out::Model)]
#[case::malformed("400", Out::Nobody)]
#[case::too_long("413", Out::Nobody)]
#[case::no_such_model("404", Out::Nobody)]
fn a_failure_keeps_out_what_is_to_blame_and_nothing_else(#[case] fault: &str, #[case] out: Out) {
    let chats = [
        ("1", OPUS, "anthropic:a"),
        ("2", SONNET, "anthropic:a"),
        ("3", OPUS, "anthropic:b"),
        ("4", SONNET, "anthropic:b"),
        ("5", GPT, "openai:a"),
    ];
    let mut chat = two().start();
    for (person, model, pin) in chats {
        chat = chat.dm("telegram", person).say(&format!("/model {model}@{pin}"));
    }
    // The failing turn is that of somebody else; afterwards all is well again, so that only benches keep out.
    let chat = chat.dm("telegram", "9").say("/model opus@a").fails(&format!("anthropic:a={fault}")).say("hi");
    let mut chat = chat.wire(&[("anthropic:a", OPUS)]).fails("*=ok");
    let mut kept_out = Vec::new();
    for (person, model, pin) in chats {
        let (after, is_answered) = answered(chat, person, model, pin);
        chat = after;
        if !is_answered {
            kept_out.push((model, pin));
        }
    }
    let expected: &[(&str, &str)] = match out {
        Out::Nobody => &[],
        Out::Pair => &[(OPUS, "anthropic:a")],
        Out::Credential => &[(OPUS, "anthropic:a"), (SONNET, "anthropic:a")],
        Out::Model => &[(OPUS, "anthropic:a"), (OPUS, "anthropic:b")],
    };
    assert_eq!(kept_out, expected);
}

#[rstest]
#[case::the_ladder("429", 29, 31)]
#[case::as_told("429:90", 89, 91)]
fn a_bench_ends_when_it_is_said_to(#[case] fault: &str, #[case] before: u64, #[case] after: u64) {
    let chat = two().say("/model opus@a").fails(&format!("anthropic:a={fault}")).say("hi").fails("*=ok");
    let chat = chat.later(before.saturating_sub(16)).say("hi").nothing_sent();
    chat.later(after - before + 16).say("hi").on_wire("anthropic:a", OPUS);
}

#[test]
fn an_account_that_cannot_pay_is_looked_into_by_one_request_now_and_then() {
    let chat = two().say("/model opus@a").fails("anthropic:a=402").say("hi").later(14 * 60).say("hi").nothing_sent();
    let chat = chat.later(2 * 60).say("hi").wire(&[("anthropic:a", OPUS)]).outcome("billing");
    let chat = chat.say("hi").nothing_sent().fails("*=ok").say("hi").nothing_sent();
    chat.later(16 * 60).say("hi").on_wire("anthropic:a", OPUS).say("hi").on_wire("anthropic:a", OPUS);
}

#[test]
fn of_many_at_once_one_looks_into_a_long_bench_among_all_engines() {
    let mut chat = two().start().beside();
    for person in 1..=8 {
        chat = chat.dm("telegram", &person.to_string()).say("/model opus@a");
    }
    chat = chat.fails("anthropic:a=402").say("hi").outcome("billing");
    for _ in 0..3 {
        chat = chat.later(15 * 60 + 1);
        let before = chat.provider().count();
        // Nobody can write until all of them have seen that it is time.
        let held = chat.hold_state();
        for person in 1..=8_usize {
            chat = chat.engine(person % 2).dm("telegram", &person.to_string()).begin_unsent("hi");
        }
        chat.run(async { tokio::time::sleep(std::time::Duration::from_millis(100)).await });
        drop(held);
        chat = (1..=8).fold(chat, |chat, _| chat.finish());
        assert_eq!(chat.provider().count() - before, 1, "one request in an interval");
    }
    // The account is topped up: the next look finds that out, for all of them.
    chat = chat.fails("*=ok").later(15 * 60 + 1).dm("telegram", "3").say("hi").on_wire("anthropic:a", OPUS);
    chat.dm("telegram", "4").say("hi").on_wire("anthropic:a", OPUS);
}

#[test]
fn a_look_into_a_long_bench_does_not_run_into_another_one() {
    let chat = two().say("/model opus@a").fails("anthropic:a=429:7000").say("hi").outcome("rate_limit");
    let chat = chat.dm("telegram", "43").say("/model sonnet@a").fails("anthropic:a=402").say("hi").outcome("billing");
    let chat = chat.fails("*=ok").dm("telegram", "42").later(16 * 60).say("hi").nothing_sent();
    chat.dm("telegram", "43").say("hi").on_wire("anthropic:a", SONNET);
}

/// A long answer says nothing about what others found out while it was written.
#[test]
fn success_does_not_clear_what_was_found_out_after_its_request() {
    let slow = modelpin::demo::Script::ok().delay(std::time::Duration::from_millis(800)).times(1);
    let chat = two().say("/model opus@a").dm("telegram", "43").say("/model opus@a").scripted(None, None, slow);
    let chat = chat.begin("a long story").fails("anthropic:a=429:600").dm("telegram", "42").say("hi");
    let chat = chat.outcome("rate_limit").fails("*=ok").finish().outcome("ok");
    chat.say("hi").nothing_sent();
}

#[test]
fn a_refused_credential_waits_for_another_secret() {
    let chat = two().say("/model opus@a").fails("anthropic:a=401").say("hi").fails("*=ok").later(90 * 24 * 3600);
    let chat = chat.say("hi").nothing_sent().renewed("anthropic:a").say("hi").on_wire("anthropic:a", OPUS);
    assert_eq!(chat.provider().seen().len(), 2);
}

#[rstest]
#[case("402")]
#[case("429:7000")]
fn another_secret_starts_clean(#[case] fault: &str) {
    let chat = two().say("/model opus@a").fails(&format!("anthropic:a={fault}")).say("hi").fails("*=ok");
    chat.say("hi").nothing_sent().renewed("anthropic:a").say("hi").on_wire("anthropic:a", OPUS);
}

#[rstest]
#[case::token(json!({"type": "token"}))]
#[case::grant(json!({"type": "oauth", "refresh": "", "expires": 4_102_444_800_000_i64}))]
fn another_secret_of_any_kind_starts_clean(#[case] kind: serde_json::Value) {
    for fault in ["402", "429:7000", "401"] {
        let chat = Bot::new().profile("anthropic:a", kind.clone()).say("/model opus@a");
        let chat = chat.fails(&format!("anthropic:a={fault}")).say("hi").fails("*=ok").say("hi").nothing_sent();
        chat.renewed("anthropic:a").say("hi").on_wire("anthropic:a", OPUS);
    }
}

/// What a reference leads to is unknown after a start, but not what is held against it.
#[test]
fn a_bench_of_a_reference_outlives_a_restart() {
    let reference = json!({"type": "api_key", "provider": "anthropic", "keyRef": {"source": "env", "id": "REF_KEY"}});
    let chat = Bot::new().profiles("anthropic:a anthropic:b").variable("REF_KEY", "anthropic").start();
    let chat = chat.with_auth(|auth| auth["profiles"]["anthropic:a"] = reference).say("/model opus@a");
    let chat = chat.fails("env:REF_KEY=402").say("hi").wire(&[("env:REF_KEY", OPUS)]).outcome("billing");
    let chat = chat.fails("*=ok").restart().say("hi").nothing_sent().replies("cannot pay");
    // A pin made after that is one look, as for any other.
    chat.say("/model opus@a").restart().say("hi").wire(&[("env:REF_KEY", OPUS)]).outcome("ok");
}

/// Somebody corrected the clock: what was meant to last half a minute does not last for days.
#[test]
fn a_clock_that_is_set_back_keeps_nobody_out() {
    let chat = two().start().later(3 * 86_400).say("/model opus@a").fails("anthropic:a=429").say("hi").fails("*=ok");
    let chat = chat.say("hi").nothing_sent().set_back(3 * 86_400).say("hi").on_wire("anthropic:a", OPUS);
    // What waits for another secret waits on.
    assert!(chat.rows()["benches"].is_empty());
    let chat = chat.later(3 * 86_400).fails("anthropic:a=401").say("hi").fails("*=ok").set_back(3 * 86_400);
    chat.dm("telegram", "7").say("hi").on_wire("anthropic:b", SONNET);
}

#[test]
fn eight_at_once_count_as_one_failure() {
    let mut chat = two().fails_all();
    for person in 1..=8 {
        chat = chat.dm("telegram", &person.to_string()).begin_unsent("hi");
    }
    let chat = (1..=8).fold(chat, |chat, _| chat.finish());
    let benches = chat.run(chat.app().store().benches()).unwrap();
    assert!(benches.iter().all(|bench| bench.strikes == 1), "{benches:?}");
    chat.fails("*=ok").later(31).say("hi").on_wire("anthropic:a", SONNET);
}

#[test]
fn success_forgets_the_ladder() {
    let chat = two().say("/model opus@a").fails("anthropic:a=429").say("hi").fails("*=ok").later(31).say("hi");
    let chat = chat.on_wire("anthropic:a", OPUS);
    assert!(chat.rows()["benches"].is_empty());
    // The first rung again, not the second.
    let chat = chat.fails("anthropic:a=429").say("hi").fails("*=ok").later(31).say("hi");
    chat.on_wire("anthropic:a", OPUS);
}

#[test]
fn benches_are_shared_by_all_engines_on_one_state_and_outlive_them() {
    let chat = two().say("/model opus@a").beside().dm("telegram", "43").say("/model opus@a").engine(0);
    let chat = chat.fails("anthropic:a=429:600").say("hi").wire(&[("anthropic:a", OPUS)]).fails("*=ok");
    let chat = chat.engine(1).dm("telegram", "42").say("hi").nothing_sent();
    let chat = chat.dm("telegram", "43").say("hi").nothing_sent().restart().say("hi").nothing_sent();
    chat.later(601).say("hi").on_wire("anthropic:a", OPUS);
}

#[test]
fn when_the_first_comes_free_soon_the_turn_waits_for_it() {
    let chat = two().start().fails("anthropic:a=429:1 anthropic:b=429:2").say("/model opus");
    chat.provider().clear_scripts();
    let fails = modelpin::demo::Script::status(429).header("retry-after", "1").times(2);
    let chat = chat.fails("*=ok").scripted(None, None, fails).say("hi");
    chat.wire(&[("anthropic:a", OPUS), ("anthropic:b", OPUS), ("anthropic:a", OPUS)]).answered_by("anthropic:a", OPUS);
}

#[test]
fn a_pinned_credential_is_waited_for_too() {
    let fails = modelpin::demo::Script::status(429).header("retry-after", "1").times(1);
    let chat = two().say("/model opus@b").scripted(None, None, fails).say("hi");
    chat.wire(&[("anthropic:b", OPUS), ("anthropic:b", OPUS)]).answered_by("anthropic:b", OPUS);
}

#[test]
fn when_nobody_comes_free_soon_the_answer_is_given_at_once() {
    let started = std::time::Instant::now();
    two().start().fails("*=429:600").say("hi").replies("12:1").outcome("rate_limit");
    assert!(started.elapsed() < std::time::Duration::from_secs(5));
}

#[test]
fn what_other_programs_noted_is_honoured_and_their_file_is_left_alone() {
    let until = "2026-11-20T14:00:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
    let noted = json!({
        "anthropic:a": {"cooldownUntil": until, "lastUsed": 1, "errorCount": 3},
        "anthropic:b": {"lastUsed": 5, "strange": true},
    });
    let chat = two().usage(noted).start();
    let before = std::fs::read(chat.auth_path()).unwrap();
    let chat = chat.say("hi").on_wire("anthropic:b", SONNET).fails("anthropic:b=402").say("hi");
    let chat = chat.fails("*=ok").say("/model opus@a").say("hi").later(7_300).say("hi").on_wire("anthropic:a", OPUS);
    assert_eq!(std::fs::read(chat.auth_path()).unwrap(), before, "no turn writes there");
}

#[test]
fn what_other_programs_noted_for_one_model_is_about_that_model() {
    let until = "2026-11-20T14:00:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
    let noted = json!({"anthropic:a": {
        "cooldownUntil": until, "cooldownModel": "claude-sonnet-4-6", "cooldownReason": "rate_limit",
    }});
    two()
        .usage(noted)
        .say("hi")
        .on_wire("anthropic:b", SONNET)
        .say("/model opus")
        .say("hi")
        .on_wire("anthropic:a", OPUS);
}

impl Bot {
    /// Starts it with every credential rate-limited.
    fn fails_all(self) -> Chat {
        self.start().fails("*=429")
    }
}
