//! The engine, end to end: what is typed, what is committed, what is sent, and what is said.

mod access;
mod benches;
mod commands;
mod menus;
mod pins;
mod refusals;
mod rotation;
mod sessions;
