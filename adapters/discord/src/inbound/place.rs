//! Where something was said.

use modelpin_chat::{Conversation, Kind, Room, Thread};

use crate::directory::{self, Directory, Missing};
use crate::snowflake::Snowflake;

/// What conversations on this platform are said to be on.
const CHANNEL: &str = "discord";

/// What an event itself says of where it comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told<'a> {
    /// The channel.
    pub(super) channel: Snowflake,
    /// Its server.
    pub(super) server: Option<Snowflake>,
    /// What type of channel it is.
    pub(super) kind: Option<u64>,
    /// The channel or category that it is in.
    pub(super) parent: Option<Snowflake>,
    /// Its name.
    pub(super) name: Option<&'a str>,
    /// Who did something there.
    pub(super) person: Snowflake,
}

/// Where something was said, as far as that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// There.
    Known(Conversation, Option<Room>),
    /// Where people talk to each other outside of servers: nobody has invited the bot there.
    Foreign,
    /// This has to be asked for first.
    Unknown(Missing),
}

/// The place that an event comes from.
///
/// A message does not say what its thread is part of. Nor does one that was asked for afterwards name its server: it is
/// never taken for a private one because of that. Where a session goes on over a restart, Discord does not tell the
/// servers anew, and who is let in may stand under the name of a server or a channel: what they are called has to be known.
pub(super) fn of(told: &Told<'_>, account: &str, directory: &Directory) -> Place {
    let Told { channel, server, kind, parent, name, person } = *told;
    let noted = directory.channel(channel.get());
    let Some(kind) = noted.as_ref().map(|noted| noted.kind).or(kind) else {
        return Place::Unknown(Missing::Channel(channel.get()));
    };
    let conversation = |kind, peer: u64, thread| Conversation {
        channel: CHANNEL.to_owned(),
        account: account.to_owned(),
        kind,
        peer: peer.to_string(),
        thread,
    };
    let server = server.map(Snowflake::get).or(noted.as_ref().and_then(|noted| noted.server));
    let Some(server) = server else {
        return match kind {
            directory::DM => Place::Known(conversation(Kind::Dm, person.get(), None), None),
            directory::GROUP_DM => Place::Foreign,
            // A channel of a server that nobody has named.
            _ => Place::Unknown(Missing::Channel(channel.get())),
        };
    };
    let noted_name = noted.as_ref().and_then(|noted| noted.name.clone());
    let (peer, thread, name) = if directory::is_thread(kind) {
        let Some(parent) = noted.and_then(|noted| noted.parent).or(parent.map(Snowflake::get)) else {
            return Place::Unknown(Missing::Channel(channel.get()));
        };
        let Some(found) = directory.channel(parent) else { return Place::Unknown(Missing::Channel(parent)) };
        (parent, Some(Thread::Thread(channel.get().to_string())), found.name)
    } else {
        (channel.get(), None, noted_name.or_else(|| name.map(str::to_owned)))
    };
    if !directory.has_server(server) {
        return Place::Unknown(Missing::Server(server));
    }
    let room = Room { server: server.to_string(), server_name: directory.server_name(server), name };
    Place::Known(conversation(Kind::Channel, peer, thread), Some(room))
}
