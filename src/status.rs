//! How the models and the credentials of one agent stand: what `models status` prints and its exit code is computed from.
//!
//! [`Facts`] are gathered by the caller, from files or within a running program. [`Survey`] asks the resolver that turns
//! ask too, and knows which credentials are in use. [`Report`] is what of that is shown; [`code`] reads the exit code off
//! the very JSON that is printed.
//!
//! In use is what the auth order of a provider in use tries, and what a session has pinned. A provider is in use by the
//! default model, its fallbacks, and the models that sessions have chosen.

mod build;
mod check;
mod differences;
mod facts;
mod kept;
mod report;
mod shadow;
mod survey;
mod verdict;

pub(crate) use build::report;
pub(crate) use check::{Check, code};
pub(crate) use differences::differences;
pub(crate) use facts::Facts;
pub(crate) use kept::left;
pub(crate) use report::{Probe, Probed, Probes, ProfileStatus, Provider, Remark, Report, Running};
pub(crate) use survey::{Stand, Survey};
pub(crate) use verdict::word;
