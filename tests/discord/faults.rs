//! Connections that break in the middle of turns, sessions that end, programs that die: nothing is lost, nothing is done
//! twice.

use std::collections::HashMap;
use std::time::Duration;

use modelpin::directive::COMMAND_NAMES;

use crate::discord::account::{Account, on_discord};
use crate::support::bot::{Bot, HAIKU, OPUS};
use crate::support::discord::{DiscordFake, Person, Place};

const PROFILES: &str = "anthropic:p01 anthropic:p02 anthropic:p03 anthropic:p04";

/// How many times everybody writes.
const ROUNDS: usize = 32;

/// What goes wrong in a round.
async fn strike(account: &mut Account, round: usize) {
    let fake = account.fake.clone();
    match round {
        2 | 9 => fake.cut(),
        4 => fake.reconnect(),
        6 => fake.close(4000),
        // What is written until the next session is told by nobody.
        11 => fake.invalidate(false),
        14 => fake.invalidate(true),
        16 => fake.withhold_acks(true),
        19 => fake.withhold_acks(false),
        21 => {
            fake.cut();
            fake.forget_sessions();
        }
        24 => {
            account.dies().await;
            account.start();
        }
        27 => {
            account.stop().await;
            account.start();
        }
        _ => {}
    }
}

/// The choice of a round.
fn choice(round: usize) -> (&'static str, &'static str) {
    let profiles: Vec<&str> = PROFILES.split(' ').collect();
    ([OPUS, HAIKU][round % 2], profiles[round % profiles.len()])
}

#[test]
fn nothing_is_lost_nor_done_twice_when_connections_break_and_sessions_end() {
    let (chat, ()) = on_discord(Bot::new().profiles(PROFILES), |mut account| async move {
        account.is_up().await;
        let fake = account.fake.clone();
        let guild = fake.guild(1, "Crew");
        let people: Vec<Person> = (11..=13).map(|id| fake.person(id, "One of many")).collect();
        fake.joins(&people[0], guild, &[]);
        let channel = fake.channel(guild, "general");
        let choosing: Vec<(&Person, Place)> = vec![(&people[0], channel), (&people[1], fake.dm(&people[1]))];
        let asking = fake.dm(&people[2]);
        let mention = fake.mention();
        for round in 0..ROUNDS {
            let (model, profile) = choice(round);
            for (person, place) in &choosing {
                person.says(*place, &format!("{mention} /model {model}@{profile}"));
            }
            people[2].says(asking, &format!("question {round}."));
            strike(&mut account, round).await;
            // In the middle of what was just written, and not before all of it has been answered.
            tokio::time::sleep(Duration::from_millis(1_500 + 700 * (round as u64 % 3))).await;
        }
        for (_, place) in &choosing {
            told(&fake, *place).await;
        }
        let all = || {
            let answers = fake.answers(asking);
            let is_answered = |round| answers.iter().any(|shown| shown.text.contains(&format!("question {round}.")));
            (0..ROUNDS).all(is_answered).then_some(())
        };
        fake.until("an answer to each question", all).await;
        account.settled().await;
        assert!(fake.count("PUT", "/commands") == 1, "the commands are told once");
        (account, ())
    });
    let mut sent: HashMap<String, usize> = HashMap::new();
    for seen in chat.provider().seen() {
        *sent.entry(seen.body["messages"].as_array().unwrap().last().unwrap()["content"].to_string()).or_default() += 1;
    }
    assert_eq!(sent.len(), ROUNDS, "{sent:?}");
    // A question whose answer was being written when the program died is asked once more.
    assert!(sent.values().sum::<usize>() <= ROUNDS + 2, "{sent:?}");
}

/// Each choice was confirmed, once and in order; what a killed program had said already may be there twice.
async fn told(fake: &DiscordFake, place: Place) {
    let wanted: Vec<String> = (0..ROUNDS).map(|round| choice(round).1.to_owned()).collect();
    let found = || -> Vec<String> {
        let answers = fake.answers(place);
        let profile = |text: &str| PROFILES.split(' ').find(|profile| text.contains(profile)).map(str::to_owned);
        answers.iter().filter_map(|shown| profile(&shown.text)).collect()
    };
    let mut looks = 0;
    while found().len() < ROUNDS && looks < 2_000 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        looks += 1;
    }
    let mut found = found();
    // What was confirmed as the program died is confirmed once more.
    found.dedup();
    assert_eq!(found, wanted);
}

#[test]
fn fifty_restarts_register_the_commands_once_and_go_on_with_the_session() {
    on_discord(Bot::new().profiles(PROFILES), |mut account| async move {
        account.is_up().await;
        let fake = account.fake.clone();
        let ann = fake.person(42, "Ann");
        let dm = fake.dm(&ann);
        for restart in 0..50 {
            account.stop().await;
            // Nobody is there to hear it.
            let (model, profile) = choice(restart);
            ann.says(dm, &format!("/model {model}@{profile}"));
            account.start();
            let said = fake.said(dm, restart + 1).await;
            assert!(said.text.contains(profile), "{restart}: {}", said.text);
            account.settled().await;
        }
        assert_eq!((fake.count("PUT", "/commands"), fake.creates()), (1, COMMAND_NAMES.len()));
        let (identifies, resumes) = fake.shared.look(|world| (world.gateway.identifies, world.gateway.resumes));
        assert_eq!((identifies, resumes), (1, 50), "each start goes on where the last one ended");
        (account, ())
    });
}
