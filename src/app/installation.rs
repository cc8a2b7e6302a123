//! The files of one installation, without the engine over them.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::agent::AgentId;
#[cfg(feature = "cli")]
use crate::app::StatePlace;
#[cfg(feature = "cli")]
use crate::app::roster::checkups;
use crate::app::state::{Shared, Whereabouts};
use crate::app::{AppFault, AppOptions};
#[cfg(feature = "cli")]
use crate::audit::Surface;
use crate::clock::Clock;
use crate::config::{self, AuthPlace, Config, ConfigFault, Environment, Layout, Places, ShellFault};
#[cfg(feature = "cli")]
use crate::gateway::bot::is_any_configured;
#[cfg(feature = "cli")]
use crate::gateway::channel::Checkups;
#[cfg(feature = "cli")]
use crate::operator::Desk;
use crate::profile::{AuthStore, ExternalPaths, Sealing, StoreFileFault, StorePaths, sync_external};
#[cfg(feature = "cli")]
use crate::session::Actor;
use crate::settings::Settings;
#[cfg(feature = "cli")]
use crate::store::Detached;
#[cfg(feature = "cli")]
use crate::store::{Carried, Collected, Examined};
use crate::store::{Store, StoreFault};

/// The files of one installation: its configuration and its credentials.
///
/// What an operator's command needs that looks after them. It starts no runtime, opens no database and no connection, so
/// that such a command is over in a few milliseconds; unless that is where the credentials are.
pub struct Installation {
    pub(crate) places: Places,
    pub(crate) settings: Settings,
    pub(crate) auth_store: Arc<AuthStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) warnings: Vec<String>,
    /// The database, where the credentials are in it.
    pub(super) shared: Option<Shared>,
}

impl Installation {
    /// Finds the installation that the options name, and reads its configuration.
    ///
    /// # Errors
    /// [`AppFault`] says what has to be mended first.
    pub fn open(options: AppOptions) -> Result<Self, AppFault> {
        match Self::open_with(options.clone(), false) {
            // The configuration may name a variable that only the login shell sets.
            Err(AppFault::Config(ConfigFault::MissingVariable { .. })) => Self::open_with(options, true),
            outcome => outcome,
        }
    }

    /// The same; with `ask_shell`, the login shell is asked for credentials first, where the configuration wants that. It
    /// may take seconds, so it is done where somebody is to be answered, and elsewhere only if it has to be.
    pub(crate) fn open_with(options: AppOptions, ask_shell: bool) -> Result<Self, AppFault> {
        Self::read(options, ask_shell, true)
    }

    /// The installation without what its configuration and its `.env` say: for whoever looks for what is wrong with them.
    ///
    /// # Errors
    /// As [`Installation::open`].
    #[cfg(feature = "cli")]
    pub(crate) fn open_unconfigured(options: AppOptions) -> Result<Self, AppFault> {
        Self::read(options, false, false)
    }

    fn read(options: AppOptions, ask_shell: bool, configured: bool) -> Result<Self, AppFault> {
        let AppOptions { state_dir, layout, invoked_as, agent, mut environment, clock, seal } = options;
        let layout = layout.map(|name| name.parse::<Layout>()).transpose()?;
        let layout = Layout::choose(layout, &environment, Some(invoked_as.as_ref()))?;
        let places = Places::resolve(layout, state_dir.as_deref(), &environment)?;
        if places.state_dir.metadata().is_ok_and(|found| !found.is_dir()) {
            return Err(AppFault::NoDirectory(places.state_dir));
        }
        let mut warnings = Vec::new();
        if ask_shell && let Err(fault) = ask_login_shell(&mut environment, &places) {
            warnings.push(format!("the login shell gave no variables: {fault}"));
        }
        let external = ExternalPaths::of(&environment);
        // A file without a name is never there.
        let file = |path: PathBuf| if configured { path } else { PathBuf::new() };
        let (config_path, dotenv) = (file(places.config_path.clone()), file(places.dotenv()));
        let settings = Settings::open(&config_path, &dotenv, agent.as_deref(), environment)?;
        let flaws = settings.current().environment.dotenv_flaws().to_vec();
        warnings.extend(flaws.iter().map(|flaw| format!("{}, {flaw}", dotenv.display())));
        let sealing = Sealing::new(seal, &places.state_dir, layout.prefixes(), places.home());
        let auth_store = AuthStore::new(store_paths(&places, &settings, settings.agent()))
            .with_external(&external)
            .with_sealing(sealing);
        let loaded = settings.current();
        let (auth_store, shared) = kept(auth_store, &loaded.config, &places)?;
        auth_store.allow_write_back(loaded.config.auth.claude_cli.write_back);
        auth_store.sealing().follow(&loaded.config.auth, &loaded.environment);
        warnings.extend(auth_store.sealing().remarks());
        let auth_store = Arc::new(auth_store);
        Ok(Self { places, settings, auth_store, clock, warnings, shared })
    }

    /// Where its state is.
    pub(super) fn whereabouts(&self) -> Whereabouts {
        Whereabouts::of(&self.settings.current().config, &self.places, self.shared.clone())
    }

    /// Its state; `None` where nothing was ever kept.
    ///
    /// # Errors
    /// The database cannot be opened.
    pub fn open_state(&self) -> Result<Option<Arc<dyn Store>>, StoreFault> {
        let state = self.whereabouts();
        state.is_there().then(|| state.open()).transpose()
    }

    /// Whether it ever kept anything.
    #[cfg(feature = "cli")]
    pub(crate) fn has_state(&self) -> bool {
        self.whereabouts().is_there()
    }

    /// A database to carry state from or to, and what it is called.
    ///
    /// # Errors
    /// It cannot be opened.
    #[cfg(feature = "cli")]
    pub(crate) fn carried(&self, place: &StatePlace) -> Result<(Arc<dyn Carried>, String), StoreFault> {
        self.whereabouts().carried(place)
    }

    /// Where its state is: what the configuration names, else the file in the state directory.
    #[cfg(feature = "cli")]
    pub(crate) fn place(&self) -> StatePlace {
        self.whereabouts().place()
    }

    /// A database to look through without a write, and what it is called; `None` where there is no such file.
    ///
    /// # Errors
    /// It cannot be read.
    #[cfg(feature = "cli")]
    pub(crate) fn examined(&self, place: &StatePlace) -> Result<(Option<Arc<dyn Examined>>, String), StoreFault> {
        self.whereabouts().examined(place)
    }

    /// Its state, to let go of rows. It has to be there already.
    ///
    /// # Errors
    /// The database cannot be opened.
    #[cfg(feature = "cli")]
    pub(crate) fn collected(&self) -> Result<Arc<dyn Collected>, StoreFault> {
        self.whereabouts().collected()
    }

    /// Its state, made where there is none yet.
    ///
    /// # Errors
    /// The database cannot be opened.
    pub fn create_state(&self) -> Result<Arc<dyn Store>, StoreFault> {
        self.whereabouts().open()
    }

    /// What an operator works with at the command line. Where the state cannot be opened, nothing is written into the
    /// audit either, which is loud, and refused where it is required.
    #[cfg(feature = "cli")]
    pub(crate) fn desk(&self) -> Desk {
        let store: Arc<dyn Store> = match self.create_state() {
            Ok(store) => store,
            Err(fault) => Arc::new(Detached::because_of(fault, true)),
        };
        self.desk_over(store)
    }

    /// The same over a state that is open already.
    #[cfg(feature = "cli")]
    pub(crate) fn desk_over(&self, store: Arc<dyn Store>) -> Desk {
        let settings = self.settings.current();
        let name = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| settings.environment.var(name));
        let id = name.map_or_else(nameless, str::to_owned);
        let actor = Actor { channel: "cli".to_owned(), id, name: None };
        Desk::new(Arc::clone(&self.auth_store), store, settings, (actor, Surface::Cli), self.now())
    }

    /// Where everything is.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// The agent that is meant.
    pub fn agent(&self) -> &AgentId {
        self.settings.agent()
    }

    /// Its credentials.
    pub fn auth_store(&self) -> &AuthStore {
        &self.auth_store
    }

    /// The credentials of another agent, or of the same.
    pub fn auth_store_of(&self, agent: &AgentId) -> AuthStore {
        self.auth_store.of(self.files_of(agent))
    }

    /// The files that would hold the credentials of an agent, or do.
    pub(crate) fn files_of(&self, agent: &AgentId) -> StorePaths {
        store_paths(&self.places, &self.settings, agent)
    }

    /// The files of before that are still there, where the credentials are in the database.
    #[cfg(feature = "cli")]
    pub(crate) fn unread_files(&self) -> Vec<PathBuf> {
        let StorePaths { own, main, oauth: _, agent: _ } = self.files_of(self.agent());
        let mut files = vec![own, main];
        files.dedup();
        files.retain(|file| self.auth_store.is_in_vault() && file.is_file());
        files
    }

    /// The credentials of the agent in the database, whether they are used from there or not yet; `None` where the
    /// configuration names none.
    ///
    /// # Errors
    /// It cannot be opened.
    #[cfg(all(feature = "cli", feature = "postgres"))]
    pub(crate) fn shared_auth_store(&self) -> Result<Option<AuthStore>, StoreFault> {
        // Not twice in the vault that the credentials may be used from.
        let alone = || AuthStore::new(self.files_of(self.agent())).sealed_like(&self.auth_store);
        Ok(self.whereabouts().elsewhere()?.map(|shared| alone().with_vault(shared)))
    }

    /// Copies Claude Code's login into the main agent's store, where the layout or `auth.claudeCli.sync` wants that.
    /// Returns the file that was written; `None` when there was nothing to write.
    ///
    /// # Errors
    /// The store cannot be read or written; it is then as it was.
    pub fn sync_external(&self) -> Result<Option<PathBuf>, StoreFileFault> {
        let wanted = self.settings.current().config.auth.claude_cli.sync;
        // The login of one machine is nothing for the others; and the programs that look for a copy do not look there.
        if self.auth_store.is_in_vault() || !wanted.unwrap_or(self.places.layout == Layout::Epiloop) {
            return Ok(None);
        }
        sync_external(&self.auth_store, self.now())
    }

    /// The configuration in force.
    #[cfg(feature = "cli")]
    pub(crate) fn settings(&self) -> Arc<crate::settings::Loaded> {
        self.settings.current()
    }

    /// Whether there is any bot that a gateway would serve.
    #[cfg(feature = "cli")]
    pub(crate) fn has_bot(&self) -> bool {
        let settings = self.settings.current();
        is_any_configured(&settings.config, &settings.environment)
    }

    /// The bots that are configured, to be looked at. Their tokens are fetched from where they are.
    #[cfg(feature = "cli")]
    pub(crate) fn checkups(&self) -> Checkups {
        checkups(&self.settings.current(), self.places.home())
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// `store`, kept where the configuration says, and the database if that is where.
///
/// # Errors
/// There is no such database. Files do not stand in for it: other credentials may be in them.
fn kept(store: AuthStore, config: &Config, places: &Places) -> Result<(AuthStore, Option<Shared>), AppFault> {
    if config.auth.store == AuthPlace::File {
        return Ok((store, None));
    }
    let shared = Whereabouts::of(config, places, None).elsewhere().map_err(AppFault::Store)?;
    #[cfg(feature = "postgres")]
    if let Some(shared) = &shared {
        return Ok((store.with_vault(shared.clone()), Some(Arc::clone(shared))));
    }
    Ok((store, shared))
}

/// What somebody is called whose environment does not say.
#[cfg(all(feature = "cli", unix))]
fn nameless() -> String {
    format!("uid-{}", rustix::process::getuid().as_raw())
}

/// What somebody is called whose environment does not say.
#[cfg(all(feature = "cli", not(unix)))]
fn nameless() -> String {
    "unknown".to_owned()
}

fn ask_login_shell(environment: &mut Environment, places: &Places) -> Result<(), ShellFault> {
    // Whether to ask is said in the configuration, which may need the answer.
    let config = Config { shell_env: config::shell_env(&places.config_path), ..Config::default() };
    environment.ask_login_shell(&config, places.layout.prefixes())
}

fn store_paths(places: &Places, settings: &Settings, agent: &AgentId) -> StorePaths {
    let config = &settings.current().config;
    let file = |agent: &AgentId| places.agent_dir(config, agent).join("auth-profiles.json");
    StorePaths {
        own: file(agent),
        main: file(&AgentId::main()),
        oauth: places.oauth_dir().join("oauth.json"),
        agent: agent.clone(),
    }
}
