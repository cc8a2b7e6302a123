//! `modelpin models auth login`

mod browser;
mod callback;
mod device;
mod keep;
mod waiting;

use std::time::Duration;

use clap::Args;
use tokio::runtime::Builder;

use crate::catalog::ProviderId;
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::auth::choose::one_of;
use crate::cli::models::auth::{Case, new_id};
use crate::directive::{duration, duration_text};
use crate::oauth::TokenHttp;
use crate::oauth::login::{Gives, Grant, LoginClient, NoLogin, logins};
use crate::profile::{ExternalCli, ProfileId};

/// Log in with a browser, here or on another device, and store what that gives
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Login {
    /// Where to log in
    #[arg(long, value_name = "ID")]
    pub(crate) provider: Option<ProviderId>,
    /// What to call it [default: PROVIDER:ADDRESS where the provider tells one, else PROVIDER:default]
    #[arg(long, value_name = "ID", value_parser = new_id)]
    pub(crate) profile_id: Option<ProfileId>,
    /// Confirm it on another device with a code that is shown here
    #[arg(long)]
    pub(crate) device: bool,
    /// The port of this machine that the browser is sent back to [default: that of `redirectUri`, else a free one]
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..), conflicts_with = "device")]
    pub(crate) port: Option<u16>,
    /// Only show the address, also where a browser could be opened
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// How long to wait for the person
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = patience)]
    pub(crate) wait: Duration,
    /// Also where a credential of another kind has that id
    #[arg(long)]
    pub(crate) yes: bool,
    /// Leave the configuration as it is, also where it would leave the credential out
    #[arg(long)]
    pub(crate) no_config: bool,
}

/// Logs in and stores what came of it. Until then nothing is written.
pub(crate) fn run(login: &Login, case: &mut Case<'_>) -> Result<Exit, Failure> {
    let settings = case.installation.settings();
    let auth = &settings.config.auth;
    let provider = match &login.provider {
        Some(provider) => provider.clone(),
        None => asked(case, logins(auth))?,
    };
    let client = LoginClient::of(&provider, auth).map_err(|why| no_login(case, &why))?;
    // Told before anybody is sent to a browser.
    let home = keep::home(case, login, &client)?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        tokio::select! {
            biased;
            interrupted = tokio::signal::ctrl_c() => {
                interrupted?;
                Err(Failure::Misuse("given up, and nothing was stored".to_owned()))
            }
            outcome = granted(login, &client, case) => outcome,
        }
    });
    // Whatever looks up a name must not keep a person waiting who has given up.
    runtime.shutdown_background();
    keep::keep(case, home, &client, outcome?)
}

async fn granted(login: &Login, client: &LoginClient, case: &mut Case<'_>) -> Result<Grant, Failure> {
    let http = TokenHttp::default();
    let provider = &client.endpoint.provider;
    match &client.device_url {
        Some(url) if login.device || client.authorize_url.is_none() => {
            device::granted(&http, login, client, url, case).await
        }
        None if login.device => {
            let instead = case.command(&format!("login --provider {provider}"));
            Err(Failure::Misuse(format!(
                "`auth.oauth.{provider}.deviceUrl` is not set, so no other device can be asked. With a browser: {instead}"
            )))
        }
        Some(_) | None => waiting::granted(&http, login, client, case).await,
    }
}

/// Where to log in, asked at a terminal.
fn asked(case: &Case<'_>, known: Vec<ProviderId>) -> Result<ProviderId, Failure> {
    let line = case.command("login --provider openrouter");
    one_of("Where to log in", known, &format!("say where with --provider: {line}"))
}

/// What else there is where there is no client to log in as.
fn no_login(case: &Case<'_>, why: &NoLogin) -> Failure {
    let config = case.installation.places().config_path.display();
    let provider = match why {
        NoLogin::NoClient(provider) => provider,
        NoLogin::Configuration(text) => return Failure::Misuse(format!("{text}, in {config}")),
    };
    let mut ways = Vec::new();
    if provider.as_str() == "anthropic" {
        ways.push(format!("store what `claude setup-token` prints: {}", case.command("setup-token")));
    }
    ways.push(format!("store an API key: {}", case.command(&format!("add --provider {provider}"))));
    if let Some(cli) = ExternalCli::ALL.into_iter().find(|cli| cli.provider() == *provider) {
        ways.push(format!(
            "log in with {cli} on this machine (`{}`): its login is read where it is",
            cli.login_command()
        ));
    }
    ways.push(format!(
        "configure a client that {provider} has registered for you, in {config}: `auth.oauth.{provider}` with \
         `authorizeUrl`, `tokenUrl` and `clientId`"
    ));
    Failure::Misuse(format!(
        "modelpin logs in under no other program's name, and for {provider} no client of your own is configured. What is \
         possible:\n  {}",
        ways.join("\n  ")
    ))
}

/// That nobody came in time.
fn too_late(wait: Duration) -> Failure {
    Failure::Unexpected(format!(
        "nothing came in {}, and nothing was stored. Begin anew, with a longer --wait if need be",
        duration_text(wait)
    ))
}

/// What the provider said instead of giving anything.
fn refused(client: &LoginClient, why: &str) -> Failure {
    let what = match client.gives {
        Gives::Grant => "login",
        Gives::ApiKey => "key",
    };
    let provider = &client.endpoint.provider;
    Failure::Unexpected(modelpin_terminal::visible(&format!(
        "{provider} gave no {what}, and nothing was stored: {why}"
    )))
}

fn patience(text: &str) -> Result<Duration, &'static str> {
    duration(text.trim()).ok_or("write 90s, 10m or 1h30m")
}
