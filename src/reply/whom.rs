//! Somebody and a chat, as an operator writes them down.

use modelpin_chat::{Inbound, Kind};

/// What an operator puts on a list, for who asks to be on it.
pub(crate) struct Whom {
    /// `telegram:42`.
    pub(crate) person: String,
    /// The same for the chat, where that is another one: `telegram:-100`.
    pub(crate) chat: Option<String>,
}

impl Whom {
    /// Who did it, and where.
    pub(crate) fn of(inbound: &Inbound) -> Self {
        let place = &inbound.conversation;
        let chat = (place.kind != Kind::Dm).then(|| format!("{}:{}", place.channel, place.peer));
        Self { person: format!("{}:{}", place.channel, inbound.sender.id), chat }
    }
}
