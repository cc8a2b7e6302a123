//! The one table of what can be typed: `/help` prints it, and the menus of the platforms are made of it.

use modelpin_chat::{Audience, CommandEntry, Form, Parameter, ParameterKind, Subcommand, Visibility};

use crate::usage::Dimension;

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

/// What only those may do who look after the bot; `/auth` is for whoever brings a credential of their own, too.
const OF_OPERATORS: [Row; 8] = [
    (
        "auth",
        "See and look after credentials, or bring one of your own",
        &[
            ("/auth", "the credentials, with state, expiry, benches and pins"),
            ("/auth clear work", "let one off its benches"),
            ("/auth order anthropic work home", "the order they are tried in; clear takes it away"),
            ("/auth disable work", "it answers nobody; enable takes that back"),
        ],
    ),
    (
        "sessions",
        "See the sessions and what is chosen in them",
        &[("/sessions [filter]", "the sessions, with their pins")],
    ),
    (
        "pin",
        "Choose model and credential of another session",
        &[("/pin <session> opus@work", "choose for another session")],
    ),
    (
        "unpin",
        "Take a credential off a session, or off all",
        &[("/unpin <session>", "take the credential off; of a profile, off every session")],
    ),
    ("usage", "See what answers have cost", &[("/usage by user", "what answers have cost; by profile, model, day, …")]),
    ("audit", "See who changed what", &[("/audit 20", "who changed what")]),
    (
        "reload",
        "Read configuration and credentials again",
        &[("/reload", "read everything again, and say what is wrong")],
    ),
    ("drain", "Bring what is under way to its end, and end", &[("/drain", "end the gateway when all is answered")]),
];

/// Every form of those who look after the bot, with what it does.
pub(crate) fn operator_forms() -> impl Iterator<Item = (&'static str, &'static str)> {
    OF_OPERATORS.iter().flat_map(|(_, _, forms)| forms.iter().copied())
}

/// What whoever brings a credential of their own may type in private, with what it does.
pub(crate) const OWN_FORMS: [(&str, &str); 2] = [
    ("/auth add anthropic", "bring a credential of your own, for yourself alone; in private"),
    ("/auth remove <profile>", "take it out again"),
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
    let entry = |(name, summary, _): &Row, audience| CommandEntry {
        name: (*name).to_owned(),
        summary: (*summary).to_owned(),
        audience,
        form: form(name),
    };
    let everybody = TABLE.iter().map(|row| entry(row, Audience::Everybody));
    let audience = |name: &str| if name == "auth" { Audience::Everybody } else { Audience::Owners };
    everybody.chain(OF_OPERATORS.iter().map(|row| entry(row, audience(row.0)))).collect()
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
        "auth" => Form::Subcommands(vec![
            subcommand("list", "The credentials, with their state", Vec::new(), private),
            subcommand("add", "Bring a credential of your own", vec![text("provider", "Whose it is")], private),
            subcommand("remove", "Take a credential of your own out", vec![profile()], private),
            subcommand("clear", "Let a credential off its benches", vec![profile()], private),
            subcommand("order", "See, set or clear the order of a provider", order(), private),
            subcommand("disable", "Let a credential answer nobody", vec![profile()], private),
            subcommand("enable", "Let a credential answer again", vec![profile()], private),
        ]),
        "sessions" => fields(vec![text("filter", "A part of a key, or of what is chosen")]),
        "pin" => fields(vec![
            required(text("session", "The key of the session")),
            required(text("selection", "What is chosen there, such as opus@work")),
        ]),
        "unpin" => fields(vec![required(text("subject", "The key of a session, or a profile"))]),
        "usage" => fields(vec![parameter("by", "What to sum up by", dimensions())]),
        "audit" => fields(vec![parameter("count", "How many rows", ParameterKind::Number { least: 1 })]),
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

fn fields(parameters: Vec<Parameter>) -> Form {
    Form::Fields { parameters, answers: Visibility::Private }
}

fn text(name: &str, summary: &str) -> Parameter {
    parameter(name, summary, ParameterKind::Text)
}

fn required(parameter: Parameter) -> Parameter {
    Parameter { required: true, ..parameter }
}

fn profile() -> Parameter {
    required(text("profile", "The name of the credential"))
}

fn order() -> Vec<Parameter> {
    let order = "The profiles in their order, parted by blanks; or clear";
    vec![required(text("provider", "Whose credentials")), text("profiles", order)]
}

fn dimensions() -> ParameterKind {
    ParameterKind::OneOf(Dimension::ALL.iter().map(ToString::to_string).collect())
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

    use super::{OWN_FORMS, command_entries, forms, operator_forms};
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
        for (form, _) in forms().chain(operator_forms()).chain(OWN_FORMS) {
            let typed = form.replace("[provider]", "anthropic").replace("[page]", "2").replace("[filter]", "42");
            assert!(matches!(read(&typed, "bot"), Ok(Message::Command(_))), "{form}");
        }
    }
}
