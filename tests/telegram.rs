//! Telegram, from its wire to ours.

mod fake;
