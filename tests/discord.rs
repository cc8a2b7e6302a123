//! Discord, over the wire: the fake by itself, and the adapter with the engine behind it.

mod account;
mod conversation;
mod events;
mod fake;
mod faults;
mod life;
mod manners;
mod matrix;
mod pickers;
mod rights;
