//! Changes of what is chosen, and their rows in the audit.

use std::sync::Arc;

use crate::audit::{Demand, change_of_choice};
use crate::engine::{Case, Engine, actor};
use crate::session::Session;
use crate::store::{Audited, CommitFault, StoreFault};

impl Engine {
    /// Commits a change of a session's row, with its row in the audit where it changes what is chosen. That one of them could
    /// not be written is loud, also where the change was made all the same.
    pub(super) async fn commit_audited(
        &self,
        case: &Case<'_>,
        before: &Session,
        after: Session,
        reason: &str,
    ) -> Result<Audited<Arc<Session>>, CommitFault> {
        let store = &self.sources.store;
        let Some(entry) = change_of_choice(before, &after, actor(case.inbound), case.surface, reason) else {
            return Ok(Audited::whole(store.commit(after).await?));
        };
        let required = self.sources.settings.current().config.audit.required;
        let audited = match store.commit_audited(after, Demand { entry, required }).await {
            Err(CommitFault::Store(fault @ StoreFault::Unaudited { .. })) => {
                self.note_audit(Some(fault.to_string()));
                return Err(fault.into());
            }
            other => other?,
        };
        self.note_audit(audited.unaudited.as_ref().map(ToString::to_string));
        if let Some(fault) = &audited.unaudited {
            tracing::error!(session.key = %before.key, %fault, "a change of what is chosen is not in the audit");
        }
        Ok(audited)
    }
}

/// What is said of a change that is not in the audit.
pub(super) fn remark<T>(audited: &Audited<T>) -> Option<String> {
    let fault = audited.unaudited.as_ref()?;
    Some(format!("this change is missing from the audit, and an operator should know: {fault}"))
}
