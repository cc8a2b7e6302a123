//! A whole conversation: who was chosen in a place answers there, and nobody else.

use std::collections::HashMap;
use std::time::Duration;

use modelpin::agent::AgentId;
use modelpin::session::SessionKey;
use modelpin_chat::{Kind, Thread};

use crate::support::bot::{Bot, HAIKU, OPUS, conversation};
use crate::support::telegram::{Dice, Person, Rights, Room};
use crate::telegram::account::{Pace, on_telegram};

const PROFILES: &str = "anthropic:default anthropic:work anthropic:me openai:team";

/// Ordinary messages, over all places.
const MESSAGES: usize = 500;

/// A place with what was chosen there.
struct Place {
    room: Room,
    /// What ordinary talk begins with, so that it is for the bot.
    before: &'static str,
    model: &'static str,
    profile: &'static str,
    /// The numbers of the messages that were written there, in order.
    asked: Vec<usize>,
}

impl Place {
    fn new(room: Room, before: &'static str, model: &'static str, profile: &'static str) -> Self {
        Self { room, before, model, profile, asked: Vec::new() }
    }

    /// The key of its session; `general` is the forum whose General topic has a number as any topic has.
    fn session(&self, general: Room) -> SessionKey {
        let kind = if self.room.with.is_some() { Kind::Dm } else { Kind::Group };
        let topic = self.room.topic.or((self.room == general).then_some(1));
        let thread = topic.map(|topic| Thread::Topic(topic.to_string()));
        let place = conversation("telegram", kind, &self.room.chat.to_string(), thread);
        SessionKey::of(&AgentId::main(), &place, false)
    }

    fn asks(&mut self, person: &Person, number: usize) {
        person.says(self.room, &format!("{}message {number}.", self.before));
        self.asked.push(number);
    }
}

#[test]
fn each_of_many_messages_is_answered_by_what_was_chosen_where_it_was_written() {
    let (chat, (places, forum)) = on_telegram(Bot::new().profiles(PROFILES), Pace::Hurried, |account| async move {
        let fake = &account.fake;
        let (ann, ben) = (fake.person(42, "Ann"), fake.person(43, "Ben"));
        let (crew, forum) = (fake.supergroup("Crew"), fake.forum("Themes"));
        for room in [crew, forum] {
            fake.with(room, &account.bot, Rights::Member);
        }
        let mut places = [
            Place::new(fake.private(&ann, &account.bot), "", OPUS, "anthropic:work"),
            Place::new(crew, "@first_bot ", "openai/gpt-5.4", "openai:team"),
            Place::new(fake.topic(forum, "Plans", &ann), "@first_bot ", HAIKU, "anthropic:me"),
            Place::new(fake.topic(forum, "Past", &ben), "@first_bot: ", "openai/gpt-5.4-mini", "openai:team"),
            Place::new(forum, "@first_bot ", HAIKU, "anthropic:default"),
        ];
        for place in &places {
            ann.says(place.room, &format!("/model {}@{}", place.model, place.profile));
            let said = fake.next_message(place.room).await;
            assert!(said.text.contains(place.profile), "{}", said.text);
        }
        // Half of them in private, where Telegram takes the most.
        let mut dice = Dice::new(23);
        for number in 0..MESSAGES {
            let place = [0, 1, 0, 2, 0, 3, 0, 4][dice.roll(8)];
            places[place].asks(if place > 0 && dice.roll(3) == 0 { &ben } else { &ann }, number);
        }
        let wanted = MESSAGES + places.len();
        let all = || places.iter().map(|place| fake.answers(place.room).len()).sum::<usize>();
        fake.within(Duration::from_mins(2), "an answer to each", || (all() >= wanted).then_some(())).await;
        for place in &places {
            let answers = fake.answers(place.room);
            let said: Vec<&str> = answers[1..].iter().map(|answer| answer.text.as_str()).collect();
            assert_eq!(said.len(), place.asked.len(), "{said:#?}");
            let model = place.model.split_once('/').unwrap().1;
            for (number, said) in place.asked.iter().zip(said) {
                assert!(said.contains(&format!("{model} here.")), "{said}");
                assert!(said.contains(&format!("({})", place.profile)), "{said}");
                assert!(said.contains(&format!("message {number}.")), "{said}");
            }
        }
        fake.until("all to be dealt with", || (account.inbox.pending() == 0).then_some(())).await;
        assert_eq!(account.inbox.known(), wanted);
        (account, (places, forum))
    });
    let mut wire: HashMap<String, usize> = HashMap::new();
    let mut fingerprints: HashMap<SessionKey, String> = HashMap::new();
    for seen in chat.provider().seen() {
        let messages = seen.body["messages"].as_array().unwrap();
        let text = messages.last().unwrap()["content"].as_str().unwrap();
        let number: usize = text.trim_end_matches('.').rsplit(' ').next().unwrap().parse().unwrap();
        let place = places.iter().find(|place| place.asked.contains(&number)).unwrap();
        assert_eq!(seen.profile.unwrap().to_string(), place.profile, "{text}");
        assert_eq!(format!("{}/{}", seen.provider, seen.model), place.model, "{text}");
        let fingerprint = seen.fingerprint.unwrap().to_string();
        let before = fingerprints.insert(place.session(forum), fingerprint.clone());
        assert!(before.is_none_or(|before| before == fingerprint), "{text}");
        *wire.entry(text.to_owned()).or_default() += 1;
    }
    assert_eq!(wire.len(), MESSAGES);
    assert!(wire.values().all(|times| *times == 1), "something was sent twice");
    // What was on the wire is what the receipts say, session by session.
    let receipts = chat.receipts();
    assert_eq!(receipts.len(), MESSAGES);
    for place in &places {
        let key = place.session(forum);
        let of_place: Vec<_> = receipts.iter().filter(|receipt| receipt.session == key).collect();
        assert_eq!(of_place.len(), place.asked.len(), "{key}");
        for receipt in of_place {
            assert_eq!(receipt.profile.as_deref(), Some(place.profile), "{key}");
            assert_eq!(receipt.model.as_deref(), Some(place.model), "{key}");
            assert_eq!(receipt.fingerprint.as_ref(), fingerprints.get(&key), "{key}");
            assert_eq!(receipt.outcome, "ok", "{key}");
        }
    }
}
