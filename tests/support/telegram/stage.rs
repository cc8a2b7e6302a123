//! Setting up bots, people and chats.

use serde_json::json;

use crate::support::telegram::TelegramFake;
use crate::support::telegram::chat::{Chat, ChatKind, Rights, Room};
use crate::support::telegram::clock::unix;
use crate::support::telegram::commands::Menus;
use crate::support::telegram::message::{Content, Message};
use crate::support::telegram::person::Person;
use crate::support::telegram::queue::Queue;
use crate::support::telegram::text::Text;
use crate::support::telegram::token::BotName;
use crate::support::telegram::user::User;
use crate::support::telegram::world::{Bot, World};

impl TelegramFake {
    /// A bot with that token, `<number>:<anything>`, which reads everything in groups.
    pub(crate) fn bot(&self, token: &str, username: &str) -> BotName {
        let id: i64 = token.split_once(':').and_then(|(id, _)| id.parse().ok()).expect("a token begins with a number");
        let user = User::new(id, true, username, Some(username));
        self.shared.change(|world| {
            let bot = Bot {
                token: token.to_owned(),
                privacy: false,
                queue: Queue::new(700_000_000 + id % 1_000),
                menus: Menus::default(),
                hook: None,
                proxy: None,
            };
            assert!(world.bots.insert(id, bot).is_none(), "there is a bot {id}");
            world.users.insert(id, user);
        });
        BotName { id, token: token.to_owned(), username: username.to_owned() }
    }

    /// From now on it is told only what concerns it, as bots are by default.
    pub(crate) fn privacy(&self, bot: &BotName, on: bool) {
        self.shared.change(|world| world.bots.get_mut(&bot.id).unwrap().privacy = on);
    }

    /// A person.
    pub(crate) fn person(&self, id: i64, first_name: &str) -> Person {
        let user = User::new(id, false, first_name, None);
        self.shared.change(|world| {
            world.users.entry(id).or_insert(user);
        });
        Person::new(&self.shared, id)
    }

    /// The private chat of the two, which the person began some time ago.
    pub(crate) fn private(&self, person: &Person, bot: &BotName) -> Room {
        self.private_with(person, bot, Rights::Member)
    }

    /// The private chat of the two, in which nobody has written yet; writing in it begins it.
    pub(crate) fn untouched(&self, person: &Person, bot: &BotName) -> Room {
        self.private_with(person, bot, Rights::Left)
    }

    fn private_with(&self, person: &Person, bot: &BotName, rights: Rights) -> Room {
        self.shared.change(|world| {
            let user = world.users[&person.id].clone();
            let mut chat = Chat::new(person.id, ChatKind::Private, &user.first_name);
            chat.username = user.username;
            chat.members.insert(bot.id, rights);
            world.chats.entry((Some(bot.id), person.id)).or_insert(chat);
        });
        Room { chat: person.id, with: Some(bot.id), topic: None }
    }

    /// A group of the old kind.
    pub(crate) fn group(&self, title: &str) -> Room {
        self.open(ChatKind::Group, title, -4_000, false)
    }

    /// A supergroup without topics.
    pub(crate) fn supergroup(&self, title: &str) -> Room {
        self.open(ChatKind::Supergroup, title, -1_002_000_000_000, false)
    }

    /// A supergroup with topics; the room is its General.
    pub(crate) fn forum(&self, title: &str) -> Room {
        self.open(ChatKind::Supergroup, title, -1_003_000_000_000, true)
    }

    /// A channel.
    pub(crate) fn channel(&self, title: &str) -> Room {
        self.open(ChatKind::Channel, title, -1_004_000_000_000, false)
    }

    fn open(&self, kind: ChatKind, title: &str, near: i64, forum: bool) -> Room {
        self.shared.change(|world| {
            let mut chat = new_chat(world, kind, title, near);
            chat.forum = forum;
            let id = chat.id;
            world.chats.insert((None, id), chat);
            Room { chat: id, with: None, topic: None }
        })
    }

    /// The bot is in that chat from now on, and was not told.
    pub(crate) fn with(&self, room: Room, bot: &BotName, rights: Rights) {
        self.shared.change(|world| world.chat_mut(room).members.insert(bot.id, rights));
    }

    /// A person has these rights in that chat.
    pub(crate) fn grants(&self, room: Room, person: &Person, rights: Rights) {
        self.shared.change(|world| world.chat_mut(room).members.insert(person.id, rights));
    }

    /// Changes how a bot stands in that chat, and tells it.
    pub(crate) fn sets(&self, room: Room, bot: &BotName, rights: Rights, by: &Person) {
        self.shared.change(|world| standing(world, room, bot.id, rights, by.id));
    }

    /// Opens a topic.
    pub(crate) fn topic(&self, room: Room, name: &str, by: &Person) -> Room {
        self.shared.change(|world| {
            let chat = world.chat_mut(room);
            assert!(chat.forum, "{} has no topics", chat.title);
            // General has number 1.
            chat.last = chat.last.max(1);
            let id = chat.last + 1;
            chat.topics.insert(id, false);
            let created = json!({"name": name, "icon_color": 7_322_096});
            let mut message = Message::new(Some(by.id), Content::Service("forum_topic_created", created));
            (message.thread, message.in_topic) = (Some(id), true);
            assert_eq!(world.post(room.key(), message), id);
            Room { topic: Some(id), ..room }
        })
    }

    /// Closes a topic: only its administrators write in it then.
    pub(crate) fn closes_topic(&self, room: Room) {
        let topic = room.topic.expect("a topic");
        self.shared.change(|world| world.chat_mut(room).topics.insert(topic, true));
    }

    /// Takes a topic away, with everything in it.
    pub(crate) fn deletes_topic(&self, room: Room) {
        let topic = room.topic.expect("a topic");
        self.shared.change(|world| {
            let chat = world.chat_mut(room);
            chat.topics.remove(&topic);
            let within = chat.messages.values_mut().filter(|message| message.thread == Some(topic));
            within.for_each(|message| message.gone = true);
        });
    }

    /// The group becomes a supergroup, which has another number.
    pub(crate) fn upgrades(&self, room: Room, by: &Person) -> Room {
        self.shared.change(|world| {
            let old = world.chat(room).clone();
            let mut chat = new_chat(world, ChatKind::Supergroup, &old.title, -1_005_000_000_000);
            chat.members = old.members;
            let id = chat.id;
            world.chats.insert((None, id), chat);
            let moved = Message::new(Some(by.id), Content::Service("migrate_to_chat_id", json!(id)));
            world.post(room.key(), moved);
            let came = Message::new(Some(by.id), Content::Service("migrate_from_chat_id", json!(old.id)));
            world.post((None, id), came);
            world.chat_mut(room).moved_to = Some(id);
            Room { chat: id, ..room }
        })
    }

    /// Writes in a channel, in its name.
    pub(crate) fn posts(&self, room: Room, text: &str) -> i64 {
        self.shared.change(|world| {
            let mut message = Message::new(None, Content::Text(Text::typed(text)));
            message.sender_chat = Some(room.chat);
            world.post(room.key(), message)
        })
    }
}

fn new_chat(world: &World, kind: ChatKind, title: &str, near: i64) -> Chat {
    let free = (1..i64::MAX).map(|step| near - step).find(|id| !world.chats.contains_key(&(None, *id)));
    Chat::new(free.expect("numbers do not end"), kind, title)
}

/// Changes how a bot stands in a chat, and tells it.
pub(crate) fn standing(world: &mut World, room: Room, bot: i64, rights: Rights, by: i64) {
    let chat = world.chat(room);
    let (user, channel) = (world.users[&bot].json(), chat.kind == ChatKind::Channel);
    let update = json!({
        "chat": chat.json(),
        "from": world.users[&by].json(),
        "date": unix(world.now),
        "old_chat_member": chat.rights(bot).json(&user, channel),
        "new_chat_member": rights.json(&user, channel),
    });
    world.chat_mut(room).members.insert(bot, rights);
    world.tell(bot, "my_chat_member", update);
}
