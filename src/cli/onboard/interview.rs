//! The answers of a person at a terminal. Every question can be passed over.

use std::fmt;

use secrecy::zeroize::Zeroizing;

use crate::catalog::{ModelRef, ProviderId, vendors};
use crate::cli::failure::Failure;
use crate::cli::models::auth::place::Place;
use crate::cli::models::auth::{Case, new_id};
use crate::cli::onboard::channel::{Channel, Owner};
use crate::cli::onboard::found::Found;
use crate::cli::onboard::plan::{NewCredential, Plan, Service};
use crate::cli::onboard::{prompt, service};
use crate::config::EnvPlace;
use crate::profile::{Expiry, ProfileId, pasted};

/// The providers that most people come with, in the order in which they are offered.
const USUAL: [&str; 4] = ["anthropic", "openai", "openrouter", "google"];

/// A way to a first credential, as it is offered.
enum Way {
    Keep,
    Variable(ProviderId, String),
    Key,
    SetupToken,
    None,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keep => f.write_str("What is there is enough"),
            Self::Variable(provider, name) => write!(f, "Store the key of {provider} that {name} holds"),
            Self::Key => f.write_str("An API key"),
            Self::SetupToken => f.write_str("A token of Claude, from `claude setup-token`"),
            Self::None => f.write_str("None now"),
        }
    }
}

/// A model, as it is offered.
struct Offer(ModelRef, &'static str);

impl fmt::Display for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.0, self.1)
    }
}

/// What becomes of the service, as it is offered.
#[derive(Clone, Copy)]
enum Start {
    Never,
    Install,
    Print,
}

impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Never => "No service",
            Self::Install => "Install a service of systemd for me",
            Self::Print => "Print its unit",
        })
    }
}

/// Asks for everything.
///
/// # Errors
/// The person stopped.
pub(crate) fn plan(found: &Found, case: &mut Case<'_>) -> Result<Plan, Failure> {
    let mut plan = Plan::default();
    if let Some(credential) = credential(found, case)? {
        plan.add_credential(credential);
    }
    if let Some(model) = model(&plan, found, case)? {
        plan.set_model(model);
    }
    for channel in Channel::ALL {
        bot(channel, &mut plan, found, case)?;
    }
    let starts = vec![Start::Never, Start::Install, Start::Print];
    plan.service = match prompt::choose("Start the gateway by itself?", starts, 0)? {
        Some(Start::Install) => Some(Service::Installed(service::unit(case, None, false)?)),
        Some(Start::Print) => Some(Service::Printed(service::unit(case, None, false)?)),
        Some(Start::Never) | None => None,
    };
    Ok(plan)
}

fn credential(found: &Found, case: &mut Case<'_>) -> Result<Option<NewCredential>, Failure> {
    let mut ways = Vec::new();
    if found.has_credential() {
        ways.push(Way::Keep);
    }
    // Only what is gone with this terminal has to be stored.
    let lost = found.variables.iter().filter(|(provider, _, place)| {
        *place == EnvPlace::ProcessEnv && !found.profiles.iter().any(|profile| profile.provider == *provider)
    });
    ways.extend(lost.map(|(provider, name, _)| Way::Variable(provider.clone(), name.clone())));
    ways.extend([Way::Key, Way::SetupToken]);
    if !found.has_credential() {
        ways.push(Way::None);
    }
    match prompt::choose("Which credential is to answer?", ways, 0)? {
        Some(Way::Variable(provider, name)) => {
            let settings = case.installation.settings();
            let text = settings.environment.var(&name).unwrap_or_default();
            let key = pasted::cleaned(text.as_bytes()).map_err(|why| Failure::Misuse(format!("{name}: {why}")))?;
            pasted::key(&key, &provider, |rest| case.command(rest)).map_err(Failure::Misuse)?;
            Ok(Some(NewCredential::key(ProfileId::short(&provider, "default"), &provider, &key)))
        }
        Some(Way::Key) => {
            let Some(provider) = prompt::choose("Whose key is it?", providers(), 0)? else { return Ok(None) };
            let Some(id) = id(&ProfileId::short(&provider, "default"), &provider, "api_key", case)? else {
                return Ok(None);
            };
            let question = format!("API key for {provider}");
            let key = asked(&question, case, |key, case| pasted::key(key, &provider, |rest| case.command(rest)))?;
            Ok(key.map(|key| NewCredential::key(id, &provider, &key)))
        }
        Some(Way::SetupToken) => {
            let Some(anthropic) = ProviderId::new("anthropic") else { return Ok(None) };
            case.output.talk("  Run `claude setup-token` in another terminal, and paste here what it prints.");
            let Some(id) = id(&ProfileId::short(&anthropic, "manual"), &anthropic, "token", case)? else {
                return Ok(None);
            };
            let token =
                asked("Token", case, |token, case| pasted::token(token, &anthropic, |rest| case.command(rest)))?;
            Ok(token.map(|token| NewCredential::token(id, &anthropic, &token, Expiry::Never)))
        }
        Some(Way::Keep | Way::None) | None => Ok(None),
    }
}

/// Those of whom a key can be used, the usual ones first.
fn providers() -> Vec<ProviderId> {
    let needs_key = vendors().filter(|vendor| vendor.place.as_ref().is_some_and(|place| place.needs_credential));
    let others = needs_key.map(|vendor| vendor.id).filter(|id| !USUAL.contains(id));
    USUAL.into_iter().chain(others).filter_map(ProviderId::new).collect()
}

/// What a new profile of `provider` is to be called, where nothing of another `kind` is in the way.
fn id(
    usual: &ProfileId,
    provider: &ProviderId,
    kind: &'static str,
    case: &mut Case<'_>,
) -> Result<Option<ProfileId>, Failure> {
    loop {
        let Some(typed) = prompt::text("What is it to be called?", usual.as_str())? else { return Ok(None) };
        let id = match new_id(&typed) {
            Ok(id) => id,
            Err(why) => {
                case.output.talk(&format!("  {why}."));
                continue;
            }
        };
        match Place::of(case, id.clone(), provider, kind, false) {
            Ok(_) => return Ok(Some(id)),
            Err(Failure::Misuse(_)) => {
                let word = modelpin_terminal::visible(id.as_str());
                case.output
                    .talk(&format!("  {word} is a credential of another kind, which stays: choose another name."));
            }
            Err(failure) => return Err(failure),
        }
    }
}

/// Asks for a secret until it is one that `check` takes, or the person passes over it.
fn asked(
    question: &str,
    case: &mut Case<'_>,
    check: impl Fn(&str, &Case<'_>) -> Result<(), String>,
) -> Result<Option<Zeroizing<String>>, Failure> {
    loop {
        let why = match prompt::secret(question)? {
            None => return Ok(None),
            Some(Err(why)) => why.to_owned(),
            Some(Ok(secret)) => match check(&secret, case) {
                Ok(()) => return Ok(Some(secret)),
                Err(why) => why,
            },
        };
        case.output.talk(&format!("  {why}."));
    }
}

/// The model where nobody chooses one, among those that can answer.
fn model(plan: &Plan, found: &Found, case: &Case<'_>) -> Result<Option<ModelRef>, Failure> {
    let settings = case.installation.settings();
    let can_answer = |provider: &ProviderId| {
        found.can_ask(provider) || plan.credentials.iter().any(|new| new.profile.provider == *provider)
    };
    let usual = settings.catalog.default_model().clone();
    let offered = settings.catalog.providers();
    let others = offered.iter().filter(|(provider, _)| can_answer(provider)).flat_map(|(_, models)| models.iter());
    let others: Vec<_> = others.filter(|model| **model != usual).map(|model| Offer(model.clone(), "")).collect();
    // One that answers is marked where the present one cannot.
    let cursor = usize::from(!can_answer(&usual.provider) && !others.is_empty());
    let word = if found.has_model { "  (as configured)" } else { "  (as it is)" };
    let offers = [Offer(usual.clone(), word)].into_iter().chain(others).collect();
    let chosen = prompt::choose("Which model is to answer where nobody chose one?", offers, cursor)?;
    Ok(chosen.map(|Offer(model, _)| model).filter(|model| *model != usual))
}

/// The token of a bot, and who owns it.
fn bot(channel: Channel, plan: &mut Plan, found: &Found, case: &mut Case<'_>) -> Result<(), Failure> {
    let has_one = found.bots.contains(&channel);
    let question = format!("{channel} bot token{}", if has_one { ", there is one already" } else { "" });
    let token = asked(&question, case, |token, _| channel.check(token).map_err(str::to_owned))?;
    if let Some(token) = &token {
        plan.add_bot(channel, token);
    }
    if token.is_none() && !has_one {
        return Ok(());
    }
    loop {
        let known = found.owners.iter().any(|owner| owner.starts_with(&format!("{}:", channel.name())));
        let more = if known { "Another owner: a user id" } else { "Your user id" };
        let question = format!("{more} on {channel} (`/whoami` tells it)");
        let Some(typed) = prompt::text(&question, "")? else { return Ok(()) };
        match typed.parse::<Owner>() {
            Ok(owner) if owner.channel.is_none_or(|said| said == channel) => {
                plan.add_owner(channel, &owner.id);
                return Ok(());
            }
            Ok(_) => case.output.talk(&format!("  That is an id of another channel than {channel}.")),
            Err(why) => case.output.talk(&format!("  {why}.")),
        }
    }
}
