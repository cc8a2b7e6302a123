//! Budgets: what is used up is not used further, and is said.

use crate::engine::change::NOT_SENT;
use crate::engine::{Case, Engine, words};
use crate::reply::Refusal;
use crate::store::{StoreFault, UsageQuery};
use crate::turn::Gathered;
use crate::usage::{Dimension, Scope, Spent, Then};

/// Before whose it is and what was said, the name of the mark that it was said.
const SAID: &str = "budget-said:";

impl Engine {
    /// Whether a message is refused because who wrote it has used up their budget; then that has been said. One that only
    /// warns is noted for the reply, once in each period.
    pub(super) async fn is_over_budget(&self, case: &Case<'_>, gathered: &mut Gathered) -> bool {
        let user = format!("{}:{}", gathered.conversation.channel, gathered.sender.id);
        let spent = match self.spent_by(&user, gathered).await {
            Ok(spent) => spent,
            Err(fault) => {
                // A budget that cannot be looked at is no budget that is kept.
                self.tell_fault(case, NOT_SENT, &fault).await;
                return true;
            }
        };
        if let Some(stop) = spent.iter().find(|spent| spent.then == Then::Stop) {
            let until = words(gathered, case.inbound).until(stop.until);
            let what = format!("{} is used up for you, until {until}", stop.what);
            self.refuse(case, Refusal::BudgetSpent(what)).await;
            return true;
        }
        for warning in spent {
            if self.is_said_first(&user, &warning).await {
                gathered.trouble.push(format!("{} is used up for you", warning.what));
            }
        }
        false
    }

    /// The budgets of a person that are used up.
    async fn spent_by(&self, user: &str, gathered: &Gathered) -> Result<Vec<Spent>, StoreFault> {
        let usage = &gathered.settings.config.usage;
        let mut spent = Vec::new();
        for budget in &usage.budgets {
            let Scope::User(whose) = &budget.scope else { continue };
            if whose != "*" && !whose.eq_ignore_ascii_case(user) {
                continue;
            }
            let from = Some(budget.period.first_day(gathered.now));
            let query = UsageQuery { from, user: Some(user.to_owned()), ..UsageQuery::default() };
            let sums = self.sources.store.usage(Dimension::User, &query).await?;
            let tally = sums.first().map(|(_, tally)| *tally).unwrap_or_default();
            spent.extend(budget.spent(&tally, &usage.currency, gathered.now));
        }
        Ok(spent)
    }

    /// What has to be said of the budget of the credential that answered, once in each period.
    pub(super) async fn budget_note(&self, gathered: &Gathered, credential: &str) -> Option<String> {
        let spent = gathered.barred.spent().iter();
        let warning = spent.filter(|(_, spent)| spent.then == Then::Warn).find(|(profile, _)| profile == credential);
        let (profile, warning) = warning?;
        let is_first = self.is_said_first(profile, warning).await;
        is_first.then(|| format!("{} is used up for {profile}", warning.what))
    }

    /// Whether nobody has said it in this period.
    async fn is_said_first(&self, whose: &str, spent: &Spent) -> bool {
        let name = format!("{SAID}{whose}:{}", spent.what);
        let until = spent.until.to_string();
        let before = self.sources.store.marks(&name).await.unwrap_or_default();
        let before = before.into_iter().find(|(found, _)| *found == name).map(|(_, value)| value);
        if before.as_deref() == Some(&until) {
            return false;
        }
        let said = self.sources.store.swap_mark(&name, before.as_deref(), Some(&until), None).await;
        said.is_ok_and(|said| said.value)
    }
}
