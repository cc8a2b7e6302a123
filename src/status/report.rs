//! The status as JSON: the family's keys in the family's order, then what only modelpin knows.

use indexmap::IndexMap;
use serde::Serialize;

use crate::gateway::told::Served;
use crate::status::Check;

/// The whole status.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    pub(crate) config_path: String,
    /// Only where an agent was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) agent_id: Option<String>,
    pub(crate) agent_dir: String,
    /// As configured.
    pub(crate) default_model: String,
    pub(crate) resolved_default: String,
    pub(crate) fallbacks: Vec<String>,
    pub(crate) image_model: Option<String>,
    pub(crate) image_fallbacks: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) model_config: Option<ModelConfig>,
    pub(crate) aliases: IndexMap<String, String>,
    pub(crate) allowed: Vec<String>,
    pub(crate) auth: Auth,
    pub(crate) check: Check,
    /// What running programs say of the same; `null` where none was asked.
    pub(crate) running: Option<Vec<Running>>,
    /// What does not count, and is worth knowing.
    pub(crate) warnings: Vec<Remark>,
}

/// Where the models of a named agent come from: `agent` or `defaults`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ModelConfig {
    pub(crate) default_source: &'static str,
    pub(crate) fallbacks_source: &'static str,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Auth {
    pub(crate) store_path: String,
    pub(crate) shell_env_fallback: ShellEnv,
    pub(crate) providers_with_o_auth: Vec<String>,
    pub(crate) missing_providers_in_use: Vec<String>,
    pub(crate) providers: Vec<Provider>,
    pub(crate) unusable_profiles: Vec<Unusable>,
    pub(crate) oauth: OAuthStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) probes: Option<Probes>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShellEnv {
    pub(crate) enabled: bool,
    pub(crate) applied_keys: Vec<String>,
}

/// One provider.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Provider {
    pub(crate) provider: String,
    pub(crate) effective: Effective,
    pub(crate) profiles: Counts,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) env: Option<Sourced>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) models_json: Option<Sourced>,
    pub(crate) in_use: bool,
    /// Where it is; `null` where modelpin cannot talk to it.
    pub(crate) endpoint: Option<String>,
    /// The credentials in the order they are tried.
    pub(crate) order: Vec<String>,
    /// Credentials that are there and do not count, because something else comes first.
    pub(crate) shadowed: Vec<Shadowed>,
    /// What is held against its models, whoever asks.
    pub(crate) health: Vec<Benched>,
}

/// Which kind of source counts: `profiles`, `env`, `models.json`, `missing`, or `keyless` where none is needed.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Effective {
    pub(crate) kind: &'static str,
    pub(crate) detail: String,
}

#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Counts {
    pub(crate) count: usize,
    pub(crate) oauth: usize,
    pub(crate) token: usize,
    pub(crate) api_key: usize,
    pub(crate) labels: Vec<String>,
}

/// A fingerprint, and where its secret is.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Sourced {
    pub(crate) value: String,
    pub(crate) source: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Shadowed {
    pub(crate) source: String,
    pub(crate) fingerprint: Option<String>,
    /// Whether it is another secret than the one that counts.
    pub(crate) differs: bool,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Unusable {
    pub(crate) profile_id: String,
    pub(crate) provider: String,
    /// `cooldown` or `disabled`.
    pub(crate) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// In milliseconds since 1970; `null` until its secret is replaced.
    pub(crate) until: Option<i64>,
    pub(crate) remaining_ms: Option<i64>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OAuthStatus {
    pub(crate) warn_after_ms: i64,
    pub(crate) profiles: Vec<ProfileStatus>,
    pub(crate) providers: Vec<ProviderStatus>,
}

/// One profile: the family's single word, and beside it what that word mixes.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProfileStatus {
    pub(crate) profile_id: String,
    pub(crate) provider: String,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) remaining_ms: Option<i64>,
    pub(crate) source: &'static str,
    pub(crate) label: String,
    pub(crate) origin: Origin,
    pub(crate) expiry: Expiry,
    pub(crate) refreshable: bool,
    pub(crate) usable: bool,
    pub(crate) reason: Option<String>,
    pub(crate) health: Vec<Benched>,
    pub(crate) in_use: bool,
    pub(crate) pins: Pins,
    pub(crate) fingerprint: Option<String>,
}

/// The file that a credential is in.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Origin {
    pub(crate) agent: String,
    pub(crate) file: String,
    /// `store`, `legacy`, `claude-code`, `codex` or `qwen`.
    pub(crate) kind: &'static str,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Expiry {
    /// `valid`, `expiring`, `expired`, `none` or `invalid`.
    pub(crate) state: &'static str,
    pub(crate) at: Option<String>,
    pub(crate) remaining_ms: Option<i64>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Benched {
    pub(crate) scope: String,
    pub(crate) class: &'static str,
    pub(crate) until: Option<String>,
    pub(crate) strikes: u32,
}

#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Pins {
    pub(crate) count: usize,
    pub(crate) sessions: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProviderStatus {
    pub(crate) provider: String,
    pub(crate) status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) remaining_ms: Option<i64>,
    pub(crate) profiles: Vec<ProfileStatus>,
}

/// One thing to know, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Remark {
    /// One word for programs.
    pub(crate) code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provider: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) profile: Option<String>,
    pub(crate) why: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fix: Option<String>,
}

/// A running program on the same state, and where it sees something else.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Running {
    pub(crate) pid: u32,
    /// The command that it runs; `null` where it did not answer.
    pub(crate) command: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) since: Option<String>,
    /// Whether it answered in time.
    pub(crate) answered: bool,
    /// Whom it serves, where it is a gateway.
    pub(crate) served: Option<Served>,
    pub(crate) differences: Vec<String>,
}

/// What real requests found out.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Probes {
    pub(crate) started_at: i64,
    pub(crate) finished_at: i64,
    pub(crate) duration_ms: i64,
    pub(crate) total_targets: usize,
    pub(crate) options: Probe,
    pub(crate) results: Vec<Probed>,
}

/// What is asked, and how.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Probe {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provider: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) profile_ids: Vec<String>,
    pub(crate) timeout_ms: u64,
    pub(crate) concurrency: usize,
    pub(crate) max_tokens: u32,
}

/// The answer to one request.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Probed {
    pub(crate) provider: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) profile_id: Option<String>,
    pub(crate) label: String,
    /// `profile`, `env`, `models.json` or `none`.
    pub(crate) source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mode: Option<&'static str>,
    pub(crate) status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) latency_ms: Option<u64>,
    /// The class of the failure, as in receipts.
    pub(crate) class: Option<&'static str>,
    /// How many sessions have pinned the pair.
    pub(crate) pins: usize,
}
