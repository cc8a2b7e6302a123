//! `modelpin store`

mod check;
#[cfg(feature = "postgres")]
mod export;
mod gc;
#[cfg(feature = "postgres")]
mod import;
mod migrate;
#[cfg(feature = "postgres")]
mod shared;

use std::convert::Infallible;
use std::str::FromStr;

use clap::Subcommand;

use crate::app::{Installation, StatePlace};
use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::store::check::Check;
use crate::cli::store::gc::Gc;
use crate::cli::store::migrate::Migrate;
use crate::store::{Examined, StoreFault};

/// A place as it was typed. One that is none is refused when it is asked for, and not by clap, which would print it: it may
/// be an address with a password.
#[derive(Debug, Clone)]
struct TypedPlace(Result<StatePlace, &'static str>);

impl FromStr for TypedPlace {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.parse()))
    }
}

impl TypedPlace {
    /// What it means, where it was typed behind `flag`.
    fn behind(&self, flag: &str) -> Result<&StatePlace, Failure> {
        self.0.as_ref().map_err(|why| Failure::Misuse(format!("{flag}: {why}")))
    }
}

/// How often a file is looked at anew that somebody began to write to meanwhile.
const TRIES: u32 = 3;

/// Look after where the state is kept
#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Carry all of the state from one database into another that is empty, and compare them row by row
    Migrate(Migrate),
    /// Look whether the state is whole, without a write: 78 if it is not
    Check(Check),
    /// Take away what is older than `store.retention` says; no pin and no row of the audit ever
    Gc(Gc),
    /// Take the credentials of an agent from a file into the database that `store.url` names, sealed
    #[cfg(feature = "postgres")]
    Import(import::Import),
    /// Write the credentials of an agent that are in the database into a file
    #[cfg(feature = "postgres")]
    Export(export::Export),
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
        #[cfg(feature = "postgres")]
        StoreCommand::Import(import) => import::run(import, global, invoked_as, output),
        #[cfg(feature = "postgres")]
        StoreCommand::Export(export) => export::run(export, global, invoked_as, output),
    }
}

/// What a look through the state at `place` finds, and what the place is called. Nothing is written; `None` where there is
/// no such file.
fn looked_through<T>(
    installation: &Installation,
    place: &StatePlace,
    look: &impl AsyncFn(&dyn Examined) -> Result<T, StoreFault>,
) -> Result<(String, Option<T>), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut tries = 1;
    loop {
        let (state, at) = installation.examined(place)?;
        let Some(state) = state else { return Ok((at, None)) };
        let found = runtime.block_on(look(state.as_ref()));
        if state.has_moved() && tries < TRIES {
            tries += 1;
            continue;
        }
        return Ok((at, Some(found?)));
    }
}
