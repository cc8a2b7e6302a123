//! Telegram, from its wire to ours.

mod account;
mod answers;
pub(crate) mod changes;
mod conversation;
mod fake;
mod faults;
mod hindrances;
mod lasting;
mod manners;
mod matrix;
mod pickers;
mod presses;
mod webhook;
