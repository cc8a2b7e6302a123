//! Telegram, from its wire to ours.

mod account;
mod answers;
mod conversation;
mod fake;
mod hindrances;
mod manners;
mod memory;
mod pickers;
mod presses;
mod storm;
mod webhook;
