//! The SQLite stores of newer OpenClaw, and the file that it has left behind.

use crate::config::Places;
use crate::doctor::{Code, CommandOf, Finding, Severity, Stores};
use crate::openclaw::newer_store;
use crate::status::word;

/// Whether newer OpenClaw keeps its credentials elsewhere than in the file that is read here.
pub(crate) fn of_newer(stores: &Stores, places: &Places, command: CommandOf<'_>) -> Vec<Finding> {
    let Some(newer) = newer_store(&places.state_dir) else { return Vec::new() };
    let import = format!("import openclaw {}", word(&places.state_dir.display().to_string()));
    let mut found = Vec::new();
    for own in &stores.0 {
        let import = command(&own.agent, &import);
        let finding = if own.path.try_exists().unwrap_or(true) {
            let what = format!(
                "newer OpenClaw keeps its credentials in {}: this file may be a leftover of before, with secrets that are no longer renewed",
                newer.database.display()
            );
            let fix = format!("see what is newer there, and take it over: {import}");
            Finding::new(Code::StoreLeftover, Severity::Warning, what, fix).at(&own.path)
        } else if own.agent.is_main() {
            let what = "newer OpenClaw keeps its credentials here, where modelpin does not read them";
            let fix = format!("take them over: {import}");
            Finding::new(Code::StoreElsewhere, Severity::Info, what, fix).at(&newer.database)
        } else {
            continue;
        };
        found.push(finding);
    }
    found
}
