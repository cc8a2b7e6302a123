//! What one chat session has chosen.

mod key;
mod selection;
mod state;

pub use key::{InvalidSessionKey, SessionKey};
pub use selection::{Actor, Pin, Selection, Source, Until};
pub use state::{AutoChoice, Choice, Session};
