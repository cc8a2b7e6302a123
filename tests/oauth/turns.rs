//! Turns with grants that have to be renewed.

use modelpin::demo::Script;
use serde_json::{Value, json};

use crate::oauth::rig::WORK;
use crate::support::bot::{Bot, OPUS, SONNET, invented};
use crate::support::idp::{Idp, refresh_token};

/// Noon of the day on which every chat begins, in milliseconds since 1970.
const NOON: i64 = 1_795_176_000_000;

/// Gives out the secrets that the provider knows: the second one is what a refresh brings.
fn idp() -> Idp {
    Idp::start(|refreshes| invented(WORK, refreshes)).0
}

/// A grant whose access token ends so many seconds after noon.
fn ending(seconds: i64) -> Value {
    json!({"type": "oauth", "refresh": refresh_token(0), "expires": NOON + seconds * 1000, "kept": {"a": 1}})
}

fn bot(idp: &Idp, seconds: i64) -> Bot {
    let bot = Bot::new().config(idp.config("anthropic")).profile(WORK, ending(seconds));
    (0..3).fold(bot, |bot, refreshes| bot.plants(refresh_token(refreshes)))
}

#[test]
fn an_access_token_that_has_ended_is_renewed_within_the_turn() {
    let idp = idp();
    let chat = bot(&idp, -60).say("/model status").replies("anthropic:work – next, expired (refreshable)");
    assert_eq!(idp.calls(), 0, "to look is not to use");
    let chat = chat.say("/model sonnet@work").replies("anthropic:work").say("hello").on_wire(WORK, SONNET);
    assert_eq!(chat.receipt()["fingerprint"], fingerprint(1), "that of the token that was on the wire");
    let entry = chat.auth()["profiles"][WORK].clone();
    assert_eq!((&entry["access"], &entry["kept"]), (&json!(invented(WORK, 1)), &json!({"a": 1})));
    chat.say("again").on_wire(WORK, SONNET).say("/model status").says_nothing_of("expired");
    assert_eq!(idp.calls(), 1);
}

fn fingerprint(generation: u32) -> String {
    modelpin::profile::Fingerprint::of(&invented(WORK, generation).into()).to_string()
}

#[test]
fn one_that_is_refused_is_renewed_once_and_the_request_sent_once_more() {
    let idp = idp();
    let refused = Script::status(401).times(1);
    let chat = bot(&idp, 3600).start().scripted(Some(WORK), None, refused).say("hello");
    let chat = chat.wire(&[(WORK, SONNET), (WORK, SONNET)]).answered_by(WORK, SONNET);
    assert_eq!(chat.receipt()["fingerprint"], fingerprint(1));
    assert_eq!(chat.passed_over(), [""; 0], "nobody was passed over");
    chat.say("again").on_wire(WORK, SONNET);
    assert_eq!(idp.calls(), 1);
}

#[test]
fn one_that_is_refused_all_the_same_is_left_alone() {
    let idp = idp();
    let chat = bot(&idp, 3600).start().scripted(Some(WORK), None, Script::status(401)).say("hello");
    let mut chat = chat.wire(&[(WORK, SONNET), (WORK, SONNET)]).outcome("auth");
    for _ in 0..12 {
        chat = chat.later(300).say("and now?").nothing_sent();
    }
    assert_eq!(idp.calls(), 1);
}

#[test]
fn a_revoked_grant_needs_login_once_and_says_what_to_type() {
    let idp = idp();
    idp.revoke();
    let mut chat = bot(&idp, -60).say("hello").nothing_sent().outcome("needs_login");
    chat = chat.replies("modelpin models auth login --provider anthropic --profile-id anthropic:work");
    let benches = chat.rows()["benches"].clone();
    assert_eq!(benches.len(), 1, "{benches:?}");
    for minute in 0..60 {
        chat = chat.later(60).say("hello?").nothing_sent().replies("needs login");
        if minute == 30 {
            chat = chat.beside();
        }
    }
    assert_eq!(chat.rows()["benches"], benches, "one transition, and nothing touches it again");
    assert_eq!(idp.calls(), 1, "at most three in an hour are allowed");
    chat = chat.say("/model status").replies("anthropic:work – needs login: run `modelpin models auth login");
    // A new login is a clean slate.
    let chat = chat.renewed(WORK).with_auth(|auth| {
        auth["profiles"][WORK]["refresh"] = json!("rt-test-of-a-new-login");
        auth["profiles"][WORK]["expires"] = json!(NOON + 30 * 86_400_000_i64);
    });
    chat.say("hello").on_wire(WORK, SONNET);
}

#[test]
fn others_answer_for_one_that_needs_login_and_a_pin_says_so() {
    let idp = idp();
    idp.revoke();
    let chat = bot(&idp, -60).profiles("anthropic:key").say("hello").on_wire("anthropic:key", SONNET);
    let chat = chat.replies("anthropic:work needs login");
    let chat = chat.dm("telegram", "7").say("/model opus@work").say("hello").nothing_sent();
    chat.replies("needs login: run `modelpin models auth login");
    assert_eq!(idp.calls(), 1);
}

#[test]
fn a_subscription_that_needs_login_does_not_fall_to_the_meter_where_that_is_denied() {
    let idp = idp();
    idp.revoke();
    let deny = json!({"auth": {"crossBillingClass": "deny"}});
    let chat = bot(&idp, -60).profiles("anthropic:key").config(deny).say("hello").nothing_sent();
    chat.later(60).say("hello").nothing_sent().replies("needs login");
}

#[test]
fn an_identity_provider_that_is_down_is_left_alone_for_a_while() {
    let idp = idp();
    idp.answer(Some((503, "")));
    let mut chat = bot(&idp, -60).say("hello").nothing_sent().outcome("not_renewed");
    for _ in 0..5 {
        chat = chat.later(2).say("hello?").nothing_sent().replies("comes free");
    }
    assert_eq!(idp.calls(), 1);
    chat = chat.later(30).say("now?").nothing_sent();
    assert_eq!(idp.calls(), 2);
    idp.answer(None);
    chat.later(61).say("and now?").on_wire(WORK, SONNET);
    assert_eq!((idp.calls(), idp.reuses()), (3, 0));
}

#[test]
fn one_that_is_only_about_to_end_is_used_while_it_lasts() {
    let idp = idp();
    let own = json!({"auth": {"oauth": {"openai": {"skewSeconds": 300}}}});
    let bot = Bot::new().config(idp.config("openai")).config(own);
    let bot =
        bot.profile("openai:me", json!({"type": "oauth", "refresh": refresh_token(0), "expires": NOON + 200_000}));
    idp.answer(Some((500, "")));
    let chat = bot.say("/model gpt").say("hello").on_wire("openai:me", "openai/gpt-5.4");
    assert_eq!(idp.calls(), 1, "it was tried");
    let chat = chat.later(10).say("hello").on_wire("openai:me", "openai/gpt-5.4");
    assert_eq!(idp.calls(), 1, "and then left alone");
    assert!(idp.seen()[0].content_type.starts_with("application/x-www-form-urlencoded"));
    chat.later(200).say("hello").nothing_sent().outcome("not_renewed");
}

#[test]
fn a_refused_one_that_cannot_be_renewed_now_waits_and_is_not_given_up() {
    let idp = idp();
    idp.answer(Some((500, "")));
    let refused = Script::status(401).times(1);
    let chat = bot(&idp, 3600).start().scripted(Some(WORK), None, refused).say("hello");
    let chat = chat.wire(&[(WORK, SONNET)]).outcome("not_renewed").later(5).say("hello").nothing_sent();
    idp.answer(None);
    chat.later(40).say("hello").on_wire(WORK, SONNET);
}

#[test]
fn a_group_is_told_without_the_address() {
    let idp = idp();
    idp.revoke();
    let id = "anthropic:me@example.com";
    let bot = Bot::new().config(idp.config("anthropic")).profile(id, ending(-60));
    let chat = bot.start().group("telegram", "-100").say("hello").nothing_sent().says_nothing_of("example.com");
    let chat = chat.replies("modelpin models auth login --provider anthropic`");
    chat.say("/model status").says_nothing_of("example.com").replies("needs login: run");
}

#[test]
fn another_programs_login_is_not_ours_to_renew() {
    let idp = idp();
    let bot = Bot::new().config(idp.config("anthropic")).profile("anthropic:claude-cli", ending(-60));
    bot.say("hello").nothing_sent().replies("managed by Claude Code");
    assert_eq!(idp.calls(), 0);
}

#[test]
fn a_grant_without_a_token_endpoint_says_which_key_is_missing() {
    let grant = json!({"type": "oauth", "refresh": "rt-test", "expires": NOON - 1000});
    let chat = Bot::new().profile("openai:me", grant).say("/model gpt@me").say("hello").nothing_sent();
    chat.replies("set `auth.oauth.openai.tokenUrl`");
}

#[test]
fn a_turn_goes_on_with_the_profiles_it_began_with() {
    let idp = idp();
    let chat = bot(&idp, -60).profiles("anthropic:key").say("/model opus@work");
    // Somebody changes the store in the very moment of the renewal.
    let path = chat.auth_path();
    idp.before(move |_| {
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("anthropic:key", "anthropic:other")).unwrap();
    });
    let chat = chat.say("hello").on_wire(WORK, OPUS);
    assert_eq!(chat.auth()["profiles"]["anthropic:other"]["type"], "api_key", "and what they wrote is not lost");
}

/// An outsider is quicker with our refresh token: its access token is taken, and nobody is passed over for that.
#[test]
fn a_turn_adopts_what_an_outsider_rotated_just_before() {
    let idp = idp();
    let chat = bot(&idp, -60).profiles("anthropic:key").start();
    let (outsider, path) = (idp.outsider(), chat.auth_path());
    idp.before(move |call| {
        if call == 1 {
            let (access, refresh) = outsider();
            let mut store: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let entry = &mut store["profiles"][WORK];
            entry["access"] = json!(access);
            entry["refresh"] = json!(refresh);
            entry["expires"] = json!(NOON + 3_600_000);
            std::fs::write(&path, store.to_string()).unwrap();
        }
    });
    let chat = chat.say("hello").on_wire(WORK, SONNET);
    assert_eq!(chat.passed_over(), [""; 0]);
    assert!(chat.rows()["benches"].is_empty());
    chat.say("again").on_wire(WORK, SONNET);
    assert_eq!(idp.calls(), 1);
}

/// What is held against an account is held against it under its next access token too.
#[test]
fn a_renewed_access_token_is_not_another_account() {
    let idp = idp();
    let limit = Script::status(429).header("retry-after", "4000");
    let chat = bot(&idp, 3600).say("/model opus@work").scripted(Some(WORK), Some("claude-opus-4-6"), limit);
    let chat = chat.say("hello").outcome("rate_limit").dm("telegram", "7").say("/model sonnet@work").later(3_700);
    let chat = chat.say("hello").on_wire(WORK, SONNET);
    assert_eq!(idp.calls(), 1);
    chat.provider().clear_scripts();
    let chat = chat.dm("telegram", "42").say("hello").nothing_sent();
    assert_eq!(chat.rows()["benches"].len(), 1, "it has moved");
    chat.later(400).say("hello").on_wire(WORK, OPUS);
}

#[test]
fn an_account_that_cannot_pay_is_not_begun_with_anew_by_every_access_token() {
    let idp = idp();
    let chat = bot(&idp, 3600).say("/model opus@work").fails("anthropic:work=402").say("hello").outcome("billing");
    let ends = |chat: &crate::support::bot::Chat| {
        let benches = chat.run(chat.app().store().benches()).unwrap();
        benches.iter().map(|bench| (bench.until, bench.strikes)).collect::<Vec<_>>()
    };
    let before = ends(&chat);
    let chat = chat.later(3_700).say("hello").outcome("billing");
    assert_eq!((idp.calls(), chat.sent().len()), (1, 1), "one look, with a renewed token");
    assert_eq!(ends(&chat), before, "the window is the same one");
    let chat = chat.say("hello").nothing_sent().fails("*=ok").later(16 * 60).say("hello").on_wire(WORK, OPUS);
    assert!(chat.rows()["benches"].is_empty());
}

#[test]
fn a_clock_that_jumps_costs_one_renewal() {
    let idp = idp();
    let chat = bot(&idp, 3600).say("hello").on_wire(WORK, SONNET).later(10 * 365 * 86_400);
    let chat = chat.say("hello").on_wire(WORK, SONNET).say("hello").on_wire(WORK, SONNET);
    assert_eq!(idp.calls(), 1);
    let chat = chat.set_back(10 * 365 * 86_400).say("hello").on_wire(WORK, SONNET);
    assert_eq!((idp.calls(), idp.reuses()), (1, 0));
    // A pause of half a minute does not become one of years.
    idp.answer(Some((503, "")));
    let chat = chat.later(20 * 365 * 86_400).say("hello").nothing_sent().outcome("not_renewed");
    idp.answer(None);
    let chat = chat.with_auth(|auth| auth["profiles"][WORK]["expires"] = json!(NOON - 1000));
    let chat = chat.set_back(20 * 365 * 86_400).say("hello");
    assert!(idp.calls() > 2 && !chat.sent().is_empty(), "it was renewed");
    assert_eq!(idp.reuses(), 0);
}
