//! `modelpin import …`

mod openclaw;

use clap::Subcommand;

use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::output::Output;

/// Take over what another program has
#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Take over the profiles, orders, windows and pins of OpenClaw; shows what it would do unless told to --apply
    Openclaw(openclaw::Openclaw),
}

/// Carries it out.
pub(crate) fn run(command: &Import, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        Import::Openclaw(import) => {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
            runtime.block_on(openclaw::run(import, global, invoked_as, output))
        }
    }
}
