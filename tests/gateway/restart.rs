//! What is under way when the gateway ends, and what it does about that at the next start.

use std::fs;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cli::support::{Home, family, provider};
use crate::gateway::bot_api::BotApi;
use crate::gateway::support::{Gateway, ONE, configure};

/// A state directory of the family, its providers at `base_url`, with a bot.
fn with_bot(home: &Home, api: &BotApi, base_url: impl Fn(&str) -> String) {
    family(&home.state(), "modelpin.json", base_url);
    let text = fs::read_to_string(home.state().join("modelpin.json")).unwrap();
    let mut config: Value = json5::from_str(&text).unwrap();
    config["channels"]["telegram"]["botToken"] = json!(ONE);
    config["channels"]["telegram"]["apiRoot"] = json!(api.root());
    config["channels"]["telegram"]["dmPolicy"] = json!("open");
    configure(home, &config);
}

/// A provider that takes every call and never answers.
fn hung() -> (TcpListener, impl Fn(&str) -> String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, move |provider: &str| format!("http://{address}/{provider}/v1"))
}

/// A gateway that is answering a question, its provider that never does, and since when.
async fn asked(api: &BotApi, home: &Home) -> (TcpListener, Gateway, Instant) {
    let (hung, nowhere) = hung();
    with_bot(home, api, nowhere);
    let mut gateway = Gateway::start(home, &[], &[]);
    gateway.is_ready().await;
    api.says(ONE, 42, "hello there");
    let begun = api.call(ONE, "sendchataction", 0).await.at;
    (hung, gateway, begun)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_was_cut_off_is_answered_after_a_restart() {
    let (api, home) = (BotApi::start(&[(ONE, "onebot")]).await, Home::empty());
    let (_hung, mut gateway, _) = asked(&api, &home).await;
    gateway.signal("-TERM");
    gateway.logs("The same again ends at once").await;
    let begun = Instant::now();
    gateway.signal("-TERM");
    assert_eq!(gateway.ends().await, 0);
    assert!(begun.elapsed() < Duration::from_secs(4), "the second one ends it at once: {:?}", begun.elapsed());
    assert_eq!(api.count(ONE, "sendmessage"), 0);
    let server = provider().start().await.unwrap();
    with_bot(&home, &api, |provider| server.base_url(provider));
    let mut gateway = Gateway::start(&home, &[], &[]);
    gateway.is_ready().await;
    // It may come piece by piece.
    api.shows(ONE, "hello there").await;
    gateway.signal("-TERM");
    assert_eq!(gateway.ends().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_hangs_holds_the_end_up_for_less_than_ten_seconds() {
    let (api, home) = (BotApi::start(&[(ONE, "onebot")]).await, Home::empty());
    let (_hung, mut gateway, begun) = asked(&api, &home).await;
    gateway.signal("-TERM");
    assert_eq!(gateway.ends().await, 0);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

/// However it ends: a command counts once, and a key that was pasted is in no file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_time_it_repeats_no_command_and_keeps_no_secret() {
    let api = BotApi::start(&[(ONE, "onebot")]).await;
    let home = Home::empty();
    let server = provider().start().await.unwrap();
    with_bot(&home, &api, |provider| server.base_url(provider));
    let key = "gsk_1nVeNt3d0nLyF0rTh1sEx4mpL30fAd0cTe5t";
    let mut gateway = Gateway::start(&home, &[], &[]);
    gateway.is_ready().await;
    api.says(ONE, 42, "/model opus@work");
    assert!(api.answer(ONE, 0).await.contains("anthropic:work"));
    api.says(ONE, 42, &format!("my key is {key}"));
    api.call(ONE, "deletemessage", 0).await;
    gateway.signal("-KILL");
    gateway.child.wait().unwrap();
    for file in fs::read_dir(home.state()).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
        let bytes = fs::read(&file).unwrap();
        assert!(!bytes.windows(key.len()).any(|part| part == key.as_bytes()), "{}", file.display());
    }
    let before = api.count(ONE, "sendmessage");
    let mut gateway = Gateway::start(&home, &[], &[]);
    gateway.is_ready().await;
    api.says(ONE, 42, "/model undo");
    let answers = api.count(ONE, "sendmessage").saturating_sub(before);
    let undone = api.answer(ONE, before + answers).await;
    assert!(!undone.contains("anthropic:work, pinned"), "one step back, because it was made once: {undone}");
}
