//! `modelpin models auth add`

mod guide;

use clap::Args;
use secrecy::SecretString;

use crate::catalog::ProviderId;
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::auth::given::Given;
use crate::cli::models::auth::place::Place;
use crate::cli::models::auth::{Case, new_id};
use crate::profile::{Credential, NewProfile, ProfileId, SecretValue, pasted};

/// Store an API key: asked for and not shown, or read from standard input or a file
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// Whose key it is; left out at a terminal, it is asked for, and what else may be stored
    #[arg(long, value_name = "ID")]
    provider: Option<ProviderId>,
    /// What to call it [default: PROVIDER:default]
    #[arg(long, value_name = "ID", value_parser = new_id)]
    profile_id: Option<ProfileId>,
    /// The account behind it
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Also where a credential of another kind has that id
    #[arg(long)]
    yes: bool,
    /// Leave the configuration as it is, also where it would leave the credential out
    #[arg(long)]
    no_config: bool,
    #[command(flatten)]
    given: Given,
}

/// Asks for the key and stores it.
pub(crate) fn run(add: &Add, case: &mut Case<'_>) -> Result<Exit, Failure> {
    let Add { provider, profile_id, email, yes, no_config, given } = add;
    let Some(provider) = provider else { return guide::run(add, case) };
    let id = profile_id.clone().unwrap_or_else(|| ProfileId::short(provider, "default"));
    let place = Place::of(case, id, provider, "api_key", *yes)?.leaving_config(*no_config);
    let key = given.read(&format!("API key for {provider} (not shown): "))?;
    pasted::key(&key, provider, |rest| case.command(rest)).map_err(Failure::Misuse)?;
    let key = SecretValue::Inline(SecretString::from(key.as_str()));
    let profile = NewProfile { email: email.clone(), ..NewProfile::new(provider.clone(), Credential::ApiKey { key }) };
    place.put(case, &profile)
}
