//! The composition root: the only place that knows every concrete type.

#[cfg(feature = "discord")]
mod discord;
mod installation;
#[cfg(feature = "cli")]
mod look;
#[cfg(any(feature = "discord", feature = "telegram"))]
mod mailbox;
#[cfg(feature = "cli")]
#[cfg_attr(
    not(any(feature = "discord", feature = "telegram")),
    allow(dead_code, reason = "no channel is built in that needs all of it")
)]
mod parts;
#[cfg(feature = "cli")]
#[cfg_attr(
    not(any(feature = "discord", feature = "telegram")),
    allow(dead_code, reason = "no channel is built in that needs all of it")
)]
mod roster;
mod state;
#[cfg(feature = "cli")]
mod state_place;
#[cfg(feature = "telegram")]
mod telegram;
#[cfg(all(feature = "cli", not(all(feature = "discord", feature = "telegram"))))]
mod unbuilt;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::agent::AgentId;
use crate::app::state::State;
use crate::clock::{Clock, SystemClock};
use crate::config::{ConfigFault, Environment, Places, PlacesFault, UnknownLayout};
use crate::engine::Engine;
#[cfg(feature = "cli")]
use crate::gateway::lease::Leases;
use crate::mounts::Mounts;
use crate::oauth::{Refresher, TokenHttp};
use crate::profile::{Keyring, Origin, SealPorts};
use crate::provider::{Anthropic, Http, OpenAi, Provider, Providers};
use crate::redact;
use crate::store::{InboxTable, LeaseTable, Store, StoreFault};
use crate::turn::{ProfileNames, Sources, Wallet};

pub use installation::Installation;
#[cfg(feature = "cli")]
pub(crate) use state_place::StatePlace;

/// What the engine is opened with.
#[derive(Clone)]
pub struct AppOptions {
    /// `--state-dir`.
    pub state_dir: Option<PathBuf>,
    /// `--layout`.
    pub layout: Option<String>,
    /// The name the program was called by.
    pub invoked_as: String,
    /// `--agent`; the configured default agent otherwise.
    pub agent: Option<String>,
    /// The environment of the process.
    pub environment: Environment,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Who is asked for the keys of what is sealed.
    pub seal: SealPorts,
}

impl AppOptions {
    /// The options of a program that was called without any: this machine's environment and clock.
    pub fn of_this_process(invoked_as: impl Into<String>) -> Self {
        Self {
            state_dir: None,
            layout: None,
            invoked_as: invoked_as.into(),
            agent: None,
            environment: Environment::capture(),
            clock: Arc::new(SystemClock),
            seal: SealPorts { keyring: keyring(), ask: None },
        }
    }
}

#[cfg(feature = "cli")]
fn keyring() -> Arc<dyn Keyring> {
    Arc::new(crate::profile::OsKeyring)
}

#[cfg(not(feature = "cli"))]
fn keyring() -> Arc<dyn Keyring> {
    Arc::new(crate::profile::NoKeyring)
}

/// The engine, wired to the world.
pub struct App {
    engine: Arc<Engine>,
    store: Arc<dyn Store>,
    inbox: Arc<dyn InboxTable>,
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "only a gateway serves channels under a lease"))]
    leases: Option<Arc<dyn LeaseTable>>,
    clock: Arc<dyn Clock>,
    places: Places,
    warnings: Vec<String>,
}

/// The program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum AppFault {
    /// There is no such layout. Misuse of the command line.
    #[error(transparent)]
    Layout(#[from] UnknownLayout),
    /// The directories cannot be told. Misuse of the command line.
    #[error(transparent)]
    Places(#[from] PlacesFault),
    /// Something else is where the state directory should be. Misuse of the command line.
    #[error("{} is no directory, so it cannot hold the state: move it away, or name another place with --state-dir", .0.display())]
    NoDirectory(PathBuf),
    /// The configuration cannot be read, so nobody knows who may do what.
    #[error(transparent)]
    Config(#[from] ConfigFault),
    /// The state was written by a newer modelpin, whose meaning would be lost by going on; or the credentials are in a database
    /// that cannot be opened, and others must not stand in for them.
    #[error(transparent)]
    Store(StoreFault),
}

impl App {
    /// Opens the state directory that the options name.
    ///
    /// A state that cannot be written is no reason to stop: commands are answered all the same, and
    /// [`App::warnings`] says what does not work.
    ///
    /// # Errors
    /// [`AppFault`] says what has to be mended before the program can start.
    pub fn open(options: AppOptions) -> Result<Self, AppFault> {
        Self::over(Installation::open_with(options, true)?)
    }

    /// Assembles the engine over an installation for which the login shell was asked.
    ///
    /// # Errors
    /// As [`App::open`].
    pub(crate) fn over(installation: Installation) -> Result<Self, AppFault> {
        let whereabouts = installation.whereabouts();
        let Installation { places, settings, auth_store, clock, mut warnings, shared: _ } = installation;
        let State { store, inbox, leases } = State::open(&whereabouts, &mut warnings)?;
        warnings.extend(auth_store.current().trouble.iter().map(ToString::to_string));
        let mounts = Mounts::of_this_machine();
        let shared = auth_store.files().into_iter().filter_map(|Origin { path, .. }| {
            let remark = mounts.remark(&path).filter(|_| path.exists())?;
            Some(format!("{} {remark}. Keep it on a disk of this machine", path.display()))
        });
        warnings.extend(shared);
        // From here on somebody may be talking at the terminal.
        auth_store.sealing().ask_no_more();
        warnings.extend(settings.current().catalog.problems().iter().map(ToString::to_string));
        let http = Arc::new(Http::new(clock.clone()));
        let (anthropic, openai) = (Anthropic::new(http.clone()), OpenAi::new(http));
        let provider: Arc<dyn Provider> = Arc::new(Providers::new(Arc::new(anthropic), Arc::new(openai)));
        let refresher = Refresher::new(
            auth_store.clone(),
            store.clone(),
            Arc::new(TokenHttp::default()),
            clock.clone(),
            places.state_dir.clone(),
        );
        let refresher = match &leases {
            Some(table) => refresher.with_leases(table.clone()),
            None => refresher,
        };
        let engine = Engine::new(Sources {
            agent: settings.agent().clone(),
            settings,
            auth_store,
            store: store.clone(),
            provider,
            wallet: Wallet::default(),
            refresher: Arc::new(refresher),
            clock: clock.clone(),
            time_zone: TimeZone::system(),
            home: places.home().map(Path::to_owned),
            index: ProfileNames::default(),
            is_secret: Box::new(redact::contains_secret),
        });
        Ok(Self { engine: Arc::new(engine), store, inbox, leases, clock, places, warnings })
    }

    /// What answers: hand it to an adapter.
    pub fn engine(&self) -> Arc<Engine> {
        self.engine.clone()
    }

    /// Where sessions, benches, receipts, menus and conversations are kept.
    pub fn store(&self) -> Arc<dyn Store> {
        self.store.clone()
    }

    /// Where what channels have delivered is kept until it has been dealt with.
    pub fn inbox(&self) -> Arc<dyn InboxTable> {
        self.inbox.clone()
    }

    /// What keeps this machine from serving what another serves; `None` where the state is not shared with any.
    #[cfg(feature = "cli")]
    pub(crate) fn leases(&self) -> Option<Leases> {
        self.leases.clone().map(|table| Leases::new(table, getrandom::u32().unwrap_or_default()))
    }

    /// The accounts that are configured, as the gateway serves them.
    #[cfg(feature = "cli")]
    pub(crate) fn roster(&self) -> Arc<dyn crate::gateway::channel::Roster> {
        Arc::new(roster::BotRoster::new(self.parts(), self.places.home().map(Path::to_owned)))
    }

    /// What Telegram has delivered to the bot of that id, for who serves the bot over this engine themselves. The gateway
    /// keeps it in the same place, so one bot is to be served by one of the two.
    #[cfg(feature = "telegram")]
    pub fn telegram_inbox(&self, bot: u64) -> Arc<dyn modelpin_delivery::Inbox> {
        Arc::new(mailbox::Mailbox::of(&self.parts(), "telegram", bot))
    }

    /// What Discord has delivered to the bot of that id, for who serves all of the bot over this engine themselves. The
    /// gateway keeps it in the same place, so one bot is to be served by one of the two.
    #[cfg(feature = "discord")]
    pub fn discord_inbox(&self, bot: u64) -> Arc<dyn modelpin_delivery::Inbox> {
        Arc::new(mailbox::Mailbox::of(&self.parts(), "discord", bot))
    }

    #[cfg(feature = "cli")]
    fn parts(&self) -> parts::Parts {
        parts::Parts {
            engine: self.engine.clone(),
            inbox: self.inbox.clone(),
            clock: self.clock.clone(),
            is_secret: redact::contains_secret,
        }
    }

    /// The port that the environment, else the configuration, names for the gateway.
    #[cfg(feature = "cli")]
    pub(crate) fn gateway_port(&self) -> Option<u16> {
        let settings = self.engine.sources().settings.current();
        let variable = |prefix: &&str| settings.environment.var(&format!("{prefix}_GATEWAY_PORT"))?.trim().parse().ok();
        self.places.layout.prefixes().iter().find_map(variable).or(settings.config.gateway.port)
    }

    /// Where the time comes from.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    /// Where everything of this installation is.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// The agent that is served.
    pub fn agent(&self) -> &AgentId {
        self.engine.agent()
    }

    /// How to get a first credential; `None` where there is one. `name` is what the program is called, `add` the whole
    /// line that stores a key here.
    pub fn first_steps(&self, name: &str, add: &str) -> Option<String> {
        if self.engine.has_credential() {
            return None;
        }
        let state_dir = self.places.state_dir.display();
        let steps = [
            (add.to_owned(), "store an API key (asked for, not shown)"),
            ("export ANTHROPIC_API_KEY=…".to_owned(), "or take it from the environment"),
            (format!("{name} chat --state-dir ~/.clawdbot"), "or use the store of another program of the family"),
            (format!("{name} chat --demo"), "or see it at work without any key"),
        ];
        let width = steps.iter().map(|(line, _)| line.chars().count()).max().unwrap_or_default();
        let steps: Vec<String> = steps.iter().map(|(line, what)| format!("  {line:width$}   {what}")).collect();
        Some(format!(
            "There is no credential in {state_dir} and none in the environment, so nobody can answer yet.\n\n{}\n",
            steps.join("\n")
        ))
    }

    /// What the operator should know, one sentence each.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}
