//! What the gateway says of itself, over HTTP and to other commands.

use serde_json::{Value, json};

use crate::cli::support::Home;
use crate::gateway::bot_api::BotApi;
use crate::gateway::support::{Gateway, ONE, TWO, account, accounts, configure, program, run};
use crate::support::leaks::Leaks;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_ready_when_every_account_is_up() {
    let api = BotApi::start(&[(ONE, "onebot"), (TWO, "twobot")]).await;
    let home = Home::empty();
    configure(&home, &accounts(&api, &[("one", ONE), ("two", TWO)]));
    let mut gateway = Gateway::start(&home, &[], &[]);
    let state = gateway.is_ready().await;
    let one = account(&state, "one");
    assert_eq!((&one["channel"], &one["bot"], &one["state"]), (&json!("telegram"), &json!("onebot"), &json!("up")));
    assert_eq!((&state["pid"], &state["trouble"]), (&json!(gateway.child.id()), &json!([])));
    let address = gateway.address().await;
    let health = reqwest::Client::builder().no_proxy().build().unwrap();
    let health = health.get(format!("{address}/healthz")).send().await.unwrap();
    assert_eq!(health.status().as_u16(), 200);
    Leaks::of([ONE, TWO]).assert_none_in("the log", gateway.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_is_refused_leaves_the_other_up_and_the_whole_not_ready() {
    let api = BotApi::start(&[(ONE, "onebot")]).await;
    let home = Home::empty();
    configure(&home, &accounts(&api, &[("one", ONE), ("two", TWO)]));
    let mut gateway = Gateway::start(&home, &[], &[]);
    let both = |state: &Value| account(state, "one")["state"] == "up" && account(state, "two")["state"] == "refused";
    let (status, state) = gateway.stands(both).await;
    assert_eq!((status, &state["ready"]), (503, &json!(false)));
    let why = account(&state, "two")["why"].as_str().unwrap();
    assert!(why.contains("@BotFather"), "{why}");
    Leaks::of([ONE, TWO]).assert_none_in("the state", state.to_string() + &gateway.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn models_status_shows_the_channels_of_a_running_gateway() {
    let api = BotApi::start(&[(ONE, "onebot")]).await;
    let home = Home::empty();
    configure(&home, &accounts(&api, &[("one", ONE), ("two", TWO)]));
    let mut gateway = Gateway::start(&home, &[], &[]);
    gateway.stands(|state| account(state, "one")["state"] == "up" && account(state, "two")["state"] == "refused").await;
    let status: Value = serde_json::from_str(&run(&home, &["models", "status", "--json"]).out).unwrap();
    let running = &status["running"][0];
    assert_eq!((&running["command"], &running["pid"]), (&json!("gateway"), &json!(gateway.child.id())));
    let served = &running["served"];
    assert_eq!(account(served, "one")["state"], "up");
    assert!(served["health"].as_str().unwrap().ends_with("/healthz"), "{served}");
    let text = run(&home, &["models", "status"]).out;
    assert!(text.contains("telegram:one up as @onebot"), "{text}");
    assert!(text.contains("telegram:two refused"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_address_may_be_taken_named_or_off() {
    let api = BotApi::start(&[(ONE, "onebot")]).await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let home = Home::empty();
    let mut config = accounts(&api, &[("one", ONE)]);
    configure(&home, &config);
    let ended = run(&home, &["gateway", "--health", &port]);
    assert_eq!(ended.code, 70);
    assert!(ended.err.contains("--health"), "{}", ended.err);
    config["gateway"] = json!({ "port": taken.local_addr().unwrap().port() });
    configure(&home, &config);
    let mut other = Gateway::of(&home, program(&home, &["gateway"]));
    assert!(!other.address().await.ends_with(&port), "another one, for nobody insisted");
    drop(other);
    let mut named = Gateway::of(&home, program(&home, &["gateway", "--port", "0"]));
    named.is_ready().await;
    drop(named);
    let mut off = Gateway::of(&home, program(&home, &["gateway", "--health", "off"]));
    off.logs("Serving telegram:one. Ctrl-C ends.").await;
}
