//! Any text is read as a sealed value without a panic, has one way to be written, and opens for nobody who has not its key.
//!
//! `cargo +nightly fuzz run sealed`

#![no_main]

use libfuzzer_sys::fuzz_target;
use modelpin::profile::{SealKey, Sealed};

fn check(text: &str) {
    let Ok(sealed) = text.parse::<Sealed>() else { return };
    assert_eq!(sealed.to_string(), text.trim());
    let key = SealKey::random().expect("random bytes");
    assert!(key.open("a:1", "key", &sealed).is_err());
}

fuzz_target!(|text: &str| {
    check(text);
    // Most random text is no sealed value; behind the mark it meets the whole reader.
    check(&format!("modelpin-sealed:1:{text}"));
    check(&format!("modelpin-sealed:1:keyring:0123456789ab:{text}"));
    check(&format!("modelpin-sealed:1:passphrase:0123456789ab:m=19456,t=2,p=1:{text}"));
});
