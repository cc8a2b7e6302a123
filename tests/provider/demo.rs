#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use modelpin::agent::AgentId;
use modelpin::demo::{DemoHandler, DemoState, Faults, LoopbackProvider, Script};
use modelpin::health::FailureClass;
use modelpin::profile::Fingerprint;
use modelpin::provider::Auth;
use modelpin_chat::{
    BoxFuture, Conversation, Event, Handler, Inbound, Kind, Outbox, OutboxError, Reply, Sender, Visibility, Withdrawal,
};
use secrecy::SecretString;
use serde_json::Value;

use crate::provider::rig::{Rig, said};

async fn demo() -> LoopbackProvider {
    LoopbackProvider::builder().demo_profiles().start().await.unwrap()
}

fn read(path: &std::path::Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Each profile of the state directory reaches the loopback provider under its own name.
#[tokio::test]
async fn every_profile_of_the_state_works_and_is_known_by_its_id() {
    let rig = Rig { server: demo().await, client: Rig::new().await.client };
    let state = DemoState::create(&rig.server).unwrap();
    let config = read(&state.path().join("modelpin.json"));
    let store = read(&state.path().join("agents/main/agent/auth-profiles.json"));
    let profiles = store["profiles"].as_object().unwrap();
    assert!(profiles.len() >= 6);
    for (id, entry) in profiles {
        let provider = entry["provider"].as_str().unwrap();
        let secret = ["key", "token", "access"].iter().find_map(|field| entry[*field].as_str()).unwrap();
        let models = config["agents"]["defaults"]["models"].as_object().unwrap();
        let model = models.keys().find(|model| model.starts_with(&format!("{provider}/"))).unwrap();
        let mut ask = rig.request(model);
        config["models"]["providers"][provider]["baseUrl"].as_str().unwrap().clone_into(&mut ask.endpoint.base_url);
        let secret = SecretString::from(secret);
        ask.auth =
            Some(if entry["type"] == "api_key" { Auth::ApiKey(secret.clone()) } else { Auth::Bearer(secret.clone()) });
        ask.messages = vec![said("who are you?")];
        let answer = rig.send(&ask).await.0.unwrap();
        let expected = format!("credential {} ({id}). You said: who are you?", Fingerprint::of(&secret));
        assert!(answer.text.contains(&expected), "{}", answer.text);
    }
    let path = state.path().to_owned();
    drop(state);
    assert!(!path.exists());
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_the_state() {
    use std::os::unix::fs::PermissionsExt;
    let state = DemoState::create(&demo().await).unwrap();
    let mode = |path: &str| std::fs::metadata(state.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(""), 0o700);
    assert_eq!(mode("agents/main/agent"), 0o700);
    assert_eq!(mode("modelpin.json"), 0o600);
    assert_eq!(mode("agents/main/agent/auth-profiles.json"), 0o600);
}

#[tokio::test]
async fn the_chat_line_sets_shows_and_ends_failures() {
    let rig = Rig { server: demo().await, client: Rig::new().await.client };
    let mut ask = rig.request("anthropic/claude-opus-4-6");
    ask.auth = Some(Auth::Bearer(SecretString::from("sk-demo-oat-anthropic-work-91d4c37e60b8")));
    assert!(rig.server.command("/demo").unwrap().starts_with("Nothing is set to fail."));
    let said = rig.server.command(" /DEMO fail anthropic:work=429:30 openai:team/gpt-5.4=hang").unwrap();
    assert_eq!(said, "Set to fail: `anthropic:work=429:30`, `openai:team/gpt-5.4=hang`. `/demo ok` ends that.");
    assert_eq!(rig.server.command("/demo").unwrap(), said);
    let failure = rig.send(&ask).await.0.unwrap_err();
    assert_eq!((failure.class, failure.retry_after), (FailureClass::RateLimit, Some(Duration::from_secs(30))));

    let refused = rig.server.command("/demo fail anthropic:nope=429").unwrap();
    assert!(refused.starts_with("No profile `anthropic:nope` here. There are: anthropic:default, "), "{refused}");
    assert!(
        rig.server.command("/demo fail anthropic:work=soon").unwrap().contains("`anthropic:work=soon` is no fault")
    );
    assert!(rig.server.command("/demo what").unwrap().starts_with("Type `/demo fail"));
    assert_eq!(rig.server.command("/demo").unwrap(), said, "a refused line changes nothing");

    assert!(rig.server.command("/demo ok").unwrap().starts_with("Every credential works again."));
    rig.send(&ask).await.0.unwrap();
    for other in ["/demonstrate", "tell me about /demo", "", "/model opus"] {
        assert_eq!(rig.server.command(other), None, "{other}");
    }
}

#[tokio::test]
async fn faults_can_be_there_from_the_start_and_scripts_come_before_them() {
    let faults = Faults::parse("anthropic:work=402").unwrap();
    let server = LoopbackProvider::builder().demo_profiles().faults(faults).start().await.unwrap();
    let rig = Rig { server, client: Rig::new().await.client };
    let mut ask = rig.request("anthropic/claude-opus-4-6");
    ask.auth = Some(Auth::Bearer(SecretString::from("sk-demo-oat-anthropic-work-91d4c37e60b8")));
    assert_eq!(rig.send(&ask).await.0.unwrap_err().class, FailureClass::Billing);
    rig.server.script(Some("anthropic:work"), Some("claude-opus-4-6"), Script::says("Scripted.").times(1));
    assert_eq!(rig.send(&ask).await.0.unwrap().text, "Scripted.");
    assert_eq!(rig.send(&ask).await.0.unwrap_err().class, FailureClass::Billing);
    let statuses: Vec<u16> = rig.server.seen().iter().map(|seen| seen.status).collect();
    assert_eq!(statuses, [402, 200, 402]);
}

struct Echo;

impl Handler for Echo {
    fn handle<'a>(&'a self, inbound: Inbound, outbox: &'a dyn Outbox) -> BoxFuture<'a, ()> {
        let Event::Message(text) = inbound.event else { return Box::pin(async {}) };
        Box::pin(async move {
            outbox.draft(&text).await.unwrap();
        })
    }
}

#[derive(Default)]
struct Notes {
    replies: Mutex<Vec<Reply>>,
    drafts: Mutex<Vec<String>>,
}

impl Outbox for Notes {
    fn send(&self, reply: Reply) -> BoxFuture<'_, Result<(), OutboxError>> {
        self.replies.lock().unwrap().push(reply);
        Box::pin(async { Ok(()) })
    }
    fn draft<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<(), OutboxError>> {
        self.drafts.lock().unwrap().push(text.to_owned());
        Box::pin(async { Ok(()) })
    }
    fn withdraw(&self) -> BoxFuture<'_, Result<Withdrawal, OutboxError>> {
        Box::pin(async { Ok(Withdrawal::Impossible) })
    }
}

#[tokio::test]
async fn the_handler_keeps_its_own_line_and_hands_on_the_rest() {
    let handler = DemoHandler::new(Arc::new(Echo), Arc::new(demo().await), AgentId::main());
    let notes = Notes::default();
    for text in ["/demo", "hello"] {
        let conversation = Conversation {
            channel: "terminal".to_owned(),
            account: "default".to_owned(),
            kind: Kind::Dm,
            peer: "ann".to_owned(),
            thread: None,
        };
        let sender = Sender { id: "ann".to_owned(), name: None, roles: Vec::new() };
        let event = Event::Message(text.to_owned());
        let bot = "bot".to_owned();
        handler
            .handle(Inbound { conversation, sender, bot, addressed: true, room: None, id: None, event }, &notes)
            .await;
    }
    assert_eq!(*notes.drafts.lock().unwrap(), ["hello"]);
    let replies = notes.replies.lock().unwrap();
    assert_eq!(replies.len(), 1);
    assert!(replies[0].plain_text().starts_with("Nothing is set to fail."));
    assert_eq!(replies[0].session, "agent:main:terminal:default:dm:ann");
    assert_eq!(replies[0].visibility, Visibility::Private);
}

/// Streams and requests that hang end with the provider, and so does the wait for it.
#[tokio::test]
async fn it_ends_at_once_whatever_is_open() {
    for stop in [true, false] {
        let rig = Rig::with(Script::hang()).await;
        let ask = rig.request("openai/gpt-5.4");
        let Rig { server, client } = rig;
        let asking = Rig { server: demo().await, client };
        let waiting = tokio::spawn(async move { asking.send(&ask).await.0 });
        while server.seen().is_empty() {
            tokio::task::yield_now().await;
        }
        if stop {
            server.stop().await;
        } else {
            drop(server);
        }
        let ended = tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();
        assert!(ended.is_err());
    }
}
