//! `modelpin gateway`, over a Bot API and a Discord on loopback.

mod bot_api;
mod browser;
mod check;
mod discord;
mod discord_api;
mod health;
mod load;
mod own;
mod page;
mod process;
mod reload;
mod restart;
#[cfg(all(feature = "postgres", unix))]
mod shared;
mod support;
mod webhook;
