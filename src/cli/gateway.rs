//! `modelpin gateway`

mod alerts;
mod check;
mod place;
mod serve;
mod service_manager;
mod signals;
mod told;

use clap::Args;

use crate::app::App;
use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::gateway::place::HealthAt;
use crate::cli::open::{again, find_as_served, look_as_served};
use crate::cli::output::Output;
use crate::config::Places;
use crate::gateway::channel::Entry;

/// Serve every bot that is configured, until it is told to end
#[derive(Debug, Args)]
pub(crate) struct Gateway {
    /// Look whether the configuration and the tokens are good, and end: 0 if all are, 1 if not. Nobody is served
    #[arg(long)]
    check: bool,
    /// Have the gateway that serves this state bring what is under way to its end, and end
    #[arg(long, conflicts_with_all = ["check", "health"])]
    drain: bool,
    /// Have the gateway that serves this state read its configuration again
    #[arg(long, conflicts_with_all = ["check", "health", "drain"])]
    reload: bool,
    /// Where /healthz and /readyz are: a port, an address with a port, or `off` [default: port 18789 of this machine, or another]
    #[arg(long, alias = "port", value_name = "ADDR", conflicts_with = "check")]
    health: Option<HealthAt>,
}

/// Serves what is configured, or checks it.
pub(crate) fn run(asked: &Gateway, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    if asked.drain || asked.reload {
        return told::run(asked.drain, global, invoked_as, output);
    }
    let nothing = |places: &Places, more: &[String]| Failure::Misconfigured(nothing(places, more, global, invoked_as));
    let installation = if asked.check {
        look_as_served(global, invoked_as, output)?
    } else {
        find_as_served(global, invoked_as, output)?
    };
    if !installation.has_bot() {
        return Err(nothing(installation.places(), &[]));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    if asked.check {
        return runtime.block_on(check::run(installation.checkups(), global, output));
    }
    let app = App::over(installation)?;
    for warning in app.warnings() {
        output.talk(warning);
    }
    let ended = runtime.block_on(async {
        let roster = app.roster();
        let wanted = roster.current().await;
        if wanted.entries.is_empty() {
            return Err(nothing(app.places(), &wanted.trouble));
        }
        if let Some(all) = none_ready(&wanted.entries) {
            let check = again(global, invoked_as, "gateway --check");
            return Err(Failure::Misconfigured(format!(
                "nobody can be served:\n{all}\nMend that, and look with: {check}"
            )));
        }
        let add = again(global, invoked_as, "models auth add --provider anthropic");
        if let Some(steps) = app.first_steps(invoked_as, &add) {
            output.talk(&steps);
        }
        let place = place::of(asked.health, &app);
        let (global, name) = (global.clone(), invoked_as.to_owned());
        let command = move |rest: &str| again(&global, &name, rest);
        serve::run(&app, roster, wanted, place, command, output).await
    });
    // What hangs must not hold the end up; what it had begun is taken up at the next start.
    runtime.shutdown_timeout(serve::LAST_MOMENT);
    ended
}

/// What to do where nothing is configured.
fn nothing(places: &Places, more: &[String], global: &Global, invoked_as: &str) -> String {
    let mut lines = vec!["no bot is configured, so there is nothing to serve.".to_owned()];
    lines.extend(more.iter().cloned());
    let steps = [
        (again(global, invoked_as, "onboard"), "set a bot up, step by step"),
        ("export TELEGRAM_BOT_TOKEN=…".to_owned(), "or give Telegram's bot its token: @BotFather shows it"),
        ("export DISCORD_BOT_TOKEN=…".to_owned(), "or Discord's: the developer portal shows it under Bot, Reset Token"),
        (again(global, invoked_as, "chat"), "or talk in the terminal, without any bot"),
    ];
    let width = steps.iter().map(|(line, _)| line.chars().count()).max().unwrap_or_default();
    lines.extend(steps.iter().map(|(line, what)| format!("  {line:width$}   {what}")));
    lines.push(format!("The configuration is {}.", places.config_path.display()));
    lines.join("\n")
}

/// What is wrong with each where none can be served.
fn none_ready(entries: &[Entry]) -> Option<String> {
    let flaws = entries.iter().map(|entry| Some(format!("  {}: {}", entry.id, entry.ready.as_ref().err()?)));
    flaws.collect::<Option<Vec<_>>>().map(|lines| lines.join("\n"))
}
