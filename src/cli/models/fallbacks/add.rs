//! `modelpin models fallbacks add`

use clap::Args;
use serde_json::json;

use crate::catalog::Found;
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::call::Call;
use crate::cli::models::fallbacks::Written;
use crate::cli::models::named::{named_to_be_allowed, refused};

/// Put a model at the end of the fallbacks
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// An alias, `provider/model`, or the id of a model
    model: String,
    /// Put it on the allowlist as well, where there is one without it
    #[arg(long)]
    allow: bool,
}

/// Writes it into the configuration, unless it is there.
pub(crate) fn run(add: &Add, call: &mut Call<'_>) -> Result<Exit, Failure> {
    let edited = call.edit(|draft| {
        let catalog = call.catalog(draft)?;
        let (model, allowed) = named_to_be_allowed(call, &catalog, &add.model, add.allow, "fallbacks add")?;
        if model == *catalog.default_model() {
            return Err(refused(&format!(
                "{model} is the default, so it cannot be what is gone on with when that fails"
            )));
        }
        let (key, mut written) = Written::of(draft, call)?;
        if !written.fallbacks.iter().any(|name| catalog.find(name) == Found::Model(model.clone())) {
            written.fallbacks.push(model.to_string());
            if allowed {
                draft.set(&["agents", "defaults", "models", &model.to_string()], &json!({}))?;
                written.notes.push(format!("{model} is on the allowlist now, too."));
            }
            written.put(draft, &key)?;
        }
        Ok(written)
    })?;
    Written::report(edited, call)
}
