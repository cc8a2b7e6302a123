//! One model with one credential, and whether it may answer.

use jiff::Timestamp;

use crate::catalog::ModelRef;
use crate::health::Bench;
use crate::profile::Fingerprint;
use crate::receipt::BillingClass;
use crate::resolver::CredentialId;

/// A model with a credential that could answer a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The model.
    pub model: ModelRef,
    /// The credential.
    pub credential: CredentialId,
    /// The fingerprint of its secret, where it is known.
    pub fingerprint: Option<Fingerprint>,
    /// How it is paid for; `None` where there is no credential.
    pub billing: Option<BillingClass>,
    /// Whether it may answer now.
    pub standing: Standing,
}

/// Whether a candidate may answer now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Ready,
    /// It may: its access token has ended, and is renewed when it is used.
    Refreshable,
    /// It is benched, but a person pinned it after that: one request finds out.
    Probe(Bench),
    /// It has to wait.
    Benched(Bench),
    /// Another program that shares the store noted that it has to wait until then.
    NotedElsewhere(Timestamp),
    /// Its access token has ended and its refresh token is no longer taken: this command gets a new login.
    NeedsLogin(String),
    /// It cannot be used, for the reason given.
    Unusable(String),
}

impl Standing {
    /// Whether a request may be sent.
    pub fn is_usable(&self) -> bool {
        match self {
            Self::Ready | Self::Refreshable | Self::Probe(_) => true,
            Self::Benched(_) | Self::NotedElsewhere(_) | Self::NeedsLogin(_) | Self::Unusable(_) => false,
        }
    }

    /// Whether waiting would not help.
    pub fn is_hopeless(&self) -> bool {
        matches!(self, Self::Unusable(_))
    }

    /// What keeps it from answering, in words for receipts and logs (times in UTC); `None` when nothing does.
    pub fn obstacle(&self) -> Option<String> {
        match self {
            Self::Ready | Self::Refreshable | Self::Probe(_) => None,
            Self::Benched(bench) => Some(match bench.until {
                Some(until) => format!("{} until {until:.0}", bench.class),
                None => format!("{} until its secret is replaced", bench.class),
            }),
            Self::NotedElsewhere(until) => Some(format!("cooling down until {until:.0}, noted by another program")),
            Self::NeedsLogin(command) => Some(format!("needs login: run `{command}`")),
            Self::Unusable(why) => Some(why.clone()),
        }
    }

    /// When it comes free by itself.
    pub fn free_at(&self) -> Option<Timestamp> {
        match self {
            Self::Benched(bench) => bench.until,
            Self::NotedElsewhere(until) => Some(*until),
            Self::Ready | Self::Refreshable | Self::Probe(_) | Self::NeedsLogin(_) | Self::Unusable(_) => None,
        }
    }
}

impl Candidate {
    pub(crate) fn unusable(model: ModelRef, credential: CredentialId, why: String) -> Self {
        Self { model, credential, fingerprint: None, billing: None, standing: Standing::Unusable(why) }
    }
}
