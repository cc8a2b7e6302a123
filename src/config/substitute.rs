//! `${NAME}` in texts of the configuration.

use serde_json::Value;

use crate::config::field::joined;

/// A variable that is unset or empty, and the dotted key that needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Missing {
    pub(crate) key: String,
    pub(crate) name: String,
}

/// Puts the value of each variable in the place of its `${NAME}`; `$${NAME}` stands for `${NAME}` itself.
///
/// # Errors
///
/// A variable for which `lookup` gives nothing.
pub(crate) fn substitute(value: &mut Value, key: &str, lookup: &dyn Fn(&str) -> Option<String>) -> Result<(), Missing> {
    match value {
        Value::String(text) if text.contains('$') => {
            *text = expanded(text, lookup).map_err(|name| Missing { key: key.to_owned(), name })?;
            Ok(())
        }
        Value::Array(values) => {
            values.iter_mut().enumerate().try_for_each(|(at, value)| substitute(value, &format!("{key}[{at}]"), lookup))
        }
        Value::Object(object) => {
            object.iter_mut().try_for_each(|(name, value)| substitute(value, &joined(key, name), lookup))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

/// The name of the variable that is missing is the error.
fn expanded(text: &str, lookup: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        done.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((whole, _)) = rest.strip_prefix('$').and_then(reference) {
            done.push_str(whole);
            rest = &rest[1 + whole.len()..];
        } else if let Some((whole, name)) = reference(rest) {
            let value = lookup(name).filter(|value| !value.is_empty()).ok_or_else(|| name.to_owned())?;
            done.push_str(&value);
            rest = &rest[whole.len()..];
        } else {
            done.push('$');
            rest = &rest[1..];
        }
    }
    done.push_str(rest);
    Ok(done)
}

/// The `${NAME}` that `text` begins with, and the name in it.
fn reference(text: &str) -> Option<(&str, &str)> {
    let name = text.strip_prefix("${")?;
    let name = &name[..name.find('}')?];
    let first = name.bytes().next()?;
    let valid = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    (!first.is_ascii_digit() && name.bytes().all(valid)).then(|| (&text[..name.len() + 3], name))
}
