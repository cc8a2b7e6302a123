//! Many tasks of many processes meet the end of one access token together.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, Write};
use std::path::Path;
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

use crate::oauth::rig::{WORK, access_token, grant};
use crate::support::bot::{Heard, SONNET, conversation};
use crate::support::idp::Idp;
use crate::support::rerun::{child_of_test, hear, say, start};

const PROCESSES: usize = 4;
const TASKS: usize = 32;

#[tokio::test]
async fn they_refresh_once_and_all_are_answered() {
    if let Some(state) = child_of_test() {
        return talk(&state).await;
    }
    let (idp, _answers) = Idp::start(access_token);
    // Time for all others to come to the same door.
    idp.delay(std::time::Duration::from_millis(100));
    let work = ProfileId::new(WORK).unwrap();
    let builder = LoopbackProvider::builder();
    let builder = builder.profile("anthropic", &work, &SecretString::from(access_token(1)));
    let provider = builder.start().await.unwrap();
    let state = tempfile::tempdir().unwrap();
    prepare(state.path(), &provider, &idp);
    let name = "oauth::processes::they_refresh_once_and_all_are_answered";
    let mut children: Vec<_> = (0..PROCESSES).map(|_| start(name, state.path())).collect();
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

fn prepare(state: &Path, provider: &LoopbackProvider, idp: &Idp) {
    let everybody = json!({"allowFrom": ["*"]});
    let mut config = json!({
        "agents": {"defaults": {"model": {"primary": SONNET}}},
        "models": {"providers": {"anthropic": {"baseUrl": provider.base_url("anthropic"), "models": []}}},
        "channels": {"telegram": everybody},
    });
    config["auth"] = idp.config("anthropic")["auth"].clone();
    fs::write(state.join("modelpin.json"), config.to_string()).unwrap();
    let agent = state.join("agents/main/agent");
    fs::create_dir_all(&agent).unwrap();
    let store = json!({"version": 1, "profiles": {WORK: grant(0)}});
    fs::write(agent.join("auth-profiles.json"), store.to_string()).unwrap();
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
                sender: Sender { id: person, name: None },
                bot: "pinbot".to_owned(),
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
