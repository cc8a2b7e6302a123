//! The engine, end to end: what is typed, what is committed, what is sent, and what is said.

mod access;
mod answers;
mod benches;
mod commands;
mod elsewhere;
mod external;
mod failures;
mod menus;
mod notices;
mod pins;
mod proof;
mod references;
mod refusals;
mod rotation;
mod secrets;
mod sessions;
mod trouble;
