//! From what was surveyed to the report.

mod providers;

use indexmap::IndexMap;

use crate::agent::AgentId;
use crate::catalog::ProviderId;
use crate::catalog::{Catalog, ModelRef, vendors};
use crate::config::{Config, EnvPlace};
use crate::profile::{Credential, Profile};
use crate::status::build::providers::{profile_status, provider_status, provider_view, unusable};
use crate::status::check::Level;
use crate::status::kept::milliseconds;
use crate::status::report::{
    Auth, Counts, ModelConfig, OAuthStatus, ProfileStatus, Provider, ProviderStatus, ShellEnv,
};
use crate::status::survey::Survey;
use crate::status::verdict::{Said, of_provider, of_stand};
use crate::status::{Check, Facts, Remark, Report, shadow};

/// The report of what was surveyed. Running programs and probes are added by whoever asked them.
pub(crate) fn report(survey: &Survey<'_>, facts: &Facts<'_>) -> Report {
    let Facts { moment, places, agent, .. } = facts;
    let (config, catalog) = (&moment.settings.config, &moment.settings.catalog);
    let providers: Vec<Provider> =
        survey.providers.iter().filter_map(|provider| provider_view(provider, facts)).collect();
    let profiles: Vec<ProfileStatus> = survey.stands().filter_map(|stand| profile_status(stand, facts)).collect();
    let (reasons, warnings) = said(survey, &providers, facts);
    let missing =
        survey.providers.iter().filter(|provider| provider.in_use && provider.stands.iter().all(|stand| !stand.in_use));
    let shell = config.shell_env.enabled;
    Report {
        config_path: places.config_path.display().to_string(),
        agent_id: facts.agent_named.then(|| agent.to_string()),
        agent_dir: facts.shown(&places.agent_dir(config, agent)),
        default_model: written_default(config, agent).unwrap_or_else(|| catalog.default_model().to_string()),
        resolved_default: catalog.default_model().to_string(),
        fallbacks: catalog.fallbacks().iter().map(ToString::to_string).collect(),
        image_model: config.agents.image.clone(),
        image_fallbacks: config.agents.image_fallbacks.clone(),
        model_config: facts.agent_named.then(|| model_config(config, agent)),
        aliases: aliases(catalog),
        allowed: config.agents.models.keys().cloned().collect(),
        auth: Auth {
            store_path: facts.shown(facts.store),
            shell_env_fallback: ShellEnv { enabled: shell, applied_keys: applied(facts) },
            providers_with_o_auth: providers.iter().filter_map(with_oauth).collect(),
            missing_providers_in_use: missing.map(|provider| provider.id.to_string()).collect(),
            unusable_profiles: survey.stands().flat_map(|stand| unusable(stand, facts)).collect(),
            oauth: OAuthStatus {
                warn_after_ms: milliseconds(facts.warn),
                providers: by_provider(&providers, &profiles),
                profiles,
            },
            providers,
            probes: None,
        },
        check: Check::of(reasons),
        running: None,
        warnings,
    }
}

/// What counts, and what does not.
fn said(survey: &Survey<'_>, providers: &[Provider], facts: &Facts<'_>) -> (Vec<(Level, Remark)>, Vec<Remark>) {
    let plain = |code, why: &String| Remark { code, provider: None, profile: None, why: why.clone(), fix: None };
    let unreadable = facts.unreadable.iter().map(|why| (Some(Level::Unreadable), plain("unreadable", why)));
    let stands = survey.stands().filter_map(|stand| of_stand(stand, facts));
    let whole = survey.providers.iter().filter_map(|provider| of_provider(provider, facts));
    let shadowed = providers.iter().filter(|view| view.in_use).flat_map(|view| {
        ProviderId::new(&view.provider).map(|id| shadow::remarks(&id, &view.shadowed)).unwrap_or_default()
    });
    let moment = &facts.moment;
    let bad = moment.profiles.rejected.iter().chain(&moment.profiles.outside).map(|bad| Remark {
        code: "passed_over",
        provider: None,
        profile: Some(bad.id.clone()),
        why: format!("{}; in {}", bad.why, facts.shown(&bad.path)),
        fix: None,
    });
    let others = facts.warnings.iter().map(|why| plain("note", why));
    let warnings = shadowed.chain(bad).chain(others).map(|remark| (None, remark));
    let everything: Vec<Said> = unreadable.chain(stands).chain(whole).chain(warnings).collect();
    let (mut reasons, mut rest) = (Vec::new(), Vec::new());
    for (level, remark) in everything {
        match level {
            Some(level) => reasons.push((level, remark)),
            None => rest.push(remark),
        }
    }
    (reasons, rest)
}

fn written_default(config: &Config, agent: &AgentId) -> Option<String> {
    let own = config.agents.list.iter().find(|entry| entry.id == *agent).and_then(|entry| entry.primary.clone());
    own.or_else(|| config.agents.primary.clone())
}

fn model_config(config: &Config, agent: &AgentId) -> ModelConfig {
    let entry = config.agents.list.iter().find(|entry| entry.id == *agent);
    let source = |own: bool| if own { "agent" } else { "defaults" };
    ModelConfig {
        default_source: source(entry.is_some_and(|entry| entry.primary.is_some())),
        fallbacks_source: source(entry.is_some_and(|entry| entry.fallbacks.is_some())),
    }
}

fn aliases(catalog: &Catalog) -> IndexMap<String, String> {
    catalog.aliases().map(|(alias, model): (_, &ModelRef)| (alias.to_string(), model.to_string())).collect()
}

/// The variables with credentials that only the login shell has.
fn applied(facts: &Facts<'_>) -> Vec<String> {
    let environment = &facts.moment.settings.environment;
    let of_vendors = vendors().flat_map(|vendor| environment.credentials(&ProviderId::built_in(vendor.id)));
    let mut names: Vec<String> = of_vendors
        .filter(|credential| credential.place == EnvPlace::LoginShell)
        .map(|credential| credential.name.clone())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn with_oauth(view: &Provider) -> Option<String> {
    let count = view.profiles.oauth + view.profiles.token;
    (count > 0).then(|| format!("{} ({count})", view.provider))
}

fn by_provider(providers: &[Provider], profiles: &[ProfileStatus]) -> Vec<ProviderStatus> {
    let of = |view: &Provider| -> Vec<ProfileStatus> {
        profiles.iter().filter(|profile| profile.provider == view.provider).cloned().collect()
    };
    providers.iter().map(|view| provider_status(&view.provider, of(view))).collect()
}

/// How many there are of each kind.
fn counts<'a>(profiles: impl Iterator<Item = &'a Profile>) -> Counts {
    let mut counts = Counts::default();
    for profile in profiles {
        counts.count += 1;
        match profile.credential {
            Credential::ApiKey { .. } => counts.api_key += 1,
            Credential::Token { .. } => counts.token += 1,
            Credential::OAuth(_) => counts.oauth += 1,
        }
    }
    counts
}
