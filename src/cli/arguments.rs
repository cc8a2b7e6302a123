//! The command line as typed: nothing here is checked against the outside world.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::cli::audit::Audit;
use crate::cli::chat::Chat;
use crate::cli::completions::Completions;
use crate::cli::doctor::Doctor;
use crate::cli::gateway::Gateway;
use crate::cli::import::Import;
use crate::cli::link::Link;
use crate::cli::man::Man;
use crate::cli::models::Models;
use crate::cli::onboard::Onboard;
use crate::cli::sessions::Sessions;
use crate::cli::store::StoreCommand;
use crate::cli::usage::Usage;
use crate::config::is_profile_name;

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
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The state directory, instead of the layout's own
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    pub(crate) state_dir: Option<PathBuf>,
    /// Whose files to serve: modelpin, hex, aipro, nova-engine, moltbot, epiloop or openclaw [default: by the program's name]
    #[arg(long, global = true, value_name = "NAME", help_heading = "Everywhere")]
    pub(crate) layout: Option<String>,
    /// A further installation of that layout: `work` has its state in ~/.modelpin-work, and so on
    #[arg(long = "profile", global = true, value_name = "NAME", conflicts_with = "state_dir", value_parser = installation, help_heading = "Everywhere")]
    pub(crate) installation: Option<String>,
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
    /// How to log: text, or json for one object a line
    #[arg(long, global = true, value_name = "FORM", env = "MODELPIN_LOG_FORMAT", hide = true, default_value = "text")]
    pub(crate) log_format: LogFormat,
}

/// How a record of the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// The name of a further installation.
fn installation(text: &str) -> Result<String, String> {
    if is_profile_name(text) { Ok(text.to_owned()) } else { Err("use letters, digits, `-` and `_`".to_owned()) }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Set up credentials, the default model, bots and the service, step by step or by flags
    Onboard(Box<Onboard>),
    /// Talk in the terminal, by hand or by script
    Chat(Chat),
    /// Serve every bot that is configured, until it is told to end
    Gateway(Gateway),
    /// Look after the models and the credentials that answer
    Models(Models),
    /// Look after the chat sessions and their pins
    #[command(subcommand)]
    Sessions(Sessions),
    /// Show what answers have cost, by credential, person, session, model or day
    Usage(Usage),
    /// Show who changed what, and whether that record is whole
    Audit(Audit),
    /// Look after where the state is kept
    #[command(subcommand)]
    Store(StoreCommand),
    /// Take over what another program has; shows what it would do unless told to --apply
    #[command(subcommand)]
    Import(Import),
    /// Have the program answer to the names of the family's programs
    Link(Link),
    /// Look for what is wrong with the installation, and mend it if told to
    Doctor(Doctor),
    /// Print the completions of a shell
    Completions(Completions),
    /// Print the manual page, or write one for every command
    Man(Man),
}
