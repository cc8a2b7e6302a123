//! Auth profiles: named credentials, and the store they are shared in.

mod auth_profile;
mod auth_store;
mod brought;
mod credential;
mod document;
mod exclusion;
mod external;
mod fault;
mod file;
mod fingerprint;
mod id;
mod legacy;
mod lock;
mod medium;
mod order;
mod own;
#[cfg(feature = "cli")]
pub(crate) mod pasted;
mod profiles;
mod seal;
mod secret;
mod secret_ref;
mod usage;
mod vault;
mod vaulted;
mod wire;

pub(crate) use auth_profile::is_setup_token;
pub use auth_profile::{Profile, Seal};
pub use auth_store::{AuthStore, Current, StorePaths};
pub use brought::Brought;
pub use credential::{Credential, Expiry, OAuth, SecretValue};
pub use document::{Document, Fate, Held, Moved, NewProfile, Presence, RenewedGrant, TakenOver};
pub use exclusion::Exclusion;
pub(crate) use external::{External, claude_code_on_disk};
pub use external::{ExternalCli, ExternalPaths, Swapped, can_write_back, sync as sync_external, write_back};
pub use fault::StoreFileFault;
pub use file::{AuthFile, Guard, Written};
pub use fingerprint::Fingerprint;
pub(crate) use fingerprint::short_hash;
pub use id::{InvalidProfileId, ProfileId};
pub use order::{Basis, Order, eligible, order, order_for};
pub use profiles::{Origin, Profiles, Rejected};
#[cfg(feature = "cli")]
pub use seal::OsKeyring;
pub(crate) use seal::is_still_sealed;
pub use seal::{
    AskPassphrase, Closed, Converted, Cost, KeyName, Keyring, Keys, NoKeyring, Ready, SealKey, SealPorts, SealTrouble,
    SealWith, Sealed, Sealing, is_sealed,
};
pub use secret::{Lookup, SecretFault, SecretTrouble, Secrets};
pub use secret_ref::{InvalidSecretRef, SecretRef, SecretSource};
pub use usage::Usage;
pub use vault::{Kept, Seen, Vault};
