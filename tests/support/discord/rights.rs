//! What the bot may do in a channel.

use crate::support::discord::interaction::Refusal;
use crate::support::discord::{DiscordFake, Place, World};

/// Something that the bot may be kept from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Right {
    /// Seeing the channel.
    View,
    /// Writing in it.
    Send,
    /// Showing cards.
    Embed,
    /// Deleting what others wrote.
    Manage,
    /// Reading what was written earlier.
    History,
}

const NO_ACCESS: Refusal = (403, 50_001, "Missing Access");
const NO_PERMISSION: Refusal = (403, 50_013, "Missing Permissions");

impl World {
    /// Whether the bot may do all of that in a channel; what Discord says if not. In a thread, what holds in its channel
    /// holds.
    pub(super) fn may(&self, channel: u64, rights: &[Right]) -> Result<(), Refusal> {
        let parent = self.channels.get(&channel).and_then(|channel| channel.parent);
        let lacks = |right: Right| {
            self.denied.contains(&(channel, right))
                || parent.is_some_and(|parent| self.denied.contains(&(parent, right)))
        };
        if lacks(Right::View) {
            return Err(NO_ACCESS);
        }
        if rights.iter().any(|right| lacks(*right)) { Err(NO_PERMISSION) } else { Ok(()) }
    }
}

impl DiscordFake {
    /// From now on the bot may not do that in a channel.
    pub(crate) fn denies(&self, place: Place, right: Right) {
        self.shared.change(|world| world.denied.insert((place.channel, right)));
    }
}
