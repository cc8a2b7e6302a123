//! What commands and turns start from: the session, what it selects, and the credentials and benches of the moment.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use modelpin_chat::{Conversation, Inbound, Room, Sender};

use crate::access::{Asker, is_granted, may_answer, may_use};
use crate::agent::AgentId;
use crate::catalog::ModelRef;
use crate::clock::Clock;
use crate::config::Config;
use crate::health::Bench;
use crate::oauth::Refresher;
use crate::profile::{AuthStore, Profile, ProfileId, Profiles, Rejected};
use crate::provider::{Endpoint, NoEndpoint, Provider, endpoint};
use crate::resolver::Resolution;
use crate::session::{Selection, Session, SessionKey};
use crate::settings::{Loaded, Settings};
use crate::store::{Store, StoreFault};
use crate::turn::barred::Barred;
use crate::turn::moment::{Moment, keyless};
use crate::turn::names::ProfileNames;
use crate::turn::outside::shadows;
use crate::turn::wallet::Wallet;

/// Everything the engine reads from. Shared by all conversations.
pub(crate) struct Sources {
    pub(crate) agent: AgentId,
    pub(crate) settings: Settings,
    pub(crate) auth_store: Arc<AuthStore>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) wallet: Wallet,
    pub(crate) refresher: Arc<Refresher>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Where the hour of `session.reset` counts.
    pub(crate) time_zone: TimeZone,
    /// The home directory, which paths are shortened by.
    pub(crate) home: Option<PathBuf>,
    pub(crate) index: ProfileNames,
    /// Whether there is a secret in a text that is known by its value, whatever it looks like.
    pub(crate) is_secret: Box<dyn Fn(&str) -> bool + Send + Sync>,
}

/// The facts of one moment, as far as one conversation is concerned.
pub(crate) struct Gathered {
    /// The session's row; a new one where there is none yet.
    pub(crate) session: Arc<Session>,
    /// The row of the session above, which counts where this one has no selection of its own.
    pub(crate) parent: Option<Arc<Session>>,
    /// The configuration and the catalogue made from it.
    pub(crate) settings: Arc<Loaded>,
    /// The profiles.
    pub(crate) profiles: Arc<Profiles>,
    /// The benches.
    pub(crate) benches: Arc<Vec<Bench>>,
    /// What is not to be used for now.
    pub(crate) barred: Arc<Barred>,
    /// Where it is and who is asking, for the grants.
    pub(crate) conversation: Conversation,
    /// Who is asking.
    pub(crate) sender: Sender,
    /// What it is a room of.
    pub(crate) room: Option<Room>,
    /// What is wrong with the stores, in words.
    pub(crate) trouble: Vec<String>,
    /// The moment.
    pub(crate) now: Timestamp,
}

impl Gathered {
    /// Whether the selection in effect is that of the session above.
    pub(crate) fn is_inherited(&self) -> bool {
        self.session.choice.effective(self.now).is_none() && self.held().is_some()
    }

    /// When a person last changed what is chosen here, or above where that counts.
    pub(crate) fn chosen(&self) -> Option<Timestamp> {
        let own = self.session.choice.effective(self.now).is_some();
        let above = self.parent.as_ref().filter(|_| !own).and_then(|parent| parent.chosen);
        self.session.chosen.max(above)
    }

    /// The model in effect.
    pub(crate) fn model(&self) -> &ModelRef {
        let chosen = self.held().and_then(|selection| selection.model.as_ref());
        chosen.unwrap_or_else(|| self.settings.catalog.default_model())
    }

    /// Whether a profile exists for the person who asks.
    pub(crate) fn may_use(&self, profile: &ProfileId) -> bool {
        may_use(&self.settings.config, &self.asker(), profile)
    }

    /// Whether a profile may answer the person who asks, whether they are told of it or not.
    pub(crate) fn is_granted(&self, profile: &ProfileId) -> bool {
        is_granted(&self.settings.config, &self.asker(), profile)
    }

    /// Whether a model may answer the person who asks with a profile, or with a credential that is none.
    pub(crate) fn may_answer(&self, model: &ModelRef, profile: Option<&ProfileId>) -> bool {
        may_answer(&self.settings.config, &self.asker(), model, profile)
    }

    fn asker(&self) -> Asker<'_> {
        Asker {
            conversation: &self.conversation,
            room: self.room.as_ref(),
            id: &self.sender.id,
            roles: &self.sender.roles,
        }
    }
}

impl Sources {
    /// The time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The key of the session that `inbound` belongs to.
    pub(crate) fn key(&self, config: &Config, inbound: &Inbound) -> SessionKey {
        SessionKey::of(&self.agent, &inbound.conversation, config.session.fold_dms)
    }

    /// The facts of this moment.
    ///
    /// # Errors
    /// The session table cannot be read.
    pub(crate) async fn gather(&self, inbound: &Inbound) -> Result<Gathered, StoreFault> {
        let (settings, now) = (self.settings.current(), self.now());
        let (session, parent) = self.rows(self.key(&settings.config, inbound), now).await?;
        // What an operator has switched off must not be used because nobody could look.
        let barred = self.barred(&settings, now).await?;
        Ok(self.gathered(inbound, (session, parent), barred, settings, now).await)
    }

    /// The facts of this moment as far as they can be had: to be shown, never to be acted on.
    pub(crate) async fn gather_to_show(&self, inbound: &Inbound) -> Gathered {
        let (settings, now) = (self.settings.current(), self.now());
        let key = self.key(&settings.config, inbound);
        match self.rows(key.clone(), now).await {
            Ok(rows) => {
                let barred = self.barred(&settings, now).await;
                let fault = barred.as_ref().err().map(ToString::to_string);
                let mut gathered = self.gathered(inbound, rows, barred.unwrap_or_default(), settings, now).await;
                gathered.trouble.extend(fault.map(|fault| format!("what is switched off cannot be read: {fault}")));
                gathered
            }
            Err(fault) => {
                tracing::warn!(session.key = %key, %fault, "what is chosen cannot be read");
                let remembered = self.store.remembered(&key);
                let shown = if remembered.is_some() { "what was last known" } else { "the default" };
                let session = remembered.unwrap_or_else(|| Arc::new(Session::new(key, now)));
                let parent = session.parent.as_ref().and_then(|parent| self.store.remembered(parent));
                let mut gathered = self.gathered(inbound, (session, parent), Arc::default(), settings, now).await;
                let what = "what is chosen in this chat cannot be read";
                gathered.trouble.insert(0, format!("{what}, so {shown} is shown and no message is sent: {fault}"));
                gathered
            }
        }
    }

    /// The row of `key`, and the one above it.
    async fn rows(&self, key: SessionKey, now: Timestamp) -> Result<(Arc<Session>, Option<Arc<Session>>), StoreFault> {
        let session = match self.store.load(&key).await? {
            Some(session) => session,
            None => Arc::new(Session::new(key, now)),
        };
        // Also where it has a choice of its own: when that is dropped, what is confirmed is what is above.
        let parent = match &session.parent {
            Some(parent) => self.store.load(parent).await?,
            None => None,
        };
        Ok((session, parent))
    }

    async fn gathered(
        &self,
        inbound: &Inbound,
        (session, parent): (Arc<Session>, Option<Arc<Session>>),
        barred: Arc<Barred>,
        settings: Arc<Loaded>,
        now: Timestamp,
    ) -> Gathered {
        self.auth_store.allow_write_back(settings.config.auth.claude_cli.write_back);
        self.auth_store.sealing().follow(&settings.config.auth, &settings.environment);
        let current = self.auth_store.current();
        let mut trouble: Vec<String> = current
            .trouble
            .iter()
            .map(|fault| format!("auth store unreadable, last good version in use: {fault}"))
            .collect();
        trouble.extend(settings.trouble.iter().cloned());
        Gathered {
            session,
            parent,
            settings,
            profiles: current.profiles,
            benches: self.benches().await,
            barred,
            conversation: inbound.conversation.clone(),
            sender: inbound.sender.clone(),
            room: inbound.room.clone(),
            trouble,
            now,
        }
    }

    /// Whether there is any credential, or a default model that wants none.
    pub(crate) fn has_credential(&self) -> bool {
        let current = self.auth_store.current();
        let settings = self.settings.current();
        let stray = |provider| !self.wallet.stray(provider, &settings).is_empty();
        // A store that cannot be read may well hold one.
        !current.profiles.by_id.is_empty()
            || !current.trouble.is_empty()
            || settings.catalog.providers().into_iter().any(|(provider, _)| stray(provider))
            || keyless(&settings, settings.catalog.default_model())
    }

    /// The benches; none where they cannot be read, since a lost bench costs one request and a lost turn costs more.
    pub(crate) async fn benches(&self) -> Arc<Vec<Bench>> {
        self.store.benches().await.unwrap_or_else(|fault| {
            tracing::warn!(%fault, "the benches cannot be read");
            Arc::default()
        })
    }

    /// What is not to be used at `now`.
    ///
    /// # Errors
    /// The state cannot be read.
    pub(crate) async fn barred(&self, settings: &Loaded, now: Timestamp) -> Result<Arc<Barred>, StoreFault> {
        Barred::read(self.store.as_ref(), &settings.config.usage, now).await.map(Arc::new)
    }

    /// Whether a message could be answered now that asks for nothing in particular: by the default model, by one that it
    /// falls back to, or after a wait that a turn takes upon itself.
    #[cfg(feature = "cli")]
    pub(crate) async fn can_answer(&self) -> bool {
        let (settings, now) = (self.settings.current(), self.now());
        let Ok(barred) = self.barred(&settings, now).await else { return false };
        let Ok(benches) = self.store.benches().await else { return false };
        let profiles = self.auth_store.current().profiles;
        let moment = Moment {
            settings: &settings,
            profiles: &profiles,
            benches: &benches,
            wallet: &self.wallet,
            barred: &barred,
            now,
        };
        // What is somebody's own answers nobody else.
        let grants = &settings.config.auth.profiles;
        let is_for_all = |id: &ProfileId| {
            let grants = grants.get(id).and_then(|profile| profile.grants.as_ref());
            let is_shared = grants.is_none_or(|grants| !grants.chats.is_empty() || !grants.roles.is_empty());
            id.brought_by().is_none() && is_shared
        };
        let resolution = moment.resolve(None, None, &|_, id| id.is_none_or(is_for_all));
        resolution.next().is_some()
    }

    /// Who would answer under `selection`.
    pub(crate) fn resolve(&self, gathered: &Gathered, selection: Option<&Selection>) -> Resolution {
        self.resolve_for(gathered, selection, &|model, profile| gathered.may_answer(model, profile))
    }

    /// The same for somebody for whom those credentials exist that `may_answer` says yes to.
    pub(crate) fn resolve_for(
        &self,
        gathered: &Gathered,
        selection: Option<&Selection>,
        may_answer: &dyn Fn(&ModelRef, Option<&ProfileId>) -> bool,
    ) -> Resolution {
        let moment = Moment {
            settings: &gathered.settings,
            profiles: &gathered.profiles,
            benches: &gathered.benches,
            wallet: &self.wallet,
            barred: &gathered.barred,
            now: gathered.now,
        };
        moment.resolve(selection, gathered.session.auto.as_ref(), may_answer)
    }

    /// The files that the profiles come from, with the home directory as `~`.
    pub(crate) fn store_paths(&self) -> Vec<String> {
        let paths = self.auth_store.paths();
        let mut files = vec![&paths.own];
        if paths.main != paths.own {
            files.push(&paths.main);
        }
        files.into_iter().map(|path| shortened(path, self.home.as_deref())).collect()
    }

    /// What else is worth knowing: credentials in the environment that a stored profile keeps from being used, and logins
    /// of other programs that are of no use.
    pub(crate) fn remarks(&self, gathered: &Gathered) -> Vec<String> {
        let provider = &gathered.model().provider;
        let of_store = |profile: &Profile| profile.provider == *provider && profile.origin.managed_by.is_none();
        let stored: Vec<&Profile> = gathered.profiles.all().filter(|profile| of_store(profile)).collect();
        let known: Vec<_> = stored.iter().filter_map(|profile| self.wallet.fingerprint(profile)).collect();
        let stored = if stored.is_empty() { None } else { Some(known.as_slice()) };
        let shadowed = shadows(&self.wallet.outside(provider, &gathered.settings), stored).into_iter();
        let outside = gathered.profiles.outside.iter();
        let outside = outside.filter(|bad| ProfileId::new(&bad.id).is_some_and(|id| gathered.may_use(&id)));
        let file = |bad: &Rejected| shortened(&bad.path, self.home.as_deref());
        shadowed.chain(outside.map(|bad| format!("{} is passed over: {}; in {}", bad.id, bad.why, file(bad)))).collect()
    }
}

/// Where `model` is.
///
/// # Errors
/// modelpin cannot talk to that provider.
pub(crate) fn endpoint_of(config: &Config, model: &ModelRef) -> Result<Endpoint, NoEndpoint> {
    endpoint(&model.provider, &model.model, config.providers.get(&model.provider))
}

/// `path` with the home directory as `~`.
pub(crate) fn shortened(path: &Path, home: Option<&Path>) -> String {
    match home.and_then(|home| path.strip_prefix(home).ok()) {
        Some(inside) => format!("~/{}", inside.display()),
        None => path.display().to_string(),
    }
}
