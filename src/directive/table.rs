//! The one table of what can be typed: `/help` prints it, and the menus of the platforms are made of it.

use modelpin_chat::{Audience, CommandEntry, Form, Visibility};

/// One command: its name, what it does in one line, and the forms of it with what each does.
type Row = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const TABLE: [Row; 6] = [
    (
        "model",
        "See or choose the model and the credential of this chat",
        &[
            ("/model", "what is chosen, with buttons"),
            ("/model list [provider] [page]", "models to choose from; then a number chooses: /model 3"),
            ("/model profiles [page]", "credentials of the chosen model, with their state"),
            ("/model opus", "choose a model"),
            ("/model opus@work", "choose a model and pin the credential that answers"),
            ("/model @work", "pin a credential, keep the model"),
            ("/model @auto", "leave the credential to the auth order again"),
            ("/model opus once", "for the next message only; or for 2h"),
            ("/opus", "the same by alias; /opus some text asks once"),
            ("/model status", "everything: candidates, benches, last answer"),
            ("/model why", "how the present choice came about"),
            ("/model default", "drop model and credential"),
            ("/model undo", "back to what was chosen before"),
        ],
    ),
    ("models", "List the models, by provider and page", &[]),
    ("new", "Begin a new conversation", &[("/new", "begin a new conversation; text behind it is its first message")]),
    ("reset", "The same as /new", &[]),
    ("help", "See what can be typed", &[]),
    ("whoami", "See who you are for this bot", &[("/whoami", "your id, for who keeps the list of people")]),
];

/// Every form that is worth an example, with what it does.
pub(crate) fn forms() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.iter().flat_map(|(_, _, forms)| forms.iter().copied())
}

/// The commands, for the menu that a platform offers to people who type `/`.
///
/// Aliases are not among them: they come and go with the configuration, and many could not be names of commands.
///
/// ```
/// let names: Vec<String> = modelpin::directive::command_entries().into_iter().map(|entry| entry.name).collect();
/// assert_eq!(names, modelpin::directive::COMMAND_NAMES);
/// ```
pub fn command_entries() -> Vec<CommandEntry> {
    let entry = |(name, summary, _): &Row| CommandEntry {
        name: (*name).to_owned(),
        summary: (*summary).to_owned(),
        audience: Audience::Everybody,
        form: Form::empty(Visibility::Private),
    };
    TABLE.iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::{command_entries, forms};
    use crate::directive::{COMMAND_NAMES, Message, read};

    #[test]
    fn every_command_is_in_the_table_and_fits_into_any_menu() {
        let entries = command_entries();
        assert!(entries.iter().map(|entry| entry.name.as_str()).eq(COMMAND_NAMES));
        for entry in entries {
            assert!(entry.name.len() <= 32 && entry.name.bytes().all(|byte| byte.is_ascii_lowercase()), "{entry:?}");
            assert!((3..=100).contains(&entry.summary.chars().count()), "{entry:?}");
        }
    }

    #[test]
    fn every_form_is_read_as_a_command() {
        for (form, _) in forms() {
            let typed = form.replace("[provider]", "anthropic").replace("[page]", "2");
            assert!(matches!(read(&typed, "bot"), Ok(Message::Command(_))), "{form}");
        }
    }
}
