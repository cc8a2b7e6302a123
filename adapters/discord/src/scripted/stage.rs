//! One message or interaction that is dealt with.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{Either, select};
use modelpin_chat::{Block, BoxFuture, Kind, Outbox, Placement, Reply, Visibility};
use secrecy::SecretString;
use serenity::model::id::{ApplicationId, ChannelId, InteractionId, MessageId};
use tokio::task::JoinHandle;

use crate::acknowledge::Acknowledgement;
use crate::line::Line;
use crate::outbox::Talk;
use crate::scripted::{Answer, Discord, Made};
use crate::way::{Interaction, InteractionKind, Way};

/// Where everything happens.
const CHANNEL: ChannelId = ChannelId::new(7);

/// An account that speaks to a scripted Discord.
pub(crate) struct Stage {
    pub(crate) discord: Arc<Discord>,
    pub(crate) line: Arc<Line>,
}

impl Stage {
    pub(crate) fn new(script: impl Fn(&Made) -> Option<Answer> + Send + Sync + 'static) -> Self {
        let discord = Arc::new(Discord::new(script));
        let line = Arc::new(Line::new("default".to_owned(), Arc::<Discord>::clone(&discord)));
        Self { discord, line }
    }

    /// Deals with what came by `way` as `act` does; what is an interaction is acknowledged first.
    pub(crate) fn deal(
        &self,
        way: Way,
        kind: Kind,
        act: impl for<'a> FnOnce(&'a dyn Outbox) -> BoxFuture<'a, ()> + Send + 'static,
    ) -> JoinHandle<()> {
        let line = Arc::clone(&self.line);
        let acknowledged = way.interaction.as_ref().map(|interaction| Acknowledgement::begin(&line, interaction));
        tokio::spawn(async move {
            let talk = Talk::new(line, way, kind, acknowledged);
            let handling = async {
                act(&talk).await;
                talk.finish().await;
            };
            match select(pin!(handling), pin!(talk.accompany())).await {
                Either::Left(((), _)) => {}
                Either::Right((never, _)) => match never {},
            }
        })
    }

    /// The lines of the calls beside acknowledgements, without the paths to a channel and to an interaction.
    pub(crate) fn short(&self) -> Vec<String> {
        let lines = self.discord.lines().into_iter().filter(|line| !line.ends_with("/callback"));
        lines
            .map(|line| {
                line.replace("/webhooks/9/<31>/messages/", "")
                    .replace("/webhooks/9/<31>", "follow-up")
                    .replace("/channels/7/", "")
            })
            .collect()
    }
}

/// A reply that says `text` to everybody.
pub(crate) fn reply(text: &str) -> Reply {
    Reply {
        blocks: vec![Block::line(text)],
        choices: Vec::new(),
        visibility: Visibility::Chat,
        placement: Placement::InPlace,
        session: String::new(),
        receipt: None,
    }
}

/// One that says it to one person.
pub(crate) fn private_reply(text: &str) -> Reply {
    Reply { visibility: Visibility::Private, ..reply(text) }
}

/// What somebody typed, as the message 5.
pub(crate) fn typed() -> Way {
    Way { channel: CHANNEL, message: Some(MessageId::new(5)), interaction: None }
}

/// A command that somebody filled in.
pub(crate) fn command(visibility: Visibility) -> Way {
    interaction(InteractionKind::Command(visibility))
}

/// A press on a button of the message 500.
pub(crate) fn press(private: bool) -> Way {
    interaction(InteractionKind::Press { message: MessageId::new(500), private })
}

fn interaction(kind: InteractionKind) -> Way {
    let interaction = Interaction {
        id: InteractionId::new(31),
        token: SecretString::from("TEST-interaction"),
        application: ApplicationId::new(9),
        kind,
    };
    Way { channel: CHANNEL, message: None, interaction: Some(interaction) }
}
