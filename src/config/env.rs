//! The environment, captured once. Nothing else in the program reads it.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

use crate::catalog::{ProviderId, vendor, vendors};
use crate::config::{Config, Mode, ShellFault, dotenv, login_shell};
use crate::redact::names_a_secret;

/// How long the login shell may take where the configuration does not say.
const SHELL_TIMEOUT: Duration = Duration::from_secs(15);

/// Every variable there is, by where it is set. A blank value is as good as none.
///
/// The working directory's `.env` is never read: it belongs to whatever project one happens to stand in.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    process: Variables,
    dotenv: Variables,
    config: HashMap<String, SecretString>,
    shell: Variables,
}

/// Where a variable is set, in order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EnvPlace {
    /// The environment that the process was started with.
    ProcessEnv,
    /// The `.env` in the state directory.
    StateDotenv,
    /// `env` in the configuration.
    ConfigEnv,
    /// The login shell.
    LoginShell,
}

impl EnvPlace {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ProcessEnv => "process environment",
            Self::StateDotenv => "state-dir .env",
            Self::ConfigEnv => "config env",
            Self::LoginShell => "login shell",
        }
    }
}

/// A credential that is set as a variable.
#[derive(Debug, Clone)]
pub struct EnvCredential {
    /// The variable.
    pub name: &'static str,
    /// What it holds.
    pub secret: SecretString,
    /// Where it is set.
    pub place: EnvPlace,
    /// How it is used: as a token where the variable's name says `OAUTH_TOKEN`, as an API key otherwise.
    pub mode: Mode,
}

/// Some of them may be secrets, so only their number is ever shown.
#[derive(Clone, Default)]
struct Variables(HashMap<String, String>);

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} variables", self.0.len())
    }
}

impl Variables {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.trim().is_empty())
    }
}

impl Environment {
    /// The environment of this process. Variables that are no Unicode are left out.
    #[expect(clippy::disallowed_methods, reason = "the one place where the environment comes in")]
    pub fn capture() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        std::env::vars_os().filter_map(text).collect()
    }

    /// Reads the `.env` in the state directory over what was read of it before. No file there is an empty one.
    ///
    /// # Errors
    ///
    /// It is there and cannot be read; what was read before stays.
    pub fn read_dotenv(&mut self, path: &Path) -> io::Result<()> {
        let text = match fs::read(path) {
            // One byte that is no Unicode must not hide the other variables.
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        self.dotenv = Variables(dotenv::variables(&text).into_iter().collect());
        Ok(())
    }

    /// Takes in the variables that the configuration sets.
    pub fn add_config(&mut self, config: &Config) {
        self.config = config.env_vars.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    }

    /// Asks the login shell for the variables that hold credentials, if the configuration or
    /// `<prefix>_LOAD_SHELL_ENV` wants that.
    ///
    /// # Errors
    ///
    /// The shell gave none; the environment is as it was.
    pub fn ask_login_shell(&mut self, config: &Config, prefixes: &[&str]) -> Result<(), ShellFault> {
        let switch = |prefix: &&str| self.is_on(&format!("{prefix}_LOAD_SHELL_ENV"));
        if !config.shell_env.enabled && !prefixes.iter().any(switch) {
            return Ok(());
        }
        let timeout = config.shell_env.timeout_ms.map_or(SHELL_TIMEOUT, Duration::from_millis);
        let shell = self.process.get("SHELL").unwrap_or("/bin/sh");
        let names = vendors().flat_map(|vendor| vendor.variables.iter().copied());
        self.shell = Variables(login_shell::variables(shell, names, timeout)?);
        Ok(())
    }

    /// The value of `name` in the process environment, else in the state directory's `.env`, else in the login shell:
    /// for paths and switches. A secret is asked for by [`Environment::secret`].
    pub fn var(&self, name: &str) -> Option<&str> {
        [&self.process, &self.dotenv, &self.shell].into_iter().find_map(|variables| variables.get(name))
    }

    /// The secret in `name`, wherever it is set.
    pub fn secret(&self, name: &str) -> Option<SecretString> {
        self.places(name).next().map(|(_, secret)| secret)
    }

    /// Every variable that holds a secret, wherever it is set: those of the vendors, and those whose name says so.
    pub(crate) fn secrets(&self) -> Vec<SecretString> {
        let plain = [&self.process, &self.dotenv, &self.shell].into_iter().flat_map(|variables| &variables.0);
        let named = plain.filter(|(name, value)| names_a_secret(name) && !is_path(value));
        let named = named.map(|(_, value)| SecretString::from(value.as_str()));
        let configured = self.config.iter().filter(|(name, _)| names_a_secret(name)).map(|(_, secret)| secret.clone());
        let vendors = vendors().flat_map(|vendor| vendor.variables.iter().flat_map(|name| self.places(name)));
        named.chain(configured).chain(vendors.map(|(_, secret)| secret)).collect()
    }

    /// Every credential of `provider` that is set, the one that counts first; those after it are shadowed.
    ///
    /// An earlier place beats a later one, whichever of the provider's variables it sets.
    pub fn credentials(&self, provider: &ProviderId) -> Vec<EnvCredential> {
        let credential = |name: &'static str| {
            let mode = if name.contains("OAUTH_TOKEN") { Mode::OAuth } else { Mode::ApiKey };
            self.places(name).map(move |(place, secret)| EnvCredential { name, secret, place, mode })
        };
        let variables = vendor(provider).map_or(&[][..], |vendor| vendor.variables);
        let mut found: Vec<_> = variables.iter().copied().flat_map(credential).collect();
        // Stable: within one place the order of the table stays.
        found.sort_by_key(|credential| credential.place);
        found
    }

    /// The home directory.
    pub fn home(&self) -> Option<PathBuf> {
        self.process.get("HOME").map(PathBuf::from)
    }

    fn places(&self, name: &str) -> impl Iterator<Item = (EnvPlace, SecretString)> {
        let plain = |place, variables: &Variables| {
            let value = variables.get(name)?.replace(['\r', '\n', '\u{2028}', '\u{2029}'], "");
            Some((place, SecretString::from(value.trim())))
        };
        [
            plain(EnvPlace::ProcessEnv, &self.process),
            plain(EnvPlace::StateDotenv, &self.dotenv),
            self.config.get(name).map(|secret| (EnvPlace::ConfigEnv, secret.clone())),
            plain(EnvPlace::LoginShell, &self.shell),
        ]
        .into_iter()
        .flatten()
    }

    fn is_on(&self, name: &str) -> bool {
        let off = ["0", "false", "no", "off"];
        self.var(name).is_some_and(|value| !off.contains(&value.trim().to_ascii_lowercase().as_str()))
    }
}

/// Whether a variable says where a secret is (`DB_PASSWORD=/run/secrets/db`) instead of what it is.
fn is_path(value: &str) -> bool {
    value.strip_prefix('/').is_some_and(|rest| rest.contains('/') && !rest.contains(['+', '=']))
}

/// An environment made of `(name, value)` pairs in place of the process's.
impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self { process: Variables(variables.into_iter().collect()), ..Self::default() }
    }
}
