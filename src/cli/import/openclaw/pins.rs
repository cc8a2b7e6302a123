//! What goes into the session table.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::agent::AgentId;
use crate::app::Installation;
use crate::cli::failure::Failure;
use crate::cli::sessions::pins::{Fate, How, Row, carry_out as carry_out_one, skipped, taken};
use crate::openclaw::Source;
use crate::session::import::{ImportPlan, plan_of};
use crate::store::Store;

/// What is chosen in the sessions of each agent that is `meant`.
pub(crate) fn choices(source: &Source, meant: &dyn Fn(&AgentId) -> bool, now: Timestamp) -> Vec<ImportPlan> {
    source.agents.iter().filter(|part| meant(&part.agent)).map(|part| plan_of(&part.sessions, now)).collect()
}

/// The session table, made if something goes into it; `None` where there is none and none is needed.
pub(crate) fn state(
    choices: &[ImportPlan],
    installation: &Installation,
    apply: bool,
) -> Result<Option<Arc<dyn Store>>, Failure> {
    if apply && choices.iter().any(|plan| !plan.rows.is_empty()) {
        Ok(Some(installation.create_state()?))
    } else {
        Ok(installation.open_state()?)
    }
}

/// Takes the choices over, or shows that; and says how many sessions have none. `ids` are the profiles that are here.
pub(crate) async fn carry_out(
    choices: Vec<ImportPlan>,
    state: Option<&dyn Store>,
    ids: &HashSet<String>,
    how: How,
) -> Result<(Vec<Row>, usize), Failure> {
    let (mut rows, mut without_choice) = (Vec::new(), 0);
    for plan in choices {
        for choice in plan.rows {
            let fate = carry_out_one(&choice, state, how).await?;
            rows.push(with_doubt(taken(choice, fate), ids));
        }
        rows.extend(plan.skipped.into_iter().map(skipped));
        without_choice += plan.without_choice;
    }
    Ok((rows, without_choice))
}

/// Says so where a pin names a profile that is not here: the chat will be told the same.
fn with_doubt(row: Row, ids: &HashSet<String>) -> Row {
    let missing = row.profile.as_ref().filter(|profile| row.fate == Fate::Taken && !ids.contains(*profile));
    let doubt = missing.map(|profile| format!("there is no {profile} here, so it answers only once there is"));
    let why = match (row.why, doubt) {
        (Some(why), Some(doubt)) => Some(format!("{why}; {doubt}")),
        (why, doubt) => why.or(doubt),
    };
    Row { why, ..row }
}
