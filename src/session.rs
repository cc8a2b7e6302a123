//! What one chat session has chosen.

mod change;
mod event;
pub mod import;
mod key;
mod rebind;
mod reset;
mod selection;
mod state;

pub use change::{Change, PinFate};
pub use event::EventId;
pub use key::{InvalidSessionKey, SessionKey};
pub use rebind::rebound;
pub(crate) use reset::begins_anew;
pub use selection::{Actor, Pin, Selection, Source, Until};
pub use state::{AutoChoice, Choice, Session};
