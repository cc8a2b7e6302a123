//! Getting a secret from where it is kept, at the moment of use.

mod file;
pub(crate) mod program;
mod trouble;

use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use crate::config::{SecretPlace, SecretProgram, SecretsConfig};
use crate::profile::{Credential, Profile, SecretRef, SecretSource, SecretValue};
use crate::redact;
use program::Program;

pub use trouble::{SecretFault, SecretTrouble};

/// The most that is read from a file or a program.
const LIMIT: u64 = 1024 * 1024;

/// How long a file or a program may take that is not allowed another time.
const PATIENCE: Duration = Duration::from_secs(5);

/// What every program is given of the environment: enough to find other programs and its own files, and no secret.
const GIVEN: [&str; 7] = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR"];

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
        if let Some(why) = profile.closed() {
            return Err(SecretFault { profile: profile.id.clone(), why: SecretTrouble::Sealed(why.clone()) });
        }
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

    /// The secret that is alone in the file at `path`, such as a bot's token.
    ///
    /// # Errors
    ///
    /// [`SecretTrouble`], without a word of what was found.
    #[cfg(feature = "cli")]
    pub(crate) fn in_file(path: &Path) -> Result<SecretString, SecretTrouble> {
        let name = path.display().to_string();
        let content = file::read(&name, path, PATIENCE)?;
        file::secret(&content, "value").ok_or_else(|| not_there(&name, "value")).inspect(|found| redact::learn([found]))
    }

    /// `path`, a leading `~/` replaced by the home directory where one is known.
    pub(crate) fn expanded(&self, path: &str) -> PathBuf {
        match (path.strip_prefix('~'), self.home) {
            (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
                home.join(rest.trim_start_matches('/'))
            }
            (Some(_) | None, _) => PathBuf::from(path),
        }
    }

    fn look_up(&self, reference: &SecretRef) -> Result<SecretString, SecretTrouble> {
        let SecretRef { source, id, .. } = reference;
        let alias = self.alias(reference);
        let wrong = || SecretTrouble::OtherKind { alias: alias.to_owned(), kind: *source };
        match (source, self.config.providers.get(alias)) {
            (SecretSource::Env, Some(SecretPlace::Env { allowlist })) => match allowlist {
                Some(names) if !names.contains(id) => {
                    Err(SecretTrouble::NotAllowed { alias: alias.to_owned(), name: id.clone() })
                }
                Some(_) | None => self.variable(id),
            },
            // The environment needs no configuration under its default name.
            (SecretSource::Env, None) if alias == "default" || reference.provider.is_none() => self.variable(id),
            (SecretSource::File, Some(SecretPlace::File { path, patience })) => {
                let path = self.absolute(alias, "path", path)?;
                let content = file::read(alias, &path, patience.unwrap_or(PATIENCE))?;
                file::secret(&content, id).ok_or_else(|| not_there(alias, id))
            }
            (SecretSource::Exec, Some(SecretPlace::Exec(program))) => self.ask(alias, program, id),
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

    /// Asks a program for the secret `id`. It is given the request of the family on its standard input, and where an
    /// argument is `{id}`, the id in its place: for programs that know nothing of the family.
    fn ask(&self, alias: &str, program: &SecretProgram, id: &str) -> Result<SecretString, SecretTrouble> {
        let SecretProgram { command, args, pass_env, env, json_only, patience } = program;
        let passed = GIVEN.iter().copied().chain(pass_env.iter().map(String::as_str));
        let passed = passed.filter_map(|name| Some((name.to_owned(), (self.env)(name)?)));
        let own = env.iter().map(|(name, value)| (name.clone(), value.clone()));
        let output = Program {
            alias,
            command: &self.absolute(alias, "command", command)?,
            args: args.iter().map(|arg| if arg == "{id}" { id.to_owned() } else { arg.clone() }).collect(),
            environment: Some(passed.chain(own).collect()),
            request: Some(program::request(alias, id)),
            patience: patience.unwrap_or(PATIENCE),
        }
        .output()?;
        program::secret(&output, id, *json_only).ok_or_else(|| not_there(alias, id))
    }

    /// The path that stands under `key`. One that is relative means another file wherever the program is started.
    fn absolute(&self, alias: &str, key: &'static str, path: &str) -> Result<PathBuf, SecretTrouble> {
        let expanded = self.expanded(path);
        if expanded.is_absolute() {
            Ok(expanded)
        } else {
            Err(SecretTrouble::NotAbsolute { alias: alias.to_owned(), key })
        }
    }
}

fn not_there(alias: &str, id: &str) -> SecretTrouble {
    SecretTrouble::NotThere { alias: alias.to_owned(), id: id.to_owned() }
}

/// The text as a secret, unless it is blank.
fn trimmed(text: &str) -> Option<SecretString> {
    let text = text.trim();
    (!text.is_empty()).then(|| SecretString::from(text))
}
