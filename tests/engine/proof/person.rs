//! Somebody who keeps changing their mind, in a chat of their own or in a group with topics.

use modelpin_chat::{Choice, Conversation, Event, Handler, Inbound, Kind, Reply, Sender, Thread};
use serde_json::Value;

use crate::engine::proof::dice::Dice;
use crate::engine::proof::expected::{Expected, Holds, Wanted, provider};
use crate::support::bot::{GPT, HAIKU, Heard, MINI, MODELS, OPUS, SONNET, conversation};

const ALL: [&str; 5] = [OPUS, SONNET, HAIKU, GPT, MINI];

/// What can be pinned, and how it can be typed.
const PINS: [(&str, &[&str]); 5] = [
    ("anthropic:default", &["default", "anthropic:default"]),
    ("anthropic:work", &["work", "WORK", "anthropic:work"]),
    ("anthropic:Me+tag", &["Me+tag", "anthropic:me+tag", "\"anthropic:Me+tag\""]),
    ("openai:default", &["default", "openai:default"]),
    ("openai:team", &["team", "openai:team"]),
];

pub(super) struct Person {
    name: String,
    channel: &'static str,
    rooms: Vec<Room>,
    dice: Dice,
    /// What they were told.
    pub(super) heard: Vec<Reply>,
    /// What they asked the model.
    pub(super) asked: Vec<Asked>,
    /// How many changes were confirmed to them.
    pub(super) confirmed: usize,
}

/// One conversation. The first of a person's is above all the others.
struct Room {
    place: Conversation,
    expected: Expected,
    /// Buttons that were shown here, with what they were printed for.
    buttons: Vec<(Choice, Wish)>,
    /// What the numbers of the last list here stand for.
    numbers: Vec<&'static str>,
}

/// What a button stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wish {
    /// A model, the credential as it is.
    Model(&'static str),
    /// Both.
    Both(Wanted),
}

/// A message to the model.
pub(super) struct Asked {
    pub(super) text: String,
    /// The model and the credential that were confirmed last.
    pub(super) confirmed: (String, String),
    pub(super) receipt: Value,
}

/// What a command has to make of a session.
enum Change {
    Select(Wanted, Holds),
    Drop,
    Undo,
}

impl Person {
    pub(super) fn alone(channel: &'static str, number: usize) -> Self {
        Self::new(channel, number, vec![conversation(channel, Kind::Dm, &format!("p{number}"), None)])
    }

    pub(super) fn in_group(channel: &'static str, number: usize, topics: usize) -> Self {
        let group = format!("-10{number}");
        let topic = |topic: usize| conversation(channel, Kind::Group, &group, Some(Thread::Topic(topic.to_string())));
        let above = conversation(channel, Kind::Group, &group, None);
        Self::new(channel, 1_000 + number, [above].into_iter().chain((0..topics).map(topic)).collect())
    }

    fn new(channel: &'static str, number: usize, places: Vec<Conversation>) -> Self {
        let room = |place| Room { place, expected: Expected::default(), buttons: Vec::new(), numbers: Vec::new() };
        Self {
            name: format!("p{number}"),
            channel,
            rooms: places.into_iter().map(room).collect(),
            dice: Dice::new(number + 1),
            heard: Vec::new(),
            asked: Vec::new(),
            confirmed: 0,
        }
    }

    pub(super) fn sessions(&self) -> usize {
        self.rooms.len()
    }

    /// Makes so many changes per session, each followed by a message to the model in one of the sessions.
    pub(super) async fn changes(&mut self, engine: &impl Handler, each: usize) {
        let until = self.confirmed + each * self.rooms.len();
        while self.confirmed < until {
            let room = self.dice.roll(self.rooms.len());
            self.step(engine, room).await;
            let room = if self.dice.roll(4) == 0 { self.dice.roll(self.rooms.len()) } else { room };
            self.talk(engine, room).await;
        }
    }

    /// One change, in one of the ways there are.
    async fn step(&mut self, engine: &impl Handler, room: usize) {
        let model = self.dice.one_of(&ALL);
        let present = self.effective(room);
        match self.dice.roll(11) {
            0 | 1 => {
                let (pin, typed) = self.pin_for(model);
                let (holds, words) = self.lifetime();
                let text = format!("/model {}@{typed}{words}", self.spelled(model));
                self.command(engine, room, &text, Change::Select(Wanted { model, pin: Some(pin) }, holds)).await;
            }
            2 => {
                let (holds, words) = self.lifetime();
                let text = format!("/model {}{words}", self.spelled(model));
                let wanted = self.keeping(room, model);
                self.command(engine, room, &text, Change::Select(wanted, holds)).await;
            }
            3 => {
                let (pin, typed) = self.pin_for(present.model);
                let wanted = Wanted { pin: Some(pin), ..present };
                self.command(engine, room, &format!("/model @{typed}"), Change::Select(wanted, Holds::Lasting)).await;
            }
            4 => {
                let wanted = Wanted { pin: None, ..present };
                self.command(engine, room, "/model @auto", Change::Select(wanted, Holds::Lasting)).await;
            }
            5 => self.command(engine, room, "/model default", Change::Drop).await,
            6 if self.rooms[room].expected.can_undo() => self.command(engine, room, "/model undo", Change::Undo).await,
            6 | 7 => {
                let wanted = self.keeping(room, model);
                let alias = alias(model);
                self.command(engine, room, &format!("/{alias}"), Change::Select(wanted, Holds::Lasting)).await;
            }
            8 => self.by_number(engine, room).await,
            9 => self.by_button(engine, room).await,
            _ => self.ask_once(engine, room, model).await,
        }
    }

    /// A number of the last list, which may be an old one.
    async fn by_number(&mut self, engine: &impl Handler, room: usize) {
        if self.rooms[room].numbers.is_empty() || self.dice.roll(2) == 0 {
            let text = self.dice.one_of(&["/model list", "/models anthropic", "/models openai"]);
            let replies = self.does(engine, room, Event::Message(text.to_owned())).await;
            let listed = |choice: &Choice| ALL.into_iter().find(|model| choice.label.trim_end_matches(" ✓") == *model);
            let buttons: Vec<(Choice, &str)> =
                choices(&replies).filter_map(|choice| listed(&choice).map(|model| (choice, model))).collect();
            self.rooms[room].numbers = buttons.iter().map(|(_, model)| *model).collect();
            self.rooms[room].buttons.extend(buttons.into_iter().map(|(choice, model)| (choice, Wish::Model(model))));
        }
        let number = self.dice.roll(self.rooms[room].numbers.len());
        let wanted = self.keeping(room, self.rooms[room].numbers[number]);
        let text = format!("/model {}", number + 1);
        self.command(engine, room, &text, Change::Select(wanted, Holds::Lasting)).await;
    }

    /// A button, which may have been shown long ago.
    async fn by_button(&mut self, engine: &impl Handler, room: usize) {
        if self.rooms[room].buttons.is_empty() || self.dice.roll(2) == 0 {
            let present = self.effective(room);
            let replies = self.does(engine, room, Event::Message("/model".to_owned())).await;
            for choice in choices(&replies) {
                let label = choice.label.trim_end_matches(" ✓").to_owned();
                let model = MODELS.iter().find(|(_, alias)| *alias == label).map(|(model, _)| Wish::Model(model));
                let pin = PINS.iter().find(|(id, _)| label.ends_with(id)).map(|(id, _)| *id);
                let both = pin.map(|pin| Wish::Both(Wanted { model: present.model, pin: Some(pin) }));
                if let Some(wish) = model.or(both) {
                    self.rooms[room].buttons.push((choice, wish));
                }
            }
        }
        let at = self.dice.roll(self.rooms[room].buttons.len());
        let (choice, wish) = self.rooms[room].buttons[at].clone();
        let wanted = match wish {
            Wish::Model(model) => self.keeping(room, model),
            Wish::Both(wanted) => wanted,
        };
        let replies = self.does(engine, room, Event::Press(choice.token)).await;
        self.confirm(room, &replies, &choice.label, Change::Select(wanted, Holds::Lasting));
    }

    /// `/opus what?` asks that model and changes nothing.
    async fn ask_once(&mut self, engine: &impl Handler, room: usize, model: &'static str) {
        let (typed, wanted) = if self.dice.roll(2) == 0 {
            let (pin, typed) = self.pin_for(model);
            (format!("@{typed}"), Wanted { model, pin: Some(pin) })
        } else {
            (String::new(), self.keeping(room, model))
        };
        let text = self.question(room);
        self.ask(engine, room, format!("/{}{typed} {text}", alias(model)), text, &wanted).await;
    }

    async fn talk(&mut self, engine: &impl Handler, room: usize) {
        let text = self.question(room);
        let wanted = self.effective(room);
        self.ask(engine, room, text.clone(), text, &wanted).await;
        self.rooms[room].expected.answered();
    }

    async fn ask(&mut self, engine: &impl Handler, room: usize, typed: String, text: String, wanted: &Wanted) {
        let replies = self.does(engine, room, Event::Message(typed)).await;
        let receipt = replies.iter().find_map(|reply| reply.receipt.as_ref()).unwrap_or_else(|| panic!("{replies:?}"));
        let receipt = serde_json::from_str(receipt).unwrap();
        // Nobody pinned a credential and all are well: the first of the order answers.
        let first = if provider(wanted.model) == "openai" { "openai:default" } else { "anthropic:default" };
        let confirmed = (wanted.model.to_owned(), wanted.pin.unwrap_or(first).to_owned());
        self.asked.push(Asked { text, confirmed, receipt });
    }

    async fn command(&mut self, engine: &impl Handler, room: usize, text: &str, change: Change) {
        let replies = self.does(engine, room, Event::Message(text.to_owned())).await;
        self.confirm(room, &replies, text, change);
    }

    /// The confirmation has to name what follows from the change.
    fn confirm(&mut self, room: usize, replies: &[Reply], text: &str, change: Change) {
        let expected = &mut self.rooms[room].expected;
        match change {
            Change::Select(wanted, holds) => expected.select(wanted, holds),
            Change::Drop => expected.drop_choice(),
            Change::Undo => expected.undo(),
        }
        self.confirmed += 1;
        let said = replies.iter().map(Reply::plain_text).collect::<String>();
        let Wanted { model, pin } = self.effective(room);
        let mut named: Vec<(usize, &str)> =
            ALL.iter().filter_map(|model| Some((find(&said, model)?, *model))).collect();
        named.sort_unstable();
        assert_eq!(named.first().map(|(_, model)| *model), Some(model), "{}: {text}: {said}", self.name);
        if let Some(pin) = pin {
            assert!(said.contains(pin), "{}: {text}: {said}", self.name);
        }
    }

    async fn does(&mut self, engine: &impl Handler, room: usize, event: Event) -> Vec<Reply> {
        let heard = Heard::default();
        let inbound = Inbound {
            conversation: self.rooms[room].place.clone(),
            sender: Sender { id: self.name.clone(), name: None, roles: Vec::new() },
            bot: "pinbot".to_owned(),
            addressed: true,
            room: None,
            id: None,
            event,
        };
        engine.handle(inbound, &heard).await;
        let replies = heard.replies();
        self.heard.extend(replies.iter().cloned());
        replies
    }

    fn effective(&self, room: usize) -> Wanted {
        self.rooms[room].expected.effective(self.above(room))
    }

    fn keeping(&self, room: usize, model: &'static str) -> Wanted {
        self.rooms[room].expected.keeping(self.above(room), model)
    }

    fn above(&self, room: usize) -> Option<&Expected> {
        (room > 0).then(|| &self.rooms[0].expected)
    }

    /// A text that no other message has.
    fn question(&self, room: usize) -> String {
        format!("question {} of {} on {} in {room}", self.asked.len(), self.name, self.channel)
    }

    fn pin_for(&mut self, model: &str) -> (&'static str, &'static str) {
        let fitting: Vec<_> = PINS.into_iter().filter(|(id, _)| id.starts_with(provider(model))).collect();
        let (pin, spellings) = self.dice.one_of(&fitting);
        (pin, self.dice.one_of(spellings))
    }

    fn lifetime(&mut self) -> (Holds, &'static str) {
        self.dice.one_of(&[
            (Holds::Lasting, ""),
            (Holds::Lasting, ""),
            (Holds::Once, " once"),
            (Holds::Hours, " for 300d"),
        ])
    }

    fn spelled(&mut self, model: &'static str) -> &'static str {
        let id = model.split_once('/').expect("a provider and a model").1;
        self.dice.one_of(&[model, alias(model), id])
    }
}

fn alias(model: &str) -> &'static str {
    MODELS.iter().find(|(own, _)| *own == model).expect("a model of the bot").1
}

fn choices(replies: &[Reply]) -> impl Iterator<Item = Choice> {
    replies.iter().flat_map(|reply| reply.choices.concat())
}

/// Where `model` stands as a whole name.
fn find(text: &str, model: &str) -> Option<usize> {
    let ends = |at: usize| !text[at + model.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '-');
    text.match_indices(model).map(|(at, _)| at).find(|at| ends(*at))
}
