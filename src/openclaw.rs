//! What OpenClaw keeps in databases since it gave up the shared file: read, and never touched.
//!
//! The documents in them are those of the file, so what is read here goes into an auth store as it is. A database is
//! read in place where nobody has left a log beside it, else from a private copy; not a byte of its folder changes.

mod databases;
mod fault;
mod newer;
mod private;
mod rows;
mod snapshot;
mod source;
mod wanted;

pub use fault::SourceFault;
pub use newer::{NewerStore, newer_store};
pub use source::{AgentPart, Source};
pub use wanted::{Wanted, wanted};
