//! `modelpin import openclaw`

mod pins;
mod profiles;
mod report;
mod table;

use std::path::{Path, PathBuf};

use clap::Args;

use crate::agent::AgentId;
use crate::app::Installation;
use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::open::{again, look, quoted};
use crate::cli::output::Output;
use crate::cli::sessions::pins::How;
use crate::config::{Environment, Layout, Places};
use crate::openclaw::{Source, Wanted, wanted};
use crate::operator::Desk;
use report::{File, Report};

/// Take over the profiles, orders, windows and pins of OpenClaw; shows what it would do unless told to --apply
///
/// They go to the state directory that --state-dir and --layout name, as everywhere; OpenClaw's own is only read, and is
/// named after the command if it is not the usual one. With --agent, only what belongs to that agent.
#[derive(Debug, Args)]
pub(crate) struct Openclaw {
    /// OpenClaw's state directory [default: the one that OpenClaw would use, such as ~/.openclaw]
    from: Option<PathBuf>,
    /// Do it
    #[arg(long)]
    apply: bool,
    /// Let what is brought take the place of something else that is here
    #[arg(long)]
    replace: bool,
}

/// Reads all there is, shows what becomes of it, and with `--apply` does it: the stores first, then the pins.
pub(crate) async fn run(
    import: &Openclaw,
    global: &Global,
    invoked_as: &str,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let Openclaw { from, apply, replace } = import;
    let source = Source::read(&directory(from.as_deref())?)?;
    let installation = look(global, invoked_as, output)?;
    let only = global.agent.as_deref().map(AgentId::new);
    let meant = |agent: &AgentId| only.as_ref().is_none_or(|only| only == agent);
    let all: Vec<Wanted> = wanted(&source).into_iter().filter(|wanted| meant(&wanted.agent)).collect();

    // Everything is looked at before anything is written: what is wrong with one place is known before another changes.
    let mut plans = Vec::with_capacity(all.len());
    for wanted in &all {
        plans.push(profiles::Plan::of(wanted, &installation, *replace)?);
    }
    let ids = profiles::ids(&installation, &plans)?;
    let choices = pins::choices(&source, &meant, installation.now());
    let state = pins::state(&choices, &installation, *apply)?;

    let mut files = Vec::with_capacity(plans.len());
    let mut desk: Option<Desk> = None;
    for plan in plans {
        let outcome = if *apply && plan.changes() {
            let desk = desk.get_or_insert_with(|| {
                state.clone().map_or_else(|| installation.desk(), |state| installation.desk_over(state))
            });
            desk.audited(plan.deed(), async { plan.carry_out(*replace) }).await?
        } else {
            plan.outcome()
        };
        files.push(File::of(&plan, &outcome, installation.now()));
    }
    for remark in desk.iter().flat_map(Desk::remarks) {
        output.talk(&remark);
    }
    let required = installation.settings().config.audit.required;
    let how = How { apply: *apply, replace: *replace, required, now: installation.now() };
    let (rows, without_choice) = pins::carry_out(choices, state.as_deref(), &ids, how).await?;
    let report = Report {
        applied: *apply,
        from: source.state_dir.display().to_string(),
        files,
        pins: rows,
        sessions_without_choice: without_choice,
        left: source.left.clone(),
    };
    if global.json {
        output.json(&report)?;
    } else {
        output.data(&table::of(&report))?;
    }
    say(&report, &source, &installation, &command(import, global, invoked_as), output);
    Ok(Exit::Ok)
}

/// The directory that is meant, else the one that OpenClaw would use.
fn directory(from: Option<&Path>) -> Result<PathBuf, Failure> {
    match from {
        Some(from) => Ok(from.to_owned()),
        None => Places::resolve(Layout::Openclaw, None, &Environment::capture())
            .map(|places| places.state_dir)
            .map_err(|fault| Failure::Misuse(fault.to_string())),
    }
}

/// How to do what was shown.
fn command(import: &Openclaw, global: &Global, invoked_as: &str) -> String {
    let from = import.from.as_ref().map_or_else(String::new, |from| format!(" {}", quoted(&from.to_string_lossy())));
    let replace = if import.replace { " --replace" } else { "" };
    again(global, invoked_as, &format!("import openclaw{from}{replace} --apply"))
}

/// What a person should know after it.
fn say(report: &Report, source: &Source, installation: &Installation, to_apply: &str, output: &mut Output) {
    output.talk(&report.summary(to_apply));
    let grants = report.files.iter().flat_map(|file| &file.profiles).filter(|row| row.kind == "oauth" && row.is_new());
    if grants.count() > 0 {
        output.talk(
            "A login that renews itself serves one program: the first to renew it makes the other's copy worthless. Stop \
             OpenClaw, or log in anew here.",
        );
    }
    let inside = |file: &&File| file.is_new() && Path::new(&file.file).starts_with(&source.state_dir);
    if let Some(file) = report.files.iter().find(inside) {
        output.talk(&format!(
            "{} lies in OpenClaw's own directory. While it is there, OpenClaw refuses to answer until `openclaw doctor \
             --fix` has taken it away.",
            file.file
        ));
    }
    let changes = report.files.iter().any(File::is_new) && !report.applied;
    if changes && installation.places().state_dir == source.state_dir {
        output.talk("To take it over into a directory of modelpin's own instead, leave --layout and --state-dir out.");
    }
}
