//! The kinds of findings: stable words for programs.

use serde::{Serialize, Serializer};

/// One kind of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Code {
    ConfigUnreadable,
    StoreUnreadable,
    StateUnreadable,
    EntryUnreadable,
    StoreLeftover,
    StoreElsewhere,
    StoreShared,
    CopyOfMain,
    CopyDiffers,
    FileExposed,
    FolderExposed,
    OwnerDiffers,
    ForeignLink,
    LockStale,
    TemporaryLeft,
    CredentialMissing,
    CredentialExpired,
    CredentialExpiring,
    CredentialUnusable,
    CredentialWaiting,
    SourceShadowed,
    RunningDiffers,
    ProbeFailed,
    DeclaredMissing,
    ModeMismatch,
    ProviderMismatch,
    OrderGhost,
    OrderSpellings,
    OrderHides,
    OrderEmpty,
    PinMissing,
    AliasCollision,
    ModelUnusable,
    AllowlistEmpty,
    AccessIneffective,
    ChannelUnusable,
    ChannelDown,
}

/// What findings are shown under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {
    /// What cannot be read, or is not what it seems.
    Stores,
    /// Who else may read what.
    Files,
    /// How the credentials stand.
    Credentials,
    /// What is listed and declared.
    Configuration,
    /// What is pinned.
    Sessions,
    /// Which bots are served.
    Channels,
}

impl Group {
    /// All of them, as they are shown.
    pub(crate) const ALL: [Self; 6] =
        [Self::Stores, Self::Files, Self::Credentials, Self::Configuration, Self::Sessions, Self::Channels];

    /// The heading.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Stores => "Stores",
            Self::Files => "Files",
            Self::Credentials => "Credentials",
            Self::Configuration => "Configuration",
            Self::Sessions => "Sessions",
            Self::Channels => "Channels",
        }
    }
}

impl Code {
    /// All of them.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 37] = [
        Self::ConfigUnreadable,
        Self::StoreUnreadable,
        Self::StateUnreadable,
        Self::EntryUnreadable,
        Self::StoreLeftover,
        Self::StoreElsewhere,
        Self::StoreShared,
        Self::CopyOfMain,
        Self::CopyDiffers,
        Self::FileExposed,
        Self::FolderExposed,
        Self::OwnerDiffers,
        Self::ForeignLink,
        Self::LockStale,
        Self::TemporaryLeft,
        Self::CredentialMissing,
        Self::CredentialExpired,
        Self::CredentialExpiring,
        Self::CredentialUnusable,
        Self::CredentialWaiting,
        Self::SourceShadowed,
        Self::RunningDiffers,
        Self::ProbeFailed,
        Self::DeclaredMissing,
        Self::ModeMismatch,
        Self::ProviderMismatch,
        Self::OrderGhost,
        Self::OrderSpellings,
        Self::OrderHides,
        Self::OrderEmpty,
        Self::PinMissing,
        Self::AliasCollision,
        Self::ModelUnusable,
        Self::AllowlistEmpty,
        Self::AccessIneffective,
        Self::ChannelUnusable,
        Self::ChannelDown,
    ];

    /// The word, which never changes.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::ConfigUnreadable => "config-unreadable",
            Self::StoreUnreadable => "store-unreadable",
            Self::StateUnreadable => "state-unreadable",
            Self::EntryUnreadable => "entry-unreadable",
            Self::StoreLeftover => "store-leftover",
            Self::StoreElsewhere => "store-elsewhere",
            Self::StoreShared => "store-shared",
            Self::CopyOfMain => "copy-of-main",
            Self::CopyDiffers => "copy-differs",
            Self::FileExposed => "file-exposed",
            Self::FolderExposed => "folder-exposed",
            Self::OwnerDiffers => "owner-differs",
            Self::ForeignLink => "foreign-link",
            Self::LockStale => "lock-stale",
            Self::TemporaryLeft => "temporary-left",
            Self::CredentialMissing => "credential-missing",
            Self::CredentialExpired => "credential-expired",
            Self::CredentialExpiring => "credential-expiring",
            Self::CredentialUnusable => "credential-unusable",
            Self::CredentialWaiting => "credential-waiting",
            Self::SourceShadowed => "source-shadowed",
            Self::RunningDiffers => "running-differs",
            Self::ProbeFailed => "probe-failed",
            Self::DeclaredMissing => "declared-missing",
            Self::ModeMismatch => "mode-mismatch",
            Self::ProviderMismatch => "provider-mismatch",
            Self::OrderGhost => "order-ghost",
            Self::OrderSpellings => "order-spellings",
            Self::OrderHides => "order-hides",
            Self::OrderEmpty => "order-empty",
            Self::PinMissing => "pin-missing",
            Self::AliasCollision => "alias-collision",
            Self::ModelUnusable => "model-unusable",
            Self::AllowlistEmpty => "allowlist-empty",
            Self::AccessIneffective => "access-ineffective",
            Self::ChannelUnusable => "channel-unusable",
            Self::ChannelDown => "channel-down",
        }
    }

    /// What it makes of the exit code where it counts.
    pub(crate) fn exit(self) -> u8 {
        match self {
            Self::ConfigUnreadable | Self::StoreUnreadable | Self::StateUnreadable => 65,
            Self::CredentialMissing
            | Self::CredentialExpired
            | Self::CredentialUnusable
            | Self::DeclaredMissing
            | Self::ModeMismatch
            | Self::ProviderMismatch
            | Self::OrderGhost
            | Self::OrderEmpty
            | Self::PinMissing
            | Self::ProbeFailed => 1,
            Self::CredentialExpiring => 2,
            Self::EntryUnreadable
            | Self::StoreLeftover
            | Self::StoreElsewhere
            | Self::StoreShared
            | Self::CopyOfMain
            | Self::CopyDiffers
            | Self::FileExposed
            | Self::FolderExposed
            | Self::OwnerDiffers
            | Self::ForeignLink
            | Self::LockStale
            | Self::TemporaryLeft
            | Self::CredentialWaiting
            | Self::SourceShadowed
            | Self::RunningDiffers
            | Self::OrderSpellings
            | Self::OrderHides
            | Self::AliasCollision
            | Self::ModelUnusable
            | Self::AllowlistEmpty
            | Self::AccessIneffective
            | Self::ChannelUnusable
            | Self::ChannelDown => 78,
        }
    }

    /// Where it is shown.
    pub(crate) fn group(self) -> Group {
        match self {
            Self::ConfigUnreadable
            | Self::StoreUnreadable
            | Self::StateUnreadable
            | Self::EntryUnreadable
            | Self::StoreLeftover
            | Self::StoreElsewhere
            | Self::StoreShared
            | Self::CopyOfMain
            | Self::CopyDiffers => Group::Stores,
            Self::FileExposed
            | Self::FolderExposed
            | Self::OwnerDiffers
            | Self::ForeignLink
            | Self::LockStale
            | Self::TemporaryLeft => Group::Files,
            Self::CredentialMissing
            | Self::CredentialExpired
            | Self::CredentialExpiring
            | Self::CredentialUnusable
            | Self::CredentialWaiting
            | Self::SourceShadowed
            | Self::RunningDiffers
            | Self::ProbeFailed => Group::Credentials,
            Self::DeclaredMissing
            | Self::ModeMismatch
            | Self::ProviderMismatch
            | Self::OrderGhost
            | Self::OrderSpellings
            | Self::OrderHides
            | Self::OrderEmpty
            | Self::AliasCollision
            | Self::ModelUnusable
            | Self::AllowlistEmpty
            | Self::AccessIneffective => Group::Configuration,
            Self::ChannelUnusable | Self::ChannelDown => Group::Channels,
            Self::PinMissing => Group::Sessions,
        }
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn the_table_of_the_document_has_every_code_and_no_other() {
        let document = include_str!("../../docs/DOCTOR.md");
        let rows = document.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
        let mut told: Vec<&str> = rows.collect();
        let mut there: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        told.sort_unstable();
        there.sort_unstable();
        assert_eq!(told, there);
    }
}
