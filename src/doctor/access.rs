//! Allowlists that let nobody in, and names of models that do not work as written.

use std::iter;
use std::path::Path;

use indexmap::IndexMap;

use crate::catalog::{Catalog, CatalogProblem};
use crate::config::{AccessConfig, Config, Policy};
use crate::doctor::{Code, Finding, Severity};

/// The allowlists and the models of the configuration at `path`.
pub(crate) fn of_access(config: &Config, catalog: &Catalog, path: &Path) -> Vec<Finding> {
    let lists = config.channels.iter().flat_map(|(name, channel)| {
        let accounts = channel.account_access.iter();
        let accounts = accounts.map(move |(id, access)| (format!("channels.{name}.accounts.{id}"), access));
        iter::once((format!("channels.{name}"), &channel.access)).chain(accounts)
    });
    let lists: Vec<(String, &AccessConfig)> = lists.collect();
    let people = lists.iter().flat_map(|(key, access)| of_people(key, access));
    let commands = config.commands.allow_from.iter().map(|(name, list)| (format!("commands.allowFrom.{name}"), list));
    let empty = people.chain(commands).filter(|(_, list)| list.iter().all(|entry| entry.trim().is_empty()));
    let empty = empty.map(|(key, _)| {
        let what = format!("{key} is empty: nobody but the owners is let in");
        let fix = format!("put ids into {key}, or \"*\" for everybody, if others are to be let in");
        Finding::new(Code::AllowlistEmpty, Severity::Warning, what, fix).at(path)
    });
    let problems = catalog.problems().iter().map(|problem| {
        let (code, fix) = match problem {
            CatalogProblem::DuplicateAlias { .. }
            | CatalogProblem::AliasIsCommand { .. }
            | CatalogProblem::AliasHidesId { .. } => {
                (Code::AliasCollision, "give it another name under agents.defaults.models")
            }
            CatalogProblem::InvalidModel { .. }
            | CatalogProblem::UnknownModel { .. }
            | CatalogProblem::InvalidAlias { .. }
            | CatalogProblem::NoEndpoint { .. } => (Code::ModelUnusable, "mend or remove that entry"),
        };
        Finding::new(code, Severity::Warning, problem.to_string(), fix).at(path)
    });
    let closed = lists.iter().filter(|(key, access)| {
        let (channel, _) = key.split_once(".accounts.").unwrap_or((key, ""));
        let above = lists.iter().find(|(other, _)| other == channel).and_then(|(_, above)| above.allow_from.as_ref());
        is_open_in_name_only(access, above)
    });
    let closed = closed.map(|(key, _)| {
        let what =
            format!("{key}.dmPolicy is \"open\", but {key}.allowFrom has no \"*\": only those on the list are let in");
        let fix =
            format!("put \"*\" into {key}.allowFrom if everybody is to be let in, or set dmPolicy to \"allowlist\"");
        Finding::new(Code::AllowlistEmpty, Severity::Warning, what, fix).at(path)
    });
    let unlisted = lists.iter().filter(|(_, access)| access.groups.as_ref().is_some_and(IndexMap::is_empty));
    let unlisted = unlisted.map(|(key, _)| {
        let what = format!("{key}.groups is empty: nobody but the owners is answered in any group");
        let fix = format!("put the ids of groups into {key}.groups, or \"*\" for every group, or remove it");
        Finding::new(Code::AllowlistEmpty, Severity::Warning, what, fix).at(path)
    });
    empty.chain(closed).chain(unlisted).chain(problems).collect()
}

/// The lists of people, by their keys.
fn of_people<'a>(key: &str, access: &'a AccessConfig) -> Vec<(String, &'a Vec<String>)> {
    let AccessConfig { dm_policy: _, allow_from, group_policy: _, group_allow_from, groups, guilds } = access;
    let mut lists = vec![(format!("{key}.allowFrom"), allow_from), (format!("{key}.groupAllowFrom"), group_allow_from)];
    for (id, group) in groups.iter().flatten() {
        lists.push((format!("{key}.groups.{id}.allowFrom"), &group.room.allow_from));
        let topics = group.topics.iter();
        lists.extend(
            topics.map(|(topic, room)| (format!("{key}.groups.{id}.topics.{topic}.allowFrom"), &room.allow_from)),
        );
    }
    for (id, guild) in guilds.iter().flatten() {
        let channels = guild.channels.iter();
        let channels =
            channels.map(|(channel, entry)| (format!("{key}.guilds.{id}.channels.{channel}"), &entry.members));
        for (key, members) in iter::once((format!("{key}.guilds.{id}"), &guild.members)).chain(channels) {
            // Who is on either list is let in.
            if members.roles.as_ref().is_none_or(Vec::is_empty) {
                lists.push((format!("{key}.users"), &members.users));
            }
            if members.users.as_ref().is_none_or(Vec::is_empty) {
                lists.push((format!("{key}.roles"), &members.roles));
            }
        }
    }
    lists.into_iter().filter_map(|(key, list)| Some((key, list.as_ref()?))).collect()
}

/// Whether everybody is said to be let in, and the list, which decides, does not say so. `above` is the channel's.
fn is_open_in_name_only(access: &AccessConfig, above: Option<&Vec<String>>) -> bool {
    let list = access.allow_from.as_ref().or(above);
    let everybody = list.into_iter().flatten().any(|entry| entry.trim() == "*");
    access.dm_policy == Some(Policy::Open) && !everybody
}
