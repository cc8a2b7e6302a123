//! What a credential is called in replies, receipts and logs.

use std::fmt;

use crate::catalog::ProviderId;
use crate::profile::ProfileId;

/// The name of a credential: a profile of the store, or a place outside of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CredentialId {
    /// A profile of the auth store: `anthropic:work`.
    Profile(ProfileId),
    /// An environment variable: `env:ANTHROPIC_API_KEY`.
    Env(String),
    /// `models.providers.<id>.apiKey` of the configuration: `config:anthropic`.
    Config(ProviderId),
    /// None at all: `none`.
    None,
}

impl CredentialId {
    /// The profile, if it is one.
    pub fn profile(&self) -> Option<&ProfileId> {
        match self {
            Self::Profile(id) => Some(id),
            Self::Env(_) | Self::Config(_) | Self::None => None,
        }
    }
}

impl fmt::Display for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile(id) => write!(f, "{id}"),
            Self::Env(name) => write!(f, "env:{name}"),
            Self::Config(provider) => write!(f, "config:{provider}"),
            Self::None => f.write_str("none"),
        }
    }
}
