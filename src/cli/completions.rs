//! `modelpin completions SHELL`

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::cli::Exit;
use crate::cli::arguments::Arguments;
use crate::cli::failure::Failure;
use crate::cli::output::Output;

/// Prints the completions of a shell: for bash, `modelpin completions bash > ~/.local/share/bash-completion/completions/modelpin`
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

/// Prints them, for the name that the program was called by.
pub(crate) fn run(completions: &Completions, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(completions.shell, &mut Arguments::command(), invoked_as, &mut script);
    output.data(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Ok)
}
