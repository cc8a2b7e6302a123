//! The demonstration: a throw-away state, and a provider inside the process that says who reached it.
//!
//! [`LoopbackProvider`] speaks both wire formats over real HTTP, so that the real client code is what is shown; the
//! tests script the same server. [`DemoState`] is the state directory that goes with it.

mod anthropic;
mod cast;
mod command;
mod faults;
mod handler;
mod loopback;
mod openai;
mod script;
mod seen;
mod serve;
mod state;
mod talk;

pub use faults::{Effect, Fault, Faults, InvalidFault};
pub use handler::DemoHandler;
pub use loopback::{Builder, LoopbackProvider};
pub use script::Script;
pub use seen::Seen;
pub use state::DemoState;
