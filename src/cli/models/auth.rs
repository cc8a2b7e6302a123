//! `modelpin models auth …`

mod add;
mod choose;
mod clear_cooldown;
mod configured;
mod conversion;
pub(crate) mod given;
pub(crate) mod lifetime;
mod list;
mod login;
mod order;
mod paste_token;
pub(crate) mod place;
mod remove;
mod seal;
mod setup_token;
mod switch;
mod unseal;
pub(crate) mod verdict;

use clap::Subcommand;

use crate::app::Installation;
use crate::audit::Kind;
use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::desk::at_desk;
use crate::cli::failure::Failure;
use crate::cli::open::{again, find};
use crate::cli::output::Output;
use crate::operator::{Deed, Desk, Trouble};
use crate::profile::{AuthStore, Credential, Current, Profile, ProfileId, StoreFileFault};

pub(crate) use place::{end, fingerprint};
pub(crate) use verdict::kind;

/// Look after the credentials
#[derive(Debug, Subcommand)]
pub(crate) enum Auth {
    /// Store an API key: asked for and not shown, or read from standard input or a file
    Add(add::Add),
    /// Store a token: asked for and not shown, or read from standard input or a file
    PasteToken(paste_token::PasteToken),
    /// Store what `claude setup-token` prints
    SetupToken(setup_token::SetupToken),
    /// Log in with a browser, here or on another device, and store what that gives
    Login(login::Login),
    /// Show the credentials, without a character of their secrets
    List(list::List),
    /// Take a credential out of the store
    Remove(remove::Remove),
    /// Look at and change the order in which the credentials of a provider are tried
    #[command(subcommand)]
    Order(order::Order),
    /// Let a credential answer nobody until it is enabled again
    Disable(switch::Switch),
    /// Let a credential answer again that was disabled
    Enable(switch::Switch),
    /// Let credentials be tried again at once
    ClearCooldown(clear_cooldown::ClearCooldown),
    /// Seal the secrets in the store: with a key in the keyring of this machine, or with a passphrase
    Seal(seal::Seal),
    /// Write the secrets in the store as they are again, readable for other programs
    Unseal(unseal::Unseal),
}

/// What a command is carried out with.
pub(crate) struct Case<'a> {
    pub(crate) installation: Installation,
    pub(crate) global: &'a Global,
    pub(crate) invoked_as: &'a str,
    pub(crate) output: &'a mut Output,
}

/// Carries one of them out.
pub(crate) fn run(command: &Auth, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let installation = find(global, invoked_as, output)?;
    let mut case = Case { installation, global, invoked_as, output };
    match command {
        Auth::Add(add) => add::run(add, &mut case),
        Auth::PasteToken(paste) => paste_token::run(paste, &mut case),
        Auth::SetupToken(setup) => setup_token::run(setup, &mut case),
        Auth::Login(login) => login::run(login, &mut case),
        Auth::List(list) => list::run(list, &mut case),
        Auth::Remove(remove) => remove::run(remove, &mut case),
        Auth::Order(order) => order::run(order, &mut case),
        Auth::Disable(switch) => switch::run(switch, false, &mut case),
        Auth::Enable(switch) => switch::run(switch, true, &mut case),
        Auth::ClearCooldown(clear) => clear_cooldown::run(clear, &mut case),
        Auth::Seal(seal) => seal::run(seal, &mut case),
        Auth::Unseal(unseal) => unseal::run(unseal, &mut case),
    }
}

impl Case<'_> {
    /// The line to type for another command on the same installation.
    pub(crate) fn command(&self, rest: &str) -> String {
        again(self.global, self.invoked_as, &format!("models auth {rest}"))
    }

    /// Has an operator's deed done, and says where its row is missing from the audit.
    pub(crate) fn at_desk<T>(&mut self, deed: impl AsyncFnOnce(&Desk) -> Result<T, Trouble>) -> Result<T, Failure> {
        at_desk(&self.installation, self.output, deed)
    }

    /// Changes an auth store, with a row in the audit.
    pub(crate) fn audited<T>(
        &mut self,
        deed: Deed,
        change: impl FnOnce(&AuthStore) -> Result<T, StoreFileFault>,
    ) -> Result<T, Failure> {
        let doing = async |desk: &Desk| {
            desk.audited(deed, async { change(&desk.auth_store).map_err(Trouble::AuthStore) }).await
        };
        self.at_desk(doing)
    }

    /// What is stored, where all of it can be read.
    pub(crate) fn current(&self) -> Result<Current, Failure> {
        let mut current = self.installation.auth_store().current();
        match current.trouble.pop() {
            None => Ok(current),
            Some(fault) => Err(fault.into()),
        }
    }
}

/// A change of a credential, for the audit.
pub(crate) fn deed(id: &ProfileId, before: Option<String>, after: Option<String>, reason: &str) -> Deed {
    let (subject, reason) = (id.to_string(), reason.to_owned());
    Deed { kind: Kind::Credential, profiles: vec![subject.clone()], subject, before, after, reason }
}

/// A stored credential in the words of the audit: its kind, and the fingerprints of its secrets.
pub(crate) fn told(profile: &Profile) -> String {
    let prints: Vec<String> = profile.fingerprints().iter().map(ToString::to_string).collect();
    let prints = if prints.is_empty() { "kept elsewhere".to_owned() } else { prints.join(" and ") };
    format!("{} {prints}", kind_word(&profile.credential))
}

/// The word for the kind of a credential.
pub(crate) fn kind_word(credential: &Credential) -> &'static str {
    match credential {
        Credential::ApiKey { .. } => "api_key",
        Credential::Token { .. } => "token",
        Credential::OAuth(_) => "oauth",
    }
}

/// An id, as it is given for a new profile.
pub(crate) fn new_id(text: &str) -> Result<ProfileId, String> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err("a profile id must not hold control characters".to_owned());
    }
    ProfileId::new(text).ok_or_else(|| "a profile id must not be blank".to_owned())
}
