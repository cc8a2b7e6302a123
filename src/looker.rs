//! A running program, as its operators see it.

use std::sync::{Arc, Weak};

use jiff::SignedDuration;

use crate::audit::Surface;
use crate::config::{AlertsConfig, Places};
use crate::engine::Engine;
use crate::operator::Desk;
use crate::profile::Current;
use crate::session::Actor;
use crate::settings::Loaded;
use crate::status::{Facts, Report, Survey, report};
use crate::turn::Moment;

/// What one wants to know.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// Whether an agent was named.
    pub(crate) agent_named: bool,
    /// How long before its end a credential counts as expiring.
    pub(crate) warn: SignedDuration,
    /// The line to type for a command on the same installation.
    pub(crate) command: &'a (dyn Fn(&str) -> String + Sync),
}

/// Looks at a running program from within, with the environment that it was started with.
#[derive(Clone)]
pub(crate) struct Looker {
    /// Whoever may be asked must not keep a program from putting its state away.
    engine: Weak<Engine>,
    places: Places,
}

/// What a running program sees.
pub(crate) struct Seen {
    /// How the credentials stand.
    pub(crate) report: Report,
    /// What cannot be read, in words.
    pub(crate) unreadable: Vec<String>,
    /// Who is to be told.
    pub(crate) alerts: AlertsConfig,
    /// Why changes are missing from the audit, if they are.
    pub(crate) audit: Option<String>,
    /// Whether a message could be answered now that asks for nothing in particular.
    pub(crate) can_answer: bool,
}

impl Looker {
    /// What looks at `engine`, whose files are at `places`.
    pub(crate) fn new(engine: &Arc<Engine>, places: Places) -> Self {
        Self { engine: Arc::downgrade(engine), places }
    }

    /// Where everything is.
    pub(crate) fn places(&self) -> &Places {
        &self.places
    }

    /// The engine; `None` where the program is about to end.
    pub(crate) fn engine(&self) -> Option<Arc<Engine>> {
        self.engine.upgrade()
    }

    /// What an operator works with who came by `surface`; `None` where the program is about to end.
    pub(crate) fn desk(&self, actor: Actor, surface: Surface) -> Option<Desk> {
        let engine = self.engine.upgrade()?;
        let sources = engine.sources();
        let (auth_store, store) = (Arc::clone(&sources.auth_store), Arc::clone(&sources.store));
        Some(Desk::new(auth_store, store, sources.settings.current(), (actor, surface), sources.now()))
    }

    /// Whether a message could be answered now that asks for nothing in particular.
    pub(crate) async fn can_answer(&self) -> bool {
        let Some(engine) = self.engine.upgrade() else { return false };
        engine.sources().can_answer().await
    }

    /// How the credentials stand for this program; `None` where it is about to end.
    pub(crate) async fn report(&self, asked: Asked<'_>) -> Option<Report> {
        self.look(asked).await.map(|seen| seen.report)
    }

    /// The same, with what else operators have to know.
    pub(crate) async fn look(&self, asked: Asked<'_>) -> Option<Seen> {
        let engine = self.engine.upgrade()?;
        let sources = engine.sources();
        let (settings, Current { profiles, trouble }) = (sources.settings.current(), sources.auth_store.current());
        let mut unreadable: Vec<String> = trouble.iter().map(ToString::to_string).collect();
        let prefix = format!("agent:{}:", sources.agent);
        let sessions = sources.store.list(&prefix, usize::MAX).await.unwrap_or_else(|fault| {
            unreadable.push(fault.to_string());
            Vec::new()
        });
        let (benches, warnings) = (sources.benches().await, troubles(&settings));
        let barred = sources.barred(&settings, sources.now()).await.unwrap_or_else(|fault| {
            unreadable.push(fault.to_string());
            Arc::default()
        });
        let facts = Facts {
            moment: Moment {
                settings: &settings,
                profiles: &profiles,
                benches: &benches,
                wallet: &sources.wallet,
                barred: &barred,
                now: sources.now(),
            },
            places: &self.places,
            agent: &sources.agent,
            agent_named: asked.agent_named,
            store: &sources.auth_store.paths().own,
            unreadable: &unreadable,
            warnings: &warnings,
            sessions: &sessions,
            warn: asked.warn,
            command: asked.command,
        };
        let report = report(&Survey::of(&facts), &facts);
        unreadable.extend(settings.trouble.iter().cloned());
        let alerts = settings.config.alerts.clone();
        Some(Seen { report, unreadable, alerts, audit: engine.audit_trouble(), can_answer: sources.can_answer().await })
    }
}

/// What is wrong with the configuration, in words.
pub(crate) fn troubles(settings: &Loaded) -> Vec<String> {
    let problems = settings.catalog.problems().iter().map(ToString::to_string);
    settings.trouble.iter().cloned().chain(problems).collect()
}
