//! People, and what they do.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};

use crate::support::telegram::chat::{ChatKind, Rights, Room};
use crate::support::telegram::clock::unix;
use crate::support::telegram::message::{Content, Message};
use crate::support::telegram::shared::Shared;
use crate::support::telegram::stage::standing;
use crate::support::telegram::text::Text;
use crate::support::telegram::token::BotName;
use crate::support::telegram::user::{ANONYMOUS, CHANNEL_BOT, SERVICE};
use crate::support::telegram::world::{Press, World};

/// A person. What they write gets a number, which the words return.
#[derive(Clone)]
pub(crate) struct Person {
    shared: Arc<Shared>,
    pub(crate) id: i64,
}

impl Person {
    pub(crate) fn new(shared: &Arc<Shared>, id: i64) -> Self {
        Self { shared: Arc::clone(shared), id }
    }

    /// Writes a message.
    pub(crate) fn says(&self, room: Room, text: &str) -> i64 {
        self.writes(room, text, |_| ())
    }

    /// Writes an answer to that message.
    pub(crate) fn replies(&self, room: Room, to: i64, text: &str) -> i64 {
        self.writes(room, text, |message| message.reply_to = Some(to))
    }

    /// Shows a picture with words below it.
    pub(crate) fn captions(&self, room: Room, text: &str) -> i64 {
        self.writes(room, text, |message| message.content = Content::Picture(Text::typed(text)))
    }

    /// Writes in the name of the group, as its administrator.
    pub(crate) fn says_anonymously(&self, room: Room, text: &str) -> i64 {
        self.writes(room, text, |message| {
            message.from = Some(ANONYMOUS);
            message.sender_chat = Some(room.chat);
        })
    }

    /// Writes in the name of a channel that is theirs.
    pub(crate) fn says_as(&self, room: Room, channel: Room, text: &str) -> i64 {
        self.writes(room, text, |message| {
            message.from = Some(CHANNEL_BOT);
            message.sender_chat = Some(channel.chat);
        })
    }

    /// A post of the channel is passed on into the group that is linked with it.
    pub(crate) fn linked_post(&self, room: Room, channel: Room, text: &str) -> i64 {
        let origin = self.shared.read(|world| {
            json!({"type": "channel", "date": unix(world.now), "chat": world.chat(channel).json(), "message_id": 1})
        });
        self.writes(room, text, |message| {
            message.from = Some(SERVICE);
            message.sender_chat = Some(channel.chat);
            message.extra.insert("is_automatic_forward".to_owned(), json!(true));
            message.extra.insert("forward_origin".to_owned(), origin);
        })
    }

    /// Passes on what `author` wrote elsewhere.
    pub(crate) fn forwards(&self, room: Room, author: &Person, text: &str) -> i64 {
        let origin = self.shared.read(
            |world| json!({"type": "user", "date": unix(world.now), "sender_user": world.users[&author.id].json()}),
        );
        self.writes(room, text, |message| {
            message.extra.insert("forward_origin".to_owned(), origin);
        })
    }

    fn writes(&self, room: Room, text: &str, how: impl FnOnce(&mut Message)) -> i64 {
        let mut message = Message::new(Some(self.id), Content::Text(Text::typed(text)));
        how(&mut message);
        self.shared.change(|world| {
            let chat = world.chat_mut(room);
            if let (ChatKind::Private, Some(bot)) = (chat.kind, room.with) {
                // Who writes to a bot has begun the chat with it.
                let rights = chat.members.entry(bot).or_insert(Rights::Member);
                if *rights == Rights::Left {
                    *rights = Rights::Member;
                }
            }
            if let Some(topic) = room.topic {
                assert!(chat.topics.contains_key(&topic), "no such topic in {}: {topic}", chat.title);
                (message.thread, message.in_topic) = (Some(topic), true);
            } else if let (Some(to), ChatKind::Supergroup) = (message.reply_to, chat.kind) {
                // Answers form a thread, in General too: no topic, though it has the same field.
                message.thread = Some(chat.messages.get(&to).and_then(|to| to.thread).unwrap_or(to));
            }
            world.post(room.key(), message)
        })
    }

    /// Changes what they wrote.
    pub(crate) fn edits(&self, room: Room, id: i64, text: &str) {
        self.shared.change(|world| {
            let now = world.now;
            let chat = world.chat_mut(room);
            let kind = if chat.kind == ChatKind::Channel { "edited_channel_post" } else { "edited_message" };
            let message = chat.messages.get_mut(&id).filter(|message| !message.gone).expect("such a message");
            assert_eq!(message.from, Some(self.id), "one edits one's own messages");
            message.former.push(message.text().to_owned());
            message.content = match message.content {
                Content::Picture(_) => Content::Picture(Text::typed(text)),
                Content::Text(_) | Content::Service(..) => Content::Text(Text::typed(text)),
            };
            message.edited = Some(now);
            world.announce(room.key(), id, kind);
        });
    }

    /// Takes a message away; bots are not told.
    pub(crate) fn deletes(&self, room: Room, id: i64) {
        self.shared.change(|world| {
            let message = world.chat_mut(room).messages.get_mut(&id).expect("such a message");
            message.gone = true;
        });
    }

    /// Wants nothing from that bot any more.
    pub(crate) fn blocks(&self, bot: &BotName) {
        self.stands(bot, Rights::Kicked);
    }

    /// Wants something from it again.
    pub(crate) fn unblocks(&self, bot: &BotName) {
        self.stands(bot, Rights::Member);
    }

    fn stands(&self, bot: &BotName, rights: Rights) {
        let room = Room { chat: self.id, with: Some(bot.id), topic: None };
        self.shared.change(|world| standing(world, room, bot.id, rights, self.id));
    }

    /// Presses the button on which that is printed. Returns the number of the press.
    #[track_caller]
    pub(crate) fn presses(&self, room: Room, message: i64, label: &str) -> String {
        let buttons = self.buttons(room, message);
        let found = buttons.iter().find(|button| button["text"] == label);
        let button = found.unwrap_or_else(|| panic!("no button {label:?} below {message}: {buttons:?}"));
        self.sends_press(room, message, button["callback_data"].as_str().expect("a button that calls back"))
    }

    /// Presses the button in that row and column, both from 0.
    #[track_caller]
    pub(crate) fn presses_at(&self, room: Room, message: i64, row: usize, column: usize) -> String {
        let rows = self.shared.read(|world| world.chat(room).messages[&message].rows());
        let button = rows.get(row).and_then(|row| row.get(column)).expect("a button in that place");
        self.sends_press(room, message, button["callback_data"].as_str().expect("a button that calls back"))
    }

    fn buttons(&self, room: Room, message: i64) -> Vec<Value> {
        self.shared.read(|world| world.chat(room).messages[&message].rows().concat())
    }

    /// Sends what a press sends, whether there is such a button or not: a client may show what is long gone, and a
    /// forged one sends what it likes.
    pub(crate) fn sends_press(&self, room: Room, message: i64, token: &str) -> String {
        self.shared.change(|world| press(world, self.id, room, message, token))
    }
}

fn press(world: &mut World, person: i64, room: Room, id: i64, token: &str) -> String {
    let chat = world.chat(room);
    let message = chat.messages.get(&id).expect("a message that was there once");
    let bot = message.from.filter(|from| world.bots.contains_key(from));
    let bot = bot.or_else(|| world.bots.keys().find(|bot| chat.rights(**bot).is_in()).copied());
    let bot = bot.expect("buttons are a bot's");
    let shown = if message.gone {
        json!({"chat": chat.json(), "message_id": id, "date": 0})
    } else {
        world.message_json(room.key(), id)
    };
    let query = format!("48{:016}", world.presses.len() + 1);
    let update = json!({
        "id": query,
        "from": world.users[&person].json(),
        "message": shown,
        "chat_instance": format!("-77{}", room.chat.unsigned_abs()),
        "data": token,
    });
    let press = Press { bot, at: world.now, pressed: Instant::now(), answer: None };
    world.presses.insert(query.clone(), press);
    world.tell(bot, "callback_query", update);
    query
}
