//! A profile, written into its entry.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use crate::catalog::ProviderId;
use crate::profile::wire::fields;
use crate::profile::{Credential, Expiry, Fingerprint, SecretRef, SecretValue};

/// A profile to be stored: from a login, a paste, an import.
#[derive(Debug, Clone)]
pub struct NewProfile {
    /// The provider it is for.
    pub provider: ProviderId,
    /// The credential.
    pub credential: Credential,
    /// The e-mail address of the account.
    pub email: Option<String>,
    /// The provider's id of the account.
    pub account: Option<String>,
    /// A name for people.
    pub display_name: Option<String>,
}

impl NewProfile {
    /// A profile of which nothing is known but the credential.
    pub fn new(provider: ProviderId, credential: Credential) -> Self {
        Self { provider, credential, email: None, account: None, display_name: None }
    }
}

/// What a refresh token was exchanged for.
#[derive(Debug, Clone)]
pub struct RenewedGrant {
    /// The refresh token that was used.
    pub used: Fingerprint,
    /// The new access token.
    pub access: SecretString,
    /// The next refresh token; `None` where the one that was used stays good.
    pub refresh: Option<SecretString>,
    /// When the access token is to be renewed.
    pub expires: Timestamp,
}

/// Puts `renewed` into `entry` if that still holds the refresh token that was used.
pub(crate) fn renew(entry: &mut Map<String, Value>, renewed: &RenewedGrant) -> bool {
    let RenewedGrant { used, access, refresh, expires } = renewed;
    let held =
        entry.get("refresh").and_then(Value::as_str).map(|held| Fingerprint::of(&SecretString::from(held.trim())));
    if held.as_ref() != Some(used) {
        return false;
    }
    plain(entry, "access", Some(access));
    plain(entry, "refresh", refresh.as_ref());
    end(entry, Expiry::At(*expires));
    true
}

/// What the store holds under an id, whether modelpin can use it or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// `api_key`, `token`, `oauth`, or whatever else stands there as the type.
    pub kind: String,
    /// The provider, normalised; `None` where none is named that makes sense.
    pub provider: Option<ProviderId>,
    /// Whether the secret is kept somewhere else, and only a note of where is here.
    pub reference: bool,
}

/// What the entry `value` holds.
pub(crate) fn held(value: &Value) -> Held {
    let word = |name| value.get(name).and_then(Value::as_str);
    let reference =
        ["keyRef", "tokenRef"].into_iter().any(|name| value.get(name).is_some_and(|value| !value.is_null()))
            || ["key", "apiKey", "token"].into_iter().filter_map(|name| value.get(name)).any(fields::is_reference);
    Held {
        kind: word("type").or_else(|| word("mode")).unwrap_or("credential of unknown type").to_owned(),
        provider: word("provider").and_then(ProviderId::new),
        reference,
    }
}

/// What a credential of any kind is written in. A new credential replaces all of it, so that no secret of the old one
/// is left behind under another name.
const CREDENTIAL: [&str; 11] =
    ["mode", "key", "apiKey", "keyRef", "token", "tokenRef", "access", "refresh", "expires", "clientId", "managedBy"];

/// What is said of the account behind a credential.
const ACCOUNT: [&str; 4] = ["email", "accountId", "projectId", "enterpriseUrl"];

/// `old` with `profile` in it.
pub(crate) fn written(mut old: Map<String, Value>, profile: &NewProfile) -> Map<String, Value> {
    let mut new = Map::new();
    let kind = match &profile.credential {
        Credential::ApiKey { .. } => "api_key",
        Credential::Token { .. } => "token",
        Credential::OAuth(_) => "oauth",
    };
    new.insert("type".to_owned(), json!(kind));
    let spelling = old.get("provider").and_then(Value::as_str).map(str::to_owned);
    let same_provider = spelling.as_deref().and_then(ProviderId::new).as_ref() == Some(&profile.provider);
    let provider = spelling.filter(|_| same_provider).unwrap_or_else(|| profile.provider.to_string());
    new.insert("provider".to_owned(), json!(provider));
    match &profile.credential {
        Credential::ApiKey { key } => secret(&mut new, "key", "keyRef", key),
        Credential::Token { token, expires } => {
            secret(&mut new, "token", "tokenRef", token);
            end(&mut new, *expires);
        }
        Credential::OAuth(grant) => {
            plain(&mut new, "access", grant.access.as_ref());
            plain(&mut new, "refresh", grant.refresh.as_ref());
            end(&mut new, grant.expires);
            word(&mut new, "clientId", grant.client_id.as_deref());
        }
    }
    word(&mut new, "email", profile.email.as_deref());
    word(&mut new, "accountId", profile.account.as_deref());
    word(&mut new, "displayName", profile.display_name.as_deref());

    // A login says who it is; a pasted key or token is taken to be the same account's as the one it replaces.
    let kept = old.get("type").and_then(Value::as_str) == Some(kind) && same_provider && kind != "oauth";
    for name in CREDENTIAL.into_iter().chain(ACCOUNT.into_iter().filter(|_| !kept)) {
        if !new.contains_key(name) {
            old.shift_remove(name);
        }
    }
    for (name, value) in new {
        old.insert(name, value);
    }
    old
}

/// Whether two entries hold the same credential, whatever else is said in them.
pub(crate) fn is_same_credential(one: &Value, other: &Value) -> bool {
    let names = CREDENTIAL.into_iter().chain(["type", "provider"]);
    one.is_object() && names.into_iter().all(|name| one.get(name) == other.get(name))
}

/// Whether `here` is a login of the same account as `brought` that ends later.
pub(crate) fn is_later_login(here: &Value, brought: &Value) -> bool {
    let both = |name: &str| (here.get(name), brought.get(name));
    let same = ["type", "provider", "email", "accountId"].into_iter().all(|name| {
        let (here, brought) = both(name);
        here == brought
    });
    let ends = both("expires");
    let later = ends.0.and_then(Value::as_f64).zip(ends.1.and_then(Value::as_f64));
    same && here.get("type").and_then(Value::as_str) == Some("oauth") && later.is_some_and(|(here, other)| here > other)
}

/// `old` with the credential `new` in its place: what is not known of either is kept.
pub(crate) fn replaced(old: &Value, new: &Value) -> Value {
    let mut entry = old.as_object().cloned().unwrap_or_default();
    for name in CREDENTIAL.into_iter().chain(ACCOUNT) {
        entry.shift_remove(name);
    }
    entry.extend(new.as_object().cloned().unwrap_or_default());
    Value::Object(entry)
}

fn secret(fields: &mut Map<String, Value>, name: &str, reference: &str, value: &SecretValue) {
    match value {
        SecretValue::Missing => {}
        SecretValue::Inline(secret) => plain(fields, name, Some(secret)),
        SecretValue::Ref(SecretRef { source, provider, id }) => {
            let mut parts = Map::new();
            parts.insert("source".to_owned(), json!(source.as_str()));
            // One that names no place means the configured one, whatever that will be.
            word(&mut parts, "provider", provider.as_deref());
            parts.insert("id".to_owned(), json!(id));
            fields.insert(reference.to_owned(), Value::Object(parts));
        }
    }
}

fn plain(fields: &mut Map<String, Value>, name: &str, secret: Option<&SecretString>) {
    word(fields, name, secret.map(ExposeSecret::expose_secret));
}

fn word(fields: &mut Map<String, Value>, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        fields.insert(name.to_owned(), json!(text));
    }
}

/// A time that is none is not written: it would make the credential unusable.
fn end(fields: &mut Map<String, Value>, expires: Expiry) {
    match expires {
        Expiry::At(at) => drop(fields.insert("expires".to_owned(), json!(at.as_millisecond()))),
        Expiry::Never | Expiry::Invalid => {}
    }
}
