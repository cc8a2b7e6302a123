//! Why a profile is not among those to try.

use std::fmt;

use jiff::Timestamp;

use crate::profile::{ExternalCli, SealTrouble};

/// Why a profile is not among those to try. Shown in words, as the end of "`<profile>` …".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exclusion {
    /// It is listed, but no store has it.
    ProfileMissing,
    /// It belongs to another provider than it was listed or declared for.
    ProviderMismatch,
    /// The configuration expects another kind of credential.
    ModeMismatch,
    /// The configuration expects an OAuth grant, and the token is only a reference.
    ReferenceUnderOAuth,
    /// Its secret is sealed, and does not open.
    Sealed(SealTrouble),
    /// There is no secret in it.
    MissingCredential,
    /// It ended then, and cannot be refreshed.
    Expired(Timestamp),
    /// It ended then, and only the program that owns it renews it.
    ExpiredOutside(ExternalCli, Timestamp),
    /// What stands in `expires` is no time.
    InvalidExpires,
    /// There is an explicit order, and it is not in it.
    NotInOrder,
    /// The configuration declares profiles for the provider, and it is not among them.
    NotDeclared,
}

impl Exclusion {
    /// One word for it, for programs: the family's, where it has one.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ProfileMissing => "profile_missing",
            Self::ProviderMismatch => "provider_mismatch",
            Self::ModeMismatch => "mode_mismatch",
            Self::ReferenceUnderOAuth => "reference_under_oauth",
            Self::Sealed(_) => "sealed",
            Self::MissingCredential => "missing_credential",
            Self::Expired(_) | Self::ExpiredOutside(..) => "expired",
            Self::InvalidExpires => "invalid_expires",
            Self::NotInOrder => "excluded_by_auth_order",
            Self::NotDeclared => "not_declared",
        }
    }
}

impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ProfileMissing => f.write_str("is not in the store"),
            Self::ProviderMismatch => f.write_str("belongs to another provider"),
            Self::ModeMismatch => f.write_str("is of another kind than `auth.profiles` expects"),
            Self::ReferenceUnderOAuth => {
                f.write_str("is a secret reference, where `auth.profiles` expects an OAuth grant")
            }
            Self::Sealed(why) => why.fmt(f),
            Self::MissingCredential => f.write_str("holds no secret"),
            Self::Expired(at) => write!(f, "expired at {at:.0}"),
            Self::ExpiredOutside(cli, at) => {
                write!(f, "expired at {at:.0}; it is managed by {cli}: {}", cli.remedy())
            }
            Self::InvalidExpires => f.write_str("has an `expires` that is no time"),
            Self::NotInOrder => f.write_str("is not in the auth order"),
            Self::NotDeclared => f.write_str("is not declared in `auth.profiles`"),
        }
    }
}
