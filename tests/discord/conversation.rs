//! A whole conversation: who was chosen in a place answers there, and nobody else, however it was chosen.

use std::collections::HashMap;

use modelpin::agent::AgentId;
use modelpin::session::SessionKey;
use modelpin_chat::{Kind, Thread};

use crate::discord::account::on_discord;
use crate::support::bot::{Bot, HAIKU, OPUS, conversation};
use crate::support::discord::{Person, Place, Shown};
use crate::support::telegram::Dice;

const PROFILES: &str = "anthropic:default anthropic:work anthropic:me openai:team";

/// Ordinary messages, over all places.
const MESSAGES: usize = 500;

/// A place with what was chosen there.
struct Room {
    place: Place,
    key: SessionKey,
    before: String,
    model: &'static str,
    profile: &'static str,
    /// The numbers of the messages that were written there, in order.
    asked: Vec<usize>,
}

impl Room {
    fn asks(&mut self, person: &Person, number: usize) {
        person.says(self.place, &format!("{}message {number}.", self.before));
        self.asked.push(number);
    }
}

pub(super) fn key(place: Place, person: &Person) -> SessionKey {
    let place = match (place.guild, place.parent) {
        (None, _) => conversation("discord", Kind::Dm, &person.id.to_string(), None),
        (Some(_), None) => conversation("discord", Kind::Channel, &place.channel.to_string(), None),
        (Some(_), Some(parent)) => {
            let thread = Thread::Thread(place.channel.to_string());
            conversation("discord", Kind::Channel, &parent.to_string(), Some(thread))
        }
    };
    SessionKey::of(&AgentId::main(), &place, false)
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is one conversation, told from its beginning to its end")]
fn each_of_many_messages_is_answered_by_what_was_chosen_where_it_was_written() {
    let (chat, rooms) = on_discord(Bot::new().profiles(PROFILES), |account| async move {
        account.is_up().await;
        let fake = &account.fake;
        let (ann, ben) = (fake.person(42, "Ann"), fake.person(43, "Ben"));
        let guild = fake.guild(1, "Crew");
        for person in [&ann, &ben] {
            fake.joins(person, guild, &[]);
        }
        let (dm, channel, forum) = (fake.dm(&ann), fake.channel(guild, "general"), fake.forum(guild, "plans"));
        let thread = fake.thread(channel, "aside");
        let post = fake.post(forum, &ann, "What now?", "Nothing for anybody yet.");
        // Typed, filled in, taken from a list, pressed.
        ann.says(dm, &format!("/model {OPUS}@anthropic:work"));
        let said = fake.said(dm, 1).await;
        assert!(said.text.contains("anthropic:work"), "{}", said.text);

        let slash = ann.slash(channel, "model", Some("set"), &[("model", "openai/gpt-5.4"), ("profile", "team")]);
        let said = fake.until("a confirmation", || slash.original()).await;
        assert!(said.text.contains("openai:team") && said.only_for.is_none(), "{said:?}");

        ann.says(thread, &format!("{} /model {HAIKU}@anthropic:default", fake.mention()));
        fake.said(thread, 1).await;
        // Time goes by faster here than a disk works: a menu that it could not keep in time is shown without its lists.
        let picker = loop {
            let slash = ann.slash(thread, "model", Some("pick"), &[]);
            let picker = fake.until("a picker", || slash.original()).await;
            if !picker.lists.is_empty() {
                break picker;
            }
        };
        assert_eq!(picker.only_for, Some(ann.id), "{picker:?}");
        let (_, _, credentials) = picker
            .lists
            .iter()
            .find(|(name, ..)| name.starts_with("Credential"))
            .unwrap_or_else(|| panic!("{picker:?}"));
        let me = credentials.iter().find(|(label, _)| label.contains("anthropic:me")).unwrap().0.clone();
        // What she asks for aloud all can see, and it is her menu all the same: Ben is told so, to him alone, and nothing
        // changes.
        let open = loop {
            let before = fake.answers(thread).len();
            ann.says(thread, &format!("{} /model", fake.mention()));
            let is_answer = |shown: &Shown| shown.only_for.is_none();
            let answer = || fake.answers(thread).into_iter().skip(before).find(is_answer);
            let open = fake.until("an open menu", answer).await;
            if !open.lists.is_empty() {
                break open;
            }
        };
        let (_, _, entries) = &open.lists[0];
        let foreign = ben.presses(thread, &open, &entries[0].0);
        let refused =
            fake.until("a refusal", || fake.answers(thread).into_iter().find(|shown| shown.only_for == Some(ben.id)));
        let refused = refused.await;
        assert!(foreign.acknowledged_after().is_some() && !refused.text.is_empty(), "{refused:?}");
        let press = ann.presses(thread, &picker, &me);
        fake.until("the pin", || {
            let is_pin =
                |shown: &Shown| shown.id > picker.id && shown.only_for.is_none() && shown.text.contains("anthropic:me");
            fake.answers(thread).into_iter().find(is_pin)
        })
        .await;
        assert!(press.acknowledged_after().is_some());

        let slash = ann.slash(post, "model", Some("set"), &[("model", HAIKU), ("profile", "anthropic:default")]);
        let said = fake.until("a confirmation", || slash.original()).await;
        assert!(said.text.contains("anthropic:default"), "{said:?}");

        let mention = format!("{} ", fake.mention());
        let room = |place: Place, before: &str, model, profile| Room {
            place,
            key: key(place, &ann),
            before: before.to_owned(),
            model,
            profile,
            asked: Vec::new(),
        };
        let mut rooms = [
            room(dm, "", OPUS, "anthropic:work"),
            room(channel, &mention, "openai/gpt-5.4", "openai:team"),
            room(thread, &mention, HAIKU, "anthropic:me"),
            room(post, &mention, HAIKU, "anthropic:default"),
        ];
        let before: Vec<usize> = rooms.iter().map(|room| fake.answers(room.place).len()).collect();
        let mut dice = Dice::new(23);
        for number in 0..MESSAGES {
            let place = dice.roll(4);
            rooms[place].asks(if place > 0 && dice.roll(3) == 0 { &ben } else { &ann }, number);
        }
        for (room, before) in rooms.iter().zip(before) {
            let all = || (fake.answers(room.place).len() >= before + room.asked.len()).then_some(());
            fake.until("an answer to each", all).await;
            fake.until("the end of the answers", || {
                fake.answers(room.place)[before..].iter().all(|shown| shown.text.contains("message ")).then_some(())
            })
            .await;
            let answers = fake.answers(room.place);
            let said: Vec<&str> = answers[before..].iter().map(|answer| answer.text.as_str()).collect();
            assert_eq!(said.len(), room.asked.len(), "{said:#?}");
            let model = room.model.split_once('/').unwrap().1.replace('-', "\\-");
            for (number, said) in room.asked.iter().zip(said) {
                let plain = said.replace('\\', "");
                assert!(plain.contains(&format!("{} here.", model.replace('\\', ""))), "{said}");
                assert!(plain.contains(&format!("message {number}.")), "{said}");
            }
        }
        account.settled().await;
        (account, rooms)
    });
    let mut wire: HashMap<String, usize> = HashMap::new();
    let mut fingerprints: HashMap<SessionKey, String> = HashMap::new();
    for seen in chat.provider().seen() {
        let messages = seen.body["messages"].as_array().unwrap();
        let text = messages.last().unwrap()["content"].as_str().unwrap();
        let number: usize = text.trim_end_matches('.').rsplit(' ').next().unwrap().parse().unwrap();
        let room = rooms.iter().find(|room| room.asked.contains(&number)).unwrap();
        assert_eq!(seen.profile.unwrap().to_string(), room.profile, "{text}");
        assert_eq!(format!("{}/{}", seen.provider, seen.model), room.model, "{text}");
        let fingerprint = seen.fingerprint.unwrap().to_string();
        let before = fingerprints.insert(room.key.clone(), fingerprint.clone());
        assert!(before.is_none_or(|before| before == fingerprint), "{text}");
        *wire.entry(text.to_owned()).or_default() += 1;
    }
    assert_eq!(wire.len(), MESSAGES);
    assert!(wire.values().all(|times| *times == 1), "something was sent twice");
    // What was on the wire is what the receipts say, session by session.
    let receipts = chat.receipts();
    assert_eq!(receipts.len(), MESSAGES);
    for room in &rooms {
        let of_room: Vec<_> = receipts.iter().filter(|receipt| receipt.session == room.key).collect();
        assert_eq!(of_room.len(), room.asked.len(), "{}", room.key);
        for receipt in of_room {
            assert_eq!(receipt.profile.as_deref(), Some(room.profile), "{}", room.key);
            assert_eq!(receipt.model.as_deref(), Some(room.model), "{}", room.key);
            assert_eq!(receipt.fingerprint.as_ref(), fingerprints.get(&room.key), "{}", room.key);
        }
    }
}
