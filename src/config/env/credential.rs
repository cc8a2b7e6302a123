//! A credential that is set as a variable.

use secrecy::SecretString;

use crate::config::{EnvPlace, Mode};

/// A credential that is set as a variable.
#[derive(Debug, Clone)]
pub struct EnvCredential {
    /// What it is called: the variable, with `#2` behind it for the second one of a list.
    pub name: String,
    /// The variable.
    pub variable: String,
    /// The credential itself.
    pub secret: SecretString,
    /// Where it is set.
    pub place: EnvPlace,
    /// How it is used: as a token where the variable's name says `OAUTH_TOKEN`, as an API key otherwise.
    pub mode: Mode,
    /// Whether an earlier place sets the same variable, so that this one is never used.
    pub shadowed: bool,
}

impl EnvCredential {
    /// The credentials that `variable` holds in one place.
    pub(crate) fn of(variable: &str, place: EnvPlace, secrets: Vec<SecretString>) -> impl Iterator<Item = Self> {
        let mode = if variable.contains("OAUTH_TOKEN") { Mode::OAuth } else { Mode::ApiKey };
        let is_list = variable.ends_with("_API_KEYS");
        secrets.into_iter().enumerate().map(move |(index, secret)| Self {
            name: if is_list { format!("{variable}#{}", index + 1) } else { variable.to_owned() },
            variable: variable.to_owned(),
            secret,
            place,
            mode,
            shadowed: false,
        })
    }
}
