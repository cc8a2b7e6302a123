//! What is measured while messages are answered. Where nobody collects it, it costs next to nothing.
//!
//! No label is made of what people write: models that the catalogue does not know are `other`, and there is neither a
//! session nor a person among them, so that the number of series is bounded by what is configured.

use std::time::Duration;

#[cfg(feature = "cli")]
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics::{counter, gauge, histogram};

use crate::catalog::{Catalog, ModelRef};
use crate::receipt::{Receipt, ReceiptRequest};

/// What stands for everything that is not known beforehand.
const OTHER: &str = "other";
/// What stands where there was none.
const NONE: &str = "none";

/// Says what each of them is.
#[cfg(feature = "cli")]
pub(crate) fn describe() {
    describe_counter!("modelpin_turns_total", "Messages that were to be answered, by how that ended");
    describe_counter!("modelpin_requests_total", "Requests that were sent to a provider, by how they ended");
    describe_counter!("modelpin_tokens_total", "Tokens that were read (in) and written (out)");
    describe_histogram!(
        "modelpin_turn_duration_seconds",
        Unit::Seconds,
        "From the beginning of a turn to its end, waits included"
    );
    describe_histogram!(
        "modelpin_store_write_duration_seconds",
        Unit::Seconds,
        "What one group of writes to the state took, its sync included"
    );
    describe_gauge!("modelpin_turns_running", "Sessions with a turn that runs or waits");
}

/// Counts a turn by its receipt.
pub(crate) fn turn(receipt: &Receipt, catalog: &Catalog) {
    let model = receipt.model.as_deref();
    let provider = model.and_then(|model| model.split_once('/')).map_or(NONE, |(provider, _)| provider).to_owned();
    let profile = receipt.profile.clone().unwrap_or_else(|| NONE.to_owned());
    let model = model.map_or(NONE.to_owned(), |model| known(model, catalog));
    let outcome = receipt.outcome.clone();
    counter!("modelpin_turns_total", "provider" => provider.clone(), "model" => model, "profile" => profile, "outcome" => outcome)
        .increment(1);
    histogram!("modelpin_turn_duration_seconds", "provider" => provider)
        .record(Duration::from_millis(receipt.latency_ms));
    for request in &receipt.requests {
        self::request(request);
    }
}

fn request(request: &ReceiptRequest) {
    let ReceiptRequest { model, profile, outcome, tokens_in, tokens_out, .. } = request;
    let provider = model.split_once('/').map_or(NONE, |(provider, _)| provider).to_owned();
    counter!("modelpin_requests_total", "provider" => provider, "profile" => profile.clone(), "outcome" => outcome.clone())
        .increment(1);
    for (direction, tokens) in [("in", tokens_in), ("out", tokens_out)] {
        if let Some(tokens) = tokens {
            counter!("modelpin_tokens_total", "profile" => profile.clone(), "direction" => direction)
                .increment(*tokens);
        }
    }
}

/// What a group of writes took.
pub(crate) fn store_write(took: Duration) {
    histogram!("modelpin_store_write_duration_seconds").record(took);
}

/// How many sessions have a turn that runs or waits.
pub(crate) fn running(turns: usize) {
    #[allow(clippy::cast_precision_loss, reason = "so many turns there are not")]
    gauge!("modelpin_turns_running").set(turns as f64);
}

fn known(model: &str, catalog: &Catalog) -> String {
    let listed = |model: &ModelRef| catalog.providers().into_iter().any(|(_, models)| models.contains(model));
    let is_known = model.parse::<ModelRef>().is_ok_and(|model| listed(&model));
    if is_known { model.to_owned() } else { OTHER.to_owned() }
}
