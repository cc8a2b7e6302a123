//! `modelpin gateway`, over a Bot API on loopback.

mod bot_api;
mod check;
mod health;
mod load;
mod process;
mod reload;
mod restart;
mod support;
mod webhook;
