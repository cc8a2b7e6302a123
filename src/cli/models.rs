//! `modelpin models …`

mod auth;
pub(crate) mod status;

use clap::{Args, Subcommand};

use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::output::Output;

/// Look after the models and the credentials that answer
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Models {
    #[command(flatten)]
    status: status::Status,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the models and how the credentials stand; the same as nothing at all
    Status(status::Status),
    /// Look after the credentials
    #[command(subcommand)]
    Auth(auth::Auth),
}

/// Carries one of them out.
pub(crate) fn run(models: &Models, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    match &models.command {
        None => status::run(&models.status, global, invoked_as, output),
        Some(Command::Status(status)) => status::run(status, global, invoked_as, output),
        Some(Command::Auth(auth)) => auth::run(auth, global, invoked_as, output),
    }
}
