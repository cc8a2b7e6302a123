//! `secrets.*`, `env.shellEnv`, and references to secrets.

use std::time::Duration;

use indexmap::IndexMap;
use secrecy::SecretString;

use crate::config::field::Field;
use crate::config::{KeyFault, SecretPlace, SecretProgram, SecretsConfig, ShellEnvConfig};
use crate::profile::{InvalidSecretRef, SecretRef, SecretSource};

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
        SecretSource::Env => Ok(SecretPlace::Env { allowlist: field.get("allowlist")?.ids()? }),
        SecretSource::File => {
            let path = field.get("path")?;
            Ok(SecretPlace::File {
                path: path.string()?.ok_or_else(|| path.wrong("the path of the file"))?,
                patience: patience(field)?,
            })
        }
        SecretSource::Exec => {
            let command = field.get("command")?;
            let mut env = IndexMap::new();
            for (name, field) in field.get("env")?.members()? {
                env.extend(field.string()?.map(|value| (name.to_owned(), SecretString::from(value))));
            }
            Ok(SecretPlace::Exec(SecretProgram {
                command: command.string()?.ok_or_else(|| command.wrong("the program"))?,
                args: field.get("args")?.ids()?.unwrap_or_default(),
                pass_env: field.get("passEnv")?.ids()?.unwrap_or_default(),
                env,
                json_only: field.get("jsonOnly")?.flag()?.unwrap_or_default(),
                patience: patience(field)?,
            }))
        }
    }
}

/// The longest that a turn can be made to wait for a secret.
const LONGEST: i64 = 120_000;

fn patience(field: &Field<'_>) -> Result<Option<Duration>, KeyFault> {
    let timeout = field.get("timeoutMs")?.whole(1, LONGEST, "a number of milliseconds, from 1 to 120000")?;
    Ok(timeout.and_then(|timeout| u64::try_from(timeout).ok()).map(Duration::from_millis))
}

/// `{source, provider, id}`; the provider may be left out.
pub(crate) fn secret_ref(field: &Field<'_>) -> Result<SecretRef, KeyFault> {
    let (provider, id) = (field.get("provider")?, field.get("id")?);
    let (alias, name) = (provider.text()?, id.text()?.unwrap_or_default());
    SecretRef::new(source(&field.get("source")?)?, alias, name).map_err(|invalid| match invalid {
        InvalidSecretRef::Provider => provider.wrong("a lower-case word such as `vault`"),
        InvalidSecretRef::EnvId => id.wrong("the name of a variable, such as `ANTHROPIC_API_KEY`"),
        InvalidSecretRef::FileId => id.wrong("`value` or a JSON pointer such as `/providers/anthropic`"),
        InvalidSecretRef::ExecId => id.wrong("a plain name such as `work/anthropic`, without `.` and `..` as parts"),
        InvalidSecretRef::Shape => field.wrong("`{source, provider, id}`"),
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
