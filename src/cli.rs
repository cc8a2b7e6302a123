//! The command line.
//!
//! Standard output is data, standard error is talk. How a run ended is an [`Exit`].

mod arguments;
mod audit;
mod cell;
mod chat;
mod completions;
mod desk;
mod doctor;
mod exit;
mod failure;
mod first_words;
mod gateway;
mod import;
mod link;
mod log;
mod man;
mod models;
mod onboard;
mod open;
mod output;
mod panics;
mod passphrase;
mod running;
mod sessions;
mod since;
mod store;
mod usage;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

pub use exit::Exit;

use crate::cli::arguments::{Arguments, Command};
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::config::Environment;
use crate::redact;

/// Runs one command line, the name of the program first, and says how it ended.
///
/// The name decides which layout is used where nothing else does: a link named `hex` serves a `~/.hex`.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let invoked_as = name_of(arguments.first());
    panics::report(&invoked_as);
    // Shells put variables into command lines, which may be printed before anything else is read.
    redact::learn(&Environment::capture().secrets());
    let mut output = Output::of_process();
    let exit = match Arguments::try_parse_from(&arguments) {
        Ok(arguments) => match dispatch(&arguments, &invoked_as, &mut output) {
            Ok(exit) => exit,
            Err(failure) => {
                output.talk(&format!("{invoked_as}: {failure}"));
                failure.exit()
            }
        },
        Err(answer) => {
            // What was asked for goes to standard output, what went wrong to standard error: clap knows which is which.
            let asked_for = matches!(answer.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            output.answer(&answer);
            if asked_for { Exit::Ok } else { Exit::Misuse }
        }
    };
    exit.into()
}

fn dispatch(arguments: &Arguments, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let Arguments { global, command } = arguments;
    log::start(global, matches!(command, Some(Command::Gateway(_))))?;
    match command {
        None => first_words::run(global, invoked_as, output),
        Some(Command::Onboard(onboard)) => onboard::run(onboard, global, invoked_as, output),
        Some(Command::Chat(chat)) => chat::run(chat, global, invoked_as, output),
        Some(Command::Gateway(gateway)) => gateway::run(gateway, global, invoked_as, output),
        Some(Command::Models(command)) => models::run(command, global, invoked_as, output),
        Some(Command::Sessions(command)) => sessions::run(command, global, invoked_as, output),
        Some(Command::Usage(usage)) => usage::run(usage, global, invoked_as, output),
        Some(Command::Audit(audit)) => audit::run(audit, global, invoked_as, output),
        Some(Command::Store(command)) => store::run(command, global, invoked_as, output),
        Some(Command::Import(command)) => import::run(command, global, invoked_as, output),
        Some(Command::Link(link)) => link::run(link, global, invoked_as, output),
        Some(Command::Doctor(doctor)) => doctor::run(doctor, global, invoked_as, output),
        Some(Command::Completions(completions)) => completions::run(completions, invoked_as, output),
        Some(Command::Man(man)) => man::run(man, global, invoked_as, output),
    }
}

/// The name the program was called by, without its folder and, where systems have that, its extension.
fn name_of(program: Option<&OsString>) -> String {
    program
        .and_then(|program| Path::new(program).file_stem())
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "modelpin".to_owned())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::CommandFactory as _;

    use super::{Arguments, name_of};

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_name_is_the_last_part_of_the_path() {
        for (program, name) in
            [("/usr/bin/hex", "hex"), ("nova-engine", "nova-engine"), ("x.exe", "x"), ("", "modelpin")]
        {
            assert_eq!(name_of(Some(&OsString::from(program))), name, "{program}");
        }
        assert_eq!(name_of(None), "modelpin");
    }
}
