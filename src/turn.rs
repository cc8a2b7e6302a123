//! One turn: from a message to the model's answer, and the receipt of it.

mod barred;
mod bench;
mod gather;
mod moment;
mod names;
mod outside;
mod personal;
#[cfg(feature = "cli")]
mod probe;
mod renew;
mod run;
mod wallet;

#[cfg(feature = "cli")]
pub(crate) use barred::Barred;
pub(crate) use barred::{DISABLED, Disabled};
#[cfg(feature = "cli")]
pub(crate) use gather::shortened;
pub(crate) use gather::{Gathered, Sources, endpoint_of};
#[cfg(feature = "cli")]
pub(crate) use moment::Moment;
pub(crate) use names::ProfileNames;
pub(crate) use personal::without_pin;
pub(crate) use run::{HISTORY_MESSAGES, Outcome, Turn, TurnEnd};
pub(crate) use wallet::Wallet;
