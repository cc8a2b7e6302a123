//! Where answers to something go.

use modelpin_chat::Visibility;
use secrecy::SecretString;
use serenity::model::id::{ApplicationId, ChannelId, InteractionId, MessageId};

/// Where answers to something go.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    /// The channel to write in: of a thread or a forum post its own, of a private chat the one that was written in.
    pub(crate) channel: ChannelId,
    /// The message that somebody wrote: to be replied to, and to be deleted where it holds a secret. `None` for an
    /// interaction.
    pub(crate) message: Option<MessageId>,
    /// The interaction, if it is one.
    pub(crate) interaction: Option<Interaction>,
}

/// A command that was filled in or a press, which waits for its acknowledgement.
#[derive(Debug, Clone)]
pub(crate) struct Interaction {
    pub(crate) id: InteractionId,
    /// Lets anybody who has it answer for a quarter of an hour.
    pub(crate) token: SecretString,
    pub(crate) application: ApplicationId,
    pub(crate) kind: InteractionKind,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InteractionKind {
    /// A command was filled in; who may usually see its answer.
    Command(Visibility),
    /// A button was pressed, or an entry of a menu taken, on this message.
    Press {
        /// The message.
        message: MessageId,
        /// Whether only the person who asked for it sees it.
        private: bool,
    },
}
