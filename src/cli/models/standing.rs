//! Whether a model could answer now.

use std::sync::Arc;

use jiff::Timestamp;

use crate::catalog::ModelRef;
use crate::cli::failure::Failure;
use crate::cli::models::call::Call;
use crate::health::Bench;
use crate::profile::Profiles;
use crate::resolver::{Question, resolve};
use crate::session::Selection;
use crate::settings::Loaded;
use crate::turn::{Wallet, endpoint_of, keyless};

/// What decides whether a model could answer now: the same as for a message.
pub(crate) struct Standings {
    settings: Arc<Loaded>,
    profiles: Arc<Profiles>,
    benches: Arc<Vec<Bench>>,
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
        let benches = benches(call).unwrap_or_else(|failure| {
            call.output.talk(&format!("What is benched cannot be read, so none is counted as such: {failure}"));
            Arc::default()
        });
        Self {
            settings: call.installation.settings(),
            profiles: current.profiles,
            benches,
            wallet: Wallet::default(),
            now: call.installation.now(),
        }
    }

    /// Whether a message could be answered with `model` now.
    pub(crate) fn is_available(&self, model: &ModelRef) -> bool {
        let Loaded { config, catalog, .. } = &*self.settings;
        let selection = Selection::trial(model.clone(), self.now);
        let resolution = resolve(&Question {
            catalog,
            profiles: &self.profiles,
            auth: &config.auth,
            user_model_fallback: false,
            selection: Some(&selection),
            hint: None,
            benches: &self.benches,
            stray: &|provider| self.wallet.stray(provider, &self.settings),
            fingerprint: &|profile| self.wallet.fingerprint(profile),
            keyless: &|model| keyless(&self.settings, model),
            may_use: &|_| true,
            now: self.now,
        });
        endpoint_of(config, model).is_ok() && resolution.next().is_some()
    }
}

fn benches(call: &Call<'_>) -> Result<Arc<Vec<Bench>>, Failure> {
    let Some(store) = call.installation.open_state()? else { return Ok(Arc::default()) };
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    Ok(runtime.block_on(store.benches())?)
}
