//! `secrets.*`, `env.shellEnv`, and references to secrets.

use indexmap::IndexMap;

use crate::config::field::Field;
use crate::config::{KeyFault, SecretPlace, SecretsConfig, ShellEnvConfig};
use crate::profile::{SecretRef, SecretSource};

const SOURCES: [(&str, SecretSource); 3] =
    [("env", SecretSource::Env), ("file", SecretSource::File), ("exec", SecretSource::Exec)];

pub(crate) fn secrets(field: &Field<'_>) -> Result<SecretsConfig, KeyFault> {
    let defaults = field.get("defaults")?;
    let mut named = IndexMap::new();
    for (name, source) in SOURCES {
        if let Some(alias) = defaults.get(name)?.string()? {
            named.insert(source, alias);
        }
    }
    let mut providers = IndexMap::new();
    for (alias, field) in field.get("providers")?.members()? {
        providers.insert(alias.to_owned(), place(&field)?);
    }
    Ok(SecretsConfig { defaults: named, providers })
}

fn place(field: &Field<'_>) -> Result<SecretPlace, KeyFault> {
    match source(&field.get("source")?)? {
        SecretSource::Env => Ok(SecretPlace::Env),
        SecretSource::File => {
            let path = field.get("path")?;
            Ok(SecretPlace::File { path: path.string()?.ok_or_else(|| path.wrong("the path of the file"))? })
        }
        SecretSource::Exec => {
            let command = field.get("command")?;
            Ok(SecretPlace::Exec {
                command: command.string()?.ok_or_else(|| command.wrong("the program"))?,
                args: field.get("args")?.ids()?.unwrap_or_default(),
            })
        }
    }
}

/// `{source, provider, id}`; the provider may be left out.
pub(crate) fn secret_ref(field: &Field<'_>) -> Result<SecretRef, KeyFault> {
    let id = field.get("id")?;
    let provider = field.get("provider")?.string()?.filter(|alias| !alias.trim().is_empty());
    Ok(SecretRef {
        source: source(&field.get("source")?)?,
        provider,
        id: id.string()?.filter(|id| !id.trim().is_empty()).ok_or_else(|| id.wrong("the name of the secret there"))?,
    })
}

fn source(field: &Field<'_>) -> Result<SecretSource, KeyFault> {
    let text = field.text()?;
    let known = SOURCES.iter().find(|(name, _)| Some(*name) == text).map(|(_, source)| *source);
    known.ok_or_else(|| field.wrong("`env`, `file` or `exec`"))
}

pub(crate) fn shell_env(field: &Field<'_>) -> Result<ShellEnvConfig, KeyFault> {
    let timeout = field.get("timeoutMs")?.whole(1, i64::MAX, "a number of milliseconds, from 1")?;
    Ok(ShellEnvConfig {
        enabled: field.get("enabled")?.flag()?.unwrap_or_default(),
        timeout_ms: timeout.and_then(|timeout| u64::try_from(timeout).ok()),
    })
}
