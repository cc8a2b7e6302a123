//! `--probe`: one small request for each model and credential in use.

use std::time::{Duration, Instant};

use clap::Args;
use futures_util::StreamExt as _;
use indicatif::ProgressBar;

use crate::app::App;
use crate::catalog::{ModelRef, ProviderId};
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::open::open;
use crate::cli::output::Output;
use crate::directive::duration;
use crate::health::FailureClass;
use crate::profile::{Credential, Exclusion, ProfileId};
use crate::resolver::CredentialId;
use crate::status::{Facts, Probe, Probed, Probes, Stand, Survey};

/// How it is probed.
#[derive(Debug, Args)]
pub(crate) struct ProbeOptions {
    /// Only the credentials of this provider
    #[arg(long, value_name = "ID")]
    probe_provider: Option<ProviderId>,
    /// Only these credentials
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    probe_profile: Vec<ProfileId>,
    /// How long one request may take, in milliseconds or as 8s [default: 8000]
    #[arg(long, value_name = "TIME", value_parser = time)]
    probe_timeout: Option<Duration>,
    /// How many requests there are at a time [default: 2]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(1..=64))]
    probe_concurrency: Option<u8>,
    /// How long an answer may be [default: 8]
    #[arg(long, value_name = "TOKENS", value_parser = clap::value_parser!(u32).range(1..))]
    probe_max_tokens: Option<u32>,
}

fn time(text: &str) -> Result<Duration, String> {
    let milliseconds = text.trim().parse().ok().filter(|ms| *ms > 0).map(Duration::from_millis);
    milliseconds.or_else(|| duration(text)).ok_or_else(|| "write milliseconds, or 8s".to_owned())
}

impl ProbeOptions {
    /// Whether any of it was said.
    pub(crate) fn any(&self) -> bool {
        let Self { probe_provider, probe_profile, probe_timeout, probe_concurrency, probe_max_tokens } = self;
        probe_provider.is_some()
            || !probe_profile.is_empty()
            || probe_timeout.is_some()
            || probe_concurrency.is_some()
            || probe_max_tokens.is_some()
    }

    fn means(&self, model: &ModelRef, credential: &CredentialId) -> bool {
        let named = |id: &ProfileId| self.probe_profile.contains(id);
        self.probe_provider.as_ref().is_none_or(|provider| *provider == model.provider)
            && (self.probe_profile.is_empty() || credential.profile().is_some_and(named))
    }

    fn patience(&self) -> Duration {
        self.probe_timeout.unwrap_or(Duration::from_secs(8))
    }

    fn concurrency(&self) -> usize {
        self.probe_concurrency.unwrap_or(2).into()
    }

    fn max_tokens(&self) -> u32 {
        self.probe_max_tokens.unwrap_or(8)
    }
}

/// One request to be sent, or the reason why it is not.
pub(crate) struct Target {
    model: ModelRef,
    credential: CredentialId,
    mode: Option<&'static str>,
    pins: usize,
    left_out: Option<(&'static str, String)>,
}

/// The models in use with each credential that is tried for them, and every pinned pair.
///
/// # Errors
/// A profile was named that nobody knows.
pub(crate) fn targets(survey: &Survey<'_>, facts: &Facts<'_>, options: &ProbeOptions) -> Result<Vec<Target>, String> {
    let known = |id: &&ProfileId| survey.stands().any(|stand| stand.id.profile() == Some(*id));
    if let Some(unknown) = options.probe_profile.iter().find(|id| !known(id)) {
        let list = (facts.command)("models auth list");
        return Err(format!("there is no profile {unknown}; to see them all: {list}"));
    }
    let mut targets: Vec<Target> = Vec::new();
    for model in &survey.models {
        let provider = survey.providers.iter().find(|provider| provider.id == model.provider);
        for stand in provider.into_iter().flat_map(|provider| &provider.stands) {
            let pins = survey.pins.get(&(model.clone(), pinned_id(stand))).map_or(0, Vec::len);
            let by_order = matches!(stand.exclusion, Some(Exclusion::NotInOrder | Exclusion::NotDeclared));
            let pinned_elsewhere = !stand.pins.is_empty() && pins == 0 && by_order;
            if options.means(model, &stand.id) && !pinned_elsewhere {
                targets.push(target(model, stand, pins));
            }
        }
    }
    Ok(targets)
}

fn pinned_id(stand: &Stand<'_>) -> ProfileId {
    let id = stand.id.profile().cloned();
    id.unwrap_or_else(|| ProfileId::short(&stand.provider, "none"))
}

fn target(model: &ModelRef, stand: &Stand<'_>, pins: usize) -> Target {
    let mode = stand.profile.map(|profile| match profile.credential {
        Credential::ApiKey { .. } => "api_key",
        Credential::Token { .. } => "token",
        Credential::OAuth(_) => "oauth",
    });
    let excluded = stand.exclusion.as_ref().map(|why| (why.code(), why.to_string()));
    let unresolved = stand.trouble.as_ref().map(|why| ("unresolved_ref", why.clone()));
    Target { model: model.clone(), credential: stand.id.clone(), mode, pins, left_out: excluded.or(unresolved) }
}

/// Sends them, a few at a time, and shows how far it has come where somebody looks.
pub(crate) fn run(
    targets: Vec<Target>,
    options: &ProbeOptions,
    global: &Global,
    invoked_as: &str,
    output: &mut Output,
) -> Result<Probes, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let app = open(global, invoked_as, output)?;
        let (looker, total) = (app.engine(), targets.len());
        let clock = || looker.sources().now().as_millisecond();
        let started_at = clock();
        // On standard error, and only where that is a terminal.
        let progress = ProgressBar::new(u64::try_from(total).unwrap_or(u64::MAX));
        let asked = futures_util::stream::iter(targets).map(|target| async {
            let probed = one(&app, target, options).await;
            progress.inc(1);
            probed
        });
        let results: Vec<Probed> = asked.buffered(options.concurrency()).collect().await;
        progress.finish_and_clear();
        let finished_at = clock();
        Ok(Probes {
            started_at,
            finished_at,
            duration_ms: finished_at - started_at,
            total_targets: total,
            options: Probe {
                provider: options.probe_provider.as_ref().map(ToString::to_string),
                profile_ids: options.probe_profile.iter().map(ToString::to_string).collect(),
                timeout_ms: u64::try_from(options.patience().as_millis()).unwrap_or(u64::MAX),
                concurrency: options.concurrency(),
                max_tokens: options.max_tokens(),
            },
            results,
        })
    })
}

async fn one(app: &App, target: Target, options: &ProbeOptions) -> Probed {
    let Target { model, credential, mode, pins, left_out } = target;
    let mut probed = Probed {
        provider: model.provider.to_string(),
        model: Some(model.to_string()),
        profile_id: credential.profile().map(ToString::to_string),
        label: credential.to_string(),
        source: match credential {
            CredentialId::Profile(_) => "profile",
            CredentialId::Env(_) => "env",
            CredentialId::Config(_) => "models.json",
            CredentialId::None => "none",
        },
        mode,
        status: "ok",
        reason_code: None,
        error: None,
        latency_ms: None,
        class: None,
        pins,
    };
    if let Some((code, why)) = left_out {
        probed.status = "unknown";
        probed.reason_code = Some(code);
        probed.error = Some(why);
        return probed;
    }
    let begun = Instant::now();
    let engine = app.engine();
    let answer = engine.sources().probe(&model, &credential, options.patience(), options.max_tokens()).await;
    probed.latency_ms = u64::try_from(begun.elapsed().as_millis()).ok();
    if let Err(failure) = answer {
        probed.status = status(failure.class);
        probed.class = Some(failure.class.as_str());
        probed.error = Some(failure.detail);
    }
    probed
}

/// The family's word.
fn status(class: FailureClass) -> &'static str {
    match class {
        FailureClass::RateLimit | FailureClass::AccountLimit | FailureClass::Overloaded => "rate_limit",
        FailureClass::Billing => "billing",
        FailureClass::Auth | FailureClass::NeedsLogin | FailureClass::NotRenewed | FailureClass::ClientOnly => "auth",
        FailureClass::Timeout => "timeout",
        FailureClass::Malformed | FailureClass::ContextOverflow => "format",
        FailureClass::ModelNotFound => "no_model",
        FailureClass::Server => "unknown",
    }
}
