//! `modelpin onboard`
//!
//! Answers become a [`Plan`], whoever gave them: a person at the terminal or the flags of a script. It is shown before
//! anything is written.

mod channel;
mod choice;
mod found;
mod greeting;
mod interview;
mod plan;
mod preview;
mod prompt;
mod report;
mod scripted;
mod secrets;
mod service;
mod setting;
mod unit;
mod write;

use std::io::{self, IsTerminal as _};

use clap::Args;

use crate::app::Installation;
use crate::catalog::ProviderId;
use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::models::auth::lifetime::Lifetime;
use crate::cli::models::auth::{Case, new_id};
use crate::cli::onboard::channel::Owner;
use crate::cli::onboard::choice::Choice;
use crate::cli::onboard::found::Found;
use crate::cli::onboard::plan::{Plan, Service};
use crate::cli::onboard::preview::Preview;
use crate::cli::onboard::report::Report;
use crate::cli::onboard::secrets::Secrets;
use crate::cli::open::{again, options};
use crate::cli::output::Output;
use crate::profile::ProfileId;

/// Set up credentials, the default model, bots and the service, step by step or by flags
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub(crate) struct Onboard {
    /// Ask nothing: flags, files and the environment answer
    #[arg(long)]
    non_interactive: bool,
    /// Taken as the family takes it; nothing depends on it here
    #[arg(long, hide = true)]
    accept_risk: bool,
    /// The first credential: apiKey (anthropic), openai-api-key, gemini-api-key, …, setup-token, token or skip
    #[arg(long, value_name = "CHOICE")]
    auth_choice: Option<Choice>,
    /// Whose token --token-file holds
    #[arg(long, value_name = "ID")]
    token_provider: Option<ProviderId>,
    /// What to call that token [default: PROVIDER:manual]
    #[arg(long, value_name = "ID", value_parser = new_id)]
    token_profile_id: Option<ProfileId>,
    /// When that token ends, from now: 365d, 12h, 1h30m, or a number of days
    #[arg(long, value_name = "DURATION")]
    token_expires_in: Option<Lifetime>,
    /// The model where nobody chose one
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Who owns the bot: telegram:ID or discord:ID; `/whoami` tells it. May be given several times
    #[arg(long = "owner", value_name = "CHANNEL:ID")]
    owners: Vec<Owner>,
    /// Install a systemd unit for this user that starts the gateway
    #[arg(long, conflicts_with = "print_service")]
    install_service: bool,
    /// Print that unit instead
    #[arg(long)]
    print_service: bool,
    /// Print it for the system instead of for this user
    #[arg(long, requires = "print_service")]
    system: bool,
    /// What to call the service [default: modelpin, or modelpin-LAYOUT]
    #[arg(long, value_name = "NAME")]
    service_name: Option<String>,
    /// Say hello to the model at the end, which is a real request
    #[arg(long)]
    first_message: bool,
    /// Also where a credential of another kind has that id
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    secrets: Secrets,
}

/// Makes a plan, shows it and carries it out.
pub(crate) fn run(onboard: &Onboard, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    onboard.secrets.check()?;
    if !onboard.non_interactive {
        onboard.needs_a_person(global, invoked_as)?;
    }
    // Nothing is brought up to date, for whoever stops leaves everything as it was.
    let installation = Installation::open(options(global, invoked_as))?;
    for warning in &installation.warnings {
        output.talk(warning);
    }
    let mut case = Case { installation, global, invoked_as, output };
    let found = Found::of(&case)?;
    let plan = if onboard.non_interactive {
        scripted::plan(onboard, &found, &case)?
    } else {
        report::introduce(&found, &mut case);
        interview::plan(&found, &mut case)?
    };
    let preview = Preview::of(&plan, onboard.yes, &case)?;
    if !onboard.non_interactive && !agreed(&plan, &preview, &mut case)? {
        return Err(Failure::Misuse("nothing was written".to_owned()));
    }
    let written = write::carry_out(&plan, &preview, &mut case)?;
    let mut report = Report::of(&plan, written, &case);
    report.tell(&plan, &mut case)?;
    if onboard.first_message || (!onboard.non_interactive && wants_to_talk(&plan, &found, &mut case)) {
        report.first_message = Some(greeting::send(&mut case)?);
    }
    report.end(onboard.first_message, &mut case)
}

impl Onboard {
    /// Without `--non-interactive`, somebody has to be there, and answers instead of the flags.
    fn needs_a_person(&self, global: &Global, invoked_as: &str) -> Result<(), Failure> {
        let script = again(global, invoked_as, "onboard --non-interactive");
        if !io::stdin().is_terminal() {
            return Err(Failure::Misuse(format!(
                "this asks questions, and standard input is no terminal. For scripts: {script} --auth-choice apiKey \
                 --anthropic-api-key-file FILE, and so on; see --help"
            )));
        }
        let answers = self.auth_choice.is_some()
            || self.token_provider.is_some()
            || self.token_profile_id.is_some()
            || self.token_expires_in.is_some()
            || self.model.is_some()
            || !self.owners.is_empty()
            || self.install_service
            || self.print_service
            || self.service_name.is_some()
            || !self.secrets.is_empty();
        if answers {
            return Err(Failure::Misuse(format!(
                "with flags that answer, nothing is asked: add them to `{script}`, or leave them out"
            )));
        }
        Ok(())
    }
}

/// Shows the plan, and asks whether to go on.
fn agreed(plan: &Plan, preview: &Preview, case: &mut Case<'_>) -> Result<bool, Failure> {
    if preview.is_empty() {
        case.output.talk("\nEverything is as it should be already: there is nothing to write.");
        return Ok(true);
    }
    let lines = preview.lines(plan, case);
    case.output.talk(&format!("\nThis is going to be written:\n  {}\n", lines.join("\n  ")));
    Ok(prompt::confirm("Write it?", true)?.unwrap_or(false))
}

/// Whether there is somebody who could answer, and the person wants that.
fn wants_to_talk(plan: &Plan, found: &Found, case: &mut Case<'_>) -> bool {
    if plan.credentials.is_empty() && !found.has_credential() {
        return false;
    }
    case.output.talk("");
    // Everything is written; who stops here has just had enough.
    prompt::confirm("Say hello to the model now? That is one request", true).ok().flatten().unwrap_or(false)
}

/// Whether the unit is to be shown.
fn printed(plan: &Plan) -> Option<&unit::Unit> {
    match &plan.service {
        Some(Service::Printed(unit)) => Some(unit),
        Some(Service::Installed(_)) | None => None,
    }
}
