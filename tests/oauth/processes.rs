//! Many tasks of many processes meet the end of one access token together.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::future::join_all;
use modelpin::app::{App, AppOptions};
use modelpin::clock::SystemClock;
use modelpin::config::Environment;
use modelpin::demo::LoopbackProvider;
use modelpin::profile::{ProfileId, SealPorts};
use modelpin_chat::{Event, Handler, Inbound, Kind, Sender};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::oauth::claude_code::{claude_code_in, login};
use crate::oauth::rig::{WORK, access_token, grant, json_at, write};
use crate::support::bot::{Heard, SONNET, conversation, merge};
use crate::support::idp::{Idp, refresh_token};
use crate::support::rerun::{child_of_test, hear, say, start};

const PROCESSES: usize = 4;
const TASKS: usize = 32;

#[tokio::test]
async fn they_refresh_once_and_all_are_answered() {
    if let Some(state) = child_of_test() {
        return talk(&state).await;
    }
    let state = tempfile::tempdir().unwrap();
    write(&auth_profiles(state.path()), &json!({"version": 1, "profiles": {WORK: grant(0)}}));
    all_are_answered("oauth::processes::they_refresh_once_and_all_are_answered", state.path(), WORK, &json!({})).await;
}

#[tokio::test]
async fn one_of_them_renews_the_login_of_claude_code() {
    if let Some(state) = child_of_test() {
        return talk(&state).await;
    }
    let state = tempfile::tempdir().unwrap();
    let file = claude_code_in(&state.path().join("home"));
    write(&file, &login(0));
    let name = "oauth::processes::one_of_them_renews_the_login_of_claude_code";
    let opted_in = json!({"auth": {"claudeCli": {"writeBack": true}}});
    all_are_answered(name, state.path(), "anthropic:claude-cli", &opted_in).await;
    assert_eq!(json_at(&file)["claudeAiOauth"]["refreshToken"], json!(refresh_token(1)));
    assert!(!auth_profiles(state.path()).exists(), "and it is nowhere else");
}

/// Has all of them come to the end of the access token of `profile` at once.
async fn all_are_answered(name: &str, state: &Path, profile: &str, config: &Value) {
    let (idp, _answers) = Idp::start(access_token);
    // Time for all others to come to the same door.
    idp.delay(std::time::Duration::from_millis(100));
    let work = ProfileId::new(profile).unwrap();
    let builder = LoopbackProvider::builder();
    let builder = builder.profile("anthropic", &work, &SecretString::from(access_token(1)));
    let provider = builder.start().await.unwrap();
    configure(state, &provider, &idp, config);
    let mut children: Vec<_> = (0..PROCESSES).map(|_| start(name, state)).collect();
    let heard = tokio::task::spawn_blocking(move || {
        let mut mouths: Vec<_> = children.iter_mut().map(|child| (child.stdin.take().unwrap(), hear(child))).collect();
        for (_, ear) in &mut mouths {
            assert_eq!(ear.next().as_deref(), Some("ready"));
        }
        for (mouth, _) in &mut mouths {
            writeln!(mouth, "go").unwrap();
        }
        let outcomes: Vec<String> = mouths.into_iter().flat_map(|(_, ear)| ear).collect();
        assert!(children.iter_mut().all(|child| child.wait().unwrap().success()));
        outcomes
    });
    let outcomes = heard.await.unwrap();
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for outcome in &outcomes {
        *counted.entry(outcome).or_default() += 1;
    }
    assert_eq!(counted, BTreeMap::from([("ok", PROCESSES * TASKS)]));
    assert_eq!((idp.calls(), idp.reuses()), (1, 0));
    assert_eq!(provider.seen().len(), PROCESSES * TASKS, "nobody came with the old token");
}

fn auth_profiles(state: &Path) -> PathBuf {
    state.join("agents/main/agent/auth-profiles.json")
}

fn configure(state: &Path, provider: &LoopbackProvider, idp: &Idp, more: &Value) {
    let everybody = json!({"allowFrom": ["*"]});
    let mut config = json!({
        "agents": {"defaults": {"model": {"primary": SONNET}}},
        "models": {"providers": {"anthropic": {"baseUrl": provider.base_url("anthropic"), "models": []}}},
        "channels": {"telegram": everybody},
    });
    merge(&mut config, idp.config("anthropic"));
    merge(&mut config, more.clone());
    fs::write(state.join("modelpin.json"), config.to_string()).unwrap();
}

/// What each process does: as many chats as there are tasks, all at once.
async fn talk(state: &Path) {
    let home = ("HOME".to_owned(), state.join("home").display().to_string());
    let environment: Environment = [home].into_iter().collect();
    let app = App::open(AppOptions {
        state_dir: Some(state.to_owned()),
        layout: None,
        invoked_as: "modelpin".to_owned(),
        agent: None,
        environment,
        clock: Arc::new(SystemClock),
        seal: SealPorts::default(),
    });
    let engine = app.unwrap().engine();
    say("ready");
    std::io::stdin().lock().read_line(&mut String::new()).unwrap();
    let process = std::process::id();
    let chats = (0..TASKS).map(|task| {
        let engine = engine.clone();
        tokio::spawn(async move {
            let person = format!("{process}-{task}");
            let inbound = Inbound {
                conversation: conversation("telegram", Kind::Dm, &person, None),
                sender: Sender { id: person, name: None, roles: Vec::new() },
                bot: "pinbot".to_owned(),
                addressed: true,
                room: None,
                id: None,
                event: Event::Message("hello".to_owned()),
            };
            let heard = Heard::default();
            engine.handle(inbound, &heard).await;
            let receipt = heard.replies().pop().and_then(|reply| reply.receipt).unwrap();
            let receipt: Value = serde_json::from_str(&receipt).unwrap();
            say(receipt["outcome"].as_str().unwrap());
        })
    });
    for chat in join_all(chats).await {
        chat.unwrap();
    }
}
