//! What the documents say is so: they are replayed, run and followed.

mod commands;
mod embed;
mod grammar;
mod links;
mod markdown;
mod process;
mod readme;
mod script;
mod transcripts;
