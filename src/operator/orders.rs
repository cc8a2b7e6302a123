//! The order in which the credentials of a provider are tried.

use std::sync::Arc;

use crate::audit::Kind;
use crate::catalog::ProviderId;
use crate::operator::{Deed, Desk, Trouble};
use crate::profile::{ProfileId, StoreFileFault, Written};

impl Desk {
    /// Sets the order of `provider` in the agent's own store.
    ///
    /// # Errors
    /// It could not be written.
    pub(crate) async fn set_order(&self, provider: &ProviderId, ids: &[ProfileId]) -> Result<Written<()>, Trouble> {
        let (before, after) = (self.order_text(provider), Some(text(ids)));
        let (store, provider_, list) = (Arc::clone(&self.auth_store), provider.clone(), ids.to_vec());
        let write = move || store.edit_own(|document| document.set_order(&provider_, &list));
        if before == after {
            return written(write).await;
        }
        self.audited(Self::order_deed(provider, before, after, "order set"), written(write)).await
    }

    /// Takes the order of `provider` out of the agent's own store; says whether there was one.
    ///
    /// # Errors
    /// It could not be written.
    pub(crate) async fn clear_order(&self, provider: &ProviderId) -> Result<bool, Trouble> {
        let Some(before) = self.order_text(provider) else { return Ok(false) };
        let (store, provider_) = (Arc::clone(&self.auth_store), provider.clone());
        let write = move || store.edit_own(|document| document.clear_order(&provider_));
        let deed = Self::order_deed(provider, Some(before), None, "order cleared");
        Ok(self.audited(deed, written(write)).await?.value)
    }

    fn order_deed(provider: &ProviderId, before: Option<String>, after: Option<String>, reason: &str) -> Deed {
        let named = [&before, &after].into_iter().flatten().flat_map(|list| list.split(", "));
        let mut profiles: Vec<String> = named.map(str::to_owned).collect();
        profiles.sort();
        profiles.dedup();
        let (subject, reason) = (provider.to_string(), reason.to_owned());
        Deed { kind: Kind::Order, subject, before, after, reason, profiles }
    }

    /// The stored order of `provider`, in words.
    fn order_text(&self, provider: &ProviderId) -> Option<String> {
        self.auth_store.current().profiles.order.get(provider).map(|ids| text(ids))
    }
}

fn text(ids: &[ProfileId]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Writes an auth store where waiting for its lock keeps nobody up.
pub(super) async fn written<T: Send + 'static>(
    write: impl FnOnce() -> Result<T, StoreFileFault> + Send + 'static,
) -> Result<T, Trouble> {
    match tokio::task::spawn_blocking(write).await {
        Ok(written) => Ok(written?),
        Err(_) => Err(Trouble::Refused("the write was broken off; look at the log".to_owned())),
    }
}
