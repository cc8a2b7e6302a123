//! The SQLite stores of newer OpenClaw, and the file that it has left behind.

use std::path::PathBuf;

use crate::config::Places;
use crate::doctor::{Code, CommandOf, Finding, Severity, Stores};

/// Whether newer OpenClaw keeps its credentials elsewhere than in the file that is read here.
pub(crate) fn of_newer(stores: &Stores, places: &Places, command: CommandOf<'_>) -> Vec<Finding> {
    let shared = places.state_dir.join("state").join("openclaw.sqlite");
    let mut found = Vec::new();
    for own in &stores.0 {
        let agents = own.path.with_file_name("openclaw-agent.sqlite");
        let newer: Option<PathBuf> =
            [agents, shared.clone()].into_iter().find(|path| path.try_exists().unwrap_or(false));
        let Some(newer) = newer else { continue };
        let finding = if own.path.try_exists().unwrap_or(true) {
            let what = format!(
                "newer OpenClaw keeps its credentials in {}: this file may be a leftover of before, with secrets that are no longer renewed",
                newer.display()
            );
            let fix = "compare the accounts with what OpenClaw shows; keep them in one of the two programs";
            Finding::new(Code::StoreLeftover, Severity::Warning, what, fix).at(&own.path)
        } else if own.agent.is_main() {
            let what = "newer OpenClaw keeps its credentials here, where modelpin does not read them";
            let add = command(&own.agent, "models auth add --provider anthropic");
            let fix = format!("store credentials here too, such as: {add}");
            Finding::new(Code::StoreElsewhere, Severity::Info, what, fix).at(&newer)
        } else {
            continue;
        };
        found.push(finding);
    }
    found
}
