//! A look at how the credentials stand, from the files alone.

use crate::app::{App, Installation};
use crate::looker::{Asked, Looker, troubles};
use crate::openclaw::newer_store;
use crate::status::{Facts, Survey, word};
use crate::store::{Glance, StoreFault, Wanted};
use crate::turn::{Barred, DISABLED, Moment, Wallet};

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
        warnings.extend(self.unread_files().iter().map(|file| {
            let file = file.display();
            format!("{file} is not read: `auth.store` is \"database\". Once what is in it is there, delete it")
        }));
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
            store: &self.auth_store.paths().own,
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
        let settings = self.settings.current();
        let budgets = &settings.config.usage.budgets;
        let queries = budgets.iter().map(|budget| Barred::query(budget, self.now()).unwrap_or_default()).collect();
        let wanted = Wanted { prefix: format!("agent:{}:", self.agent()), marks: DISABLED.to_owned(), queries };
        self.whereabouts().glance(&wanted)
    }
}

impl App {
    /// What looks at it while it runs.
    pub(crate) fn looker(&self) -> Looker {
        Looker::new(&self.engine, self.places.clone())
    }
}
