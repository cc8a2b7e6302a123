//! Any message is read without a panic, points into itself, and is written and read as the same.
//!
//! `cargo +nightly fuzz run directive`

#![no_main]

use libfuzzer_sys::fuzz_target;
use modelpin::directive::{Directive, Message, Typed, Wanted, read};

const BOT: &str = "mybot";

fuzz_target!(|text: &str| {
    check(text);
    // Most random text is no command; behind a name it meets the whole grammar.
    check(&format!("/model {text}"));
    check(&format!("/models {text}"));
    check(&format!("/new{text}"));
    check(&format!("/opus{text}"));
});

fn check(text: &str) {
    match read(text, BOT) {
        Ok(Message::Plain | Message::ForAnotherBot) => {}
        Ok(Message::Command(command)) => {
            for name in names(&command.directive) {
                assert!(text.get(name.span.clone()).is_some_and(|part| !part.is_empty()), "{name:?} in {text:?}");
            }
            let canonical = command.to_string();
            assert_eq!(read(&canonical, BOT), Ok(Message::Command(command)), "{text:?} as {canonical:?}");
        }
        Err(fault) => {
            assert!(text.get(fault.at()).is_some(), "{fault:?} in {text:?}");
            assert_eq!(fault.caret(text).lines().count(), 2, "{fault:?} in {text:?}");
        }
    }
}

fn names(directive: &Directive) -> Vec<&Typed> {
    match directive {
        Directive::List { provider, page: _ } => provider.iter().collect(),
        Directive::Select { wanted, lifetime: _ } | Directive::Shortcut { wanted, text: _ } => match wanted {
            Wanted::Word(word) => vec![word],
            Wanted::Parts { target, profile } => target.iter().chain(profile).collect(),
        },
        Directive::Picker
        | Directive::Status
        | Directive::Why
        | Directive::Default
        | Directive::Undo
        | Directive::Number(_)
        | Directive::New { .. }
        | Directive::Help
        | Directive::Whoami => Vec::new(),
    }
}
