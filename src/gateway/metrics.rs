//! `/metrics`: what Prometheus collects. Nothing of it is a secret, and nothing can be changed through it.
//!
//! What is counted grows while the gateway runs; how things stand is looked up when it is asked for, so that nothing is told
//! of a credential that is gone.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use jiff::Timestamp;
use metrics::{Unit, describe_gauge, gauge, with_local_recorder};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use modelpin_delivery::Link;

use crate::clock::Clock;
use crate::gateway::board::{Board, Shown};
use crate::looker::{Asked, Looker};
use crate::meter;
use crate::status::Report;

/// Bounds of the histograms, in seconds: from the fastest write to the slowest answer.
const BUCKETS: [f64; 14] = [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0];

/// The states that a credential can be in, as `models status` has them.
const STATES: [&str; 5] = ["usable", "expired", "expiring", "benched", "unusable"];

/// The form that Prometheus reads.
const FORM: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What is collected.
#[derive(Clone)]
pub(crate) struct Metrics {
    counted: PrometheusHandle,
    looker: Looker,
    board: Board,
    clock: Arc<dyn Clock>,
}

impl Metrics {
    /// Begins to count.
    ///
    /// # Errors
    /// Something else in this process counts already.
    pub(crate) fn start(looker: Looker, board: Board, clock: Arc<dyn Clock>) -> Result<Self, BuildError> {
        let counted = PrometheusBuilder::new().set_buckets(&BUCKETS)?.install_recorder()?;
        meter::describe();
        Ok(Self { counted, looker, board, clock })
    }

    /// The page of it.
    pub(crate) fn routes(self) -> Router {
        let page = get(|State(metrics): State<Self>| async move {
            ([(CONTENT_TYPE, FORM)], metrics.render().await).into_response()
        });
        Router::new().route("/metrics", page).with_state(self)
    }

    async fn render(&self) -> String {
        // Without it, what was measured is kept value by value.
        self.counted.run_upkeep();
        let command = |rest: &str| rest.to_owned();
        let asked = Asked { agent_named: false, warn: jiff::SignedDuration::from_hours(24), command: &command };
        let Some(seen) = self.looker.look(asked).await else { return self.counted.render() };
        let shown = self.board.now();
        self.counted.render() + &standing(&seen.report, &shown, shown.is_ready() && seen.can_answer, self.clock.now())
    }
}

/// How everything stands now.
fn standing(report: &Report, board: &Shown, is_ready: bool, now: Timestamp) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    with_local_recorder(&recorder, || {
        describe();
        profiles(report, now);
        for line in &board.lines {
            let (channel, account) = (line.id.channel, line.id.account.clone());
            let is_up = line.standing.link == Link::Up;
            gauge!("modelpin_channel_up", "channel" => channel, "account" => account).set(number(is_up));
        }
        gauge!("modelpin_ready").set(number(is_ready));
    });
    recorder.handle().render()
}

fn describe() {
    let expires = "How long until a credential ends; below 0 once it has";
    describe_gauge!("modelpin_profile_expires_seconds", Unit::Seconds, expires);
    describe_gauge!("modelpin_profile_state", "1 for the state that a credential is in, 0 for the others");
    let bench = "When a bench ends, in seconds since 1970; 0 where it does not by itself";
    describe_gauge!("modelpin_bench_until_timestamp_seconds", Unit::Seconds, bench);
    describe_gauge!("modelpin_channel_up", "1 where an account of a channel answers people");
    describe_gauge!("modelpin_ready", "1 where every channel is up and a message could be answered");
}

#[allow(clippy::cast_precision_loss, reason = "times, to the second")]
fn profiles(report: &Report, now: Timestamp) {
    for profile in &report.auth.oauth.profiles {
        let (provider, id) = (profile.provider.clone(), profile.profile_id.clone());
        if let Some(left) = profile.expiry.remaining_ms {
            gauge!("modelpin_profile_expires_seconds", "provider" => provider.clone(), "profile" => id.clone())
                .set(left as f64 / 1_000.0);
        }
        let state = match profile.expiry.state {
            "expired" if !profile.refreshable => "expired",
            _ if !profile.health.is_empty() => "benched",
            _ if !profile.usable => "unusable",
            "expiring" if !profile.refreshable => "expiring",
            _ => "usable",
        };
        for other in STATES {
            let labels = [("provider", provider.clone()), ("profile", id.clone()), ("state", other.to_owned())];
            gauge!("modelpin_profile_state", &labels).set(number(other == state));
        }
        for bench in &profile.health {
            let end = bench.until.as_deref().and_then(|end| end.parse::<Timestamp>().ok());
            if end.is_some_and(|end| end <= now) {
                continue;
            }
            let labels = [("provider", provider.clone()), ("profile", id.clone()), ("class", bench.class.to_owned())];
            gauge!("modelpin_bench_until_timestamp_seconds", &labels)
                .set(end.map_or(0.0, |end| end.as_second() as f64));
        }
    }
}

fn number(is_so: bool) -> f64 {
    if is_so { 1.0 } else { 0.0 }
}
