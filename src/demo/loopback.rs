//! A provider inside this process, reached through real HTTP.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::clock::{Clock, SystemClock};
use crate::demo::cast::CAST;
use crate::demo::faults::Faults;
use crate::demo::script::Script;
use crate::demo::seen::Seen;
use crate::demo::serve::serve;
use crate::profile::{Fingerprint, ProfileId};

/// How many requests are remembered.
const REMEMBERED: usize = 20_000;

/// The running provider. It ends when it is dropped, and every open answer with it.
pub struct LoopbackProvider {
    address: SocketAddr,
    pub(crate) shared: Arc<Shared>,
    closing: watch::Sender<bool>,
    server: JoinHandle<()>,
}

/// What the server and its owner both look at.
pub(crate) struct Shared {
    /// Whose credential it is, by provider and fingerprint.
    pub(crate) known: HashMap<(String, Fingerprint), ProfileId>,
    pub(crate) pace: Duration,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) closing: watch::Receiver<bool>,
    scripts: Mutex<Vec<Scripted>>,
    faults: Mutex<Faults>,
    seen: Mutex<VecDeque<Seen>>,
}

struct Scripted {
    profile: Option<String>,
    model: Option<String>,
    script: Script,
}

/// How the provider is to be.
pub struct Builder {
    known: HashMap<(String, Fingerprint), ProfileId>,
    pace: Duration,
    clock: Arc<dyn Clock>,
    faults: Faults,
    scripts: Vec<Scripted>,
}

impl LoopbackProvider {
    /// One that knows nobody and answers without delay.
    pub fn builder() -> Builder {
        Builder {
            known: HashMap::new(),
            pace: Duration::ZERO,
            clock: Arc::new(SystemClock),
            faults: Faults::default(),
            scripts: Vec::new(),
        }
    }

    /// The base URL of `provider` there, without a trailing `/`, for either wire format.
    pub fn base_url(&self, provider: &str) -> String {
        format!("http://{}/{provider}/v1", self.address)
    }

    /// All requests so far, oldest first.
    pub fn seen(&self) -> Vec<Seen> {
        locked(&self.shared.seen).iter().cloned().collect()
    }

    /// How many requests [`LoopbackProvider::seen`] would give.
    pub fn count(&self) -> usize {
        locked(&self.shared.seen).len()
    }

    /// Answers with `script` from now on, where profile and model fit (`None` fits all); what was scripted last counts
    /// first.
    pub fn script(&self, profile: Option<&str>, model: Option<&str>, script: Script) {
        locked(&self.shared.scripts).push(Scripted::new(profile, model, script));
    }

    /// Takes all scripts back.
    pub fn clear_scripts(&self) {
        locked(&self.shared.scripts).clear();
    }

    /// Adds to the faults, or takes some back.
    pub fn change_faults(&self, changes: Faults) {
        locked(&self.shared.faults).merge(changes);
    }

    /// The faults that are set.
    pub fn faults(&self) -> Faults {
        locked(&self.shared.faults).clone()
    }

    /// The ids of the profiles that it knows, sorted.
    pub fn profiles(&self) -> Vec<ProfileId> {
        let mut ids: Vec<ProfileId> = self.shared.known.values().cloned().collect();
        ids.sort();
        ids
    }

    /// Ends it, and returns when the last connection is closed.
    pub async fn stop(self) {
        let Self { closing, server, .. } = self;
        closing.send_replace(true);
        // A server that panicked has ended as well.
        let _ = server.await;
    }
}

impl Shared {
    /// The script for a request, counted as used.
    pub(crate) fn script_for(&self, profile: Option<&ProfileId>, model: &str) -> Script {
        let profile = profile.map_or("", ProfileId::as_str);
        let mut scripts = locked(&self.scripts);
        let fits = |scripted: &Scripted| {
            scripted.profile.as_deref().is_none_or(|own| own == profile)
                && scripted.model.as_deref().is_none_or(|own| own == model)
                && scripted.script.times != Some(0)
        };
        if let Some(scripted) = scripts.iter_mut().rev().find(|scripted| fits(scripted)) {
            scripted.script.times = scripted.script.times.map(|left| left - 1);
            return scripted.script.clone();
        }
        drop(scripts);
        locked(&self.faults).effect(profile, model).map_or_else(Script::ok, Script::from)
    }

    /// Remembers a request.
    pub(crate) fn note(&self, request: Seen) {
        let mut seen = locked(&self.seen);
        if seen.len() == REMEMBERED {
            seen.pop_front();
        }
        seen.push_back(request);
    }
}

impl Scripted {
    fn new(profile: Option<&str>, model: Option<&str>, script: Script) -> Self {
        Self { profile: profile.map(str::to_owned), model: model.map(str::to_owned), script }
    }
}

impl Builder {
    /// Knows this credential. A provider that knows none at all wants none, as local servers do.
    #[must_use]
    pub fn profile(mut self, provider: &str, id: &ProfileId, secret: &SecretString) -> Self {
        self.known.insert((provider.to_owned(), Fingerprint::of(secret)), id.clone());
        self
    }

    /// Knows the accounts of the demonstration.
    #[must_use]
    pub fn demo_profiles(mut self) -> Self {
        for account in &CAST {
            if let Some(id) = ProfileId::new(account.id) {
                self = self.profile(account.provider, &id, &SecretString::from(account.secret));
            }
        }
        self
    }

    /// Waits so long between the pieces of an answer.
    #[must_use]
    pub fn pace(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }

    /// Dates what it sees by this clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Begins with these faults.
    #[must_use]
    pub fn faults(mut self, faults: Faults) -> Self {
        self.faults.merge(faults);
        self
    }

    /// Begins with this script; see [`LoopbackProvider::script`].
    #[must_use]
    pub fn script(mut self, profile: Option<&str>, model: Option<&str>, script: Script) -> Self {
        self.scripts.push(Scripted::new(profile, model, script));
        self
    }

    /// Starts it on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// That of the operating system, when it gives no port.
    pub async fn start(self) -> io::Result<LoopbackProvider> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (closing, watching) = watch::channel(false);
        let shared = Arc::new(Shared {
            known: self.known,
            pace: self.pace,
            clock: self.clock,
            closing: watching.clone(),
            scripts: Mutex::new(self.scripts),
            faults: Mutex::new(self.faults),
            seen: Mutex::new(VecDeque::new()),
        });
        let router = Router::new().fallback(serve).with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            let closed = closed(watching);
            // `axum::serve` never returns an error.
            let _ = axum::serve(listener, router).with_graceful_shutdown(closed).await;
        });
        Ok(LoopbackProvider { address, shared, closing, server })
    }
}

/// Returns when the provider is being stopped, or was dropped.
pub(crate) async fn closed(mut closing: watch::Receiver<bool>) {
    let _ = closing.wait_for(|closing| *closing).await;
}

/// What is behind these locks is whole at every moment, so a panic elsewhere spoils nothing.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
