//! `modelpin models auth setup-token`

mod claude;

use clap::Args;

use crate::catalog::ProviderId;
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::auth::given::Given;
use crate::cli::models::auth::lifetime::Lifetime;
use crate::cli::models::auth::paste_token::{self, PasteToken};
use crate::cli::models::auth::{Case, new_id};
use crate::profile::ProfileId;

/// Store what `claude setup-token` prints
#[derive(Debug, Args)]
pub(crate) struct SetupToken {
    /// Whose token it is; only anthropic has setup-tokens
    #[arg(long, value_name = "ID", default_value = "anthropic")]
    pub(crate) provider: ProviderId,
    /// What to call it [default: anthropic:manual]
    #[arg(long, value_name = "ID", value_parser = new_id)]
    pub(crate) profile_id: Option<ProfileId>,
    /// When it ends, from now: 365d, 12h, 1h30m, or a number of days
    #[arg(long, value_name = "DURATION")]
    pub(crate) expires_in: Option<Lifetime>,
    /// The account behind it
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<String>,
    /// Also where a credential of another kind has that id; and, where `claude` would be started, without asking
    #[arg(long)]
    pub(crate) yes: bool,
    /// Leave the configuration as it is, also where it would leave the credential out
    #[arg(long)]
    pub(crate) no_config: bool,
    #[command(flatten)]
    pub(crate) given: Given,
}

/// Says where such a token comes from, asks for it and stores it.
pub(crate) fn run(setup: &SetupToken, case: &mut Case<'_>) -> Result<Exit, Failure> {
    let SetupToken { provider, profile_id, expires_in, email, yes, no_config, given } = setup;
    if provider.as_str() != "anthropic" {
        let instead = case.command(&format!("paste-token --provider {provider}"));
        return Err(Failure::Misuse(format!("{provider} has no setup-tokens. For a token of another kind: {instead}")));
    }
    if given.asks() && !claude::ran(*yes, case)? {
        case.output.talk("Run `claude setup-token` in another terminal, and paste here what it prints.");
    }
    let paste = PasteToken {
        provider: provider.clone(),
        profile_id: profile_id.clone(),
        expires_in: *expires_in,
        email: email.clone(),
        yes: *yes,
        no_config: *no_config,
        given: given.clone(),
    };
    paste_token::run(&paste, case)
}
