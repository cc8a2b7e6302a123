//! Questions to a person. Ctrl-C ends all of it, Esc passes over one of them.

use std::fmt::Display;

use inquire::ui::RenderConfig;
use inquire::{Confirm, InquireError, Select, Text};
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use crate::cli::failure::Failure;
use crate::profile::pasted;
use crate::redact;

/// What is shown below a choice.
const CHOOSING: &str = "arrows and Enter choose, typing filters, Esc skips, Ctrl-C ends it";
/// What is shown below a text.
const TYPING: &str = "Enter takes it, Esc or - skips";

/// Has the person choose one of `options`, the one at `cursor` being marked; `None` where it was passed over.
///
/// # Errors
/// The person stopped, or the terminal is of no use.
pub(crate) fn choose<T: Display>(question: &str, options: Vec<T>, cursor: usize) -> Result<Option<T>, Failure> {
    let last = options.len().saturating_sub(1);
    let select = Select::new(question, options).with_help_message(CHOOSING).with_starting_cursor(cursor.min(last));
    answered(select.with_page_size(10).with_render_config(RenderConfig::default()).prompt())
}

/// Has the person type a line, `usual` where Enter is all; `None` where it was passed over.
///
/// # Errors
/// As [`choose`].
pub(crate) fn text(question: &str, usual: &str) -> Result<Option<String>, Failure> {
    let mut prompt = Text::new(question).with_help_message(TYPING);
    if !usual.is_empty() {
        prompt = prompt.with_default(usual);
    }
    let line = answered(prompt.prompt())?;
    Ok(line.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty() && line != "-"))
}

/// Asks yes or no; `None` where it was passed over.
///
/// # Errors
/// As [`choose`].
pub(crate) fn confirm(question: &str, usual: bool) -> Result<Option<bool>, Failure> {
    answered(Confirm::new(question).with_default(usual).prompt())
}

/// Asks for a secret, which is not shown; `None` where nothing was typed, or `-`.
///
/// # Errors
/// As [`choose`]; also where it cannot be a secret. What was typed is not repeated.
pub(crate) fn secret(question: &str) -> Result<Option<Result<Zeroizing<String>, &'static str>>, Failure> {
    let answer = modelpin_terminal::read_hidden(&format!("? {question} (not shown; Enter skips): "));
    let bytes = match answer {
        Ok(Some(bytes)) => Zeroizing::new(bytes),
        Ok(None) => return Err(stopped()),
        Err(fault) => return Err(useless(&fault.to_string())),
    };
    if matches!(bytes.trim_ascii(), b"" | b"-") {
        return Ok(None);
    }
    redact::learn([&SecretString::from(String::from_utf8_lossy(&bytes).as_ref())]);
    Ok(Some(pasted::cleaned(&bytes)))
}

fn answered<T>(answer: Result<T, InquireError>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(InquireError::OperationCanceled) => Ok(None),
        Err(InquireError::OperationInterrupted) => Err(stopped()),
        Err(fault) => Err(useless(&fault.to_string())),
    }
}

/// The person does not want to go on.
fn stopped() -> Failure {
    Failure::Misuse("stopped, and nothing was written".to_owned())
}

fn useless(why: &str) -> Failure {
    Failure::Misuse(format!("this terminal cannot be asked on ({why}), and nothing was written; use --non-interactive"))
}
