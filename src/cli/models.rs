//! `modelpin models …`

pub(crate) mod auth;

use clap::Subcommand;

use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::output::Output;

/// Look after the models and the credentials that answer
#[derive(Debug, Subcommand)]
pub(crate) enum Models {
    /// Look after the credentials
    #[command(subcommand)]
    Auth(auth::Auth),
}

/// Carries one of them out.
pub(crate) fn run(command: &Models, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        Models::Auth(auth) => auth::run(auth, global, invoked_as, output),
    }
}
