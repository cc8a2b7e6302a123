//! One entry of `profiles`.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::catalog::ProviderId;
use crate::profile::seal::{Entry, open_entry};
use crate::profile::wire::{fields, text};
use crate::profile::{Credential, Keys, OAuth, Origin, Profile, ProfileId, Seal, SealTrouble, SecretValue};

/// Reads the entry `value` under `id`.
///
/// # Errors
///
/// Says in words, without a secret, why it is no profile.
pub(crate) fn profile(id: ProfileId, value: &Value, origin: &Arc<Origin>, keys: &Keys<'_>) -> Result<Profile, String> {
    let stored = value.as_object().ok_or("it is not an object")?;
    let entry = open_entry(id.as_str(), stored, keys);
    let fields = &*entry.fields;
    let kind = match fields.get("type") {
        Some(value) => value.as_str(),
        None => fields.get("mode").and_then(Value::as_str),
    };
    let mut credential = match kind {
        Some("api_key") => Credential::ApiKey { key: fields::secret(fields, key_field(stored), "keyRef")? },
        Some("token") => {
            Credential::Token { token: fields::secret(fields, "token", "tokenRef")?, expires: fields::expiry(fields) }
        }
        Some("oauth") => Credential::OAuth(grant(fields)?),
        Some(other) if is_word(other) => return Err(format!("its type `{other}` is not known here")),
        Some(_) | None => return Err("it has no `type` (`api_key`, `token` or `oauth`)".to_owned()),
    };
    let provider = text(fields, "provider").ok_or("it has no `provider`")?;
    let provider = ProviderId::new(provider).ok_or("its `provider` holds a `/`")?;
    let closed = closed(&entry, &credential, key_field(stored));
    if closed.is_some() {
        credential = without_secret(credential);
    }
    let owned = |name| text(fields, name).map(str::to_owned);
    Ok(Profile {
        id,
        provider,
        credential,
        email: owned("email"),
        account: owned("accountId"),
        display_name: owned("displayName"),
        origin: Arc::clone(origin),
        seal: match closed {
            Some(why) => Seal::Closed(why),
            None if entry.sealed => Seal::Opened,
            None => Seal::Absent,
        },
    })
}

/// Why a secret did not open that `credential` cannot be used without.
fn closed(entry: &Entry<'_>, credential: &Credential, key: &str) -> Option<SealTrouble> {
    let needed: &[&str] = match credential {
        // It is somewhere else, whatever is left here.
        Credential::ApiKey { key: SecretValue::Ref(_) } | Credential::Token { token: SecretValue::Ref(_), .. } => &[],
        Credential::ApiKey { .. } => &[key],
        Credential::Token { .. } => &["token"],
        Credential::OAuth(_) => &["access", "refresh"],
    };
    entry.closed(needed).cloned()
}

/// Half a grant is none: what did open of it is not used either.
fn without_secret(credential: Credential) -> Credential {
    match credential {
        Credential::ApiKey { .. } => Credential::ApiKey { key: SecretValue::Missing },
        Credential::Token { expires, .. } => Credential::Token { token: SecretValue::Missing, expires },
        Credential::OAuth(grant) => Credential::OAuth(OAuth { access: None, refresh: None, ..grant }),
    }
}

/// `apiKey` is read where there is no `key` at all.
fn key_field(fields: &Map<String, Value>) -> &'static str {
    if fields.contains_key("key") { "key" } else { "apiKey" }
}

fn grant(fields: &Map<String, Value>) -> Result<OAuth, String> {
    let ways = ["access", "refresh", "token", "tokenRef", "key", "keyRef"];
    if let Some(name) = ways.into_iter().find(|name| fields.get(*name).is_some_and(fields::is_reference)) {
        return Err(format!("`{name}` is a secret reference, which an OAuth grant cannot have"));
    }
    let secret = |name| text(fields, name).map(SecretString::from);
    Ok(OAuth {
        access: secret("access"),
        refresh: secret("refresh"),
        expires: fields::expiry(fields),
        client_id: text(fields, "clientId").map(str::to_owned),
    })
}

/// Short and plain enough to be repeated in a message.
fn is_word(text: &str) -> bool {
    text.len() <= 24 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}
