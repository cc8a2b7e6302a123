//! The fake itself: it has to refuse what Telegram refuses, in the same words.

mod answers;
mod faults;
mod flood;
mod forms;
mod html;
mod people;
mod polling;
mod rig;
mod schema;
mod webhook;
