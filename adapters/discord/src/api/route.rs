//! What a call is about.

use std::fmt::Write as _;

use secrecy::{ExposeSecret as _, SecretString};

use crate::way::Interaction;

/// What a call is about: the path of it, and what Discord's limits count it under. Printed, it shows no token.
#[derive(Debug, Clone)]
pub(crate) enum Route {
    /// Where the gateway is, for bots.
    Gateway,
    /// The bot's user.
    User,
    /// The bot's application.
    Application,
    /// A channel.
    Channel(u64),
    /// A server.
    Server(u64),
    /// A member of a server.
    Member {
        /// The server.
        server: u64,
        /// The person.
        person: u64,
    },
    /// The messages of a channel that follow on one.
    MessagesAfter {
        /// The channel.
        channel: u64,
        /// The message.
        after: u64,
        /// How many at the most.
        limit: u8,
    },
    /// The messages of a channel, to add one.
    Messages(u64),
    /// A message of a channel.
    Message {
        /// The channel.
        channel: u64,
        /// The message.
        message: u64,
    },
    /// The sign that the bot is writing in a channel.
    Typing(u64),
    /// The commands of an application.
    Commands {
        /// The application.
        application: u64,
        /// The server that they are for, if not for all.
        server: Option<u64>,
    },
    /// The acknowledgement of an interaction.
    Callback(Reply),
    /// The first answer to an interaction, or the message whose button was pressed.
    Original(Reply),
    /// The answers to an interaction, to add one.
    FollowUps(Reply),
    /// One of them.
    FollowUp {
        /// The interaction.
        to: Reply,
        /// The answer.
        message: u64,
    },
}

/// What an interaction is answered with.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    interaction: u64,
    application: u64,
    token: SecretString,
}

impl From<&Interaction> for Reply {
    fn from(Interaction { id, token, application, kind: _ }: &Interaction) -> Self {
        Self { interaction: id.get(), application: application.get(), token: token.clone() }
    }
}

impl Route {
    /// The path below the root of the API. That of an answer to an interaction holds its token, so it is for the wire
    /// alone.
    pub(crate) fn path(&self) -> String {
        self.written(|reply| reply.token.expose_secret().to_owned())
    }

    /// The path without tokens.
    #[cfg(test)]
    pub(crate) fn shown(&self) -> String {
        self.written(|reply| format!("<{}>", reply.interaction))
    }

    fn written(&self, token: impl Fn(&Reply) -> String) -> String {
        let mut path = String::new();
        // Writing to a text does not fail.
        let _ = match self {
            Self::Gateway => write!(path, "/gateway/bot"),
            Self::User => write!(path, "/users/@me"),
            Self::Application => write!(path, "/applications/@me"),
            Self::Channel(channel) => write!(path, "/channels/{channel}"),
            Self::Server(server) => write!(path, "/guilds/{server}"),
            Self::Member { server, person } => write!(path, "/guilds/{server}/members/{person}"),
            Self::MessagesAfter { channel, after, limit } => {
                write!(path, "/channels/{channel}/messages?after={after}&limit={limit}")
            }
            Self::Messages(channel) => write!(path, "/channels/{channel}/messages"),
            Self::Message { channel, message } => write!(path, "/channels/{channel}/messages/{message}"),
            Self::Typing(channel) => write!(path, "/channels/{channel}/typing"),
            Self::Commands { application, server: None } => write!(path, "/applications/{application}/commands"),
            Self::Commands { application, server: Some(server) } => {
                write!(path, "/applications/{application}/guilds/{server}/commands")
            }
            Self::Callback(to) => write!(path, "/interactions/{}/{}/callback", to.interaction, token(to)),
            Self::Original(to) => write!(path, "/webhooks/{}/{}/messages/@original", to.application, token(to)),
            Self::FollowUps(to) => write!(path, "/webhooks/{}/{}", to.application, token(to)),
            Self::FollowUp { to, message } => {
                write!(path, "/webhooks/{}/{}/messages/{message}", to.application, token(to))
            }
        };
        path
    }

    /// What is secret in the path.
    pub(crate) fn secret(&self) -> Option<&str> {
        match self {
            Self::Callback(to) | Self::Original(to) | Self::FollowUps(to) | Self::FollowUp { to, .. } => {
                Some(to.token.expose_secret())
            }
            Self::Gateway
            | Self::User
            | Self::Application
            | Self::Channel(_)
            | Self::Server(_)
            | Self::Member { .. }
            | Self::MessagesAfter { .. }
            | Self::Messages(_)
            | Self::Message { .. }
            | Self::Typing(_)
            | Self::Commands { .. } => None,
        }
    }

    /// What Discord's limits count the call under: a name for all calls of the kind, and the number that each is counted
    /// under by itself. An answer to an interaction is counted under that interaction.
    pub(crate) fn counted(&self) -> (&'static str, u64) {
        match self {
            Self::Gateway => ("gateway", 0),
            Self::User => ("user", 0),
            Self::Application => ("application", 0),
            Self::Channel(channel) => ("channel", *channel),
            Self::Server(server) => ("server", *server),
            Self::Member { server, .. } => ("member", *server),
            Self::MessagesAfter { channel, .. } | Self::Messages(channel) => ("messages", *channel),
            Self::Message { channel, .. } => ("message", *channel),
            Self::Typing(channel) => ("typing", *channel),
            Self::Commands { application, server } => ("commands", server.unwrap_or(*application)),
            Self::Callback(to) => ("callback", to.interaction),
            Self::Original(to) => ("original", to.interaction),
            Self::FollowUps(to) => ("follow-ups", to.interaction),
            Self::FollowUp { to, .. } => ("follow-up", to.interaction),
        }
    }

    /// Whether it is an answer to an interaction. Discord does not count those among all that a bot calls.
    pub(crate) fn is_of_interaction(&self) -> bool {
        self.secret().is_some()
    }
}
