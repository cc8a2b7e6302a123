//! The grammar of chat commands, through its public face.

mod fixtures;
mod messages;
mod properties;
