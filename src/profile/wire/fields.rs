//! Fields that may be written in more than one way: secrets, references to them, and times.

use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::profile::wire::text;
use crate::profile::{Expiry, InvalidSecretRef, SecretRef, SecretSource, SecretValue};

/// A secret: `name` holds it or a reference to it, `reference` holds a reference; a valid one there wins.
///
/// # Errors
///
/// In words, when there is nothing but a reference that is none.
pub(crate) fn secret(fields: &Map<String, Value>, name: &str, reference: &str) -> Result<SecretValue, String> {
    let broken =
        match fields.get(reference).filter(|value| !value.is_null()).map(|value| (value, self::reference(value))) {
            Some((_, Ok(found))) => return Ok(SecretValue::Ref(found)),
            Some((_, Err(why))) => Some(format!("`{reference}` is no secret reference: {why}")),
            None => None,
        };
    let value = match fields.get(name) {
        Some(Value::String(text)) => match SecretRef::inline(text) {
            Some(found) => SecretValue::Ref(found),
            None if text.trim().is_empty() => SecretValue::Missing,
            None => SecretValue::Inline(SecretString::from(text.trim())),
        },
        Some(value) if is_reference(value) => match self::reference(value) {
            Ok(found) => SecretValue::Ref(found),
            Err(why) => return Err(format!("`{name}` is no secret reference: {why}")),
        },
        Some(_) | None => SecretValue::Missing,
    };
    match (value, broken) {
        (SecretValue::Missing, Some(why)) => Err(why),
        (value, _) => Ok(value),
    }
}

/// Whether something means to be a reference, whatever its parts are.
pub(crate) fn is_reference(value: &Value) -> bool {
    match value {
        Value::Object(parts) => parts.contains_key("source") && parts.contains_key("id"),
        Value::String(text) => SecretRef::inline(text).is_some(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => false,
    }
}

/// `{source, provider, id}`, the older `{source, id}`, or `"${NAME}"`.
fn reference(value: &Value) -> Result<SecretRef, InvalidSecretRef> {
    let parts = match value {
        Value::String(text) => return SecretRef::inline(text).ok_or(InvalidSecretRef::Shape),
        Value::Object(parts) => parts,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => return Err(InvalidSecretRef::Shape),
    };
    let source = text(parts, "source").and_then(SecretSource::named).ok_or(InvalidSecretRef::Shape)?;
    let id = text(parts, "id").ok_or(InvalidSecretRef::Shape)?;
    let provider = match parts.get("provider") {
        Some(_) => Some(text(parts, "provider").ok_or(InvalidSecretRef::Provider)?),
        None => None,
    };
    if parts.len() != 2 + usize::from(provider.is_some()) {
        return Err(InvalidSecretRef::Shape);
    }
    SecretRef::new(source, provider, id)
}

/// `expires`: absent is no end; what is no time makes the credential unusable, as in the family since April.
pub(crate) fn expiry(fields: &Map<String, Value>) -> Expiry {
    match fields.get("expires") {
        None => Expiry::Never,
        Some(value) => value.as_f64().and_then(moment).map_or(Expiry::Invalid, Expiry::At),
    }
}

/// A time in milliseconds since 1970, unless that is not above zero; one beyond the calendar is its last moment.
pub(crate) fn moment(millis: f64) -> Option<Timestamp> {
    if !millis.is_finite() || millis <= 0.0 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates, and what is too late is cut off below")]
    let millis = millis as i64;
    Some(Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX))
}
