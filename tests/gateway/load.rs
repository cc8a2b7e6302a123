//! Two bots in many chats, and a program that dies in the middle.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use modelpin::session::Session;
use modelpin::store::{SessionTable as _, Sqlite};
use serde_json::{Value, json};

use crate::cli::support::{Home, SECRETS, family, provider};
use crate::gateway::support::{Gateway, ONE, TWO, configure};
use crate::support::leaks::Leaks;
use crate::support::telegram::TelegramFake;
use crate::telegram::changes::Changes;

const PEOPLE: i64 = 8;
const ROUNDS: usize = 6;
const MODELS: [&str; 2] = ["anthropic/claude-opus-4-6", "anthropic/claude-sonnet-4-6"];
const PROFILES: [&str; 3] = ["anthropic:default", "anthropic:work", "anthropic:spare"];

/// Everybody who writes to one of the bots.
struct Crowd {
    account: &'static str,
    changes: Vec<Changes>,
}

impl Crowd {
    fn of(fake: &TelegramFake, token: &str, account: &'static str, seed: u64) -> Self {
        let bot = fake.bot(token, &format!("{account}bot"));
        let changes = (1..=PEOPLE).map(|id| {
            let person = fake.person(id, "One of many");
            let room = fake.private(&person, &bot);
            Changes::new(person, room, 1, seed + id.unsigned_abs(), &MODELS, &PROFILES)
        });
        Self { account, changes: changes.collect() }
    }

    /// Each person's session with this bot, as it is on the disk.
    async fn sessions(&self, home: &Home) -> Vec<(&Changes, Option<Arc<Session>>)> {
        let store = Sqlite::open(&home.state().join("modelpin.sqlite")).unwrap();
        let mut found = Vec::new();
        for changes in &self.changes {
            let key = format!("agent:main:telegram:{}:dm:{}", self.account, changes.room.chat);
            found.push((changes, store.load(&key.parse().unwrap()).await.unwrap()));
        }
        found
    }
}

/// How a gateway comes to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Killed,
    Asked,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_confirmed_stands_and_nothing_is_done_twice_however_it_ends() {
    let fake = TelegramFake::start();
    let home = Home::empty();
    let server = provider().start().await.unwrap();
    family(&home.state(), "modelpin.json", |provider| server.base_url(provider));
    let text = fs::read_to_string(home.state().join("modelpin.json")).unwrap();
    let mut config: Value = json5::from_str(&text).unwrap();
    let telegram = &mut config["channels"]["telegram"];
    telegram["apiRoot"] = json!(fake.url());
    telegram["dmPolicy"] = json!("open");
    telegram["accounts"] = json!({"one": {"botToken": ONE}, "two": {"botToken": TWO}});
    configure(&home, &config);
    let mut crowds = [Crowd::of(&fake, ONE, "one", 10), Crowd::of(&fake, TWO, "two", 50)];
    let mut logs = String::new();
    let mut gateway = Gateway::start(&home, &[], &[]);
    gateway.is_ready().await;
    for round in 0..ROUNDS {
        crowds.iter_mut().flat_map(|crowd| &mut crowd.changes).for_each(|changes| changes.write(round));
        // In the middle of what was written last, at another point each time.
        let (after, end) = match round {
            1 => (40, End::Killed),
            2 => (150, End::Asked),
            3 => (400, End::Killed),
            4 => (10, End::Asked),
            _ => continue,
        };
        tokio::time::sleep(Duration::from_millis(after)).await;
        let begun = Instant::now();
        match end {
            End::Killed => {
                gateway.signal("-KILL");
                gateway.child.wait().unwrap();
            }
            End::Asked => {
                gateway.signal("-TERM");
                assert_eq!(gateway.ends().await, 0);
                assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
            }
        }
        logs += &gateway.log();
        for crowd in &crowds {
            for (changes, session) in crowd.sessions(&home).await {
                changes.stand(&fake, session.as_deref());
            }
        }
        gateway = Gateway::start(&home, &[], &[]);
        gateway.is_ready().await;
    }
    let all = || crowds.iter().flat_map(|crowd| &crowd.changes).all(|changes| changes.are_answered(&fake));
    fake.within(Duration::from_mins(1), "an answer to each", || all().then_some(())).await;
    gateway.signal("-TERM");
    assert_eq!(gateway.ends().await, 0);
    for crowd in &crowds {
        for (changes, session) in crowd.sessions(&home).await {
            changes.check(&fake, &session.unwrap());
        }
    }
    let secrets: Vec<&str> = SECRETS.iter().map(|(_, secret)| *secret).collect();
    assert_eq!(fake.leaks(&secrets), None);
    Leaks::of([&secrets[..], &[ONE, TWO]].concat()).assert_none_in("the log", logs + &gateway.log());
}
