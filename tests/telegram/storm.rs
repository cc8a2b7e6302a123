//! Everything that can go wrong on the way, for minutes.

use std::time::Duration;

use modelpin_telegram::Link;
use serde_json::json;

use crate::support::bot::{Bot, HAIKU, OPUS};
use crate::support::telegram::{Fault, Storm, TelegramFake};
use crate::telegram::account::{Pace, on_telegram};

/// What was sent to a chat, for who reads why a test stopped.
fn calls_in(fake: &TelegramFake, chat: i64) -> String {
    let calls = fake.calls();
    let there = calls.iter().filter(|call| call.int("chat_id") == Some(chat));
    there.map(|call| call.line() + "\n").collect()
}

#[test]
fn another_poller_is_said_and_passes_by_itself() {
    on_telegram(Bot::new().profiles("anthropic:default"), Pace::Hurried, |account| async move {
        let fake = &account.fake;
        fake.until("a connection", || (account.link() == Link::Up).then_some(())).await;
        fake.another_poller(&account.bot, 3);
        fake.until("the conflict", || (account.link() == Link::OtherPoller).then_some(())).await;
        let ann = fake.person(42, "Ann");
        let dm = fake.private(&ann, &account.bot);
        ann.says(dm, "/model opus");
        assert!(fake.next_message(dm).await.text.contains("claude-opus-4-6"));
        fake.until("a connection", || (account.link() == Link::Up).then_some(())).await;
        (account, ())
    });
}

#[test]
fn nothing_is_lost_nor_done_twice_in_minutes_of_faults() {
    const PEOPLE: i64 = 8;
    const CHANGES: usize = 30;
    let bot = Bot::new().profiles("anthropic:default anthropic:work");
    on_telegram(bot, Pace::Hurried, |account| async move {
        let mut account = account;
        let fake = account.fake.clone();
        let people: Vec<_> = (1..=PEOPLE).map(|id| fake.person(id, "One of many")).collect();
        let rooms: Vec<_> = people.iter().map(|person| fake.private(person, &account.bot)).collect();
        fake.until("a connection", || (account.link() == Link::Up).then_some(())).await;
        let began = fake.now();
        fake.storm(Storm { seed: 11, percent: 25 });
        for change in 0..CHANGES {
            for (person, room) in people.iter().zip(&rooms) {
                let (model, profile) = if change % 2 == 0 { (OPUS, "work") } else { (HAIKU, "default") };
                person.says(*room, &format!("/model {model}@{profile}"));
            }
            match change {
                5 => fake.fails("sendMessage", Fault::RetryAfter(20), 3),
                9 => drop(fake.injects(&account.bot, json!({"message": {"message_id": "no number"}}))),
                12 => fake.another_poller(&account.bot, 4),
                16 => {
                    fake.offline();
                    tokio::time::sleep(Duration::from_secs(20)).await;
                    fake.online();
                }
                22 => {
                    account.stop().await;
                    account.start();
                }
                _ => {}
            }
            tokio::time::sleep(Duration::from_secs(8)).await;
        }
        let took = fake.now().checked_sub(began).unwrap();
        fake.calm();
        let all = || fake.waiting(&account.bot) == 0 && account.inbox.pending() == 0;
        fake.within(Duration::from_mins(2), "everything to be dealt with", || all().then_some(())).await;
        assert!(took >= Duration::from_mins(4), "{took:?}");
        assert_eq!(account.inbox.known(), usize::try_from(PEOPLE).unwrap() * CHANGES);
        for room in rooms {
            let said = fake.answers(room);
            // A message whose answer was cut off after it was taken may stand there twice; none is missing.
            let mut names: Vec<bool> = said.iter().map(|shown| shown.text.contains("claude-opus-4-6")).collect();
            names.dedup();
            assert_eq!(names.len(), CHANGES, "{names:?}\n{}", calls_in(&fake, room.chat));
        }
        let met = fake.faults_met().len();
        assert!(met >= 50, "{met}");
        (account, ())
    });
}
