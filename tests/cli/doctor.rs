//! `modelpin doctor`: what it finds, that it changes nothing, and what it mends.

mod findings;
mod fix;
mod patient;
mod whole;
