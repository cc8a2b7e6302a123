//! The answers of a script: flags, files and the environment.

use crate::catalog::{Found as Known, ModelRef, ProviderId, vendor};
use crate::cli::failure::Failure;
use crate::cli::models::auth::Case;
use crate::cli::models::auth::lifetime::Lifetime;
use crate::cli::models::auth::place::fingerprint;
use crate::cli::onboard::channel::{Channel, Owner};
use crate::cli::onboard::choice::Choice;
use crate::cli::onboard::found::Found;
use crate::cli::onboard::plan::{NewCredential, Plan, Service};
use crate::cli::onboard::secrets::{Of, Secrets};
use crate::cli::onboard::{Onboard, service};
use crate::config::EnvPlace;
use crate::profile::{Credential, Expiry, ProfileId, pasted};

/// The plan of the flags.
///
/// # Errors
/// They do not fit together, or a secret that they name is not to be had.
pub(crate) fn plan(onboard: &Onboard, found: &Found, case: &Case<'_>) -> Result<Plan, Failure> {
    let Onboard { secrets, owners, model, install_service, print_service, system, service_name, .. } = onboard;
    secrets.check()?;
    let mut plan = Plan::default();
    for credential in credentials(onboard, found, case)? {
        plan.add_credential(credential);
    }
    for channel in Channel::ALL {
        let of = match channel {
            Channel::Telegram => Of::Telegram,
            Channel::Discord => Of::Discord,
        };
        if let Some(token) = secrets.read(of)? {
            channel.check(&token).map_err(|why| Failure::Misuse(why.to_owned()))?;
            plan.add_bot(channel, &token);
        }
    }
    if let Some(model) = chosen_model(model.as_deref(), &plan, found, case)? {
        plan.set_model(model);
    }
    for owner in owners {
        let channel = channel_of(owner, &plan, found)?;
        plan.add_owner(channel, &owner.id);
    }
    if *install_service || *print_service {
        let unit = service::unit(case, service_name.as_deref(), *system)?;
        plan.service = Some(if *install_service { Service::Installed(unit) } else { Service::Printed(unit) });
    }
    Ok(plan)
}

fn credentials(onboard: &Onboard, found: &Found, case: &Case<'_>) -> Result<Vec<NewCredential>, Failure> {
    let Onboard { secrets, auth_choice, token_provider, .. } = onboard;
    let mut providers: Vec<ProviderId> = secrets.keys().collect();
    let mut token_of = token_provider.clone();
    match auth_choice {
        Some(Choice::Key(provider)) => providers.push(provider.clone()),
        Some(Choice::SetupToken) => {
            let anthropic = ProviderId::new("anthropic");
            if token_of.is_some() && token_of != anthropic {
                return Err(Failure::Misuse("only anthropic has setup-tokens: use --auth-choice token".to_owned()));
            }
            token_of = anthropic;
        }
        Some(Choice::Token) if token_of.is_none() => {
            return Err(Failure::Misuse("whose token is it? Add --token-provider ID".to_owned()));
        }
        Some(Choice::Skip) if !secrets.is_empty() && (!providers.is_empty() || secrets.names(Of::Token)) => {
            return Err(Failure::Misuse(
                "a secret was named, and --auth-choice skip: leave one of them out".to_owned(),
            ));
        }
        Some(Choice::Elsewhere(instead)) => {
            return Err(Failure::Misuse(format!(
                "that choice takes a person or another program. Instead, {instead}; the rest can be done with \
                 --auth-choice skip"
            )));
        }
        Some(Choice::Token | Choice::Skip) | None => {}
    }
    let wants_token = matches!(auth_choice, Some(Choice::Token | Choice::SetupToken));
    if secrets.names(Of::Token) && token_of.is_none() {
        return Err(Failure::Misuse("whose token is it? Add --token-provider ID".to_owned()));
    }
    providers.sort_unstable();
    providers.dedup();
    let mut credentials = Vec::new();
    for provider in providers {
        credentials.extend(key(onboard, &provider, found, case)?);
    }
    if wants_token || secrets.names(Of::Token) {
        credentials
            .extend(token_of.as_ref().map(|provider| token(onboard, provider, found, case)).transpose()?.flatten());
    } else if token_of.is_some() {
        return Err(Failure::Misuse("--token-provider goes with --token-file FILE".to_owned()));
    }
    Ok(credentials)
}

/// The key of `provider`: from the file that was named, else from the environment, else as it is stored. `None` where
/// nothing has to be stored.
fn key(
    onboard: &Onboard,
    provider: &ProviderId,
    found: &Found,
    case: &Case<'_>,
) -> Result<Option<NewCredential>, Failure> {
    let of = Secrets::of_key(provider);
    let settings = case.installation.settings();
    let key = match of.map(|of| onboard.secrets.read(of)).transpose()?.flatten() {
        Some(key) => key,
        None => match settings.environment.credentials(provider).first() {
            Some(credential) if credential.place == EnvPlace::ProcessEnv => {
                let text = settings.environment.var(&credential.name).unwrap_or_default();
                pasted::cleaned(text.as_bytes())
                    .map_err(|why| Failure::Misuse(format!("{}: {why}", credential.name)))?
            }
            // It is there whenever the program runs.
            Some(_) => return Ok(None),
            None if found.has_key(provider) => return Ok(None),
            None => {
                let file =
                    Secrets::flag_of_key(provider).map_or_else(String::new, |flag| format!("--{flag} FILE, or "));
                let variables = vendor(provider).map(|vendor| vendor.variables.join(" or ")).unwrap_or_default();
                return Err(Failure::Misuse(format!(
                    "there is no API key of {provider}, and nothing was written: name one with {file}set {variables}"
                )));
            }
        },
    };
    pasted::key(&key, provider, |rest| case.command(rest)).map_err(Failure::Misuse)?;
    Ok(Some(NewCredential::key(ProfileId::short(provider, "default"), provider, &key)))
}

/// The token of `provider`: from the file that was named, else as it is stored.
fn token(
    onboard: &Onboard,
    provider: &ProviderId,
    found: &Found,
    case: &Case<'_>,
) -> Result<Option<NewCredential>, Failure> {
    let id = onboard.token_profile_id.clone().unwrap_or_else(|| ProfileId::short(provider, "manual"));
    let Some(token) = onboard.secrets.read(Of::Token)? else {
        return if found.profiles.iter().any(|profile| profile.id == id) {
            Ok(None)
        } else {
            Err(Failure::Misuse(format!(
                "there is no token of {provider}, and nothing was written: name one with --token-file FILE, or - for \
                 standard input"
            )))
        };
    };
    pasted::token(&token, provider, |rest| case.command(rest)).map_err(Failure::Misuse)?;
    let end = Lifetime::end(onboard.token_expires_in, case.installation.now());
    let mut new = NewCredential::token(id, provider, &token, end);
    // The same token does not last longer because it is named once more.
    let stored = found.profiles.iter().find(|profile| profile.id == new.id);
    if let Some(stored) = stored.filter(|stored| fingerprint(&stored.credential) == new.fingerprint())
        && matches!((&stored.credential, end), (Credential::Token { expires: Expiry::At(_), .. }, Expiry::At(_)))
    {
        new = NewCredential::token(new.id, provider, &token, stored.expires());
    }
    Ok(Some(new))
}

/// The model that was named; else, where none is configured and the usual one could not be asked, one that can.
fn chosen_model(
    wanted: Option<&str>,
    plan: &Plan,
    found: &Found,
    case: &Case<'_>,
) -> Result<Option<ModelRef>, Failure> {
    let settings = case.installation.settings();
    let Some(wanted) = wanted else {
        let new: Vec<&ProviderId> = plan.credentials.iter().map(|new| &new.profile.provider).collect();
        let usual = &settings.catalog.default_model().provider;
        if found.has_model || new.is_empty() || new.contains(&usual) || found.can_ask(usual) {
            return Ok(None);
        }
        let offered = settings.catalog.providers();
        let first = offered.iter().find(|(provider, _)| new.contains(provider)).and_then(|(_, models)| models.first());
        return Ok(first.cloned());
    };
    match settings.catalog.find(wanted) {
        Known::Model(model) => Ok(Some(model)),
        Known::Ambiguous(models) => {
            let models: Vec<_> = models.iter().map(ToString::to_string).collect();
            Err(Failure::Misuse(format!("`{wanted}` may be {}: write one of them in full", models.join(" or "))))
        }
        Known::NotAllowed(model) => Err(Failure::Misuse(format!(
            "{model} is not in `agents.defaults.models` of {}, which lists the models that may be used: add it there first",
            case.installation.places().config_path.display()
        ))),
        Known::Unknown { nearest } => {
            let near =
                if nearest.is_empty() { String::new() } else { format!(". Did you mean {}?", nearest.join(", ")) };
            Err(Failure::Misuse(format!("no model is called `{wanted}`, and nothing was written{near}")))
        }
    }
}

/// Where an owner is; an id alone is enough where there is one bot.
fn channel_of(owner: &Owner, plan: &Plan, found: &Found) -> Result<Channel, Failure> {
    if let Some(channel) = owner.channel {
        return Ok(channel);
    }
    let has_bot = |channel: &Channel| {
        found.bots.contains(channel) || plan.variables.iter().any(|variable| variable.channel == *channel)
    };
    match Channel::ALL.into_iter().filter(has_bot).collect::<Vec<_>>().as_slice() {
        [channel] => Ok(*channel),
        _ => Err(Failure::Misuse(format!("where is {0}? Write telegram:{0} or discord:{0}", owner.id))),
    }
}
