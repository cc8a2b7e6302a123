//! `modelpin sessions …`

mod import;
mod list;
pub(crate) mod pins;

use clap::Subcommand;

use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::open::open;
use crate::cli::output::Output;

/// Look after the chat sessions and their pins
#[derive(Debug, Subcommand)]
pub(crate) enum Sessions {
    /// Show the sessions and what is chosen in them
    List(list::List),
    /// Take over the pins of the family's sessions.json; shows what it would do unless told to --apply
    Import(import::Import),
}

/// Carries one of them out.
pub(crate) fn run(command: &Sessions, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        let app = open(global, invoked_as, output)?;
        match command {
            Sessions::List(list) => list::run(list, &app, global, output).await,
            Sessions::Import(import) => import::run(import, &app, global, invoked_as, output).await,
        }
    })
}
