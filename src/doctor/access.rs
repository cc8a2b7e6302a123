//! Allowlists that let nobody in, and names of models that do not work as written.

use std::path::Path;

use crate::catalog::{Catalog, CatalogProblem};
use crate::config::Config;
use crate::doctor::{Code, Finding, Severity};

/// The allowlists and the models of the configuration at `path`.
pub(crate) fn of_access(config: &Config, catalog: &Catalog, path: &Path) -> Vec<Finding> {
    let lists = config.channels.iter().flat_map(|(name, channel)| {
        let key = |list: &str| format!("channels.{name}.{list}");
        [(key("allowFrom"), &channel.allow_from), (key("groupAllowFrom"), &channel.group_allow_from)]
    });
    let lists = lists.filter_map(|(key, list)| Some((key, list.as_ref()?)));
    let commands = config.commands.allow_from.iter().map(|(name, list)| (format!("commands.allowFrom.{name}"), list));
    let empty = lists.chain(commands).filter(|(_, list)| list.iter().all(|entry| entry.trim().is_empty()));
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
    empty.chain(problems).collect()
}
