//! Who said something.

use modelpin_chat::Sender;

use crate::inbound::wire::{Chat, ChatKind, Message, User};

/// `@GroupAnonymousBot`, who stands in the place of an administrator who writes as the group.
const GROUP_ANONYMOUS_BOT: u64 = 1_087_968_824;

/// Who wrote a message; `None` for a bot, and where nobody is named.
///
/// Whoever writes as a group or a channel is that group or channel: who it was is not said, and the user that is named
/// instead is the same for everybody.
pub(super) fn of_message(message: &Message) -> Option<Sender> {
    if let Some(chat) = &message.sender_chat {
        return Some(of_chat(chat));
    }
    match &message.from {
        _ if message.chat.kind == ChatKind::Channel => Some(of_chat(&message.chat)),
        Some(user) if user.id == GROUP_ANONYMOUS_BOT => Some(of_chat(&message.chat)),
        Some(user) => (!user.is_bot).then(|| of_person(user)),
        None => None,
    }
}

/// A person.
pub(super) fn of_person(user: &User) -> Sender {
    let User { id, is_bot: _, first_name, last_name } = user;
    let name = format!("{first_name} {}", last_name.as_deref().unwrap_or_default());
    Sender { id: id.to_string(), name: shown(&name), roles: Vec::new() }
}

fn of_chat(chat: &Chat) -> Sender {
    Sender { id: chat.id.to_string(), name: chat.title.as_deref().and_then(shown), roles: Vec::new() }
}

fn shown(name: &str) -> Option<String> {
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}
