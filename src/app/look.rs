//! A look at how the credentials stand: from the files alone, or as a running program sees it.

use std::sync::{Arc, Weak};

use jiff::SignedDuration;

use crate::app::{App, Installation};
use crate::audit::Surface;
use crate::config::{AlertsConfig, Places};
use crate::engine::Engine;
use crate::openclaw::newer_store;
use crate::operator::Desk;
use crate::profile::Current;
use crate::session::Actor;
use crate::settings::Loaded;
use crate::status::{Facts, Report, Survey, report, word};
use crate::store::{Glance, Sqlite, StoreFault, Wanted};
use crate::turn::{Barred, DISABLED, Moment, Wallet};

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

impl Installation {
    /// Looks at the configuration, the stores and the state, and hands what it found to `then`. Nothing is written and
    /// nobody is asked.
    pub(crate) fn look<T>(&self, asked: Asked<'_>, then: impl FnOnce(&Survey<'_>, &Facts<'_>) -> T) -> T {
        let (settings, current, wallet) = (self.settings.current(), self.auth_store.current(), Wallet::default());
        let mut unreadable: Vec<String> = current.trouble.iter().map(ToString::to_string).collect();
        let glance = self.glance().unwrap_or_else(|fault| {
            unreadable.push(fault.to_string());
            Glance::default()
        });
        let barred = self.barred(&glance);
        let mut warnings = self.warnings.clone();
        warnings.extend(troubles(&settings));
        if let Some(newer) = newer_store(&self.places.state_dir) {
            let import =
                (asked.command)(&format!("import openclaw {}", word(&self.places.state_dir.display().to_string())));
            let database = newer.database.display();
            warnings.push(format!(
                "newer OpenClaw keeps its credentials in {database}: the files read here may be leftovers of before. To take \
                 over what is newer: {import}"
            ));
        }
        let facts = Facts {
            moment: Moment {
                settings: &settings,
                profiles: &current.profiles,
                benches: &glance.benches,
                wallet: &wallet,
                barred: &barred,
                now: self.now(),
            },
            places: &self.places,
            agent: self.agent(),
            agent_named: asked.agent_named,
            unreadable: &unreadable,
            warnings: &warnings,
            sessions: &glance.sessions,
            warn: asked.warn,
            command: asked.command,
        };
        then(&Survey::of(&facts), &facts)
    }

    /// What a glance says is not to be used for now.
    fn barred(&self, glance: &Glance) -> Barred {
        let settings = self.settings.current();
        let usage = &settings.config.usage;
        let mut barred = Barred::switched_off(&glance.marks);
        for (budget, sums) in usage.budgets.iter().zip(&glance.sums) {
            barred.spend(budget, sums, &usage.currency, self.now());
        }
        barred
    }

    /// The benches and the sessions of the agent; none where nothing was ever kept.
    fn glance(&self) -> Result<Glance, StoreFault> {
        let path = self.places.database();
        if !path.try_exists().unwrap_or(true) {
            return Ok(Glance::default());
        }
        let settings = self.settings.current();
        let budgets = &settings.config.usage.budgets;
        let queries = budgets.iter().map(|budget| Barred::query(budget, self.now()).unwrap_or_default()).collect();
        Sqlite::glance(
            &path,
            &Wanted { prefix: format!("agent:{}:", self.agent()), marks: DISABLED.to_owned(), queries },
        )
    }
}

/// The same from within a running program, with the environment that it was started with.
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

impl App {
    /// What looks at it while it runs.
    pub(crate) fn looker(&self) -> Looker {
        Looker { engine: Arc::downgrade(&self.engine), places: self.places.clone() }
    }
}

impl Looker {
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
            unreadable: &unreadable,
            warnings: &warnings,
            sessions: &sessions,
            warn: asked.warn,
            command: asked.command,
        };
        let report = report(&Survey::of(&facts), &facts);
        let mut unreadable = unreadable;
        unreadable.extend(settings.trouble.iter().cloned());
        let alerts = settings.config.alerts.clone();
        Some(Seen { report, unreadable, alerts, audit: engine.audit_trouble(), can_answer: sources.can_answer().await })
    }
}

fn troubles(settings: &Loaded) -> Vec<String> {
    let problems = settings.catalog.problems().iter().map(ToString::to_string);
    settings.trouble.iter().cloned().chain(problems).collect()
}
