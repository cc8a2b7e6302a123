//! Keeping Discord's own list of commands as it should be.

mod registration;
