//! One turn: from a message to the model's answer, and the receipt of it.

mod bench;
mod gather;
mod names;
mod renew;
mod run;
mod wallet;

pub(crate) use gather::{Gathered, Sources, endpoint_of, keyless};
pub(crate) use names::ProfileNames;
pub(crate) use run::{HISTORY_MESSAGES, Outcome, Turn, TurnEnd};
pub(crate) use wallet::Wallet;
