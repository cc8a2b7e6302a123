//! Switching a credential off, and on again.

use crate::audit::Kind;
use crate::operator::{Deed, Desk, Trouble};
use crate::profile::ProfileId;
use crate::turn::{DISABLED, Disabled};

impl Desk {
    /// Keeps a profile from being used, whoever asks and whatever is pinned; says whether that was not so before.
    ///
    /// # Errors
    /// It could not be written.
    pub(crate) async fn disable(&self, profile: &ProfileId) -> Result<bool, Trouble> {
        let mark = Disabled { since: self.now, by: self.actor.clone() };
        let mark = serde_json::to_string(&mark).map_err(|fault| Trouble::Refused(fault.to_string()))?;
        let demand = self.demand(Self::switch_deed(profile, "on", "off", "switched off"));
        let name = format!("{DISABLED}{profile}");
        Ok(self.noted(self.store.swap_mark(&name, None, Some(&mark), Some(demand)).await?))
    }

    /// Lets a profile be used again; says whether it was switched off.
    ///
    /// # Errors
    /// It could not be written.
    pub(crate) async fn enable(&self, profile: &ProfileId) -> Result<bool, Trouble> {
        let name = format!("{DISABLED}{profile}");
        let marks = self.store.marks(&name).await?;
        let Some((_, mark)) = marks.into_iter().find(|(found, _)| *found == name) else { return Ok(false) };
        let demand = self.demand(Self::switch_deed(profile, "off", "on", "switched on"));
        Ok(self.noted(self.store.swap_mark(&name, Some(&mark), None, Some(demand)).await?))
    }

    fn switch_deed(profile: &ProfileId, before: &str, after: &str, reason: &str) -> Deed {
        Deed {
            kind: Kind::Credential,
            subject: profile.to_string(),
            before: Some(before.to_owned()),
            after: Some(after.to_owned()),
            reason: reason.to_owned(),
            profiles: vec![profile.to_string()],
        }
    }
}
