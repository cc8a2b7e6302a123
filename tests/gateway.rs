//! `modelpin gateway`, over a Bot API and a Discord on loopback.

mod bot_api;
mod check;
mod discord;
mod discord_api;
mod health;
mod load;
mod process;
mod reload;
mod restart;
mod support;
mod webhook;
