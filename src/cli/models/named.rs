//! The model that a name on the command line stands for.

use crate::catalog::{Catalog, Found, ModelRef};
use crate::cli::failure::Failure;
use crate::cli::models::call::Call;
use crate::cli::open::quoted;

/// The model that a name on the command line stands for.
pub(crate) enum Named {
    /// It may be chosen.
    Allowed(ModelRef),
    /// The allowlist leaves it out.
    Barred(ModelRef),
}

/// The model called `name`, by the rules of the chat: an exact `provider/model`, an alias, or the id of one model.
///
/// # Errors
/// No model is called so, or several are.
pub(crate) fn named(call: &Call<'_>, catalog: &Catalog, name: &str) -> Result<Named, Failure> {
    let all = call.command("list --all");
    let why = match catalog.find(name) {
        Found::Model(model) => return Ok(Named::Allowed(model)),
        Found::NotAllowed(model) => return Ok(Named::Barred(model)),
        Found::Ambiguous(models) => {
            let models: Vec<String> = models.iter().map(ToString::to_string).collect();
            format!("`{name}` can be {}. Write the one you mean", models.join(" or "))
        }
        Found::Unknown { nearest } => {
            let pinned = name.rsplit_once('@').map(|(model, _)| catalog.find(model));
            if let Some(Found::Model(model) | Found::NotAllowed(model)) = pinned {
                let set = call.command(&format!("auth order set --provider {} PROFILE…", model.provider));
                format!(
                    "`{name}` names a credential too, which is pinned in a chat and not here. To have one tried first: {set}"
                )
            } else {
                let near = nearest.join(", ");
                let near = if near.is_empty() { String::new() } else { format!(" Did you mean {near}?") };
                format!("no model is called `{name}`.{near} To see them all: {all}")
            }
        }
    };
    Err(refused(&why))
}

/// As [`named`], where what the allowlist leaves out is added to it if `allow` says so. Returns whether it was.
///
/// # Errors
/// As [`named`], or the allowlist leaves it out and `allow` does not say so.
pub(crate) fn named_to_be_allowed(
    call: &Call<'_>,
    catalog: &Catalog,
    name: &str,
    allow: bool,
    doing: &str,
) -> Result<(ModelRef, bool), Failure> {
    match named(call, catalog, name)? {
        Named::Allowed(model) => Ok((model, false)),
        Named::Barred(model) if allow => Ok((model, true)),
        Named::Barred(model) => {
            let again = call.command(&format!("{doing} {} --allow", quoted(&model.to_string())));
            Err(refused(&format!(
                "{model} is not on the allowlist, `agents.defaults.models` in {}. To put it there as well: {again}",
                call.config_file()
            )))
        }
    }
}

/// A refusal, with the certainty that goes with it.
pub(crate) fn refused(why: &str) -> Failure {
    Failure::Misuse(modelpin_terminal::visible(&format!("{why}\nThe configuration was left as it is.")))
}
