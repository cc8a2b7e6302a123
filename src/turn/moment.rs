//! The facts that decide who may answer, without any conversation.

use jiff::Timestamp;

use crate::catalog::ModelRef;
use crate::health::Bench;
use crate::profile::{ProfileId, Profiles};
use crate::provider::needs_credential;
use crate::resolver::{Question, Resolution, resolve};
use crate::session::{AutoChoice, Selection};
use crate::settings::Loaded;
use crate::turn::barred::Barred;
use crate::turn::gather::endpoint_of;
use crate::turn::wallet::Wallet;

/// The facts that decide who may answer, without any conversation: turns, `/model status`, `models status` and `doctor`
/// all ask through it, so that they cannot disagree.
#[derive(Clone, Copy)]
pub(crate) struct Moment<'a> {
    /// The configuration and the catalogue made from it.
    pub(crate) settings: &'a Loaded,
    /// The profiles.
    pub(crate) profiles: &'a Profiles,
    /// The benches.
    pub(crate) benches: &'a [Bench],
    /// What is known of secrets that are kept elsewhere.
    pub(crate) wallet: &'a Wallet,
    /// What is not to be used for now.
    pub(crate) barred: &'a Barred,
    /// The moment.
    pub(crate) now: Timestamp,
}

impl Moment<'_> {
    /// Who would answer under `selection` a person for whom those profiles exist.
    pub(crate) fn resolve(
        &self,
        selection: Option<&Selection>,
        hint: Option<&AutoChoice>,
        may_answer: &dyn Fn(&ModelRef, Option<&ProfileId>) -> bool,
    ) -> Resolution {
        let Self { settings, profiles, benches, wallet, barred, now } = *self;
        let Loaded { config, catalog, .. } = settings;
        resolve(&Question {
            catalog,
            profiles,
            auth: &config.auth,
            user_model_fallback: config.session.user_model_fallback,
            selection,
            hint,
            benches,
            stray: &|provider| wallet.stray(provider, settings),
            fingerprint: &|profile| wallet.fingerprint(profile),
            keyless: &|model| keyless(settings, model),
            may_answer,
            barred: &|id| barred.why(id),
            now,
        })
    }
}

/// Whether `model` answers without any credential, as local servers do.
pub(crate) fn keyless(settings: &Loaded, model: &ModelRef) -> bool {
    endpoint_of(&settings.config, model).is_ok_and(|endpoint| !needs_credential(&endpoint))
}
