//! What goes into the stores.

use std::cell::RefCell;
use std::collections::HashSet;

use crate::app::Installation;
use crate::audit::Kind;
use crate::cli::failure::Failure;
use crate::openclaw::Wanted;
use crate::operator::Deed;
use crate::profile::{AuthStore, Document, Origin, TakenOver};

/// What is to be done with one store.
pub(crate) struct Plan<'a> {
    /// What is brought.
    pub(crate) wanted: &'a Wanted,
    /// The store.
    pub(crate) origin: Origin,
    /// It, open.
    store: AuthStore,
    /// What it holds, and what it would hold.
    after: Document,
    over: TakenOver,
    changes: bool,
}

/// What was done with one store, or would be.
pub(crate) struct Outcome {
    /// What became of each.
    pub(crate) over: TakenOver,
    /// How many secrets were read back and found to be what they were; `None` where nothing was written.
    pub(crate) verified: Option<usize>,
    /// Whether something was written, or would be.
    pub(crate) changes: bool,
}

impl<'a> Plan<'a> {
    /// Looks at the store that `wanted` goes into.
    pub(crate) fn of(wanted: &'a Wanted, installation: &Installation, replace: bool) -> Result<Self, Failure> {
        let store = installation.auth_store_of(&wanted.agent);
        let origin = store.own();
        let before = store.opened(&origin)?;
        let mut after = before.clone();
        let over = after.take_over(&wanted.brought, replace);
        let changes = after != before;
        Ok(Self { wanted, origin, store, after, over, changes })
    }

    /// What would be done.
    pub(crate) fn outcome(&self) -> Outcome {
        Outcome { over: self.over.clone(), verified: None, changes: self.changes }
    }

    /// Whether there is anything to do.
    pub(crate) fn changes(&self) -> bool {
        self.changes
    }

    /// What is done, for the audit.
    pub(crate) fn deed(&self) -> Deed {
        let profiles: Vec<String> = self.wanted.brought.profiles.keys().cloned().collect();
        Deed {
            kind: Kind::Credential,
            subject: self.origin.path.display().to_string(),
            before: None,
            after: Some(profiles.join(", ")),
            reason: "imported from OpenClaw".to_owned(),
            profiles,
        }
    }

    /// Does it, and reads every secret back.
    pub(crate) fn carry_out(&self, replace: bool) -> Result<Outcome, Failure> {
        if !self.changes {
            return Ok(self.outcome());
        }
        // What was done the last time, if somebody who ignores the locks made it necessary to do it again.
        let over = RefCell::new(TakenOver::default());
        let brought = &self.wanted.brought;
        let written = self.store.edit_checked(
            &self.origin,
            |document| *over.borrow_mut() = document.take_over(brought, replace),
            |found, ()| found.verified(brought, &over.borrow()).is_some(),
        )?;
        let Some(written) = written else {
            return Err(Failure::Unexpected(format!(
                "a secret came back from {} other than it went in, so the file was given back what it held before. The \
                 disk may be failing; nothing that was there is lost",
                self.origin.path.display()
            )));
        };
        let over = over.into_inner();
        let verified = self.store.opened(&self.origin)?.verified(brought, &over);
        Ok(Outcome { over, verified, changes: written.changed })
    }
}

/// The ids of all profiles that are here afterwards, whoever has them.
pub(crate) fn ids(installation: &Installation, plans: &[Plan<'_>]) -> Result<HashSet<String>, Failure> {
    let main = installation.auth_store().main();
    let mut ids: HashSet<String> =
        installation.auth_store().document(&main)?.profile_ids().map(str::to_owned).collect();
    ids.extend(installation.auth_store().current().profiles.by_id.keys().map(ToString::to_string));
    ids.extend(plans.iter().flat_map(|plan| plan.after.profile_ids()).map(str::to_owned));
    Ok(ids)
}
