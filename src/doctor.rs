//! What is wrong with an installation, and what can be done about it: `modelpin doctor`.
//!
//! What there is is gathered first: the places where secrets may be ([`places`]), the stores of all agents ([`Stores`]), and
//! the survey of credentials that `models status` is made from. The checks are pure functions over that, one file a family
//! of findings. None of it writes a byte. [`Repair`] is what a program can mend by itself, one atomic step each.

mod access;
mod channels;
mod code;
mod copies;
mod credentials;
mod declared;
mod files;
mod finding;
mod list;
mod locks;
mod mounted;
mod newer;
mod orders;
mod pins;
mod places;
mod policy;
mod repair;
mod running;
mod stores;

pub(crate) use access::of_access;
pub(crate) use channels::{of_channels, of_served};
pub(crate) use code::{Code, Group};
pub(crate) use copies::of_copies;
pub(crate) use credentials::of_credentials;
pub(crate) use declared::{of_declared, of_written};
pub(crate) use files::of_files;
pub(crate) use finding::{Finding, Severity, exit};
pub(crate) use list::Findings;
pub(crate) use locks::of_locks;
pub(crate) use mounted::of_mounted;
pub(crate) use newer::of_newer;
pub(crate) use orders::{of_config_order, of_hidden, of_orders};
pub(crate) use pins::{mended, of_pins};
pub(crate) use places::{Kind, Place, gather};
pub(crate) use policy::of_policy;
pub(crate) use repair::{Hands, Repair};
pub(crate) use running::{of_probes, of_running};
pub(crate) use stores::{Agent, CommandOf, Stores, of_stores};
