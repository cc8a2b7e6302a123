//! The engine, end to end: what is typed, what is committed, what is sent, and what is said.

mod access;
mod again;
mod answers;
mod benches;
mod commands;
mod completions;
mod elsewhere;
mod external;
mod failures;
mod forms;
mod groups;
mod matrix;
mod menus;
mod notices;
mod order;
mod picker;
mod pins;
mod policy;
mod proof;
mod references;
mod refusals;
mod restraint;
mod rotation;
mod secrets;
mod sessions;
mod trouble;
