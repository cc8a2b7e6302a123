//! Where something was said.

use modelpin_chat::{Conversation, Kind, Thread};
use teloxide::types::{MessageId, ThreadId};

use crate::inbound::wire::{Chat, ChatKind};

/// What conversations on this platform are said to be on.
const CHANNEL: &str = "telegram";

/// The topic that every forum has. Messages in it do not name it, and Telegram refuses its number when sending.
const GENERAL: ThreadId = ThreadId(MessageId(1));

/// Where something was said, and how to get back there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The conversation.
    pub(super) conversation: Conversation,
    /// The `message_thread_id` to send with.
    pub(super) thread: Option<ThreadId>,
}

/// The place that a chat and a topic are.
///
/// `None` for the chat in which people write to a channel: what each of them writes is private, its topics are none of
/// those known here, and the library has no way to answer into one.
pub(super) fn of(chat: &Chat, topic: Option<ThreadId>, account: &str) -> Option<Place> {
    let (kind, inside, thread) = match chat.kind {
        ChatKind::Private => (Kind::Dm, topic.map(|id| Thread::Thread(id.to_string())), topic),
        ChatKind::Group => (Kind::Group, None, None),
        ChatKind::Supergroup if chat.is_direct_messages => return None,
        ChatKind::Supergroup => {
            let inside = topic.or(chat.is_forum.then_some(GENERAL));
            (Kind::Group, inside.map(|id| Thread::Topic(id.to_string())), topic.filter(|id| *id != GENERAL))
        }
        ChatKind::Channel => (Kind::Channel, None, None),
    };
    let conversation = Conversation {
        channel: CHANNEL.to_owned(),
        account: account.to_owned(),
        kind,
        peer: chat.id.to_string(),
        thread: inside,
    };
    Some(Place { conversation, thread })
}
