//! Counters, and what one receipt adds to them.

use std::fmt;
use std::ops::AddAssign;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::receipt::{BillingClass, Receipt, ReceiptRequest};

/// What is written where a turn had no model, no credential, or none of the other parts.
const NONE: &str = "-";

/// Counters of some turns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    /// Messages that were to be answered.
    pub turns: u64,
    /// Those of them that a model answered to the end.
    pub answers: u64,
    /// Requests that were sent.
    pub requests: u64,
    /// Those of them that came to no answer: refused, broken off, stopped by the person.
    pub failures: u64,
    /// Tokens read.
    pub tokens_in: u64,
    /// Tokens written.
    pub tokens_out: u64,
    /// What the requests cost by the configured prices, in millionths of the currency; those of a subscription cost
    /// nothing more.
    pub cost_micros: u64,
    /// Requests that were paid for by a flat fee.
    pub subscription: u64,
    /// Metered requests that were answered or stopped, and whose price or size is not known.
    pub unpriced: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        let Self { turns, answers, requests, failures, tokens_in, tokens_out, cost_micros, subscription, unpriced } =
            other;
        self.turns += turns;
        self.answers += answers;
        self.requests += requests;
        self.failures += failures;
        self.tokens_in += tokens_in;
        self.tokens_out += tokens_out;
        self.cost_micros += cost_micros;
        self.subscription += subscription;
        self.unpriced += unpriced;
    }
}

/// Counters with everything that they can be summed up by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The day, in UTC.
    pub day: Date,
    /// The session's key.
    pub session: String,
    /// Who asked, as `channel:id`.
    pub user: String,
    /// The model ref.
    pub model: String,
    /// The profile, `env:NAME` or `config:PROVIDER`.
    pub profile: String,
    /// The fingerprint of the secret.
    pub fingerprint: String,
    /// The counters.
    pub tally: Tally,
}

/// What usage is summed up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dimension {
    /// By profile.
    Profile,
    /// By the fingerprint of the secret.
    Fingerprint,
    /// By person.
    User,
    /// By session.
    Session,
    /// By model.
    Model,
    /// By day.
    Day,
}

impl Dimension {
    /// All of them, the usual one first.
    pub const ALL: [Self; 6] = [Self::Profile, Self::Fingerprint, Self::User, Self::Session, Self::Model, Self::Day];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Fingerprint => "fingerprint",
            Self::User => "user",
            Self::Session => "session",
            Self::Model => "model",
            Self::Day => "day",
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// There is nothing of that name that usage could be summed up by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("usage is summed up by profile, fingerprint, user, session, model or day")]
pub struct UnknownDimension;

impl FromStr for Dimension {
    type Err = UnknownDimension;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|dimension| dimension.as_str() == text).ok_or(UnknownDimension)
    }
}

impl Counted {
    /// What it says of `dimension`.
    pub fn key(&self, dimension: Dimension) -> String {
        match dimension {
            Dimension::Profile => self.profile.clone(),
            Dimension::Fingerprint => self.fingerprint.clone(),
            Dimension::User => self.user.clone(),
            Dimension::Session => self.session.clone(),
            Dimension::Model => self.model.clone(),
            Dimension::Day => self.day.to_string(),
        }
    }
}

/// What it cost, in words: what is known of it, what is not, and what a flat fee paid for.
pub fn money(tally: &Tally, currency: &str) -> String {
    let Tally { requests, cost_micros, subscription, unpriced, .. } = tally;
    if *requests > 0 && subscription == requests {
        return "subscription".to_owned();
    }
    // To the hundredth of a cent: a single answer often costs less than one.
    let tenths = (cost_micros + 50) / 100;
    let unknown = if *unpriced > 0 { " +?" } else { "" };
    let flat = if *subscription > 0 { " + subscription" } else { "" };
    format!("{}.{:04} {currency}{unknown}{flat}", tenths / 10_000, tenths % 10_000)
}

/// What `receipt` adds: each request under the credential that it was sent with, the turn itself under the one that it
/// came to.
pub fn counted(receipt: &Receipt) -> Vec<Counted> {
    let turn = Tally { turns: 1, answers: u64::from(receipt.is_answer()), ..Tally::default() };
    let under = |model: Option<&str>, profile: Option<&str>, fingerprint: Option<&str>, tally| Counted {
        day: receipt.at.to_zoned(TimeZone::UTC).date(),
        session: receipt.session.to_string(),
        user: format!("{}:{}", receipt.actor.channel, receipt.actor.id),
        model: model.unwrap_or(NONE).to_owned(),
        profile: profile.unwrap_or(NONE).to_owned(),
        fingerprint: fingerprint.unwrap_or(NONE).to_owned(),
        tally,
    };
    let Receipt { model, profile, fingerprint, .. } = receipt;
    let mut counted = vec![under(model.as_deref(), profile.as_deref(), fingerprint.as_deref(), turn)];
    for request in &receipt.requests {
        let ReceiptRequest { model, profile, fingerprint, .. } = request;
        let next = under(Some(model), Some(profile), fingerprint.as_deref(), of(request));
        let same = |other: &&mut Counted| Counted { tally: next.tally, ..(**other).clone() } == next;
        match counted.iter_mut().find(same) {
            Some(same) => same.tally += next.tally,
            None => counted.push(next),
        }
    }
    counted
}

fn of(request: &ReceiptRequest) -> Tally {
    let ReceiptRequest { model: _, profile: _, fingerprint: _, class, outcome, tokens_in, tokens_out, cost_micros } =
        request;
    let answered = request.is_answer();
    let subscription = *class == Some(BillingClass::Subscription);
    let metered = *class == Some(BillingClass::Metered);
    Tally {
        turns: 0,
        answers: 0,
        requests: 1,
        failures: u64::from(!answered),
        tokens_in: tokens_in.unwrap_or(0),
        tokens_out: tokens_out.unwrap_or(0),
        cost_micros: cost_micros.unwrap_or(0),
        subscription: u64::from(subscription),
        // What was refused at once costs nothing; what was stopped or broke off may.
        unpriced: u64::from(metered && cost_micros.is_none() && (answered || outcome == "stopped")),
    }
}
