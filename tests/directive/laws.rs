//! What holds for every message, whatever is in it. The fuzz target asks for the same.

use modelpin::directive::{Directive, Message, Operation, OrderWish, Typed, Wanted, read};

/// Whom the messages are for.
pub(crate) const BOT: &str = "mybot";

/// Stops where `text` is read otherwise than every message has to be: without a panic, with names and faults that point
/// into it, and written and read as the same.
pub(crate) fn check(text: &str) {
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
            assert!(!fault.to_string().is_empty(), "{fault:?} in {text:?}");
        }
    }
}

/// What a person typed of it.
fn names(directive: &Directive) -> Vec<&Typed> {
    match directive {
        Directive::List { provider, page: _ } => provider.iter().collect(),
        Directive::Select { wanted, lifetime: _ } | Directive::Shortcut { wanted, text: _ } => match wanted {
            Wanted::Word(word) => vec![word],
            Wanted::Parts { target, profile } => target.iter().chain(profile).collect(),
        },
        Directive::Operate(operation) => match operation {
            Operation::Pin { session, wanted, lifetime: _ } => {
                let named = match wanted {
                    Wanted::Word(word) => vec![word],
                    Wanted::Parts { target, profile } => target.iter().chain(profile).collect(),
                };
                std::iter::once(session).chain(named).collect()
            }
            Operation::Order { provider, order: OrderWish::Set(ids) } => std::iter::once(provider).chain(ids).collect(),
            Operation::Order { provider, order: OrderWish::Show | OrderWish::Clear } => vec![provider],
            Operation::Add { provider: filter } | Operation::Sessions { filter } => filter.iter().collect(),
            Operation::Remove { profile }
            | Operation::Clear { profile }
            | Operation::Disable { profile }
            | Operation::Enable { profile }
            | Operation::Unpin { subject: profile } => vec![profile],
            Operation::Auth
            | Operation::Usage { by: _ }
            | Operation::Audit { count: _ }
            | Operation::Reload
            | Operation::Drain => Vec::new(),
        },
        Directive::Picker
        | Directive::Profiles { page: _ }
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
