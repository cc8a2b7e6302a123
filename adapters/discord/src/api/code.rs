//! Discord's numbers for why it refuses something.

/// One of Discord's numbers for why it refuses something; those that something is done about.
///
/// <https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(crate) enum Code {
    /// The channel is gone, or the bot cannot know of it.
    UnknownChannel = 10_003,
    /// The message is gone.
    UnknownMessage = 10_008,
    /// The token of an interaction is too old to answer with, or the interaction was never acknowledged.
    UnknownWebhook = 10_015,
    /// The interaction was not acknowledged in time.
    UnknownInteraction = 10_062,
    /// A message of more than an hour has been edited too often.
    TooManyOldEdits = 30_046,
    /// The interaction has been acknowledged before.
    AlreadyAcknowledged = 40_060,
    /// The bot may not see the channel.
    MissingAccess = 50_001,
    /// The message is somebody else's.
    NotTheAuthor = 50_005,
    /// The person takes no messages from the bot.
    CannotMessage = 50_007,
    /// The bot lacks a right in the channel.
    MissingPermissions = 50_013,
    /// The token of an interaction is none, or not any more.
    InvalidWebhookToken = 50_027,
    /// A part of the request is not as it has to be.
    InvalidForm = 50_035,
    /// The thread is put away: it can be written in, but what is there cannot be changed.
    ArchivedThread = 50_083,
    /// The bot may not read what was written before, and so cannot reply to it.
    CannotReply = 160_002,
}
