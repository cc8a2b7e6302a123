//! `modelpin models aliases …`

mod add;
mod entry;
mod list;
mod remove;

use clap::Subcommand;

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::call::Call;

/// Look at and change the short names of models
#[derive(Debug, Subcommand)]
pub(crate) enum Aliases {
    /// Show them, and what they stand for
    List(list::List),
    /// Give a model a short name
    Add(add::Add),
    /// Take a short name away
    Remove(remove::Remove),
}

/// Carries one of them out.
pub(crate) fn run(aliases: &Aliases, call: &mut Call<'_>) -> Result<Exit, Failure> {
    match aliases {
        Aliases::List(list) => list::run(list, call),
        Aliases::Add(add) => add::run(add, call),
        Aliases::Remove(remove) => remove::run(remove, call),
    }
}
