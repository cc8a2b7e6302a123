//! Whether a model could answer now.

use std::sync::Arc;

use jiff::Timestamp;

use crate::catalog::ModelRef;
use crate::cli::failure::Failure;
use crate::cli::models::call::Call;
use crate::health::Bench;
use crate::profile::Profiles;
use crate::session::Selection;
use crate::settings::Loaded;
use crate::turn::{Barred, Moment, Wallet, endpoint_of};

/// What decides whether a model could answer now: the same as for a message.
pub(crate) struct Standings {
    settings: Arc<Loaded>,
    profiles: Arc<Profiles>,
    benches: Arc<Vec<Bench>>,
    barred: Arc<Barred>,
    wallet: Wallet,
    now: Timestamp,
}

impl Standings {
    /// As things stand. What cannot be read is said and passed over.
    pub(crate) fn of(call: &mut Call<'_>) -> Self {
        let current = call.installation.auth_store().current();
        for fault in &current.trouble {
            call.output.talk(&fault.to_string());
        }
        let (benches, barred) = kept(call).unwrap_or_else(|failure| {
            call.output.talk(&format!("What is benched cannot be read, so none is counted as such: {failure}"));
            Default::default()
        });
        Self {
            settings: call.installation.settings(),
            profiles: current.profiles,
            benches,
            barred,
            wallet: Wallet::default(),
            now: call.installation.now(),
        }
    }

    /// Whether a message could be answered with `model` now.
    pub(crate) fn is_available(&self, model: &ModelRef) -> bool {
        let selection = Selection::trial(model.clone(), self.now);
        let moment = Moment {
            settings: &self.settings,
            profiles: &self.profiles,
            benches: &self.benches,
            wallet: &self.wallet,
            barred: &self.barred,
            now: self.now,
        };
        let resolution = moment.resolve(Some(&selection), None, &|_, _| true);
        let reached = endpoint_of(&self.settings.config, model).is_ok();
        let next = resolution.next().filter(|next| next.model == *model);
        reached && next.is_some()
    }
}

/// The benches, and what is not to be used for now.
fn kept(call: &Call<'_>) -> Result<(Arc<Vec<Bench>>, Arc<Barred>), Failure> {
    let Some(store) = call.installation.open_state()? else { return Ok(Default::default()) };
    let (settings, now) = (call.installation.settings(), call.installation.now());
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let barred = Barred::read(store.as_ref(), &settings.config.usage, now).await?;
        Ok((store.benches().await?, Arc::new(barred)))
    })
}
