//! Whether a credential is tried by itself, and what to do where it is not.

use serde_json::json;

use crate::catalog::ProviderId;
use crate::cli::models::auth::Case;
use crate::cli::open::quoted;
use crate::profile::{Basis, Credential, Exclusion, ProfileId, order};

/// Why the profile `id` of `provider` is not tried by itself, and what to do; `None` when it is.
pub(crate) fn of(case: &Case<'_>, id: &ProfileId, provider: &ProviderId) -> Option<String> {
    let profiles = case.installation.auth_store().current().profiles;
    let settings = case.installation.settings();
    let order = order(provider, &profiles, &settings.config.auth, case.installation.now());
    let (_, why) = order.excluded.iter().find(|(excluded, _)| excluded == id)?;
    let config = case.installation.places().config_path.display().to_string();
    let what_to_do = match (why, order.basis) {
        (Exclusion::NotInOrder, Basis::StoreOrder) => {
            let listed = profiles.order.get(provider).into_iter().flatten().chain([id]);
            let ids: Vec<_> = listed.map(|id| quoted(id.as_str())).collect();
            let set = case.command(&format!("order set --provider {provider} {}", ids.join(" ")));
            format!("There is an explicit order, in the store. To try it last: {set}")
        }
        (Exclusion::NotInOrder, Basis::ConfigOrder | Basis::ConfigProfiles | Basis::Stored) => {
            format!("There is an explicit order in {config}: add it to `auth.order.{provider}` there")
        }
        (Exclusion::NotDeclared, _) => {
            let entry = json!({"provider": provider.as_str(), "mode": kind(&profiles.by_id.get(id)?.credential)});
            let entry = format!("{}: {entry}", json!(id.as_str()));
            format!("{config} declares the profiles of {provider}: add this one to `auth.profiles` there, {entry}")
        }
        (Exclusion::ModeMismatch | Exclusion::ProviderMismatch | Exclusion::ReferenceUnderOAuth, _) => {
            format!("{config} says something else about it under `auth.profiles`: change that there, or use another id")
        }
        (Exclusion::Sealed(_), _) => "It is tried again as soon as it opens".to_owned(),
        (Exclusion::ExpiredOutside(cli, _), _) => format!("It is read again as soon as {cli} has written it"),
        (
            Exclusion::ProfileMissing
            | Exclusion::MissingCredential
            | Exclusion::Expired(_)
            | Exclusion::InvalidExpires,
            _,
        ) => "Store it anew".to_owned(),
    };
    Some(format!("{id} {why}, so it is not tried by itself. {what_to_do}."))
}

/// What the store and `auth.profiles` call that kind.
pub(crate) fn kind(credential: &Credential) -> &'static str {
    match credential {
        Credential::ApiKey { .. } => "api_key",
        Credential::Token { .. } => "token",
        Credential::OAuth(_) => "oauth",
    }
}
