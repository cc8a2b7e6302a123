//! Discord, over the wire: a fake that is as strict as the real one, and the adapter with the engine behind it.

mod account;
mod conversation;
mod fake;
mod faults;
mod life;
mod manners;
mod matrix;
mod pickers;
mod rights;
