//! `modelpin store`

mod check;
mod gc;
mod migrate;

use clap::Subcommand;

use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::store::check::Check;
use crate::cli::store::gc::Gc;
use crate::cli::store::migrate::Migrate;

/// Look after where the state is kept
#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Carry all of the state from one database into another that is empty, and compare them row by row
    Migrate(Migrate),
    /// Look whether the state is whole, without a write: 78 if it is not
    Check(Check),
    /// Take away what is older than `store.retention` says; no pin and no row of the audit ever
    Gc(Gc),
}

/// Runs one of them.
pub(crate) fn run(
    command: &StoreCommand,
    global: &Global,
    invoked_as: &str,
    output: &mut Output,
) -> Result<Exit, Failure> {
    match command {
        StoreCommand::Migrate(migrate) => migrate::run(migrate, global, invoked_as, output),
        StoreCommand::Check(check) => check::run(check, global, invoked_as, output),
        StoreCommand::Gc(gc) => gc::run(gc, global, invoked_as, output),
    }
}
