//! The grammar of chat commands, through its public face.

mod fixtures;
mod invocations;
mod laws;
mod messages;
mod properties;
