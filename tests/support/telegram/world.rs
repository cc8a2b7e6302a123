//! All there is: bots, people, chats, and what happened.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::telegram::calls::Call;
use crate::support::telegram::chat::{Chat, ChatKind, Rights, Room};
use crate::support::telegram::clock::unix;
use crate::support::telegram::commands::Menus;
use crate::support::telegram::faults::Faults;
use crate::support::telegram::flood::{Flood, Limits};
use crate::support::telegram::message::{Content, Message};
use crate::support::telegram::queue::Queue;
use crate::support::telegram::schema::schema;
use crate::support::telegram::user::{ANONYMOUS, CHANNEL_BOT, User};

/// All there is.
pub(crate) struct World {
    pub(crate) now: Duration,
    pub(crate) version: u64,
    /// Whether connections are taken.
    pub(crate) listening: bool,
    pub(crate) bots: BTreeMap<i64, Bot>,
    pub(crate) users: BTreeMap<i64, User>,
    /// By the bot, for private chats, and the number.
    pub(crate) chats: HashMap<(Option<i64>, i64), Chat>,
    pub(crate) presses: BTreeMap<String, Press>,
    pub(crate) calls: Vec<Call>,
    pub(crate) complaints: Vec<String>,
    pub(crate) flood: Flood,
    pub(crate) faults: Faults,
    /// The last message that a test has taken, by place.
    pub(crate) taken: HashMap<Room, i64>,
}

/// A bot's side of it.
pub(crate) struct Bot {
    pub(crate) token: String,
    /// Whether it is told only what concerns it, in chats of many.
    pub(crate) privacy: bool,
    pub(crate) queue: Queue,
    pub(crate) menus: Menus,
    pub(crate) hook: Option<Hook>,
    /// Who takes what is brought to its webhook, in place of the proxy that the address names.
    pub(crate) proxy: Option<SocketAddr>,
}

/// Where a bot has its updates brought.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    pub(crate) url: String,
    pub(crate) secret: Option<String>,
    pub(crate) connections: i64,
    pub(crate) busy: bool,
    pub(crate) failures: u32,
    pub(crate) not_before: Duration,
    pub(crate) error: Option<(Duration, String)>,
}

/// A button that somebody pressed.
#[derive(Debug, Clone)]
pub(crate) struct Press {
    pub(crate) bot: i64,
    pub(crate) at: Duration,
    pub(crate) pressed: Instant,
    /// How long it took, what was said, and whether it had to be closed by hand.
    pub(crate) answer: Option<(Duration, String, bool)>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            now: Duration::ZERO,
            version: 0,
            listening: true,
            bots: BTreeMap::new(),
            users: User::of_the_house().into_iter().map(|user| (user.id, user)).collect(),
            chats: HashMap::new(),
            presses: BTreeMap::new(),
            calls: Vec::new(),
            complaints: Vec::new(),
            flood: Flood::with(Limits::default()),
            faults: Faults::default(),
            taken: HashMap::new(),
        }
    }

    pub(crate) fn complain(&mut self, what: impl Into<String>) {
        self.complaints.push(what.into());
    }

    pub(crate) fn bot_with(&self, token: &str) -> Option<i64> {
        self.bots.iter().find(|(_, bot)| bot.token == token).map(|(id, _)| *id)
    }

    pub(crate) fn chat(&self, room: Room) -> &Chat {
        self.chats.get(&room.key()).unwrap_or_else(|| panic!("no such chat: {room:?}"))
    }

    pub(crate) fn chat_mut(&mut self, room: Room) -> &mut Chat {
        self.chats.get_mut(&room.key()).unwrap_or_else(|| panic!("no such chat: {room:?}"))
    }

    /// Puts a message into a chat, and tells the bots. Fills in its number and its time.
    pub(crate) fn post(&mut self, key: (Option<i64>, i64), mut message: Message) -> i64 {
        let now = self.now;
        let chat = self.chats.get_mut(&key).expect("a message is put into a chat that is there");
        chat.last += 1;
        let id = chat.last;
        (message.id, message.date) = (id, now);
        chat.messages.insert(id, message);
        let kind = if chat.kind == ChatKind::Channel { "channel_post" } else { "message" };
        self.announce(key, id, kind);
        id
    }

    /// Tells the bots of a message.
    pub(crate) fn announce(&mut self, key: (Option<i64>, i64), id: i64, kind: &str) {
        let value = self.message_json(key, id);
        let chat = &self.chats[&key];
        let message = &chat.messages[&id];
        let author = message.from;
        let by_bot = author.is_some_and(|author| {
            author != ANONYMOUS && author != CHANNEL_BOT && self.users.get(&author).is_some_and(|user| user.is_bot)
        });
        if by_bot {
            return;
        }
        let told: Vec<i64> = self
            .bots
            .iter()
            .filter(|(bot, _)| chat.rights(**bot).is_in())
            .filter(|(bot, state)| !state.privacy || self.concerns(chat, message, **bot))
            .map(|(bot, _)| *bot)
            .collect();
        for bot in told {
            self.tell(bot, kind, value.clone());
        }
    }

    /// Puts an update into the queue of a bot. It has to be one as Telegram describes it.
    pub(crate) fn tell(&mut self, bot: i64, kind: &str, value: Value) -> Option<i64> {
        if let Some(schema) = schema() {
            let faults = schema.typed("Update", &json!({"update_id": 1, kind: value}));
            self.complaints.extend(faults.into_iter().map(|fault| format!("an update: {fault}")));
        }
        self.bots.get_mut(&bot)?.queue.push(kind, value)
    }

    /// Whether a bot in privacy mode is told: commands, mentions, replies to it, and what the platform says.
    fn concerns(&self, chat: &Chat, message: &Message, bot: i64) -> bool {
        let text = match &message.content {
            Content::Text(text) | Content::Picture(text) => text,
            Content::Service(..) => return true,
        };
        let username = self.users[&bot].username.clone().unwrap_or_default().to_lowercase();
        let answered = message.reply_to.and_then(|id| chat.messages.get(&id)).is_some_and(|to| to.from == Some(bot));
        let units: Vec<u16> = text.text.encode_utf16().collect();
        let names = text.entities.iter().any(|entity| {
            let words = String::from_utf16_lossy(&units[entity.offset..entity.end()]).to_lowercase();
            match entity.kind {
                "bot_command" => words.split_once('@').is_none_or(|(_, bot)| bot == username),
                "mention" => words[1..] == username,
                _ => false,
            }
        });
        !chat.is_many() || answered || names || matches!(chat.rights(bot), Rights::Admin { .. })
    }

    /// As a `Message`.
    pub(crate) fn message_json(&self, key: (Option<i64>, i64), id: i64) -> Value {
        self.rendered(key, id, true)
    }

    fn rendered(&self, key: (Option<i64>, i64), id: i64, with_reply: bool) -> Value {
        let chat = &self.chats[&key];
        let message = &chat.messages[&id];
        let mut value = json!({"message_id": id});
        if let Some(from) = message.from {
            value["from"] = self.users[&from].json();
        }
        if let Some(sender) = message.sender_chat {
            value["sender_chat"] = self.chats[&(None, sender)].json();
        }
        value["chat"] = chat.json();
        value["date"] = json!(unix(message.date));
        if let Some(edited) = message.edited {
            value["edit_date"] = json!(unix(edited));
        }
        if let Some(thread) = message.thread {
            value["message_thread_id"] = json!(thread);
        }
        if message.in_topic {
            value["is_topic_message"] = json!(true);
        }
        // What is in a topic and answers nothing is shown as an answer to what opened the topic.
        let opener = message.thread.filter(|thread| message.in_topic && *thread != id);
        if let Some(to) = message.reply_to.or(opener).filter(|to| with_reply && chat.standing(*to).is_some()) {
            value["reply_to_message"] = self.rendered(key, to, false);
        }
        for (name, extra) in &message.extra {
            value[name] = extra.clone();
        }
        let (words, marks, text) = match &message.content {
            Content::Text(text) => ("text", "entities", text),
            Content::Picture(text) => {
                let size = json!({"file_id": "AgAC-test", "file_unique_id": "AQAD-test", "width": 90, "height": 60});
                value["photo"] = json!([size]);
                ("caption", "caption_entities", text)
            }
            Content::Service(field, content) => {
                value[*field] = content.clone();
                return value;
            }
        };
        if !text.text.is_empty() {
            value[words] = json!(text.text);
        }
        if !text.entities.is_empty() {
            value[marks] = json!(text.entities_json());
        }
        if let Some(markup) = &message.markup {
            value["reply_markup"] = markup.clone();
        }
        value
    }

    /// How things stand, for a test that waited in vain.
    pub(crate) fn summary(&self) -> String {
        let queues: Vec<String> =
            self.bots.iter().map(|(id, bot)| format!("{} updates wait for bot {id}", bot.queue.len())).collect();
        let calls: Vec<String> = self.calls.iter().rev().take(12).map(Call::line).collect();
        format!("{}; the last requests, newest first:\n{}", queues.join(", "), calls.join("\n"))
    }
}
