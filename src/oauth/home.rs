//! Where a grant lives.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;

use crate::oauth::RenewalFault;
use crate::profile::{
    AuthStore, ExternalCli, Fingerprint, Origin, Profile, ProfileId, RenewedGrant, Swapped, can_write_back,
    claude_code_on_disk, write_back,
};

/// How often the grant's home is looked at while somebody else is at it.
const LOOK: Duration = Duration::from_millis(20);

/// The same where that is asked of a database.
pub(crate) const LOOK_AFAR: Duration = Duration::from_millis(200);

/// Where a grant lives: it is read there anew, and what it is exchanged for is written there and nowhere else.
#[derive(Debug, Clone)]
pub(crate) enum GrantHome {
    /// The auth store that has it.
    Store { store: Arc<AuthStore>, origin: Arc<Origin>, id: ProfileId },
    /// The file of Claude Code, which owns it and may renew it at any time.
    ClaudeCode(Arc<Origin>),
}

impl GrantHome {
    /// Where `held` was read.
    pub(crate) fn of(held: &Profile, store: &Arc<AuthStore>) -> Self {
        let origin = Arc::clone(&held.origin);
        match held.origin.managed_by {
            Some(ExternalCli::ClaudeCode) => Self::ClaudeCode(origin),
            // The logins of the others are not renewed here, so they do not get this far.
            Some(ExternalCli::Codex | ExternalCli::Qwen) | None => {
                Self::Store { store: Arc::clone(store), origin, id: held.id.clone() }
            }
        }
    }

    /// The grant as it is there at this very moment; `None` when it is gone.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) async fn look(&self) -> Result<Option<Profile>, RenewalFault> {
        match self {
            Self::Store { store, id, .. } if store.is_in_vault() => {
                let (store, id) = (Arc::clone(store), id.clone());
                let looked = spawn_blocking(move || store.on_disk(&id));
                Ok(looked.await.map_err(|_| RenewalFault::BrokenOff)??)
            }
            Self::Store { store, id, .. } => Ok(store.on_disk(id)?),
            Self::ClaudeCode(origin) => Ok(claude_code_on_disk(origin)?),
        }
    }

    /// How long to wait between two looks: a database is asked each time, and a file costs next to nothing.
    pub(crate) fn pause(&self) -> Duration {
        match self {
            Self::Store { store, .. } if store.is_in_vault() => LOOK_AFAR,
            Self::Store { .. } | Self::ClaudeCode(_) => LOOK,
        }
    }

    /// Makes sure that the successor of the refresh token `used` could be written there, before that is spent. Returns
    /// whether the token is still there, as far as that shows.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) async fn prepare(&self, used: &Fingerprint) -> Result<bool, RenewalFault> {
        let (home, used) = (self.clone(), used.clone());
        let prepared = spawn_blocking(move || match home {
            Self::Store { store, origin, .. } => store.prepare(&origin).map(|()| true),
            Self::ClaudeCode(origin) => can_write_back(&origin.path, &used),
        });
        prepared.await.map_err(|_| RenewalFault::BrokenOff)?.map_err(RenewalFault::from)
    }

    /// Writes `renewed` there if the refresh token there is still the one that was used: anything else is newer. Returns
    /// whether it was written.
    ///
    /// # Errors
    /// The file cannot be written; it is then as it was.
    pub(crate) async fn keep(&self, renewed: &RenewedGrant) -> Result<bool, RenewalFault> {
        let (home, renewed) = (self.clone(), renewed.clone());
        let kept = spawn_blocking(move || match home {
            Self::Store { store, id, .. } => store.renew(&id, &renewed),
            Self::ClaudeCode(origin) => write_back(&origin.path, &renewed).map(|swapped| swapped == Swapped::Done),
        });
        kept.await.map_err(|_| RenewalFault::BrokenOff)?.map_err(RenewalFault::from)
    }
}
