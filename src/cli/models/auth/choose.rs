//! Questions that a person answers at a terminal. Secrets are asked for elsewhere, and not shown.

use std::fmt::Display;

use inquire::{Confirm, InquireError, Select, Text};

use crate::cli::failure::Failure;
use crate::cli::output::Output;

/// Which of `known`; `otherwise` says what to type where nobody can be asked.
pub(crate) fn one_of<T: Display>(question: &str, known: Vec<T>, otherwise: &str) -> Result<T, Failure> {
    if !Output::is_talk_answered() {
        return Err(Failure::Misuse(otherwise.to_owned()));
    }
    Select::new(question, known).prompt().map_err(|fault| given_up(&fault))
}

/// A line of text that `reads` takes; `usual` where only Enter is pressed.
pub(crate) fn text<T>(question: &str, usual: &str, reads: impl Fn(&str) -> Result<T, String>) -> Result<T, Failure> {
    let mut hint = String::new();
    loop {
        let mut ask = Text::new(question).with_default(usual);
        if !hint.is_empty() {
            ask = ask.with_help_message(&hint);
        }
        match reads(ask.prompt().map_err(|fault| given_up(&fault))?.trim()) {
            Ok(read) => return Ok(read),
            Err(why) => hint = why,
        }
    }
}

/// Yes or no.
pub(crate) fn agrees(question: &str) -> Result<bool, Failure> {
    Confirm::new(question).with_default(true).prompt().map_err(|fault| given_up(&fault))
}

/// Whoever gives up gets nothing stored, and nothing else is taken for an answer.
fn given_up(fault: &InquireError) -> Failure {
    match fault {
        InquireError::OperationCanceled | InquireError::OperationInterrupted => {
            Failure::Misuse("given up, and nothing was stored".to_owned())
        }
        InquireError::NotTTY
        | InquireError::InvalidConfiguration(_)
        | InquireError::IO(_)
        | InquireError::Custom(_) => Failure::Unexpected(format!("this terminal cannot be asked at: {fault}")),
    }
}
