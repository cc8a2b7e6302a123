//! One entry of `profiles`.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::catalog::ProviderId;
use crate::profile::wire::{fields, text};
use crate::profile::{Credential, OAuth, Origin, Profile, ProfileId};

/// Reads the entry `value` under `id`.
///
/// # Errors
///
/// Says in words, without a secret, why it is no profile.
pub(crate) fn profile(id: ProfileId, value: &Value, origin: &Arc<Origin>) -> Result<Profile, String> {
    let fields = value.as_object().ok_or("it is not an object")?;
    let kind = match fields.get("type") {
        Some(value) => value.as_str(),
        None => fields.get("mode").and_then(Value::as_str),
    };
    let credential = match kind {
        Some("api_key") => Credential::ApiKey { key: fields::secret(fields, key_field(fields), "keyRef")? },
        Some("token") => {
            Credential::Token { token: fields::secret(fields, "token", "tokenRef")?, expires: fields::expiry(fields) }
        }
        Some("oauth") => Credential::OAuth(grant(fields)?),
        Some(other) if is_word(other) => return Err(format!("its type `{other}` is not known here")),
        Some(_) | None => return Err("it has no `type` (`api_key`, `token` or `oauth`)".to_owned()),
    };
    let provider = text(fields, "provider").ok_or("it has no `provider`")?;
    let provider = ProviderId::new(provider).ok_or("its `provider` holds a `/`")?;
    let owned = |name| text(fields, name).map(str::to_owned);
    Ok(Profile {
        id,
        provider,
        credential,
        email: owned("email"),
        account: owned("accountId"),
        display_name: owned("displayName"),
        origin: Arc::clone(origin),
    })
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
