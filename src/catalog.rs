//! The models that can be chosen, and how a typed name is read.

mod model_ref;
mod provider_id;

pub use model_ref::{InvalidModelRef, ModelId, ModelRef};
pub use provider_id::ProviderId;
