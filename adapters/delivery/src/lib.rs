#![doc = include_str!("../README.md")]

mod arrivals;
mod back_off;
mod chats;
mod inbox;
mod lanes;
mod standing;
mod state;

pub use arrivals::{Arrival, Arrivals};
pub use back_off::BackOff;
pub use chats::Chats;
pub use inbox::{Inbox, InboxFault, Kept, Received, Resumed};
pub use lanes::{Lanes, Turn};
pub use standing::Standing;
pub use state::{Link, State};
