//! A command that was filled in as a form: the line that says the same.
//!
//! What was filled in for one thing is one name, whatever it holds: blanks, quotes and keywords have no meaning of their
//! own there. Only an `@` in the name of a model is read as in a bare word, so that `opus@work` works as well.

use std::fmt;

use modelpin_chat::Invocation;

use crate::directive::line::{cleaned, is_unseen};
use crate::directive::{
    Command, Directive, Lifetime, Message, Operation, OrderWish, Typed, Wanted, duration, duration_text, read,
};
use crate::usage::Dimension;

/// Why a form cannot be carried out. Nothing of it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormFault {
    /// There is no such command: the platform shows one that is not offered any more.
    Unknown(String),
    /// Nothing was filled in where at least one of these is needed.
    Nothing(&'static [&'static str]),
    /// What was filled in for that field cannot be read.
    Field {
        /// The name of the field.
        field: &'static str,
        /// What belongs there.
        expected: &'static str,
    },
}

impl fmt::Display for FormFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => write!(f, "There is no command `{name}` any more. `/help` shows those there are."),
            Self::Nothing(fields) => {
                write!(f, "Nothing was filled in, so nothing was changed: fill in `{}`.", fields.join("`, `"))
            }
            Self::Field { field, expected } => {
                write!(f, "`{field}` cannot be read, so nothing was changed. Expected there: {expected}.")
            }
        }
    }
}

/// The line that says what `invocation` does, in canonical form: [`read`] gives its [`Directive`].
///
/// # Errors
///
/// A [`FormFault`] that names the field which cannot be read.
pub fn line_of(invocation: &Invocation) -> Result<String, FormFault> {
    let directive = directive(invocation)?;
    let command = Command { directive, following: None };
    let line = command.to_string();
    // What is carried out is what the line says, so it must say this and nothing else.
    match read(&line, "") {
        Ok(Message::Command(same)) if same == command => Ok(line),
        Ok(_) | Err(_) => Err(FormFault::Field { field: "command", expected: "names without unusual characters" }),
    }
}

fn directive(invocation: &Invocation) -> Result<Directive, FormFault> {
    let form = Filled(invocation);
    Ok(match (invocation.command.as_str(), invocation.subcommand.as_deref()) {
        ("model", None | Some("pick")) => Directive::Picker,
        ("model", Some("set")) => form.selection()?,
        ("model", Some("list")) | ("models", None) => {
            Directive::List { provider: form.name("provider"), page: form.page()? }
        }
        ("model", Some("profiles")) => Directive::Profiles { page: form.page()? },
        ("model", Some("status")) => Directive::Status,
        ("model", Some("why")) => Directive::Why,
        ("model", Some("default")) => Directive::Default,
        ("model", Some("undo")) => Directive::Undo,
        ("new" | "reset", None) => Directive::New { text: form.text("text") },
        ("help", None) => Directive::Help,
        ("auth", subcommand) => Directive::Operate(form.auth(subcommand)?),
        ("sessions", None) => Directive::Operate(Operation::Sessions { filter: form.name("filter") }),
        ("pin", None) => form.pin()?,
        ("unpin", None) => Directive::Operate(Operation::Unpin { subject: form.needed("subject")? }),
        ("usage", None) => Directive::Operate(Operation::Usage { by: form.dimension()? }),
        ("audit", None) => Directive::Operate(Operation::Audit { count: form.count("count")? }),
        ("reload", None) => Directive::Operate(Operation::Reload),
        ("drain", None) => Directive::Operate(Operation::Drain),
        ("whoami", None) => Directive::Whoami,
        (command, None) => return Err(FormFault::Unknown(shown(command))),
        (command, Some(subcommand)) => return Err(FormFault::Unknown(shown(&format!("{command} {subcommand}")))),
    })
}

/// The fields of one form, as they were filled in.
struct Filled<'a>(&'a Invocation);

impl Filled<'_> {
    /// A name: cleared of what keyboards and copying put there; `None` where nothing is left of it.
    fn name(&self, field: &str) -> Option<Typed> {
        let clean: String = self.0.value(field)?.chars().filter_map(cleaned).collect();
        let name = clean.trim();
        (!name.is_empty()).then(|| Typed::from(name))
    }

    /// Text for the model, as it was typed.
    fn text(&self, field: &str) -> Option<String> {
        let text = self.0.value(field)?.trim_matches(is_unseen);
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn page(&self) -> Result<Option<u32>, FormFault> {
        let Some(page) = self.name("page") else { return Ok(None) };
        let number = page.text.parse().ok().filter(|number| *number > 0);
        number.map(Some).ok_or(FormFault::Field { field: "page", expected: "the number of a page, from 1" })
    }

    /// A name that has to be filled in.
    fn needed(&self, field: &'static str) -> Result<Typed, FormFault> {
        self.name(field).ok_or(FormFault::Field { field, expected: "a name" })
    }

    fn auth(&self, subcommand: Option<&str>) -> Result<Operation, FormFault> {
        let profile = || self.needed("profile");
        Ok(match subcommand {
            None | Some("list") => Operation::Auth,
            Some("add") => Operation::Add { provider: self.name("provider") },
            Some("remove") => Operation::Remove { profile: profile()? },
            Some("clear") => Operation::Clear { profile: profile()? },
            Some("disable") => Operation::Disable { profile: profile()? },
            Some("enable") => Operation::Enable { profile: profile()? },
            Some("order") => Operation::Order { provider: self.needed("provider")?, order: self.order() },
            Some(subcommand) => return Err(FormFault::Unknown(shown(&format!("auth {subcommand}")))),
        })
    }

    fn order(&self) -> OrderWish {
        let Some(filled) = self.name("profiles") else { return OrderWish::Show };
        let names: Vec<Typed> = filled.text.split_whitespace().map(Typed::from).collect();
        match names.as_slice() {
            [only] if only.text.eq_ignore_ascii_case("clear") => OrderWish::Clear,
            _ => OrderWish::Set(names),
        }
    }

    /// What is chosen is read as it would be behind `/model`.
    fn pin(&self) -> Result<Directive, FormFault> {
        let session = self.needed("session")?;
        let selection = self.needed("selection")?;
        match read(&format!("/model: {}", selection.text), "") {
            Ok(Message::Command(Command { directive: Directive::Select { wanted, lifetime }, following: None })) => {
                Ok(Directive::Operate(Operation::Pin { session, wanted, lifetime }))
            }
            Ok(_) | Err(_) => Err(FormFault::Field { field: "selection", expected: "a model, such as `opus@work`" }),
        }
    }

    fn dimension(&self) -> Result<Dimension, FormFault> {
        let Some(by) = self.name("by") else { return Ok(Dimension::Profile) };
        let expected = "`profile`, `fingerprint`, `user`, `session`, `model` or `day`";
        by.text.to_ascii_lowercase().parse().map_err(|_| FormFault::Field { field: "by", expected })
    }

    fn count(&self, field: &'static str) -> Result<Option<u32>, FormFault> {
        let Some(count) = self.name(field) else { return Ok(None) };
        let number = count.text.parse().ok().filter(|number| *number > 0);
        number.map(Some).ok_or(FormFault::Field { field, expected: "a whole number, from 1" })
    }

    fn selection(&self) -> Result<Directive, FormFault> {
        let model = self.name("model");
        let profile = self.name("profile").map(|name| Typed::from(name.text.strip_prefix('@').unwrap_or(&name.text)));
        if profile.as_ref().is_some_and(|profile| profile.text.trim().is_empty()) {
            return Err(FormFault::Field { field: "profile", expected: "the name of a credential, or `auto`" });
        }
        let wanted = match (model, profile) {
            (None, None) => return Err(FormFault::Nothing(&["model", "profile"])),
            (Some(model), None) => {
                whole(&model.text).map_or_else(|| word(&model), |name| Ok(parts(Some(name), None)))?
            }
            (Some(model), profile) => parts(Some(whole(&model.text).unwrap_or(model)), profile),
            (None, profile) => parts(None, profile),
        };
        Ok(Directive::Select { wanted, lifetime: self.lifetime()? })
    }

    fn lifetime(&self) -> Result<Lifetime, FormFault> {
        let Some(typed) = self.name("lifetime") else { return Ok(Lifetime::Lasting) };
        let word = typed.text.to_ascii_lowercase();
        if word == "once" {
            return Ok(Lifetime::Once);
        }
        let length = word.strip_prefix("for ").unwrap_or(&word).trim();
        // The line is written to the second.
        let length = duration(length).and_then(|length| duration(&duration_text(length)));
        length.map(Lifetime::For).ok_or(FormFault::Field {
            field: "lifetime",
            expected: "`once`, or a time such as `15m`, `2h`, `1h30m`, `7d`",
        })
    }
}

fn parts(target: Option<Typed>, profile: Option<Typed>) -> Wanted {
    Wanted::Parts { target, profile }
}

/// A model in plain quotes: all of it is its name, and no `@` in it begins a credential.
fn whole(text: &str) -> Option<Typed> {
    let inside = text.strip_prefix('"')?.strip_suffix('"')?.trim();
    (!inside.is_empty() && !inside.contains('"')).then(|| Typed::from(inside))
}

/// A model, or a model and a credential: the catalogue says which.
fn word(model: &Typed) -> Result<Wanted, FormFault> {
    if model.text.ends_with('@') {
        return Err(FormFault::Field { field: "model", expected: "a model; a credential after the `@`" });
    }
    if model.text.contains('@') {
        return Ok(Wanted::Word(model.clone()));
    }
    // Without an `@` there is one reading; which shape it has depends on whether it could be typed without quotes.
    Ok(match read(&format!("/model: {}", model.text), "") {
        Ok(Message::Command(Command {
            directive: Directive::Select { wanted: Wanted::Word(same), lifetime: Lifetime::Lasting },
            following: None,
        })) if same == *model => Wanted::Word(model.clone()),
        Ok(_) | Err(_) => parts(Some(model.clone()), None),
    })
}

/// A name that a platform sent, as far as it is repeated.
fn shown(name: &str) -> String {
    name.chars().filter_map(cleaned).take(64).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use modelpin_chat::Invocation;

    use super::{FormFault, line_of};

    fn filled(command: &str, subcommand: Option<&str>, values: &[(&str, &str)]) -> Result<String, FormFault> {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        line_of(&Invocation { command: command.to_owned(), subcommand: subcommand.map(str::to_owned), values })
    }

    #[test]
    fn a_form_says_what_the_line_says() {
        for (subcommand, values, line) in [
            ("pick", &[][..], "/model"),
            ("set", &[("model", "opus")][..], "/model opus"),
            ("set", &[("model", "opus@work")], "/model opus@work"),
            ("set", &[("model", "@work")], "/model @work"),
            ("set", &[("model", "list")], "/model \"list\""),
            ("set", &[("model", "3")], "/model \"3\""),
            ("set", &[("model", "once upon")], "/model \"once upon\""),
            ("set", &[("model", "\"m@q8_0\"")], "/model \"m\\@q8_0\""),
            ("set", &[("model", " \u{200B}opus\u{A0}")], "/model opus"),
            ("set", &[("profile", "@auto")], "/model @\"auto\""),
            ("set", &[("profile", "openai:me+x@example.com")], "/model @\"openai:me+x@example.com\""),
            ("set", &[("profile", "work"), ("model", "opus")], "/model \"opus\"@\"work\""),
            ("set", &[("model", "opus"), ("lifetime", "ONCE")], "/model opus once"),
            ("set", &[("model", "opus"), ("lifetime", "90m")], "/model opus for 1h30m"),
            ("set", &[("model", "opus"), ("lifetime", "for 2h"), ("profile", " ")], "/model opus for 2h"),
            ("list", &[], "/model list"),
            ("list", &[("provider", "anthropic"), ("page", "2")], "/model list anthropic 2"),
            ("list", &[("provider", "2")], "/model list \"2\""),
            ("profiles", &[("page", "3")], "/model profiles 3"),
            ("status", &[], "/model status"),
            ("why", &[], "/model why"),
            ("default", &[], "/model default"),
            ("undo", &[], "/model undo"),
        ] {
            assert_eq!(filled("model", Some(subcommand), values).as_deref(), Ok(line), "{subcommand} {values:?}");
        }
        for (command, values, line) in [
            ("models", &[("provider", "openai")][..], "/model list openai"),
            ("new", &[], "/new"),
            ("new", &[("text", " hello\nyou ")], "/new hello\nyou"),
            ("new", &[("text", "\u{200B} ")], "/new"),
            ("reset", &[], "/new"),
            ("help", &[], "/help"),
            ("whoami", &[], "/whoami"),
        ] {
            assert_eq!(filled(command, None, values).as_deref(), Ok(line), "{command} {values:?}");
        }
    }

    #[test]
    fn a_fault_names_the_field() {
        for (subcommand, values, told) in [
            ("set", &[][..], "`model`, `profile`"),
            ("set", &[("lifetime", "once")][..], "`model`, `profile`"),
            ("set", &[("model", "opus@")], "`model`"),
            ("set", &[("profile", "@")], "`profile`"),
            ("set", &[("model", "opus"), ("lifetime", "soon")], "`lifetime`"),
            ("set", &[("model", "opus"), ("lifetime", "0s")], "`lifetime`"),
            ("list", &[("page", "0")], "`page`"),
            ("profiles", &[("page", "two")], "`page`"),
            ("forget", &[], "`model forget`"),
        ] {
            let fault = filled("model", Some(subcommand), values).unwrap_err().to_string();
            assert!(fault.contains(told), "{subcommand} {values:?}: {fault}");
        }
        assert!(matches!(filled("opus", None, &[]), Err(FormFault::Unknown(_))));
    }
}
