//! Credentials that are not to be used for now: switched off by an operator, or with their budget used up.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::UsageConfig;
#[cfg(feature = "cli")]
use crate::profile::ProfileId;
use crate::resolver::CredentialId;
use crate::session::Actor;
use crate::store::{Store, StoreFault, UsageQuery};
use crate::usage::{Budget, Dimension, Scope, Spent, Tally, Then};

/// Before the id of a profile, the name of the mark that it is switched off.
pub(crate) const DISABLED: &str = "disabled:";

/// Why a profile is switched off, as it is kept in its mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Disabled {
    /// Since when.
    pub(crate) since: Timestamp,
    /// By whom.
    pub(crate) by: Actor,
}

/// Credentials that are not to be used for now.
#[derive(Debug, Clone, Default)]
pub(crate) struct Barred {
    /// By the name of the credential, in words.
    why: HashMap<String, String>,
    /// Those of them that an operator has switched off.
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "told at the command line"))]
    off: HashSet<String>,
    /// Those whose budget is used up, whatever follows from it.
    spent: Vec<(String, Spent)>,
}

impl Barred {
    /// What keeps a credential out.
    pub(crate) fn why(&self, id: &CredentialId) -> Option<String> {
        if self.why.is_empty() { None } else { self.why.get(&id.to_string()).cloned() }
    }

    /// Whether an operator has switched a profile off.
    #[cfg(feature = "cli")]
    pub(crate) fn is_switched_off(&self, profile: &ProfileId) -> bool {
        self.off.contains(profile.as_str())
    }

    /// The budgets of credentials that are used up.
    pub(crate) fn spent(&self) -> &[(String, Spent)] {
        &self.spent
    }

    /// What the state at `now` keeps out.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) async fn read(store: &dyn Store, usage: &UsageConfig, now: Timestamp) -> Result<Self, StoreFault> {
        let mut barred = Self::switched_off(&store.marks(DISABLED).await?);
        for budget in &usage.budgets {
            let Some(query) = Self::query(budget, now) else { continue };
            let sums = store.usage(Dimension::Profile, &query).await?;
            barred.spend(budget, &sums, &usage.currency, now);
        }
        Ok(barred)
    }

    /// What those marks say is switched off.
    pub(crate) fn switched_off(marks: &[(String, String)]) -> Self {
        let off = marks.iter().filter_map(|(name, _)| name.strip_prefix(DISABLED)).map(str::to_owned).collect();
        let why = marks.iter().filter_map(|(name, value)| {
            let id = name.strip_prefix(DISABLED)?;
            let since = serde_json::from_str(value).ok().map(|Disabled { since, .. }| format!(" since {since:.0}"));
            Some((id.to_owned(), format!("switched off by an operator{}", since.unwrap_or_default())))
        });
        Self { why: why.collect(), off, spent: Vec::new() }
    }

    /// What has to be asked for to know how a budget stands; `None` where it is not that of a credential.
    pub(crate) fn query(budget: &Budget, now: Timestamp) -> Option<UsageQuery> {
        let Scope::Profile(profile) = &budget.scope else { return None };
        let profile = (profile != "*").then(|| profile.clone());
        Some(UsageQuery { from: Some(budget.period.first_day(now)), profile, ..UsageQuery::default() })
    }

    /// Keeps out whose budget is used up.
    pub(crate) fn spend(&mut self, budget: &Budget, sums: &[(String, Tally)], currency: &str, now: Timestamp) {
        // One of nothing is used up before anything was used.
        let unused = match &budget.scope {
            Scope::Profile(profile) if profile != "*" && sums.is_empty() => vec![(profile.clone(), Tally::default())],
            Scope::Profile(_) | Scope::User(_) => Vec::new(),
        };
        for (profile, tally) in sums.iter().chain(&unused) {
            let Some(spent) = budget.spent(tally, currency, now) else { continue };
            if spent.then == Then::Stop {
                let why = format!("{} is used up until {:.0}", spent.what, spent.until);
                self.why.entry(profile.clone()).or_insert(why);
            }
            self.spent.push((profile.clone(), spent));
        }
    }
}
