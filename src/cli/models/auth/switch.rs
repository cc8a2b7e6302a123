//! `modelpin models auth disable` and `enable`

use clap::Args;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::auth::Case;
use crate::operator::find_profile;
use crate::profile::ProfileId;

/// Which credential
#[derive(Debug, Args)]
pub(crate) struct Switch {
    /// Its id: `anthropic:work`, or `work` where only one is called so
    profile: String,
}

/// What was done.
#[derive(Serialize)]
struct Switched<'a> {
    id: &'a ProfileId,
    enabled: bool,
    changed: bool,
}

/// Switches it; every process that uses the same state honours it with its next message.
pub(crate) fn run(switch: &Switch, on: bool, case: &mut Case<'_>) -> Result<Exit, Failure> {
    let profiles = case.current()?.profiles;
    let id = find_profile(&profiles, &switch.profile, &|_| true)?;
    let changed = case.at_desk(async |desk| if on { desk.enable(&id).await } else { desk.disable(&id).await })?;
    if case.global.json {
        case.output.json(&Switched { id: &id, enabled: on, changed })?;
        return Ok(Exit::Ok);
    }
    let text = match (on, changed) {
        (true, true) => format!("{id} answers again"),
        (true, false) => format!("{id} was not disabled"),
        (false, true) => format!("{id} is disabled: it answers nobody, whatever is pinned"),
        (false, false) => format!("{id} was disabled already"),
    };
    case.output.data(&modelpin_terminal::visible(&format!("{text}\n")))?;
    if !on {
        let enable = case.command(&format!("enable {}", crate::cli::open::quoted(id.as_str())));
        case.output.talk(&format!("To take that back: {enable}"));
    }
    Ok(Exit::Ok)
}
