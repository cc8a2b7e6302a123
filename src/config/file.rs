//! Reading the configuration file.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde_json::{Value, json};

use crate::config::include::{Includes, Texts};
use crate::config::policy_text::policy_text;
use crate::config::substitute::substitute;
use crate::config::typed::env_texts;
use crate::config::{Config, ConfigFault, Environment, ShellEnvConfig, from_value};
use crate::redact::secrets_in;

/// A configuration, and where it came from.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// What it says.
    pub config: Config,
    /// The file and everything that it includes; empty where there is no file. A change of any of them is a change of
    /// the configuration.
    pub files: Vec<PathBuf>,
    /// Everything in it that is a secret by its name, used here or not: API keys, headers, bot tokens.
    pub secrets: Vec<SecretString>,
    /// The settings that decide who may do what, each with what it says as JSON.
    pub policy: BTreeMap<String, String>,
}

/// Reads the configuration at `path`. No file there is a configuration that says nothing.
///
/// `${NAME}` is looked up in `env`, then in the variables that the configuration sets itself.
///
/// # Errors
///
/// The file, or one that it includes, cannot be read or does not say what it should.
pub fn load(path: &Path, env: &Environment) -> Result<Loaded, ConfigFault> {
    match path.try_exists() {
        Ok(true) => {}
        Ok(false) => return Ok(Loaded::default()),
        Err(source) => return Err(ConfigFault::Unreadable { path: path.to_owned(), source }),
    }
    let texts = Texts::default();
    let mut includes = Includes::of(path, &texts);
    let value = includes.read(path)?;
    let files = includes.files;
    let policy = policy_text(&value);
    let (config, mut secrets) = valid(path, value, env)?;
    secrets.extend(config.alerts.webhooks.iter().map(|hook| hook.url.clone()));
    Ok(Loaded { config, files, secrets, policy })
}

/// The value of the configuration at `path` with all that it includes, `${NAME}` as text, where `texts` stand for what
/// files hold, and the files that it was read from. A file that is not there is an empty object.
///
/// # Errors
///
/// As [`load`].
#[cfg(feature = "cli")]
pub(crate) fn read_resolved(path: &Path, texts: &Texts) -> Result<(Value, Vec<PathBuf>), ConfigFault> {
    if texts.read(&Texts::real(path))?.is_none() {
        return Ok((json!({}), Vec::new()));
    }
    let mut includes = Includes::of(path, texts);
    let value = includes.read(path)?;
    Ok((value, includes.files))
}

/// What the resolved `value` of the configuration at `path` says, its variables filled in, and the secrets in it.
///
/// # Errors
///
/// A variable is not set, or a key has a value of the wrong kind.
pub(crate) fn valid(
    path: &Path,
    mut value: Value,
    env: &Environment,
) -> Result<(Config, Vec<SecretString>), ConfigFault> {
    fill_in_variables(&mut value, path, env)?;
    let config = from_value(&value).map_err(|fault| ConfigFault::Key { path: path.to_owned(), fault })?;
    Ok((config, secrets_in(&value)))
}

/// What the configuration at `path` says of the login shell, without filling in variables: some may be set there only.
/// Where it cannot be read it says nothing; [`load`] tells why.
pub(crate) fn shell_env(path: &Path) -> ShellEnvConfig {
    let read = || {
        let value = Includes::of(path, &Texts::default()).read(path).ok()?;
        let shell_env = value.get("env")?.get("shellEnv")?;
        from_value(&json!({ "env": { "shellEnv": shell_env } })).ok()
    };
    read().unwrap_or_default().shell_env
}

fn fill_in_variables(value: &mut Value, path: &Path, env: &Environment) -> Result<(), ConfigFault> {
    let missing = |missing: crate::config::substitute::Missing| ConfigFault::MissingVariable {
        path: path.to_owned(),
        key: missing.key,
        name: missing.name,
    };
    let outside = |name: &str| env.var(name).map(str::to_owned);
    // The configuration's own variables first: the rest may refer to them, and they to the environment only.
    let mut own = value.get_mut("env").map_or(Value::Null, Value::take);
    substitute(&mut own, "env", &outside).map_err(missing)?;
    let set: HashMap<String, String> =
        env_texts(&json!({ "env": own })).map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    substitute(value, "", &|name| outside(name).or_else(|| set.get(name).cloned())).map_err(missing)?;
    if let Some(env) = value.get_mut("env") {
        *env = own;
    }
    Ok(())
}
