//! The configuration in force: read again when one of its files changes, the last good version where that fails.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use crate::agent::AgentId;
use crate::catalog::Catalog;
use crate::config::{self, Config, ConfigFault, Environment};
use crate::redact;
use crate::watched::Watched;

/// What follows from the configuration for one agent.
pub(crate) struct Loaded {
    /// The configuration.
    pub(crate) config: Config,
    /// The models it offers.
    pub(crate) catalog: Catalog,
    /// The environment, with the variables that the configuration and the state directory set.
    pub(crate) environment: Arc<Environment>,
    /// The settings that decide who may do what, each with what it says as JSON.
    pub(crate) policy: BTreeMap<String, String>,
    /// Why a newer version is not in force, in words.
    pub(crate) trouble: Vec<String>,
}

/// The configuration of one agent. Asking is cheap: a look at its files from outside.
pub(crate) struct Settings {
    path: PathBuf,
    dotenv: PathBuf,
    agent: AgentId,
    /// The environment without what the files of the state directory add to it.
    environment: Environment,
    loaded: ArcSwap<Loaded>,
    files: Mutex<Watched>,
}

impl Settings {
    /// The configuration at `path` and the variables at `dotenv`, over those of `environment`.
    ///
    /// # Errors
    /// There is no good version to begin with.
    pub(crate) fn open(
        path: &Path,
        dotenv: &Path,
        agent: Option<&str>,
        environment: Environment,
    ) -> Result<Self, ConfigFault> {
        let mut files = Watched::new([path.to_owned(), dotenv.to_owned()]);
        files.is_due();
        let Read { config, environment: environment_now, policy, files: found } = read(path, dotenv, &environment)?;
        files.found(found);
        let agent = agent.map_or_else(|| config.default_agent(), AgentId::new);
        let catalog = Catalog::new(&config, &agent);
        let environment_now = Arc::new(environment_now);
        let loaded = Loaded { config, catalog, environment: environment_now, policy, trouble: Vec::new() };
        Ok(Self {
            path: path.to_owned(),
            dotenv: dotenv.to_owned(),
            agent,
            environment,
            loaded: ArcSwap::from_pointee(loaded),
            files: Mutex::new(files),
        })
    }

    /// The agent that the settings are for.
    pub(crate) fn agent(&self) -> &AgentId {
        &self.agent
    }

    /// The configuration in force now.
    pub(crate) fn current(&self) -> Arc<Loaded> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if files.is_due()
            && let Some(found) = self.reload()
        {
            files.found(found);
        }
        drop(files);
        self.loaded.load_full()
    }

    /// The configuration as it is now, read again whether its files look changed or not.
    pub(crate) fn reload_now(&self) -> Arc<Loaded> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = self.reload() {
            files.found(found);
        }
        drop(files);
        self.loaded.load_full()
    }

    fn reload(&self) -> Option<Vec<PathBuf>> {
        match read(&self.path, &self.dotenv, &self.environment) {
            Ok(Read { config, environment, policy, files }) => {
                let catalog = Catalog::new(&config, &self.agent);
                let environment = Arc::new(environment);
                self.loaded.store(Arc::new(Loaded { config, catalog, environment, policy, trouble: Vec::new() }));
                Some(files)
            }
            Err(fault) => {
                tracing::warn!(%fault, "the configuration cannot be read; the last good version stays in force");
                let last = self.loaded.load();
                self.loaded.store(Arc::new(Loaded {
                    config: last.config.clone(),
                    catalog: last.catalog.clone(),
                    environment: last.environment.clone(),
                    policy: last.policy.clone(),
                    trouble: vec![format!("configuration unreadable, last good version in use: {fault}")],
                }));
                None
            }
        }
    }
}

/// What was read.
struct Read {
    config: Config,
    environment: Environment,
    policy: BTreeMap<String, String>,
    files: Vec<PathBuf>,
}

/// The configuration, the environment that goes with it, and the files they came from.
fn read(path: &Path, dotenv: &Path, environment: &Environment) -> Result<Read, ConfigFault> {
    let mut environment = environment.clone();
    if let Err(source) = environment.read_dotenv(dotenv) {
        return Err(ConfigFault::Unreadable { path: dotenv.to_owned(), source });
    }
    let config::Loaded { config, mut files, secrets, policy } = config::load(path, &environment)?;
    environment.add_config(&config);
    redact::learn(environment.secrets().iter().chain(&secrets));
    // A file that is not there yet is watched for as well.
    if !files.iter().any(|file| file == path) {
        files.push(path.to_owned());
    }
    files.push(dotenv.to_owned());
    Ok(Read { config, environment, policy, files })
}
