//! `modelpin models auth …`

mod add;
mod clear_cooldown;
mod conversion;
mod given;
mod lifetime;
mod list;
mod order;
mod paste_token;
mod place;
mod remove;
mod seal;
mod setup_token;
mod shape;
mod unseal;
mod verdict;

use clap::Subcommand;

use crate::app::Installation;
use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::open::{again, find};
use crate::cli::output::Output;
use crate::profile::{Current, ProfileId};

/// Look after the credentials
#[derive(Debug, Subcommand)]
pub(crate) enum Auth {
    /// Store an API key: asked for and not shown, or read from standard input or a file
    Add(add::Add),
    /// Store a token: asked for and not shown, or read from standard input or a file
    PasteToken(paste_token::PasteToken),
    /// Store what `claude setup-token` prints
    SetupToken(setup_token::SetupToken),
    /// Show the credentials, without a character of their secrets
    List(list::List),
    /// Take a credential out of the store
    Remove(remove::Remove),
    /// Look at and change the order in which the credentials of a provider are tried
    #[command(subcommand)]
    Order(order::Order),
    /// Let credentials be tried again at once
    ClearCooldown(clear_cooldown::ClearCooldown),
    /// Seal the secrets in the store: with a key in the keyring of this machine, or with a passphrase
    Seal(seal::Seal),
    /// Write the secrets in the store as they are again, readable for other programs
    Unseal(unseal::Unseal),
}

/// What a command is carried out with.
struct Case<'a> {
    installation: Installation,
    global: &'a Global,
    invoked_as: &'a str,
    output: &'a mut Output,
}

/// Carries one of them out.
pub(crate) fn run(command: &Auth, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let installation = find(global, invoked_as, output)?;
    let mut case = Case { installation, global, invoked_as, output };
    match command {
        Auth::Add(add) => add::run(add, &mut case),
        Auth::PasteToken(paste) => paste_token::run(paste, &mut case),
        Auth::SetupToken(setup) => setup_token::run(setup, &mut case),
        Auth::List(list) => list::run(list, &mut case),
        Auth::Remove(remove) => remove::run(remove, &mut case),
        Auth::Order(order) => order::run(order, &mut case),
        Auth::ClearCooldown(clear) => clear_cooldown::run(clear, &mut case),
        Auth::Seal(seal) => seal::run(seal, &mut case),
        Auth::Unseal(unseal) => unseal::run(unseal, &mut case),
    }
}

impl Case<'_> {
    /// The line to type for another command on the same installation.
    fn command(&self, rest: &str) -> String {
        again(self.global, self.invoked_as, &format!("models auth {rest}"))
    }

    /// What is stored, where all of it can be read.
    fn current(&self) -> Result<Current, Failure> {
        let mut current = self.installation.auth_store().current();
        match current.trouble.pop() {
            None => Ok(current),
            Some(fault) => Err(fault.into()),
        }
    }
}

/// An id, as it is given for a new profile.
fn new_id(text: &str) -> Result<ProfileId, String> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err("a profile id must not hold control characters".to_owned());
    }
    ProfileId::new(text).ok_or_else(|| "a profile id must not be blank".to_owned())
}
