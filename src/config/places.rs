//! Where everything of one installation is.

use std::io;
use std::path::{Path, PathBuf};

use crate::agent::AgentId;
use crate::config::layout::Naming;
use crate::config::{Config, Environment, Layout};

/// Where everything of one installation is. Nothing here is ever moved, renamed or created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Whose directories these are.
    pub layout: Layout,
    /// The state directory, absolute.
    pub state_dir: PathBuf,
    /// The configuration file, absolute; it need not exist.
    pub config_path: PathBuf,
    home: Option<PathBuf>,
    main_agent_dir: Option<PathBuf>,
    oauth_dir: PathBuf,
}

/// The directories cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum PlacesFault {
    /// There is no home directory to look in. Set `HOME`, or say where the state is.
    #[error("HOME is not set; set it, or name the state directory with --state-dir")]
    NoHome,
    /// `*_PROFILE` cannot be part of a directory's name.
    #[error("{name} is `{value}`: use letters, digits, `-` and `_`")]
    InvalidProfile {
        /// The variable.
        name: String,
        /// What it holds.
        value: String,
    },
    /// A relative path, and no working directory to begin from.
    #[error("{}: {source}", path.display())]
    NotAbsolute {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Places {
    /// The places of `layout`.
    ///
    /// `state_dir` is what was given on the command line: then nothing of another installation is meant, so the
    /// variables for single places are not looked at.
    ///
    /// # Errors
    ///
    /// The directories cannot be told; see [`PlacesFault`].
    pub fn resolve(layout: Layout, state_dir: Option<&Path>, env: &Environment) -> Result<Self, PlacesFault> {
        let naming = layout.naming();
        let set = |name: &str| first_set(&naming, env, name).map(|(_, value)| value);
        let home = home(&naming, env);
        let absolute = |text: &str| absolute(text, home.as_deref());
        if let Some(given) = state_dir {
            let state_dir = match given.to_str() {
                Some(text) => absolute(text)?,
                None => made_absolute(given)?,
            };
            return Ok(Self {
                layout,
                config_path: config_in(&state_dir, &naming),
                oauth_dir: state_dir.join("credentials"),
                state_dir,
                home,
                main_agent_dir: None,
            });
        }
        let explicit = set("STATE_DIR").map(absolute).transpose()?;
        let profile = profile(&naming, env)?;
        let state_dir = match (&explicit, &profile) {
            (Some(explicit), _) => explicit.clone(),
            (None, Some(profile)) => {
                let name = naming.state_dirs.first().copied().unwrap_or_default();
                home.as_ref().ok_or(PlacesFault::NoHome)?.join(format!("{name}-{profile}"))
            }
            (None, None) => usual_state_dir(&naming, home.as_deref().ok_or(PlacesFault::NoHome)?),
        };
        let config_path = match set("CONFIG_PATH").map(absolute).transpose()? {
            Some(path) => path,
            None if explicit.is_none() && profile.is_none() => usual_config(&state_dir, &naming, home.as_deref()),
            None => config_in(&state_dir, &naming),
        };
        let mut agent_dir = set("AGENT_DIR");
        if layout != Layout::Modelpin {
            // Known to all of the family, which calls an agent library that reads it.
            agent_dir = agent_dir.or_else(|| env.var("PI_CODING_AGENT_DIR"));
        }
        Ok(Self {
            layout,
            main_agent_dir: agent_dir.map(absolute).transpose()?,
            oauth_dir: match set("OAUTH_DIR").map(absolute).transpose()? {
                Some(path) => path,
                None => state_dir.join("credentials"),
            },
            state_dir,
            config_path,
            home,
        })
    }

    /// Where the store of `agent` is: `agents.list[].agentDir`, else for the main agent `*_AGENT_DIR`, else
    /// `<state dir>/agents/<id>/agent`.
    pub fn agent_dir(&self, config: &Config, agent: &AgentId) -> PathBuf {
        let configured = config.agents.list.iter().find(|entry| entry.id == *agent);
        let configured = configured.and_then(|entry| entry.agent_dir.as_deref()).filter(|dir| !dir.trim().is_empty());
        if let Some(dir) = configured {
            let dir = self.expand(dir);
            return if dir.is_absolute() { dir } else { self.state_dir.join(dir) };
        }
        match &self.main_agent_dir {
            Some(dir) if agent.is_main() => dir.clone(),
            Some(_) | None => self.state_dir.join("agents").join(agent.as_str()).join("agent"),
        }
    }

    /// Where the oldest programs kept OAuth grants.
    pub fn oauth_dir(&self) -> &Path {
        &self.oauth_dir
    }

    /// modelpin's own state.
    pub fn database(&self) -> PathBuf {
        self.state_dir.join("modelpin.sqlite")
    }

    /// The variables that belong to this installation.
    pub fn dotenv(&self) -> PathBuf {
        self.state_dir.join(".env")
    }

    /// The home directory, where one is known.
    pub fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// `text` as a path, a leading `~` replaced by the home directory where one is known.
    pub fn expand(&self, text: &str) -> PathBuf {
        expanded(text, self.home.as_deref()).unwrap_or_else(|| PathBuf::from(text.trim()))
    }
}

fn first_set<'a>(naming: &Naming, env: &'a Environment, name: &str) -> Option<(String, &'a str)> {
    naming.prefixes.iter().find_map(|prefix| {
        let name = format!("{prefix}_{name}");
        let value = env.var(&name)?.trim();
        Some((name, value))
    })
}

fn home(naming: &Naming, env: &Environment) -> Option<PathBuf> {
    let process = env.home();
    let own = if naming.own_home { first_set(naming, env, "HOME") } else { None };
    own.and_then(|(_, text)| expanded(text, process.as_deref())).or(process)
}

/// Whether `text` may be the name of a further installation, which becomes part of a directory's name.
pub(crate) fn is_profile_name(text: &str) -> bool {
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !text.is_empty() && text.chars().all(valid)
}

/// `*_PROFILE`, unless it names the usual one.
fn profile(naming: &Naming, env: &Environment) -> Result<Option<String>, PlacesFault> {
    let Some((name, value)) = first_set(naming, env, "PROFILE") else { return Ok(None) };
    if value.eq_ignore_ascii_case("default") {
        return Ok(None);
    }
    if !is_profile_name(value) {
        return Err(PlacesFault::InvalidProfile { name, value: value.to_owned() });
    }
    Ok(Some(value.to_owned()))
}

fn usual_state_dir(naming: &Naming, home: &Path) -> PathBuf {
    let candidates = || naming.state_dirs.iter().map(|name| home.join(name));
    candidates().find(|dir| dir.is_dir()).or_else(|| candidates().next()).unwrap_or_else(|| home.to_owned())
}

fn config_in(dir: &Path, naming: &Naming) -> PathBuf {
    let candidates = || naming.config_files.iter().map(|name| dir.join(name));
    candidates().find(|path| path.exists()).or_else(|| candidates().next()).unwrap_or_else(|| dir.to_owned())
}

/// In the state directory, else where the programs before it kept theirs.
fn usual_config(state_dir: &Path, naming: &Naming, home: Option<&Path>) -> PathBuf {
    let own = config_in(state_dir, naming);
    let older = home.into_iter().flat_map(|home| naming.config_dirs.iter().map(|name| home.join(name)));
    let mut found = [own.clone()].into_iter().chain(older.map(|dir| config_in(&dir, naming)));
    found.find(|path| path.exists()).unwrap_or(own)
}

/// A `~` that stands for the home directory is replaced; `None` where none is known.
fn expanded(text: &str, home: Option<&Path>) -> Option<PathBuf> {
    let text = text.trim();
    match text.strip_prefix('~') {
        Some("") => home.map(Path::to_owned),
        Some(rest) if rest.starts_with(['/', '\\']) => home.map(|home| home.join(&rest[1..])),
        Some(_) | None => Some(PathBuf::from(text)),
    }
}

fn absolute(text: &str, home: Option<&Path>) -> Result<PathBuf, PlacesFault> {
    made_absolute(&expanded(text, home).ok_or(PlacesFault::NoHome)?)
}

fn made_absolute(path: &Path) -> Result<PathBuf, PlacesFault> {
    std::path::absolute(path).map_err(|source| PlacesFault::NotAbsolute { path: path.to_owned(), source })
}
