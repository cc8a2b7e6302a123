//! Setting up servers, channels and people.

use serde_json::json;

use crate::support::discord::people::Person;
use crate::support::discord::world::{Channel, Guild};
use crate::support::discord::{DiscordFake, World};

/// Where something is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) channel: u64,
    pub(crate) guild: Option<u64>,
    /// The channel that it is a thread of.
    pub(crate) parent: Option<u64>,
}

impl DiscordFake {
    /// A server, in which the bot is with a role of its own. `number` decides which shard it belongs to.
    pub(crate) fn guild(&self, number: u64, name: &str) -> u64 {
        let id = (400_000 + number) << 22;
        self.shared.change(|world| {
            let role = (id + 9, world.bot_name.clone());
            let guild =
                Guild { name: name.to_owned(), roles: vec![role], members: std::collections::BTreeMap::default() };
            assert!(world.guilds.insert(id, guild).is_none(), "there is a server {number}");
            let told = world.guild_create(id);
            world.emit(Some(id), "GUILD_CREATE", told);
        });
        id
    }

    /// A person, who is nowhere yet.
    pub(crate) fn person(&self, id: u64, name: &str) -> Person {
        self.shared.change(|world| {
            world.people.entry(id).or_insert_with(|| name.to_owned());
        });
        Person::new(&self.shared, id)
    }

    /// The person is in that server from now on, with these roles.
    pub(crate) fn joins(&self, person: &Person, guild: u64, roles: &[u64]) {
        self.shared.change(|world| {
            world.guilds.get_mut(&guild).unwrap().members.insert(person.id, roles.to_vec());
        });
    }

    /// The bot's own role in a server.
    pub(crate) fn role_of_the_bot(&self, guild: u64) -> u64 {
        self.shared.look(|world| world.guilds[&guild].roles[0].0)
    }

    /// The bot is thrown out of a server.
    pub(crate) fn throws_out(&self, guild: u64) {
        self.shared.change(|world| {
            world.guilds.remove(&guild);
            world.channels.retain(|_, channel| channel.guild != Some(guild));
            world.emit(Some(guild), "GUILD_DELETE", json!({"id": guild.to_string()}));
        });
    }

    /// A channel is taken away.
    pub(crate) fn closes(&self, place: Place) {
        self.shared.change(|world| {
            let described = world.channel(place.channel).unwrap();
            world.channels.remove(&place.channel);
            let event = if place.parent.is_some() { "THREAD_DELETE" } else { "CHANNEL_DELETE" };
            world.emit(place.guild, event, described);
        });
    }

    /// A channel is called otherwise.
    pub(crate) fn renames(&self, place: Place, name: &str) {
        self.shared.change(|world| {
            name.clone_into(&mut world.channels.get_mut(&place.channel).unwrap().name);
            let described = world.channel(place.channel).unwrap();
            world.emit(place.guild, "CHANNEL_UPDATE", described);
        });
    }

    /// A channel for text.
    pub(crate) fn channel(&self, guild: u64, name: &str) -> Place {
        self.open(Some(guild), 0, None, name, None)
    }

    /// A forum.
    pub(crate) fn forum(&self, guild: u64, name: &str) -> Place {
        self.open(Some(guild), 15, None, name, None)
    }

    /// A thread in a channel.
    pub(crate) fn thread(&self, place: Place, name: &str) -> Place {
        self.open(place.guild, 11, Some(place.channel), name, None)
    }

    /// A post in a forum: a thread with its first message.
    pub(crate) fn post(&self, forum: Place, by: &Person, title: &str, text: &str) -> Place {
        let place = self.open(forum.guild, 11, Some(forum.channel), title, None);
        by.says(place, text);
        place
    }

    /// The private chat of a person with the bot.
    pub(crate) fn dm(&self, person: &Person) -> Place {
        let known = self.shared.look(|world| {
            world.channels.iter().find(|(_, channel)| channel.with == Some(person.id)).map(|(id, _)| *id)
        });
        known.map_or_else(
            || self.open(None, 1, None, "", Some(person.id)),
            |channel| Place { channel, guild: None, parent: None },
        )
    }

    /// What mentions the bot.
    pub(crate) fn mention(&self) -> String {
        self.shared.look(|world| format!("<@{}>", world.bot))
    }

    /// Another bot writes.
    pub(crate) fn bot_says(&self, place: Place, text: &str) {
        self.shared.change(|world| world.post(place.channel, 1, json!({"content": text}), None));
    }

    /// A webhook writes.
    pub(crate) fn webhook_says(&self, place: Place, text: &str) {
        self.shared.change(|world| world.post(place.channel, 0, json!({"content": text}), None));
    }

    fn open(&self, guild: Option<u64>, kind: u64, parent: Option<u64>, name: &str, with: Option<u64>) -> Place {
        let channel = self.shared.change(|world: &mut World| {
            let id = world.id();
            world.channels.insert(id, Channel { guild, kind, parent, name: name.to_owned(), with });
            let described = world.channel(id).unwrap();
            let event = if parent.is_some() { "THREAD_CREATE" } else { "CHANNEL_CREATE" };
            world.emit(guild, event, described);
            id
        });
        Place { channel, guild, parent }
    }
}
