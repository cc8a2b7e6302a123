//! The one table of what can be typed: `/help` prints it, and the menus of the platforms are made of it.

use modelpin_chat::{Audience, CommandEntry, Form, Parameter, ParameterKind, Subcommand, Visibility};

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
        form: form(name),
    };
    TABLE.iter().map(entry).collect()
}

/// How the command of that name is filled in. What changes something is confirmed to the whole chat; what only shows
/// something is for who asked.
fn form(name: &str) -> Form {
    let private = Visibility::Private;
    match name {
        "model" => Form::Subcommands(vec![
            subcommand("set", "Choose a model, and the credential that answers", selection(), Visibility::Chat),
            subcommand("pick", "See what is chosen, and choose by buttons", Vec::new(), private),
            subcommand("list", "Models to choose from", part_of_list(), private),
            subcommand("profiles", "Credentials of the chosen model, with their state", vec![page()], private),
            subcommand("status", "Everything: candidates, benches, last answer", Vec::new(), private),
            subcommand("why", "How the present choice came about", Vec::new(), private),
            subcommand("default", "Drop model and credential", Vec::new(), Visibility::Chat),
            subcommand("undo", "Back to what was chosen before", Vec::new(), Visibility::Chat),
        ]),
        "models" => Form::Fields { parameters: part_of_list(), answers: private },
        "new" => Form::Fields {
            parameters: vec![parameter("text", "What the new conversation begins with", ParameterKind::Text)],
            answers: Visibility::Chat,
        },
        "reset" => Form::empty(Visibility::Chat),
        _ => Form::empty(private),
    }
}

fn selection() -> Vec<Parameter> {
    vec![
        parameter("model", "A model, by alias or by provider/model", ParameterKind::Completed),
        parameter("profile", "The credential that answers; auto leaves it to the auth order", ParameterKind::Completed),
        parameter("lifetime", "For how long: once, or a time such as 2h", ParameterKind::Completed),
    ]
}

fn part_of_list() -> Vec<Parameter> {
    vec![parameter("provider", "Only the models of that provider", ParameterKind::Completed), page()]
}

fn page() -> Parameter {
    parameter("page", "Which page, from 1", ParameterKind::Number { least: 1 })
}

fn parameter(name: &str, summary: &str, kind: ParameterKind) -> Parameter {
    Parameter { name: name.to_owned(), summary: summary.to_owned(), required: false, kind }
}

fn subcommand(name: &str, summary: &str, parameters: Vec<Parameter>, answers: Visibility) -> Subcommand {
    Subcommand { name: name.to_owned(), summary: summary.to_owned(), parameters, answers }
}

#[cfg(test)]
mod tests {
    use modelpin_chat::{Form, Invocation};

    use super::{command_entries, forms};
    use crate::directive::{COMMAND_NAMES, FormFault, Message, line_of, read};

    #[test]
    fn every_form_that_is_offered_is_known() {
        for entry in command_entries() {
            let ways = match &entry.form {
                Form::Fields { .. } => vec![None],
                Form::Subcommands(ways) => ways.iter().map(|way| Some(way.name.clone())).collect(),
            };
            for subcommand in ways {
                let empty = Invocation { command: entry.name.clone(), subcommand, values: Vec::new() };
                assert!(!matches!(line_of(&empty), Err(FormFault::Unknown(_))), "{empty:?}");
            }
        }
    }

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
