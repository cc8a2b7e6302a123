//! `modelpin models fallbacks remove`

use clap::Args;

use crate::catalog::Found;
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::call::Call;
use crate::cli::models::fallbacks::Written;
use crate::cli::models::named::refused;

/// Take a model out of the fallbacks
#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// As it is written there, or any other name of it
    model: String,
}

/// Takes it out of the configuration.
pub(crate) fn run(remove: &Remove, call: &mut Call<'_>) -> Result<Exit, Failure> {
    let name = remove.model.trim();
    let edited = call.edit(|draft| {
        let catalog = call.catalog(draft)?;
        let model = match catalog.find(name) {
            Found::Model(model) | Found::NotAllowed(model) => Some(model),
            Found::Ambiguous(_) | Found::Unknown { .. } => None,
        };
        // One that nobody knows can be taken out as it is written.
        let stands_for = |written: &str| match catalog.find(written) {
            Found::Model(found) | Found::NotAllowed(found) => Some(found) == model,
            Found::Ambiguous(_) | Found::Unknown { .. } => false,
        };
        let is_meant = |written: &str| written.trim() == name || stands_for(written);
        let (key, mut written) = Written::of(draft, call)?;
        let before = written.fallbacks.len();
        written.fallbacks.retain(|name| !is_meant(name));
        if written.fallbacks.len() == before {
            let listed = written.fallbacks.join(", ");
            let listed = if listed.is_empty() { "there are none".to_owned() } else { format!("they are {listed}") };
            return Err(refused(&format!("`{name}` is not among the fallbacks; {listed}")));
        }
        written.put(draft, &key)?;
        Ok(written)
    })?;
    Written::report(edited, call)
}
