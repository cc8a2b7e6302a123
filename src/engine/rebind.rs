//! Pins follow an account that has logged in again under a new id.

use crate::engine::{Case, Engine, words};
use crate::session::{Choice, Selection, Session, rebound};
use crate::store::CommitFault;
use crate::turn::Gathered;

impl Engine {
    /// Moves the pin in effect to the profile that its account has now, and notes it for the reply. The pin may be that
    /// of the session above: then it is moved there.
    pub(super) async fn rebind_if_due(&self, case: &Case<'_>, gathered: &mut Gathered) {
        let Some(selection) = gathered.selection() else { return };
        let selection = selection.as_ref();
        let moved = |of: &Selection| rebound(of, &gathered.profiles, |id| gathered.is_granted(id));
        let Some(next) = moved(selection) else { return };
        let in_words = words(gathered, case.inbound);
        let [old, new] = [selection, &next]
            .map(|selection| selection.pin.as_ref().map(|pin| in_words.name(pin.profile.as_str())).unwrap_or_default());
        let owner = match &gathered.parent {
            Some(parent) if gathered.is_inherited() => parent.clone(),
            _ => gathered.session.clone(),
        };
        let choice = Choice {
            lasting: owner.choice.lasting.as_ref().map(|lasting| moved(lasting).unwrap_or_else(|| lasting.clone())),
            passing: owner.choice.passing.as_ref().map(|passing| moved(passing).unwrap_or_else(|| passing.clone())),
        };
        let rebound = Session { choice, updated: gathered.now, ..(*owner).clone() };
        let moved = self.commit_audited(case, &owner, rebound, "its account has logged in again").await;
        match moved {
            Ok(committed) if gathered.is_inherited() => gathered.parent = Some(committed.value),
            Ok(committed) => gathered.session = committed.value,
            // Somebody else was faster; the next message looks again.
            Err(CommitFault::Conflict(_)) => return,
            Err(CommitFault::Store(fault)) => {
                tracing::warn!(session.key = %owner.key, %fault, "a pin could not be moved to its account's new profile");
                return;
            }
        }
        gathered.trouble.push(format!("{old} is gone; its account has logged in again as {new}, which is pinned now"));
    }
}
