//! Telegram, from its wire to ours.

mod account;
mod conversation;
mod fake;
mod memory;
mod presses;
mod storm;
