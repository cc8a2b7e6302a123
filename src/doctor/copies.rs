//! Copies of main's credentials in the stores of other agents: they come before main's, and are not renewed with it.

use crate::doctor::{Code, CommandOf, Finding, Repair, Severity, Stores};
use crate::profile::ProfileId;
use crate::status::word;

/// The entries that another agent's store shares with main's.
pub(crate) fn of_copies(stores: &Stores, command: CommandOf<'_>) -> Vec<Finding> {
    let Some((main, others)) = stores.0.split_first() else { return Vec::new() };
    let Some(of_main) = main.document.as_ref() else { return Vec::new() };
    let mut found = Vec::new();
    for own in others {
        let Some(document) = own.document.as_ref() else { continue };
        for id in document.profile_ids().filter_map(ProfileId::new) {
            let (Some(here), Some(there)) = (document.entry(&id), of_main.entry(&id)) else { continue };
            let finding = if here == there {
                let what = format!("{id} is a copy of main's: it hides main's, also when that is replaced");
                let repair = Repair::Copy { store: own.path.clone(), main: main.path.clone(), id: id.clone() };
                let remove = command(&own.agent, &format!("models auth remove {}", word(id.as_str())));
                let fix = if own.is_file { "take the copy out of this file: main's counts then" } else { &remove };
                Finding::new(Code::CopyOfMain, Severity::Warning, what, fix).mended_by(own.is_file.then_some(repair))
            } else if is_grant(here) && is_grant(there) && here.get("email") == there.get("email") {
                let what = format!("{id} is main's too, with other tokens: one of the two may be spent");
                let remove = command(&own.agent, &format!("models auth remove {}", word(id.as_str())));
                let fix = format!("log in anew, or take this one out if it is the older one: {remove}");
                Finding::new(Code::CopyDiffers, Severity::Warning, what, fix)
            } else {
                continue;
            };
            found.push(finding.at(&own.path).of_profile(&id));
        }
    }
    found
}

fn is_grant(entry: &serde_json::Value) -> bool {
    entry["type"] == "oauth"
}
