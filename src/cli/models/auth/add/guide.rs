//! `modelpin models auth add` without a provider: a person is asked what to store.

use std::fmt;
use std::time::Duration;

use crate::catalog::{ProviderId, vendors};
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::auth::add::{self, Add};
use crate::cli::models::auth::choose::{one_of, text};
use crate::cli::models::auth::lifetime::Lifetime;
use crate::cli::models::auth::login::{self, Login};
use crate::cli::models::auth::paste_token::{self, PasteToken};
use crate::cli::models::auth::setup_token::{self, SetupToken};
use crate::cli::models::auth::{Case, new_id};
use crate::cli::output::Output;
use crate::oauth::login::logins;
use crate::profile::ProfileId;

/// What the family asks about first.
const FIRST: [&str; 3] = ["anthropic", "openai", "openrouter"];

/// The last answer to whose it is.
const ANOTHER: &str = "another one";

/// How long a person who was just asked is waited for.
const PATIENCE: Duration = Duration::from_mins(10);

/// What to store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Key,
    SetupToken,
    Token,
    Login,
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key => "an API key",
            Self::SetupToken => "a setup-token, as `claude setup-token` prints it",
            Self::Token => "a token",
            Self::Login => "a login with a browser",
        })
    }
}

/// Asks for whose credential it is, of which kind, and what to call it; the rest is as if that had been typed.
pub(crate) fn run(add: &Add, case: &mut Case<'_>) -> Result<Exit, Failure> {
    let Add { provider: _, profile_id, email, yes, no_config, given } = add;
    if !Output::is_talk_answered() || !given.asks() {
        let line = case.command("add --provider anthropic");
        return Err(Failure::Misuse(format!("say whose key it is with --provider: {line}")));
    }
    let provider = whose()?;
    let can_login = logins(&case.installation.settings().config.auth).contains(&provider);
    let method = one_of("What to store", methods(&provider, can_login), "")?;
    let usual = match method {
        Method::Key | Method::Login => "default",
        Method::SetupToken | Method::Token => "manual",
    };
    let (given, email, yes, no_config) = (given.clone(), email.clone(), *yes, *no_config);
    let id = || match (profile_id, method) {
        (Some(id), _) => Ok(Some(id.clone())),
        // It is called after whose it turns out to be.
        (None, Method::Login) => Ok(None),
        (None, Method::Key | Method::SetupToken | Method::Token) => named(&provider, usual).map(Some),
    };
    match method {
        Method::Key => {
            let profile_id = id()?;
            add::run(&Add { provider: Some(provider.clone()), profile_id, email, yes, no_config, given }, case)
        }
        Method::SetupToken => {
            let (profile_id, expires_in) = (id()?, lifetime()?);
            let provider = provider.clone();
            setup_token::run(&SetupToken { provider, profile_id, expires_in, email, yes, no_config, given }, case)
        }
        Method::Token => {
            let (profile_id, expires_in) = (id()?, lifetime()?);
            let provider = provider.clone();
            paste_token::run(&PasteToken { provider, profile_id, expires_in, email, yes, no_config, given }, case)
        }
        Method::Login => {
            let (provider, profile_id) = (Some(provider.clone()), id()?);
            let plain = Login {
                provider,
                profile_id,
                device: false,
                port: None,
                no_browser: false,
                wait: PATIENCE,
                yes,
                no_config,
            };
            login::run(&plain, case)
        }
    }
}

fn whose() -> Result<ProviderId, Failure> {
    let rest = vendors().map(|vendor| vendor.id).filter(|id| !FIRST.contains(id));
    let known: Vec<&str> = FIRST.into_iter().chain(rest).chain([ANOTHER]).collect();
    let chosen = one_of("Whose credential", known, "")?;
    let read = |name: &str| name.parse::<ProviderId>().map_err(|fault| fault.to_string());
    if chosen == ANOTHER { text("Its provider's name", "", read) } else { read(chosen).map_err(Failure::Unexpected) }
}

fn methods(provider: &ProviderId, can_login: bool) -> Vec<Method> {
    let token = if provider.as_str() == "anthropic" { Method::SetupToken } else { Method::Token };
    [Method::Key, token].into_iter().chain(can_login.then_some(Method::Login)).collect()
}

fn named(provider: &ProviderId, usual: &str) -> Result<ProfileId, Failure> {
    text("What to call it", ProfileId::short(provider, usual).as_str(), new_id)
}

fn lifetime() -> Result<Option<Lifetime>, Failure> {
    text("When it ends, from now (365d, 12h, a number of days, or never)", "never", |text| match text {
        "never" | "no" | "" => Ok(None),
        _ => text.parse().map(Some).map_err(|why: &str| why.to_owned()),
    })
}
