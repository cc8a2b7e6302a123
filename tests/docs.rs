//! What the documents say is so: they are replayed, run and followed.

mod commands;
mod embed;
mod grammar;
mod links;
pub(crate) mod markdown;
mod process;
mod readme;
mod script;
mod transcripts;
