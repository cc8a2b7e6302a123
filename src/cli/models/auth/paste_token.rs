//! `modelpin models auth paste-token`

use clap::Args;

use crate::catalog::ProviderId;
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::auth::given::Given;
use crate::cli::models::auth::lifetime::Lifetime;
use crate::cli::models::auth::place::Place;
use crate::cli::models::auth::{Case, new_id};
use crate::profile::{Credential, NewProfile, ProfileId, SecretValue, pasted};
use secrecy::SecretString;

/// Store a token: asked for and not shown, or read from standard input or a file
#[derive(Debug, Args)]
pub(crate) struct PasteToken {
    /// Whose token it is
    #[arg(long, value_name = "ID")]
    pub(crate) provider: ProviderId,
    /// What to call it [default: PROVIDER:manual]
    #[arg(long, value_name = "ID", value_parser = new_id)]
    pub(crate) profile_id: Option<ProfileId>,
    /// When it ends, from now: 365d, 12h, 1h30m, or a number of days
    #[arg(long, value_name = "DURATION")]
    pub(crate) expires_in: Option<Lifetime>,
    /// The account behind it
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<String>,
    /// Also where a credential of another kind has that id
    #[arg(long)]
    pub(crate) yes: bool,
    /// Leave the configuration as it is, also where it would leave the credential out
    #[arg(long)]
    pub(crate) no_config: bool,
    #[command(flatten)]
    pub(crate) given: Given,
}

/// Asks for the token and stores it.
pub(crate) fn run(paste: &PasteToken, case: &mut Case<'_>) -> Result<Exit, Failure> {
    let PasteToken { provider, profile_id, expires_in, email, yes, no_config, given } = paste;
    let id = profile_id.clone().unwrap_or_else(|| ProfileId::short(provider, "manual"));
    let place = Place::of(case, id, provider, "token", *yes)?.leaving_config(*no_config);
    let token = given.read(&format!("Token for {provider} (not shown): "))?;
    pasted::token(&token, provider, |rest| case.command(rest)).map_err(Failure::Misuse)?;
    let credential = Credential::Token {
        token: SecretValue::Inline(SecretString::from(token.as_str())),
        expires: Lifetime::end(*expires_in, case.installation.now()),
    };
    let profile = NewProfile { email: email.clone(), ..NewProfile::new(provider.clone(), credential) };
    place.put(case, &profile)
}
