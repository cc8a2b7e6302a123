//! `modelpin man [DIR]`

use std::fs::{DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory as _, ValueHint};
use clap_mangen::Man as Page;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::arguments::{Arguments, Global};
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::replace::{Refused, place, prepared};

/// Print the manual page, or write one for every command
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The folder to write them into, such as ~/.local/share/man/man1; without it the main one is printed
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    folder: Option<PathBuf>,
}

/// What was written.
#[derive(Serialize)]
struct Written {
    folder: String,
    pages: Vec<String>,
}

/// Prints or writes them, for the name that the program was called by.
pub(crate) fn run(man: &Man, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let mut root = Arguments::command().display_name(invoked_as).bin_name(invoked_as).disable_help_subcommand(true);
    root.build();
    let Some(folder) = &man.folder else {
        output.data(&String::from_utf8_lossy(&page(&root, invoked_as)?))?;
        return Ok(Exit::Ok);
    };
    let fault = |path: &Path, why: &dyn std::fmt::Display| Failure::Unexpected(format!("{}: {why}", path.display()));
    DirBuilder::new().recursive(true).mode(0o755).create(folder).map_err(|error| fault(folder, &error))?;
    let mut pages = Vec::new();
    for (name, command) in commands(&root, invoked_as) {
        let path = folder.join(format!("{name}.1"));
        let (text, before) = (page(command, &name)?, std::fs::read(&path).ok());
        if before.as_deref() != Some(&text) {
            let refused = |refused: Refused| fault(&path, &format!("{}: {}", refused.step, refused.source));
            let ready = prepared(&path, &text).map_err(refused)?;
            // Everybody may read what a program can do.
            ready.as_file().set_permissions(Permissions::from_mode(0o644))?;
            if !place(&path, before.as_deref(), ready).map_err(refused)? {
                return Err(fault(&path, &"somebody else wrote it meanwhile; try again"));
            }
        }
        pages.push(format!("{name}.1"));
    }
    if global.json {
        output.json(&Written { folder: folder.display().to_string(), pages })?;
    } else {
        output.data(&pages.iter().map(|name| format!("{}\n", folder.join(name).display())).collect::<String>())?;
    }
    Ok(Exit::Ok)
}

/// `command` and all commands below it, each with the name of its page.
fn commands<'a>(command: &'a Command, name: &str) -> Vec<(String, &'a Command)> {
    let below = command.get_subcommands().filter(|below| !below.is_hide_set());
    let below = below.flat_map(|below| commands(below, &format!("{name}-{}", below.get_name())));
    [(name.to_owned(), command)].into_iter().chain(below).collect()
}

fn page(command: &Command, name: &str) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    // Without a date: the same program writes the same page.
    Page::new(command.clone()).title(name).date("").render(&mut text)?;
    Ok(text)
}
