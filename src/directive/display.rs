//! The canonical text of what was read. Read again, it is the same.

use std::fmt::{self, Display, Formatter};

use crate::directive::line::{cleaned, is_break};
use crate::directive::quote::{At, write_quoted};
use crate::directive::{Command, Directive, Lifetime, Message, Wanted, duration_text, read};

impl Display for Command {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { directive, following } = self;
        write!(f, "{directive}")?;
        following.as_ref().map_or(Ok(()), |following| write!(f, "\n{following}"))
    }
}

impl Display for Directive {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Picker => f.write_str("/model"),
            Self::List { provider, page } => {
                f.write_str("/model list")?;
                if let Some(provider) = provider {
                    f.write_str(" ")?;
                    write_provider(f, &provider.text)?;
                }
                page.map_or(Ok(()), |page| write!(f, " {page}"))
            }
            Self::Profiles { page } => {
                f.write_str("/model profiles")?;
                page.map_or(Ok(()), |page| write!(f, " {page}"))
            }
            Self::Status => f.write_str("/model status"),
            Self::Why => f.write_str("/model why"),
            Self::Default => f.write_str("/model default"),
            Self::Undo => f.write_str("/model undo"),
            Self::Number(number) => write!(f, "/model {number}"),
            Self::Select { wanted, lifetime } => {
                let wanted = wanted.to_string();
                // The colon that may follow the name must not be found in the word.
                let colon = if wanted.starts_with(':') { ":" } else { "" };
                let blank = if *lifetime == Lifetime::Lasting { "" } else { " " };
                write!(f, "/model{colon} {wanted}{blank}{lifetime}")
            }
            Self::New { text } => {
                f.write_str("/new")?;
                text.as_ref().map_or(Ok(()), |text| write_text(f, text))
            }
            Self::Help => f.write_str("/help"),
            Self::Whoami => f.write_str("/whoami"),
            Self::Operate(operation) => operation.fmt(f),
            Self::Shortcut { wanted, text } => {
                f.write_str("/")?;
                write_shortcut(f, wanted)?;
                text.as_ref().map_or(Ok(()), |text| write_text(f, text))
            }
        }
    }
}

/// As it is typed after `/model`.
impl Display for Wanted {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) if is_bare(&word.text) => f.write_str(&word.text),
            Self::Word(word) => write_quoted(f, &word.text, At::Bare),
            Self::Parts { target, profile } => {
                // Next to a profile an `@` in the target cannot be taken for a separator.
                let at = if profile.is_some() { At::Bare } else { At::Escaped };
                if let Some(target) = target {
                    write_quoted(f, &target.text, at)?;
                }
                if let Some(profile) = profile {
                    f.write_str("@")?;
                    write_quoted(f, &profile.text, At::Bare)?;
                }
                Ok(())
            }
        }
    }
}

/// As it is typed after the selection; nothing for [`Lifetime::Lasting`].
impl Display for Lifetime {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lasting => Ok(()),
            Self::Once => f.write_str("once"),
            Self::For(duration) => write!(f, "for {}", duration_text(*duration)),
        }
    }
}

/// Whether `text` is read as one word without quotes. Only the grammar itself can say.
fn is_bare(text: &str) -> bool {
    matches!(
        read(&format!("/model: {text}"), ""),
        Ok(Message::Command(Command {
            directive: Directive::Select { wanted: Wanted::Word(word), lifetime: Lifetime::Lasting },
            following: None,
        })) if word.text == text
    )
}

fn write_provider(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    let is_bare = matches!(
        read(&format!("/model list {text}"), ""),
        Ok(Message::Command(Command {
            directive: Directive::List { provider: Some(provider), page: None },
            following: None,
        })) if provider.text == text
    );
    if is_bare { f.write_str(text) } else { write_quoted(f, text, At::Bare) }
}

/// The word of a shortcut cannot be quoted, and needs not be: it was read from the message as it is.
fn write_shortcut(f: &mut Formatter<'_>, wanted: &Wanted) -> fmt::Result {
    match wanted {
        Wanted::Word(word) => f.write_str(&word.text),
        Wanted::Parts { target, profile } => {
            f.write_str(target.as_ref().map_or("", |target| target.text.as_str()))?;
            let Some(profile) = profile else { return Ok(()) };
            f.write_str("@")?;
            write_quoted(f, &profile.text, At::Bare)
        }
    }
}

/// Text behind a command's name: on the same line, unless reading would take away how it begins.
fn write_text(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    let begins = text.chars().next();
    match begins {
        Some(':') => write!(f, ": {text}"),
        Some(c) if is_break(c) || c == ' ' || cleaned(c) != Some(c) && c != '\u{FF20}' => write!(f, "\n{text}"),
        Some(_) | None => write!(f, " {text}"),
    }
}
