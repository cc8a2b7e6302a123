//! The command line as typed: nothing here is checked against the outside world.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand};

use crate::cli::chat::Chat;
use crate::cli::completions::Completions;
use crate::cli::doctor::Doctor;
use crate::cli::models::Models;
use crate::cli::sessions::Sessions;

/// Pins the model and the credential of one chat session
#[derive(Debug, Parser)]
#[command(name = "modelpin", version, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The state directory, instead of the layout's own
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    pub(crate) state_dir: Option<PathBuf>,
    /// Whose files to serve: modelpin, hex, aipro, nova-engine, moltbot, epiloop or openclaw [default: by the program's name]
    #[arg(long, global = true, value_name = "NAME", help_heading = "Everywhere")]
    pub(crate) layout: Option<String>,
    /// The agent whose credentials and sessions are meant
    #[arg(long, global = true, value_name = "ID", help_heading = "Everywhere")]
    pub(crate) agent: Option<String>,
    /// Print JSON
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub(crate) json: bool,
    /// Log more, to standard error; twice for still more
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "quiet", help_heading = "Everywhere")]
    pub(crate) verbose: u8,
    /// Log errors only
    #[arg(short, long, global = true, help_heading = "Everywhere")]
    pub(crate) quiet: bool,
    /// What to log, part by part, such as `modelpin::store=debug`; goes before -v and -q
    #[arg(long, global = true, value_name = "FILTER", env = "MODELPIN_LOG", hide = true)]
    pub(crate) log: Option<String>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Talk in the terminal, by hand or by script
    Chat(Chat),
    /// Look after the models and the credentials that answer
    Models(Models),
    /// Look after the chat sessions and their pins
    #[command(subcommand)]
    Sessions(Sessions),
    /// Look for what is wrong with the installation, and mend it if told to
    Doctor(Doctor),
    /// Print the completions of a shell
    Completions(Completions),
}
