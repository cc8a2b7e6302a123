//! What people see, and waiting for it.

use std::time::Duration;

use serde_json::Value;

use crate::support::telegram::TelegramFake;
use crate::support::telegram::chat::Room;
use crate::support::telegram::message::{Content, Message};
use crate::support::telegram::world::World;

/// How long a test waits at the most, by the clock on the wall.
const PATIENCE: Duration = Duration::from_secs(20);

/// A message as it stands in a chat.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shown {
    pub(crate) id: i64,
    pub(crate) from: Option<i64>,
    pub(crate) topic: Option<i64>,
    pub(crate) reply_to: Option<i64>,
    /// Without marks.
    pub(crate) text: String,
    /// As `MessageEntity`s.
    pub(crate) entities: Vec<Value>,
    pub(crate) keyboard: Vec<Vec<Button>>,
    /// The texts that it had before.
    pub(crate) former: Vec<String>,
    pub(crate) sent: Duration,
    pub(crate) gone: bool,
}

/// A button that calls back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Button {
    pub(crate) label: String,
    pub(crate) token: String,
}

/// How a press was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pressed {
    /// By the clock on the wall.
    pub(crate) after: Duration,
    pub(crate) text: String,
    /// Whether it has to be closed by hand.
    pub(crate) alert: bool,
}

impl Shown {
    fn of(message: &Message) -> Self {
        Self { former: message.former.clone(), ..Self::now(message) }
    }

    /// Without what it was before.
    fn now(message: &Message) -> Self {
        let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let button = |button: Value| Button { label: text(&button, "text"), token: text(&button, "callback_data") };
        let entities = match &message.content {
            Content::Text(text) | Content::Picture(text) => text.entities_json(),
            Content::Service(..) => Vec::new(),
        };
        Self {
            id: message.id,
            from: message.from,
            topic: message.thread.filter(|_| message.in_topic),
            reply_to: message.reply_to,
            text: message.text().to_owned(),
            entities,
            keyboard: message.rows().into_iter().map(|row| row.into_iter().map(button).collect()).collect(),
            former: Vec::new(),
            sent: message.date,
            gone: message.gone,
        }
    }

    /// What is printed on the buttons, row by row.
    pub(crate) fn labels(&self) -> Vec<String> {
        self.keyboard.iter().flatten().map(|button| button.label.clone()).collect()
    }
}

/// What stands in that place, whoever wrote it, as it came.
fn within(world: &World, room: Room) -> impl DoubleEndedIterator<Item = &Message> {
    let here = move |message: &&Message| message.thread.filter(|_| message.in_topic) == room.topic;
    world.chat(room).messages.values().filter(here)
}

fn by_bot(world: &World, message: &Message) -> bool {
    match message.from {
        Some(from) => world.bots.contains_key(&from),
        // A channel's own post has no author; a bot's is told apart by who reads what it sent.
        None => false,
    }
}

impl TelegramFake {
    /// One message.
    pub(crate) fn shown(&self, room: Room, id: i64) -> Shown {
        self.shared.read(|world| Shown::of(&world.chat(room).messages[&id]))
    }

    /// Everything that bots have written in that place and that still stands.
    pub(crate) fn answers(&self, room: Room) -> Vec<Shown> {
        self.shared.read(|world| {
            let standing = within(world, room).filter(|message| !message.gone && by_bot(world, message));
            standing.map(Shown::of).collect()
        })
    }

    /// The last message that bots have written in that place and that still stands, without the texts that it had before.
    pub(crate) fn last_answer(&self, room: Room) -> Option<Shown> {
        self.shared.read(|world| {
            let mut standing = within(world, room).filter(|message| !message.gone && by_bot(world, message));
            let last = standing.next_back()?;
            Some(Shown::now(last))
        })
    }

    /// Everything that stands in that place, whoever wrote it.
    pub(crate) fn transcript(&self, room: Room) -> Vec<Shown> {
        self.shared.read(|world| within(world, room).filter(|message| !message.gone).map(Shown::of).collect())
    }

    /// The next message of a bot in that place that was not waited for yet.
    pub(crate) async fn next_message(&self, room: Room) -> Shown {
        let what = format!("the next message in {room:?}");
        self.until(&what, || {
            self.shared.change_quietly(|world| {
                let taken = world.taken.get(&room).copied().unwrap_or(0);
                let next = within(world, room).find(|message| message.id > taken && by_bot(world, message));
                let shown = Shown::of(next?);
                world.taken.insert(room, shown.id);
                Some(shown)
            })
        })
        .await
    }

    /// The message once it is as it is wanted.
    pub(crate) async fn becomes(&self, room: Room, id: i64, wanted: impl Fn(&Shown) -> bool) -> Shown {
        let what = format!("message {id} in {room:?}");
        self.until(&what, || Some(self.shown(room, id)).filter(&wanted)).await
    }

    /// How that press was answered, once it is.
    pub(crate) async fn answered(&self, press: &str) -> Pressed {
        self.until(&format!("the answer to press {press}"), || self.press(press)).await
    }

    /// How that press was answered, if it is yet.
    pub(crate) fn press(&self, press: &str) -> Option<Pressed> {
        self.shared.read(|world| {
            let (after, text, alert) = world.presses[press].answer.clone()?;
            Some(Pressed { after, text, alert })
        })
    }

    /// Waits until `ask` finds something; it is asked after every change. Stops the test when it takes too long by the
    /// clock on the wall.
    pub(crate) async fn until<T>(&self, what: &str, ask: impl FnMut() -> Option<T>) -> T {
        self.within(PATIENCE, what, ask).await
    }

    /// The same with a patience of its own.
    pub(crate) async fn within<T>(&self, patience: Duration, what: &str, ask: impl FnMut() -> Option<T>) -> T {
        self.shared.found(what, patience, ask).await
    }
}
