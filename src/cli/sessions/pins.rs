//! Pins that are taken over from somewhere else.

use jiff::Timestamp;
use serde::Serialize;

use crate::audit::{Demand, Surface, change_of_choice};
use crate::cli::failure::Failure;
use crate::session::import::{ImportRow, ImportStep};
use crate::session::{Selection, Session};
use crate::store::{CommitFault, Store};

/// What became of one session that was looked at.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    /// Its key where it comes from.
    pub(crate) from: String,
    /// Its key here, where it has one.
    pub(crate) to: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) fate: Fate,
    /// What is not obvious about it, in words.
    pub(crate) why: Option<String>,
}

/// What becomes of one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Fate {
    /// Taken over.
    Taken,
    /// The same is chosen here already.
    Present,
    /// Something else is chosen here, which stays.
    Kept,
    /// Not to be taken over.
    Skipped,
}

/// How choices are taken over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How {
    /// Whether anything is to be written.
    pub(crate) apply: bool,
    /// Whether what is chosen here gives way.
    pub(crate) replace: bool,
    /// `audit.required`.
    pub(crate) required: bool,
    /// The moment.
    pub(crate) now: Timestamp,
}

/// Decides what becomes of `row` by what is here now, and with `how.apply` does it. Without a `store` nothing is here, and
/// nothing is done.
pub(crate) async fn carry_out(row: &ImportRow, store: Option<&dyn Store>, how: How) -> Result<Fate, Failure> {
    let How { apply, replace, required, now } = how;
    loop {
        let stored = match store {
            Some(store) => store.load(&row.key).await?,
            None => None,
        };
        let session = match row.step(stored.as_deref(), replace, now) {
            ImportStep::Present => return Ok(Fate::Present),
            ImportStep::Kept(_) => return Ok(Fate::Kept),
            ImportStep::Commit(session) => *session,
        };
        let Some(store) = store.filter(|_| apply) else { return Ok(Fate::Taken) };
        let before = stored.as_deref().cloned().unwrap_or_else(|| Session::new(row.key.clone(), now));
        let by = row.selection.by.clone();
        let committed = match change_of_choice(&before, &session, by, Surface::Cli, "imported") {
            Some(entry) => store.commit_audited(session, Demand { entry, required }).await.map(|done| done.unaudited),
            None => store.commit(session).await.map(|_| None),
        };
        match committed {
            Ok(unaudited) => {
                if let Some(fault) = unaudited {
                    tracing::error!(session.key = %row.key, %fault, "an imported pin is not in the audit");
                }
                return Ok(Fate::Taken);
            }
            // Somebody chose something there meanwhile, and what that is decides anew.
            Err(CommitFault::Conflict(_)) => {}
            Err(CommitFault::Store(fault)) => return Err(fault.into()),
        }
    }
}

/// What is said of a choice of which that became.
pub(crate) fn taken(row: ImportRow, fate: Fate) -> Row {
    let ImportRow { family_key, key, selection: Selection { model, pin, .. }, note } = row;
    let why = match fate {
        Fate::Kept => Some("something else is chosen here, and stays without --replace".to_owned()),
        Fate::Present => Some("chosen here already".to_owned()),
        Fate::Taken | Fate::Skipped => note,
    };
    Row {
        from: family_key,
        to: Some(key.to_string()),
        model: model.map(|model| model.to_string()),
        profile: pin.map(|pin| pin.profile.to_string()),
        fate,
        why,
    }
}

/// What is said of a session that is not taken over, and why not.
pub(crate) fn skipped((from, why): (String, String)) -> Row {
    Row { from, to: None, model: None, profile: None, fate: Fate::Skipped, why: Some(why) }
}

/// The row for a person: parted by tabs, so that `cut` can read it too.
pub(crate) fn line(row: &Row) -> String {
    let Row { from, to, model, profile, fate, why } = row;
    let sign = match fate {
        Fate::Taken => '+',
        Fate::Present => '=',
        Fate::Kept | Fate::Skipped => '-',
    };
    let [to, model, profile, why] = [to, model, profile, why].map(|field| field.as_deref().unwrap_or("-"));
    // The file belongs to other programs: what it says is not let loose on the terminal.
    modelpin_terminal::visible(&format!("{sign} {from}\t{to}\t{model}\t{profile}\t{why}")) + "\n"
}
