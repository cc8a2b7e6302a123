//! `modelpin models status`

mod brief;
pub(crate) mod probe;
pub(crate) mod text;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::agent::AgentId;
use crate::app::Installation;
use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::models::status::probe::{ProbeOptions, Target};
use crate::cli::open::{again, find_as_served};
use crate::cli::output::Output;
use crate::cli::running;
use crate::directive::duration;
use crate::looker::Asked;
use crate::status::{self, Report};

/// How long running programs have for an answer.
const PATIENCE: Duration = Duration::from_millis(200);

/// Show the models and how the credentials stand
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that is typed")]
pub(crate) struct Status {
    /// Print the default model and nothing else
    #[arg(long, alias = "status-plain")]
    plain: bool,
    /// Print JSON, as the family calls it
    #[arg(long, hide = true)]
    status_json: bool,
    /// End with 1 where a credential in use has expired or is missing, with 2 where one is about to expire; asks nobody
    #[arg(long)]
    check: bool,
    /// From how long before its end a credential counts as about to expire, such as 12h or 7d
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = length)]
    warn: Duration,
    /// Send one small request for each model and credential in use
    #[arg(long)]
    probe: bool,
    #[command(flatten)]
    options: ProbeOptions,
}

fn length(text: &str) -> Result<Duration, String> {
    duration(text).ok_or_else(|| "write 24h, 90m, 1h30m or 7d: more than nothing".to_owned())
}

/// Prints it. The exit code is read off the JSON, printed or not.
pub(crate) fn run(asked: &Status, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let Status { plain, status_json, check, warn, probe, options } = asked;
    let json = global.json || *status_json;
    if *plain && (json || *probe) {
        return Err(Failure::Misuse(
            "--plain prints the default model and nothing else: leave out --json and --probe, or --plain".to_owned(),
        ));
    }
    if !*probe && options.any() {
        return Err(Failure::Misuse("this says how to probe: add --probe".to_owned()));
    }
    let installation = find_as_served(global, invoked_as, output)?;
    expect_known(&installation, global)?;
    let command = |rest: &str| again(global, invoked_as, rest);
    let warn = SignedDuration::try_from(*warn).unwrap_or(SignedDuration::MAX);
    let look = Asked { agent_named: global.agent.is_some(), warn, command: &command };
    let (mut report, targets) = installation.look(look, |survey, facts| {
        let targets = if *probe { probe::targets(survey, facts, options) } else { Ok(Vec::new()) };
        (status::report(survey, facts), targets)
    });
    if !*check {
        report.running = Some(running::ask(&installation.places().state_dir, &value(&report)?, PATIENCE));
    }
    if *probe {
        let targets: Vec<Target> = targets.map_err(Failure::Misuse)?;
        report.auth.probes = Some(probe::run(targets, options, global, invoked_as, output)?);
    }
    if json {
        let printed = value(&report)?;
        output.json(&printed)?;
        return exit_of(&printed, *check);
    }
    if *plain {
        output.data(&format!("{}\n", report.resolved_default))?;
    } else if *check && !*probe {
        output.data(&brief::brief(&report))?;
    } else {
        let environment = &installation.settings().environment;
        let colours = Output::is_terminal() && environment.var("NO_COLOR").is_none();
        let width = if Output::is_terminal() { None } else { Some(text::WIDTH) };
        output.data(&text::text(&report, width, colours))?;
    }
    // Of what JSON would say, this is all that decides; a thousand profiles need not be written down for it.
    exit_of(&json!({ "check": report.check }), *check)
}

/// The exit code that the printed JSON says. A store that cannot be read is never passed over.
fn exit_of(printed: &Value, check: bool) -> Result<Exit, Failure> {
    match status::code(printed) {
        Some(65) => Ok(Exit::Unreadable),
        Some(0) => Ok(Exit::Ok),
        Some(1) => Ok(if check { Exit::CredentialsMissing } else { Exit::Ok }),
        Some(2) => Ok(if check { Exit::CredentialsExpiring } else { Exit::Ok }),
        Some(_) | None => Err(Failure::Unexpected("the status says no code: this is a fault of modelpin".to_owned())),
    }
}

fn value(report: &Report) -> Result<Value, Failure> {
    serde_json::to_value(report).map_err(|fault| Failure::Unexpected(fault.to_string()))
}

/// An agent is known when it is configured, is main, or has a folder of its own.
fn expect_known(installation: &Installation, global: &Global) -> Result<(), Failure> {
    let (Some(named), agent) = (&global.agent, installation.agent()) else { return Ok(()) };
    let settings = installation.settings();
    let listed = &settings.config.agents.list;
    let folder: PathBuf = installation.places().agent_dir(&settings.config, agent);
    if agent.is_main() || listed.iter().any(|entry| entry.id == *agent) || folder.is_dir() {
        return Ok(());
    }
    let main = AgentId::main();
    let mut known: Vec<&str> = listed.iter().map(|entry| entry.id.as_str()).collect();
    if !known.contains(&main.as_str()) {
        known.insert(0, main.as_str());
    }
    Err(Failure::Misuse(format!("there is no agent `{named}`; there is {}", known.join(", "))))
}
