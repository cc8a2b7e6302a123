//! Asking the person at the terminal for a passphrase.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use crate::cli::failure::Failure;
use crate::profile::AskPassphrase;

/// How the person at the terminal is asked for the passphrase of what is sealed; `None` where nobody is there.
pub(crate) fn asking() -> Option<AskPassphrase> {
    let ask: AskPassphrase = Arc::new(|| ask("Passphrase of the sealed credentials (not shown): "));
    io::stdin().is_terminal().then_some(ask)
}

/// A new passphrase, typed twice.
///
/// # Errors
/// Nothing was typed, or not the same.
pub(crate) fn new() -> Result<SecretString, Failure> {
    let nothing = || Failure::Misuse("no passphrase was given, and nothing was sealed".to_owned());
    let text = |typed: Vec<u8>| String::from_utf8(typed).map(Zeroizing::new).ok();
    let type_in =
        |prompt: &str| modelpin_terminal::read_hidden(prompt).ok().flatten().and_then(text).ok_or_else(nothing);
    let first = type_in("New passphrase for the credentials (not shown): ")?;
    let second = type_in("The same once more: ")?;
    if first.trim().is_empty() {
        return Err(nothing());
    }
    if first.trim() != second.trim() {
        return Err(Failure::Misuse("the two are not the same, and nothing was sealed".to_owned()));
    }
    Ok(SecretString::from(first.trim()))
}

fn ask(prompt: &str) -> Option<SecretString> {
    let typed = modelpin_terminal::read_hidden(prompt).ok()??;
    String::from_utf8(typed).ok().map(SecretString::from)
}
