//! Taking over what OpenClaw keeps in databases.

mod command;
mod conflicts;
mod damage;
mod newer;
mod random;
mod sealed;
mod support;
