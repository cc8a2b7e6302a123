//! What is wrong with the configured models.

use std::fmt;

use crate::catalog::{Alias, ModelRef};

/// Something in the configuration of models that does not work as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CatalogProblem {
    /// A key or value that should be a `provider/model` is none; it was passed over.
    InvalidModel {
        /// Where it stands, as a dotted key.
        key: String,
        /// What stands there.
        text: String,
    },
    /// A name without a `/` is neither an alias nor the id of exactly one model; it was passed over.
    UnknownModel {
        /// Where it stands, as a dotted key.
        key: String,
        /// What stands there.
        text: String,
    },
    /// A text that cannot be an alias; it was passed over.
    InvalidAlias {
        /// The model it was given to.
        model: ModelRef,
        /// The text.
        text: String,
    },
    /// One alias was given to several models, so it means none of them.
    DuplicateAlias {
        /// The alias.
        alias: Alias,
        /// The models, in configured order.
        models: Vec<ModelRef>,
    },
    /// An alias is also a command or a word of `/model`, which is what it is taken for.
    AliasIsCommand {
        /// The alias.
        alias: Alias,
        /// Its model.
        model: ModelRef,
        /// What is done instead, as typed.
        instead: String,
    },
    /// An alias is also the id of other models, which can then only be chosen by their full name.
    AliasHidesId {
        /// The alias.
        alias: Alias,
        /// What it stands for.
        model: ModelRef,
        /// The models of that id.
        hidden: Vec<ModelRef>,
    },
    /// A model is configured whose provider has no endpoint, so no request can be sent.
    NoEndpoint {
        /// The model.
        model: ModelRef,
    },
}

impl fmt::Display for CatalogProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidModel { key, text } => {
                write!(f, "{key}: `{text}` is not of the form `provider/model` and is passed over")
            }
            Self::UnknownModel { key, text } => {
                write!(f, "{key}: `{text}` is neither an alias nor the id of exactly one model; write `provider/model`")
            }
            Self::InvalidAlias { model, text } => {
                write!(f, "{model}: `{text}` cannot be an alias; leave out `/`, and `@` at the start")
            }
            Self::DuplicateAlias { alias, models } => {
                write!(f, "alias `{alias}` is given to {}; it works for none of them until it is given to one", list(models))
            }
            Self::AliasIsCommand { alias, model, instead } => {
                write!(f, "alias `{alias}` of {model} is also a command: `{instead}` does not choose the model; rename it")
            }
            Self::AliasHidesId { alias, model, hidden } => {
                write!(f, "alias `{alias}` of {model} is also a model id; {} can only be chosen by full name", list(hidden))
            }
            Self::NoEndpoint { model } => {
                write!(f, "{model}: set models.providers.{}.baseUrl, or no request can be sent", model.provider)
            }
        }
    }
}

fn list(models: &[ModelRef]) -> String {
    models.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
