//! Telegram, from its wire to ours.

mod account;
pub(crate) mod changes;
mod conversation;
mod fake;
mod faults;
mod lasting;
mod memory;
mod presses;
