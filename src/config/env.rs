//! The environment, captured once. Nothing else in the program reads it.

mod credential;
mod key_list;

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

use crate::catalog::{ProviderId, vendor, vendors};
#[cfg(feature = "cli")]
use crate::config::Layout;
use crate::config::dotenv::{Dotenv, DotenvFlaw};
use crate::config::env::key_list::{list_of, number_of, parts};
use crate::config::{Config, ShellFault, login_shell};
use crate::redact::names_a_secret;

pub use credential::EnvCredential;

/// How long the login shell may take where the configuration does not say.
const SHELL_TIMEOUT: Duration = Duration::from_secs(15);

/// Every variable there is, by where it is set. A blank value is as good as none.
///
/// The working directory's `.env` is never read: it belongs to whatever project one happens to stand in.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    process: Variables,
    dotenv: Variables,
    dotenv_flaws: Vec<DotenvFlaw>,
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
        let Dotenv { variables, flaws } = Dotenv::read(&text);
        self.dotenv = Variables(variables.into_iter().collect());
        self.dotenv_flaws = flaws;
        Ok(())
    }

    /// The lines of the `.env` in the state directory that are not as they should be.
    pub fn dotenv_flaws(&self) -> &[DotenvFlaw] {
        &self.dotenv_flaws
    }

    /// As if `*_PROFILE` were set to `name` for the process, whichever layout is going to look.
    #[cfg(feature = "cli")]
    pub(crate) fn with_profile(mut self, name: &str) -> Self {
        let first = Layout::ALL.into_iter().filter_map(|layout| layout.prefixes().first());
        self.process.0.extend(first.map(|prefix| (format!("{prefix}_PROFILE"), name.to_owned())));
        self
    }

    /// Takes in the variables that the configuration sets.
    pub fn add_config(&mut self, config: &Config) {
        self.config = config.env_vars.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    }

    /// Asks the login shell for the variables that hold credentials, if the configuration or
    /// `<prefix>_LOAD_SHELL_ENV` wants that. It may take as long as `env.shellEnv.timeoutMs` or
    /// `<prefix>_SHELL_ENV_TIMEOUT_MS` says.
    ///
    /// # Errors
    ///
    /// The shell gave none; the environment is as it was.
    pub fn ask_login_shell(&mut self, config: &Config, prefixes: &[&str]) -> Result<(), ShellFault> {
        let switch = |prefix: &&str| self.is_on(&format!("{prefix}_LOAD_SHELL_ENV"));
        if !config.shell_env.enabled && !prefixes.iter().any(switch) {
            return Ok(());
        }
        let variable = |prefix: &&str| self.var(&format!("{prefix}_SHELL_ENV_TIMEOUT_MS"))?.trim().parse().ok();
        let timeout = config.shell_env.timeout_ms.or_else(|| prefixes.iter().find_map(variable));
        let timeout = timeout.map_or(SHELL_TIMEOUT, Duration::from_millis);
        let shell = self.process.get("SHELL").unwrap_or("/bin/sh");
        self.shell = Variables(login_shell::variables(shell, self.home().as_deref(), holds_a_credential, timeout)?);
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
        let credentials = vendors().filter_map(|vendor| ProviderId::new(vendor.id));
        let credentials = credentials.flat_map(|provider| self.credentials(&provider));
        named.chain(configured).chain(credentials.map(|found| found.secret)).collect()
    }

    /// Every credential of `provider` that is set, in the order in which they are tried.
    ///
    /// An earlier place beats a later one, whichever of the provider's variables it sets. Within a place, variables with one
    /// key come first, as the table has them; then those with several (`OPENAI_API_KEYS`), then those with a number
    /// (`OPENAI_API_KEY_2`).
    pub fn credentials(&self, provider: &ProviderId) -> Vec<EnvCredential> {
        let variables = vendor(provider).map_or(&[][..], |vendor| vendor.variables);
        let mut found: Vec<_> = variables.iter().flat_map(|name| self.keys(name, |secret| vec![secret])).collect();
        let lists = || variables.iter().filter_map(|name| Some((*name, list_of(name)?)));
        found.extend(lists().flat_map(|(_, list)| self.keys(&list, |secret| parts(&secret))));
        let numbered = lists().flat_map(|(single, _)| self.numbered(single));
        found.extend(numbered.flat_map(|name| self.keys(&name, |secret| vec![secret])));
        // Stable: within one place the order from above stays.
        found.sort_by_key(|credential| credential.place);
        for at in 1..found.len() {
            let (before, [this, ..]) = found.split_at_mut(at) else { break };
            this.shadowed = before.iter().any(|other| other.variable == this.variable && other.place != this.place);
        }
        found
    }

    /// What the variable `name` holds, place by place.
    fn keys(&self, name: &str, split: impl Fn(SecretString) -> Vec<SecretString>) -> Vec<EnvCredential> {
        let places = self.places(name);
        places.flat_map(|(place, value)| EnvCredential::of(name, place, split(value))).collect()
    }

    /// The variables that are called `single` and a number, by that number.
    fn numbered(&self, single: &str) -> Vec<String> {
        let plain = [&self.process, &self.dotenv, &self.shell].into_iter().flat_map(|variables| variables.0.keys());
        let names = plain.chain(self.config.keys());
        let mut found: Vec<(u32, &String)> = names.filter_map(|name| Some((number_of(name, single)?, name))).collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|(_, name)| name.clone()).collect()
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

/// Whether the login shell's `name` is of use: it holds a credential of some vendor.
fn holds_a_credential(name: &str) -> bool {
    let mut variables = vendors().flat_map(|vendor| vendor.variables);
    variables.any(|single| {
        name == *single || list_of(single).is_some_and(|list| list == name) || number_of(name, single).is_some()
    })
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
