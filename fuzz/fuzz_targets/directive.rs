//! Any message is read without a panic, points into itself, and is written and read as the same.
//!
//! `cargo +nightly fuzz run directive`

#![no_main]

#[path = "../../tests/directive/laws.rs"]
mod laws;

use libfuzzer_sys::fuzz_target;

use crate::laws::check;

fuzz_target!(|text: &str| {
    check(text);
    // Most random text is no command; behind a name it meets the whole grammar.
    check(&format!("/model {text}"));
    check(&format!("/models {text}"));
    check(&format!("/new{text}"));
    check(&format!("/opus{text}"));
});
