//! `modelpin sessions …`

mod import;
mod list;
mod pin;
pub(crate) mod pins;
mod show;

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
    /// Show one session: what is chosen, what was before, and its last receipt
    Show(show::Show),
    /// Choose model and credential of a session; it is told so with its next answer
    Pin(pin::Pin),
    /// Take the credential off a session, or off all; its model stays
    Unpin(pin::Unpin),
    /// Take over the pins of the family's sessions.json; shows what it would do unless told to --apply
    Import(import::Import),
}

/// Carries one of them out.
pub(crate) fn run(command: &Sessions, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        Sessions::Pin(pin) => return pin::pin(pin, global, invoked_as, output),
        Sessions::Unpin(unpin) => return pin::unpin(unpin, global, invoked_as, output),
        Sessions::List(_) | Sessions::Show(_) | Sessions::Import(_) => {}
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        let app = open(global, invoked_as, output)?;
        match command {
            Sessions::List(list) => list::run(list, &app, global, output).await,
            Sessions::Show(show) => show::run(show, &app, global, output).await,
            Sessions::Pin(_) | Sessions::Unpin(_) => Ok(Exit::Ok),
            Sessions::Import(import) => import::run(import, &app, global, invoked_as, output).await,
        }
    })
}
