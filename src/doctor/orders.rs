//! Auth orders that name who is gone, are written twice, or hide who is there.

use std::collections::HashSet;
use std::path::Path;

use indexmap::IndexMap;
use serde_json::Value;

use crate::catalog::ProviderId;
use crate::config::Config;
use crate::doctor::{Code, CommandOf, Finding, Repair, Severity, Stores};
use crate::profile::{Exclusion, ExternalCli, ProfileId};
use crate::status::{Facts, Survey, word};

/// The orders in the stores. `in_use` are the ids whose absence counts.
pub(crate) fn of_orders(stores: &Stores, in_use: &HashSet<String>, command: CommandOf<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for own in &stores.0 {
        let Some(order) = own.document.as_ref().and_then(|document| document.section("order")) else { continue };
        let mut spellings: IndexMap<ProviderId, Vec<&str>> = IndexMap::new();
        for (key, list) in order {
            let Some(provider) = ProviderId::new(key) else { continue };
            spellings.entry(provider.clone()).or_default().push(key);
            for id in listed(list).into_iter().filter(|id| is_ghost(id, stores)) {
                let repair = Repair::StoreOrder { store: own.path.clone(), ghost: id.clone() };
                found.push(
                    ghost(&provider, &id, "the auth order here", &own.path, in_use)
                        .mended_by(own.is_file.then_some(repair)),
                );
            }
        }
        for (provider, keys) in spellings.into_iter().filter(|(_, keys)| keys.len() > 1) {
            let what = format!("the order of {provider} is written under {}: the first one counts", keys.join(" and "));
            let ids = order.get(keys[0]).map(listed).unwrap_or_default();
            let ids: Vec<String> = ids.iter().map(|id| word(id.as_str())).collect();
            let fix = command(&own.agent, &format!("models auth order set --provider {provider} {}", ids.join(" ")));
            let finding = Finding::new(Code::OrderSpellings, Severity::Warning, what, fix);
            found.push(finding.at(&own.path).of_provider(&provider));
        }
    }
    found
}

/// The orders in the configuration at `path`.
pub(crate) fn of_config_order(config: &Config, path: &Path, stores: &Stores, in_use: &HashSet<String>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (provider, ids) in &config.auth.order {
        if ids.is_empty() {
            let what = format!(
                "auth.order.{provider} is empty, which keeps every stored profile of {provider} from being tried"
            );
            let fix = format!("name profiles in auth.order.{provider}, or take the key out");
            let finding = Finding::new(Code::OrderEmpty, Severity::Warning, what, fix);
            found.push(finding.at(path).of_provider(provider));
            continue;
        }
        let ghosts: Vec<&ProfileId> = ids.iter().filter(|id| is_ghost(id, stores)).collect();
        for id in &ghosts {
            let repair = Repair::ConfigOrder { provider: provider.clone(), ghost: (*id).clone() };
            // An order without anybody in it would mean something else.
            let possible = ghosts.len() < ids.len();
            let whole = format!("auth.order.{provider}");
            found.push(ghost(provider, id, &whole, path, in_use).mended_by(possible.then_some(repair)));
        }
    }
    found
}

/// The stored profiles that are not tried because nobody names them.
pub(crate) fn of_hidden(survey: &Survey<'_>, facts: &Facts<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for provider in survey.providers.iter().filter(|provider| provider.in_use) {
        let hidden = |wanted: &Exclusion| -> Vec<String> {
            let stands = provider.stands.iter().filter(|stand| stand.exclusion.as_ref() == Some(wanted));
            let stored =
                stands.filter(|stand| stand.profile.is_some_and(|profile| profile.origin.managed_by.is_none()));
            stored.map(|stand| stand.id.to_string()).collect()
        };
        let id = &provider.id;
        let undeclared = hidden(&Exclusion::NotDeclared);
        if !undeclared.is_empty() {
            let what = format!(
                "auth.profiles declares profiles of {id}, which hides what it does not declare: {}",
                undeclared.join(", ")
            );
            let config = facts.places.config_path.display();
            let fix = format!("declare them under auth.profiles in {config} if they are to be tried");
            found.push(Finding::new(Code::OrderHides, Severity::Warning, what, fix).of_provider(id));
        }
        let left_out = hidden(&Exclusion::NotInOrder);
        if !left_out.is_empty() {
            let what = format!("the auth order of {id} leaves out: {}", left_out.join(", "));
            let fix = (facts.command)(&format!("models auth order get --provider {id}"));
            found.push(Finding::new(Code::OrderHides, Severity::Info, what, fix).of_provider(id));
        }
    }
    found
}

fn ghost(provider: &ProviderId, id: &ProfileId, named_in: &str, path: &Path, in_use: &HashSet<String>) -> Finding {
    let severity = if in_use.contains(id.as_str()) { Severity::Error } else { Severity::Warning };
    let what = format!("{named_in} names {id}, which no store has");
    let fix = format!("take {id} out of the order of {provider}, or store it again");
    Finding::new(Code::OrderGhost, severity, what, fix).at(path).of_profile(id)
}

fn listed(list: &Value) -> Vec<ProfileId> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).filter_map(ProfileId::new).collect()
}

/// Whether no store has it, and no other program's login goes by it.
fn is_ghost(id: &ProfileId, stores: &Stores) -> bool {
    stores.lack(id) && ExternalCli::ALL.iter().all(|cli| cli.profile_id() != *id)
}
