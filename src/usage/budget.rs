//! Budgets: how much a credential or a person may use up, and what follows.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::usage::Tally;

/// One entry of `usage.budgets`.
#[derive(Debug, Clone, PartialEq)]
pub struct Budget {
    /// Whose it is.
    pub scope: Scope,
    /// `per`: for how long.
    pub period: Period,
    /// What is counted, and how much of it there is.
    pub limit: Measure,
    /// `then`: what follows when it is used up.
    pub then: Then,
}

/// Whose budget it is; `*` is each of them for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// `profile`: a credential, by the id of its profile.
    Profile(String),
    /// `user`: a person, as `channel:id`.
    User(String),
}

/// For how long. Days and months begin at midnight UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// `day`.
    Day,
    /// `month`.
    Month,
}

/// What is counted, and how much of it there is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure {
    /// `cost`, in the configured currency.
    Cost(f64),
    /// `tokens`, read and written.
    Tokens(u64),
    /// `turns`.
    Turns(u64),
}

/// What follows when a budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// `warn`: it is said, once for each period.
    Warn,
    /// `stop`: nothing more is sent until the next period.
    Stop,
}

/// A budget that is used up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spent {
    /// Of what, in words: `the budget of today (20 USD)`.
    pub what: String,
    /// When the next period begins.
    pub until: Timestamp,
    /// What follows.
    pub then: Then,
}

impl Period {
    /// The first day of the period that `now` is in.
    pub fn first_day(self, now: Timestamp) -> Date {
        let today = now.to_zoned(TimeZone::UTC).date();
        match self {
            Self::Day => today,
            Self::Month => today.first_of_month(),
        }
    }

    /// When the next period begins.
    pub fn end(self, now: Timestamp) -> Timestamp {
        let today = now.to_zoned(TimeZone::UTC).date();
        let next = match self {
            Self::Day => today.tomorrow(),
            Self::Month => today.last_of_month().tomorrow(),
        };
        let midnight = next.and_then(|next| next.to_zoned(TimeZone::UTC));
        midnight.map_or(Timestamp::MAX, |midnight| midnight.timestamp())
    }

    fn word(self) -> &'static str {
        match self {
            Self::Day => "today",
            Self::Month => "this month",
        }
    }
}

impl Budget {
    /// Whether it is used up, where `tally` was used in the period that `now` is in; amounts of money are in `currency`.
    pub fn spent(&self, tally: &Tally, currency: &str, now: Timestamp) -> Option<Spent> {
        #[allow(clippy::cast_precision_loss, reason = "money, and counters of the same size")]
        let (is_spent, much) = match self.limit {
            Measure::Cost(most) => (tally.cost_micros as f64 >= most * 1e6, format!("{most} {currency}")),
            Measure::Tokens(most) => (tally.tokens_in + tally.tokens_out >= most, format!("{most} tokens")),
            Measure::Turns(most) => (tally.turns >= most, format!("{most} turns")),
        };
        is_spent.then(|| Spent {
            what: format!("the budget of {} ({much})", self.period.word()),
            until: self.period.end(now),
            then: self.then,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use jiff::Timestamp;

    use super::{Budget, Measure, Period, Scope, Then};
    use crate::usage::Tally;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn periods_begin_at_midnight_utc() {
        let now = at("2026-02-28T23:59:59Z");
        assert_eq!(Period::Day.first_day(now).to_string(), "2026-02-28");
        assert_eq!(Period::Month.first_day(now).to_string(), "2026-02-01");
        assert_eq!(Period::Day.end(now), at("2026-03-01T00:00:00Z"));
        assert_eq!(Period::Month.end(at("2026-12-05T00:00:00Z")), at("2027-01-01T00:00:00Z"));
    }

    #[test]
    fn a_budget_is_used_up_when_so_much_was_used() {
        let now = at("2026-02-28T12:00:00Z");
        let budget =
            |limit| Budget { scope: Scope::User("*".to_owned()), period: Period::Day, limit, then: Then::Stop };
        let used = Tally { turns: 3, tokens_in: 60, tokens_out: 40, cost_micros: 2_500_000, ..Tally::default() };
        for (limit, is_spent) in [
            (Measure::Cost(2.5), true),
            (Measure::Cost(2.500_001), false),
            (Measure::Tokens(100), true),
            (Measure::Tokens(101), false),
            (Measure::Turns(3), true),
            (Measure::Turns(4), false),
            (Measure::Turns(0), true),
        ] {
            assert_eq!(budget(limit).spent(&used, "USD", now).is_some(), is_spent, "{limit:?}");
        }
        let spent = budget(Measure::Cost(2.5)).spent(&used, "USD", now).unwrap();
        assert_eq!(spent.what, "the budget of today (2.5 USD)");
    }
}
