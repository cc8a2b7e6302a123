//! Which texts of a store are secrets.

use serde_json::{Map, Value};

use crate::profile::SecretRef;

/// The fields of an entry that hold a secret in any program of the family.
const SECRETS: [&str; 7] = ["key", "apiKey", "token", "access", "refresh", "idToken", "clientSecret"];

/// The place that a sealed value is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot<'a> {
    pub(crate) profile: &'a str,
    pub(crate) field: &'a str,
}

impl<'a> Slot<'a> {
    /// `apiKey` is another spelling of `key`, and programs of the family move one to the other.
    pub(crate) fn of(profile: &'a str, field: &'a str) -> Self {
        Self { profile, field: if field == "apiKey" { "key" } else { field } }
    }
}

/// The fields of `entry` that hold a secret: neither what is blank nor what is only a note of where the secret is.
pub(crate) fn secret_fields(entry: &Map<String, Value>) -> Vec<&'static str> {
    SECRETS.into_iter().filter(|field| entry.get(*field).is_some_and(is_secret)).collect()
}

fn is_secret(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty() && SecretRef::inline(text).is_none())
}
