//! Auth profiles: named credentials, and the store they are shared in.

mod credential;
mod fingerprint;
mod id;
mod profiles;

pub use credential::{Credential, Expiry, OAuth, SecretRef, SecretSource, SecretValue};
pub use fingerprint::Fingerprint;
pub use id::{InvalidProfileId, ProfileId};
pub use profiles::{Origin, Profile, Profiles, Rejected, Usage};
