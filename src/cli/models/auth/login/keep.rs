//! Storing what a login gave.

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::auth::Case;
use crate::cli::models::auth::login::Login;
use crate::cli::models::auth::place::Place;
use crate::cli::open::quoted;
use crate::oauth::login::{Account, Gives, Grant, LoginClient};
use crate::profile::{Credential, Expiry, NewProfile, OAuth, Profile, ProfileId, SecretValue};

/// More credentials of one account than anybody has.
const MOST: u32 = 1_000;

/// Where it is going to be stored.
pub(crate) enum Home {
    /// Under the id that was asked for.
    Asked(Place),
    /// Under one that follows from whose it turns out to be.
    Open { yes: bool, no_config: bool },
}

/// Where what `login` gives is going to be stored.
///
/// # Errors
/// It could not be: something else is there, or the store can be neither read nor written.
pub(crate) fn home(case: &Case<'_>, login: &Login, client: &LoginClient) -> Result<Home, Failure> {
    let Login { yes, no_config, .. } = *login;
    let provider = &client.endpoint.provider;
    case.current()?;
    let store = case.installation.auth_store();
    let (home, origin) = match &login.profile_id {
        Some(id) => {
            let place = Place::of(case, id.clone(), provider, kind(client.gives), yes)?.leaving_config(no_config);
            let origin = place.origin().clone();
            (Home::Asked(place), origin)
        }
        None => (Home::Open { yes, no_config }, store.own()),
    };
    // A code is good for one use, so what it gives must not come to a disk that takes nothing.
    store.prove_writable(&origin)?;
    Ok(home)
}

/// Stores `grant`, and says what became of it and of the pins on that account.
pub(crate) fn keep(case: &mut Case<'_>, home: Home, client: &LoginClient, grant: Grant) -> Result<Exit, Failure> {
    let Grant { access, refresh, lasts, account } = grant;
    let provider = client.endpoint.provider.clone();
    let credential = match client.gives {
        Gives::ApiKey => Credential::ApiKey { key: SecretValue::Inline(access) },
        Gives::Grant => {
            let ends = refresh.is_some() || lasts.is_some();
            let end = client.endpoint.stored_end(case.installation.now(), lasts);
            let expires = if ends { Expiry::At(end) } else { Expiry::Never };
            let client_id = Some(client.endpoint.client_id.clone());
            Credential::OAuth(OAuth { access: Some(access), refresh, expires, client_id })
        }
    };
    let place = match home {
        Home::Asked(place) => place,
        Home::Open { yes, no_config } => free(case, client, &account, yes)?.leaving_config(no_config),
    };
    let before = case.current()?.profiles;
    let held = before.by_id.get(place.id());
    let mut talk = Vec::new();
    if let Some(held) = held.filter(|held| held.account().is_some() && !is_of(held, &account) && is_said(&account)) {
        let whose = held.email.as_deref().or(held.account.as_deref()).unwrap_or_default();
        talk.push(format!(
            "{} was {whose}'s before. Pins on it stay, and are answered with the new login now.",
            held.id
        ));
    } else if held.is_some() {
        talk.push(format!("Pins on {} stay, and use the new login from the next message on.", place.id()));
    }
    let same = |other: &&Profile| other.provider == provider && other.id != *place.id() && is_of(other, &account);
    for other in before.all().filter(same).filter(|other| other.origin.managed_by.is_none()) {
        let remove = case.command(&format!("remove {}", quoted(other.id.as_str())));
        talk.push(format!(
            "{} is the same account's, and pins on it stay with it. To have them follow to {}: {remove}",
            other.id,
            place.id()
        ));
    }
    let profile = NewProfile { email: account.email, account: account.id, ..NewProfile::new(provider, credential) };
    let exit = place.put(case, &profile)?;
    for line in talk {
        case.output.talk(&modelpin_terminal::visible(&line));
    }
    Ok(exit)
}

/// The first id that takes no other credential's place: a login of nobody knows whom is no reason to lose a key.
fn free(case: &Case<'_>, client: &LoginClient, account: &Account, yes: bool) -> Result<Place, Failure> {
    let provider = &client.endpoint.provider;
    let name = account.email.as_deref().unwrap_or("default");
    let stored = case.current()?.profiles;
    for number in 1..=MOST {
        let name = if number == 1 { name.to_owned() } else { format!("{name}-{number}") };
        let id = ProfileId::short(provider, &name);
        let may = stored.by_id.get(&id).is_none_or(|held| may_replace(held, client.gives, account));
        match Place::of(case, id, provider, kind(client.gives), yes) {
            Ok(place) if may => return Ok(place),
            // Something that must not be lost is there.
            Ok(_) | Err(Failure::Misuse(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    Err(Failure::Unexpected(format!("every id up to {provider}:{name}-{MOST} is taken: name one with --profile-id")))
}

/// Whether a login of `account` may take the place of `held` without being asked to: a login may where nobody knows
/// better, a key only where it is certainly the same account's.
fn may_replace(held: &Profile, gives: Gives, account: &Account) -> bool {
    match gives {
        Gives::Grant => is_of(held, account) || held.account().is_none() || !is_said(account),
        Gives::ApiKey => is_of(held, account),
    }
}

fn is_said(account: &Account) -> bool {
    account.email.is_some() || account.id.is_some()
}

/// Whether `profile` is known to be of `account`.
fn is_of(profile: &Profile, account: &Account) -> bool {
    let Account { email, id } = account;
    let words: Vec<&str> = email.iter().chain(id).map(String::as_str).collect();
    !words.is_empty() && profile.is_account(&words.join(" "))
}

fn kind(gives: Gives) -> &'static str {
    match gives {
        Gives::Grant => "oauth",
        Gives::ApiKey => "api_key",
    }
}
