//! Who is at the terminal, where nobody says otherwise.

use modelpin_chat::{Conversation, Kind, Sender};

/// The name of this channel.
pub const CHANNEL: &str = "terminal";

/// The only bot account there is on a terminal.
pub const ACCOUNT: &str = "default";

/// The id of the person at the keyboard: whoever can type there owns what the program may do.
pub const OWNER: &str = "owner";

/// The private talk with the person at the keyboard.
pub(crate) fn conversation() -> Conversation {
    Conversation {
        channel: CHANNEL.to_owned(),
        account: ACCOUNT.to_owned(),
        kind: Kind::Dm,
        peer: OWNER.to_owned(),
        thread: None,
    }
}

/// The person at the keyboard.
pub(crate) fn owner() -> Sender {
    Sender { id: OWNER.to_owned(), name: None, roles: Vec::new() }
}
