//! What operators do: the same from the command line, from a chat and from the page, each change with its row in the audit.

mod benches;
mod desk;
mod names;
mod orders;
mod own;
mod pins;
mod policy;
mod switches;
mod trouble;

#[cfg(feature = "cli")]
pub(crate) use benches::Cleared;
pub(crate) use benches::{clear_benches, is_of};
pub(crate) use desk::{Deed, Desk};
pub(crate) use names::{find_all, find_profile};
pub(crate) use own::invite;
#[cfg(feature = "cli")]
pub(crate) use own::{Invitation, invited, use_up};
pub(crate) use pins::take_word;
pub(crate) use policy::note_policy;
pub(crate) use trouble::Trouble;
