//! Getting a secret from where it is kept, at the moment of use.

pub(crate) mod program;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::config::{SecretPlace, SecretsConfig};
use crate::profile::{Credential, Profile, ProfileId, SecretRef, SecretSource, SecretValue};
use crate::redact;

/// The most that is read from a file or a program.
const LIMIT: u64 = 1024 * 1024;

/// How long a program may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks a variable up.
pub type Lookup<'a> = &'a (dyn Fn(&str) -> Option<SecretString> + Send + Sync);

/// The places that secret references lead to.
///
/// What is found is handed out and not kept: a changed secret counts from the next use on. Files and programs take
/// time, so asynchronous code calls this where it may block.
#[derive(Clone, Copy)]
pub struct Secrets<'a> {
    config: &'a SecretsConfig,
    home: Option<&'a Path>,
    env: Lookup<'a>,
}

/// A secret could not be had. The caller passes the profile over as unusable and says this; no value is ever in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the secret of `{profile}` could not be had: {why}")]
pub struct SecretFault {
    /// The profile it is of.
    pub profile: ProfileId,
    /// What went wrong on the way.
    pub why: SecretTrouble,
}

/// What goes wrong on the way to a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretTrouble {
    /// There is none in the profile.
    #[error("there is none in the store; store one with `modelpin models auth`")]
    Missing,
    /// No such place is configured.
    #[error("`secrets.providers.{alias}` is not configured; add it, with `source` {source}", source = .kind)]
    UnknownPlace {
        /// The alias.
        alias: String,
        /// What kind of place it should be.
        kind: SecretSource,
    },
    /// The place is of another kind than the reference says.
    #[error("`secrets.providers.{alias}` is not of the source {source}, as the reference says", source = .kind)]
    OtherKind {
        /// The alias.
        alias: String,
        /// What kind of place it should be.
        kind: SecretSource,
    },
    /// The variable is unset or blank.
    #[error("the variable {0} is not set")]
    Unset(String),
    /// The file could not be read.
    #[error("{path} of `secrets.providers.{alias}` cannot be read: {why}", path = path.display())]
    Unreadable {
        /// The alias.
        alias: String,
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// More came than a secret can be.
    #[error("`secrets.providers.{0}` gave more than 1 MiB")]
    TooLarge(String),
    /// It came, but the secret is not in it.
    #[error("`secrets.providers.{alias}` has no text under `{id}`")]
    NotThere {
        /// The alias.
        alias: String,
        /// The reference's id.
        id: String,
    },
    /// The program could not be started.
    #[error("{command} of `secrets.providers.{alias}` cannot be started: {why}")]
    NotStarted {
        /// The alias.
        alias: String,
        /// The program.
        command: String,
        /// What the system said.
        why: String,
    },
    /// The program failed. What it said is not repeated, because a secret may be in it.
    #[error("{command} of `secrets.providers.{alias}` failed ({status})")]
    Failed {
        /// The alias.
        alias: String,
        /// The program.
        command: String,
        /// How it ended.
        status: String,
    },
    /// The program took longer than five seconds, and was stopped.
    #[error("{command} of `secrets.providers.{alias}` gave no answer within 5 s")]
    TimedOut {
        /// The alias.
        alias: String,
        /// The program.
        command: String,
    },
}

impl<'a> Secrets<'a> {
    /// The places of `config`; `~` in a path stands for `home`, variables are asked of `env`.
    pub fn new(config: &'a SecretsConfig, home: Option<&'a Path>, env: Lookup<'a>) -> Self {
        Self { config, home, env }
    }

    /// What goes on the wire for `profile`: its key, its token, or its access token.
    ///
    /// # Errors
    ///
    /// [`SecretFault`] when there is none or it could not be had.
    pub fn of(&self, profile: &Profile) -> Result<SecretString, SecretFault> {
        let found = match &profile.credential {
            Credential::ApiKey { key } => self.resolve(key),
            Credential::Token { token, .. } => self.resolve(token),
            Credential::OAuth(grant) => grant.access.clone().ok_or(SecretTrouble::Missing),
        };
        found.map_err(|why| SecretFault { profile: profile.id.clone(), why })
    }

    /// The secret itself, trimmed and never blank.
    ///
    /// # Errors
    ///
    /// [`SecretTrouble`], without a word of what was found.
    pub fn resolve(&self, value: &SecretValue) -> Result<SecretString, SecretTrouble> {
        match value {
            SecretValue::Missing => Err(SecretTrouble::Missing),
            SecretValue::Inline(secret) => Ok(secret.clone()),
            SecretValue::Ref(reference) => self.look_up(reference).inspect(|found| redact::learn([found])),
        }
    }

    fn look_up(&self, reference: &SecretRef) -> Result<SecretString, SecretTrouble> {
        let SecretRef { source, id, .. } = reference;
        let alias = self.alias(reference);
        let wrong = || SecretTrouble::OtherKind { alias: alias.to_owned(), kind: *source };
        match (source, self.config.providers.get(alias)) {
            // The environment needs no configuration under its default name.
            (SecretSource::Env, Some(SecretPlace::Env)) => self.variable(id),
            (SecretSource::Env, None) if alias == "default" || reference.provider.is_none() => self.variable(id),
            (SecretSource::File, Some(SecretPlace::File { path })) => in_file(alias, &self.expanded(path), id),
            (SecretSource::Exec, Some(SecretPlace::Exec { command, args })) => {
                let command = self.expanded(command);
                let output = program::output(alias, &command, args, id, PATIENCE)?;
                program::secret(&output, id).ok_or_else(|| not_there(alias, id))
            }
            (SecretSource::Env | SecretSource::File | SecretSource::Exec, Some(_)) => Err(wrong()),
            (SecretSource::Env | SecretSource::File | SecretSource::Exec, None) => {
                Err(SecretTrouble::UnknownPlace { alias: alias.to_owned(), kind: *source })
            }
        }
    }

    /// The place that a reference means; one that names none means the configured default of its source.
    fn alias<'b>(&'b self, reference: &'b SecretRef) -> &'b str {
        let named = reference.provider.as_deref();
        named.or_else(|| self.config.defaults.get(&reference.source).map(String::as_str)).unwrap_or("default")
    }

    fn variable(&self, name: &str) -> Result<SecretString, SecretTrouble> {
        let found = (self.env)(name).ok_or_else(|| SecretTrouble::Unset(name.to_owned()))?;
        trimmed(found.expose_secret()).ok_or_else(|| SecretTrouble::Unset(name.to_owned()))
    }

    fn expanded(&self, path: &str) -> PathBuf {
        match (path.strip_prefix('~'), self.home) {
            (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
                home.join(rest.trim_start_matches('/'))
            }
            (Some(_) | None, _) => PathBuf::from(path),
        }
    }
}

fn in_file(alias: &str, path: &Path, id: &str) -> Result<SecretString, SecretTrouble> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = File::open(path).and_then(|file| {
        if !file.metadata()?.is_file() {
            return Err(std::io::Error::other("it is not a regular file"));
        }
        file.take(LIMIT + 1).read_to_end(&mut bytes)
    });
    let size = read.map_err(|error| SecretTrouble::Unreadable {
        alias: alias.to_owned(),
        path: path.to_owned(),
        why: error.to_string(),
    })?;
    if u64::try_from(size).unwrap_or(u64::MAX) > LIMIT {
        return Err(SecretTrouble::TooLarge(alias.to_owned()));
    }
    let found = if id == "value" {
        std::str::from_utf8(&bytes).ok().and_then(trimmed)
    } else {
        let content: Option<Value> = serde_json::from_slice(&bytes).ok();
        content.as_ref().and_then(|content| content.pointer(id)).and_then(Value::as_str).and_then(trimmed)
    };
    found.ok_or_else(|| not_there(alias, id))
}

fn not_there(alias: &str, id: &str) -> SecretTrouble {
    SecretTrouble::NotThere { alias: alias.to_owned(), id: id.to_owned() }
}

/// The text as a secret, unless it is blank.
fn trimmed(text: &str) -> Option<SecretString> {
    let text = text.trim();
    (!text.is_empty()).then(|| SecretString::from(text))
}
