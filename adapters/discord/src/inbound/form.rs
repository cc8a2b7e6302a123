//! Commands as they were filled in.

use modelpin_chat::{CommandEntry, Form, Invocation, Visibility};

use crate::inbound::wire::{Field, Filled};

/// A command that is typed after `/`, and not one of the menu of a person or a message.
const TYPED: u64 = 1;

/// The type of an option that is one of the things a command can do.
const SUBCOMMAND: u64 = 1;

/// The type of an option that is a group of such things.
const GROUP: u64 = 2;

/// A command as it was filled in, and which parameter somebody is at. `None` for what no command of ours looks like, so
/// that nothing is done that was not meant.
pub(super) fn of(filled: &Filled<'_>) -> Option<(Invocation, Option<String>)> {
    if filled.kind.is_some_and(|kind| kind != TYPED) {
        return None;
    }
    let (subcommand, fields) = match filled.options.as_slice() {
        [Field { kind: SUBCOMMAND, name, options, .. }] => (Some((*name).to_owned()), options.as_slice()),
        fields => (None, fields),
    };
    let mut values = Vec::with_capacity(fields.len());
    let mut focused = None;
    for field in fields {
        if matches!(field.kind, SUBCOMMAND | GROUP) {
            return None;
        }
        if field.focused {
            focused = Some(field.name.to_owned());
        }
        values.push((field.name.to_owned(), field.value.as_ref()?.shown()));
    }
    Some((Invocation { command: filled.name.to_owned(), subcommand, values }, focused))
}

/// Who may usually see the answer to a command: nobody else, where it is none of `commands`.
pub(super) fn answers(invocation: &Invocation, commands: &[CommandEntry]) -> Visibility {
    let entry = commands.iter().find(|entry| entry.name == invocation.command);
    let answers = match entry.map(|entry| &entry.form) {
        Some(Form::Fields { answers, .. }) => Some(*answers),
        Some(Form::Subcommands(subcommands)) => {
            let meant = |name: &str| subcommands.iter().find(|subcommand| subcommand.name == name);
            invocation.subcommand.as_deref().and_then(meant).map(|subcommand| subcommand.answers)
        }
        None => None,
    };
    answers.unwrap_or(Visibility::Private)
}
