//! `modelpin models auth order …`

mod clear;
mod get;
mod set;

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::catalog::ProviderId;
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::auth::Case;
use crate::profile::{Basis, order};

/// So many of those that are not tried are named: whoever sets an order wants to see the order.
const SHOWN: usize = 20;

/// Look at and change the order in which the credentials of a provider are tried
#[derive(Debug, Subcommand)]
pub(crate) enum Order {
    /// Show the order that counts, and where it comes from
    Get(Of),
    /// Set an explicit order; what it leaves out is not tried by itself
    Set(set::Set),
    /// Take the explicit order away
    Clear(Of),
}

/// The order of one provider.
#[derive(Debug, Args)]
pub(crate) struct Of {
    /// Whose credentials
    #[arg(long, value_name = "ID")]
    provider: ProviderId,
}

/// Carries one of them out.
pub(crate) fn run(order: &Order, case: &mut Case<'_>) -> Result<Exit, Failure> {
    match order {
        Order::Get(Of { provider }) => get::run(provider, case),
        Order::Set(set) => set::run(set, case),
        Order::Clear(Of { provider }) => clear::run(provider, case),
    }
}

/// The order that counts; the first five fields are the family's.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InForce {
    agent_id: String,
    agent_dir: String,
    provider: String,
    auth_store_path: String,
    /// The explicit order of the store, if there is one.
    order: Option<Vec<String>>,
    /// Where the order that counts comes from.
    basis: &'static str,
    /// The file that it stands in; `None` where it follows from what is stored.
    file: Option<String>,
    /// What is tried, the next one first.
    effective: Vec<String>,
    excluded: Vec<Excluded>,
}

/// A credential that is not tried.
#[derive(Serialize)]
struct Excluded {
    id: String,
    code: &'static str,
    why: String,
}

impl InForce {
    fn of(case: &Case<'_>, provider: &ProviderId) -> Self {
        let store = case.installation.auth_store();
        let (current, settings) = (store.current(), case.installation.settings());
        let order = order(provider, &current.profiles, &settings.config.auth, case.installation.now());
        let own = store.own();
        let config = || Some(case.installation.places().config_path.display().to_string());
        let (basis, file) = match order.basis {
            Basis::StoreOrder => ("store", store.order_owner(provider).map(|origin| origin.path.display().to_string())),
            Basis::ConfigOrder => ("config_order", config()),
            Basis::ConfigProfiles => ("config_profiles", config()),
            Basis::Stored => ("stored", None),
        };
        let excluded = order.excluded.iter().map(|(id, why)| Excluded {
            id: id.to_string(),
            code: why.code(),
            why: why.to_string(),
        });
        Self {
            agent_id: own.agent.to_string(),
            agent_dir: own.path.parent().map(|dir| dir.display().to_string()).unwrap_or_default(),
            provider: provider.to_string(),
            auth_store_path: own.path.display().to_string(),
            order: current.profiles.order.get(provider).map(|ids| ids.iter().map(ToString::to_string).collect()),
            basis,
            file,
            effective: order.candidates.iter().map(ToString::to_string).collect(),
            excluded: excluded.collect(),
        }
    }

    /// Where it comes from, in words.
    fn source(&self) -> String {
        let file = self.file.as_deref().unwrap_or_default();
        match self.basis {
            "store" => format!("explicit order in {file}"),
            "config_order" => format!("`auth.order.{}` in {file}", self.provider),
            "config_profiles" => format!("`auth.profiles` in {file}"),
            _ => "no explicit order: logins, then tokens, then keys, the one unused for longest first".to_owned(),
        }
    }

    fn text(&self) -> String {
        let Self { agent_id, provider, auth_store_path, effective, excluded, .. } = self;
        let mut lines = vec![
            format!("Agent: {agent_id}"),
            format!("Provider: {provider}"),
            format!("Auth file: {auth_store_path}"),
            format!("Order: {}", self.source()),
        ];
        if effective.is_empty() {
            lines.push("(none)".to_owned());
        }
        lines.extend(effective.iter().enumerate().map(|(number, id)| format!("{}. {id}", number + 1)));
        lines.extend(excluded.iter().take(SHOWN).map(|Excluded { id, why, .. }| format!("-  {id} {why}")));
        if excluded.len() > SHOWN {
            lines.push(format!("-  and {} more that are not tried: add --json to see them", excluded.len() - SHOWN));
        }
        modelpin_terminal::visible(&lines.join("\n")) + "\n"
    }
}
