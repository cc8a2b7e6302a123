//! What the gateway says of itself, over HTTP and to other commands.

use modelpin::demo::LoopbackProvider;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::cli::support::Home;
use crate::gateway::bot_api::BotApi;
use crate::gateway::support::{Gateway, KEY, LONG, ONE, TWO, account, accounts, configure, program, run};
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

/// Up and able to answer are two things.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_credential_it_is_up_and_not_ready() {
    let api = BotApi::start(&[(ONE, "onebot")]).await;
    let home = Home::empty();
    let mut config = accounts(&api, &[("one", ONE)]);
    config["models"] = json!({});
    configure(&home, &config);
    let mut gateway = Gateway::start(&home, &[], &[]);
    let (status, state) = gateway.stands(|state| state["channelsUp"] == true).await;
    assert_eq!(
        (status, &state["up"], &state["ready"], &state["canAnswer"]),
        (503, &json!(true), &json!(false), &json!(false))
    );
    config["models"] = json!({"providers": {"anthropic": {"apiKey": KEY}}});
    configure(&home, &config);
    gateway.is_ready().await;
}

/// Prometheus' own program has nothing to say against it, and there is no secret in it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_prometheus_collects_is_clean() {
    let api = BotApi::start(&[(ONE, "onebot")]).await;
    let home = Home::empty();
    let token = format!("sk-ant-oat01-test-{}", "t".repeat(80));
    let id = "anthropic:default".parse().unwrap();
    let provider = LoopbackProvider::builder().profile("anthropic", &id, &SecretString::from(token.as_str()));
    let provider = provider.start().await.unwrap();
    let mut config = accounts(&api, &[("one", ONE)]);
    let anthropic = provider.base_url("anthropic");
    config["models"] = json!({"providers": {"anthropic": {"apiKey": KEY, "baseUrl": anthropic, "models": []}}});
    configure(&home, &config);
    let profile = json!({"type": "token", "provider": "anthropic", "token": token, "expires": 4_102_444_800_000_i64});
    let store = json!({"version": 1, "profiles": {"anthropic:default": profile}});
    std::fs::create_dir_all(home.store().parent().unwrap()).unwrap();
    std::fs::write(home.store(), store.to_string()).unwrap();
    let mut gateway = Gateway::start(&home, &[], &[]);
    gateway.is_ready().await;
    api.says(ONE, 42, "hello");
    api.says(ONE, 42, "/model sonnet");
    let address = gateway.address().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let begun = std::time::Instant::now();
    let text = loop {
        let text = client.get(format!("{address}/metrics")).send().await.unwrap().text().await.unwrap();
        if text.contains("modelpin_turns_total{") {
            break text;
        }
        assert!(begun.elapsed() < LONG, "no turn is ever counted: {text}\n{}", gateway.log());
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    for wanted in [
        r#"modelpin_turns_total{provider="anthropic",model="anthropic/claude-sonnet-4-6",profile="anthropic:default",outcome="ok"} 1"#,
        r#"modelpin_profile_state{provider="anthropic",profile="anthropic:default",state="usable"} 1"#,
        r#"modelpin_profile_expires_seconds{provider="anthropic",profile="anthropic:default"} "#,
        r#"modelpin_channel_up{channel="telegram",account="one"} 1"#,
        "modelpin_ready 1",
        "modelpin_turn_duration_seconds_bucket{",
        "modelpin_store_write_duration_seconds_count ",
        "modelpin_turns_running ",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in\n{text}");
    }
    Leaks::of([ONE, KEY, &token]).assert_none_in("the metrics", text.clone());
    let mut promtool = std::process::Command::new("promtool");
    promtool.args(["check", "metrics"]).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let promtool = promtool.stderr(std::process::Stdio::piped()).spawn();
    // `.ci/run` installs it, so that none of its tests skips.
    let Ok(mut promtool) = promtool else {
        println!("SKIPPED: promtool is not here; Debian's package `prometheus` has it");
        return;
    };
    std::io::Write::write_all(&mut promtool.stdin.take().unwrap(), text.as_bytes()).unwrap();
    let said = promtool.wait_with_output().unwrap();
    let words = String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success() && words.trim().is_empty(), "{words}");
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
