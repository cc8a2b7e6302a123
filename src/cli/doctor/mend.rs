//! `--fix`: each repair is shown, asked for, done and looked at again.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use inquire::{Confirm, InquireError};
use modelpin_terminal::visible;
use serde::Serialize;

use crate::app::Installation;
use crate::audit::{Demand, change_of_choice};
use crate::cli::doctor::examine::{Case, Depth};
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::doctor::{Code, Finding, Hands, Repair, mended};
use crate::profile::ProfileId;
use crate::session::{Pin, SessionKey};
use crate::store::CommitFault;

/// What became of one repair.
#[derive(Debug, Serialize)]
pub(crate) struct Mended {
    code: Code,
    /// What was there, and what was to be.
    change: String,
    outcome: Outcome,
    /// The copies of what was changed.
    copies: Vec<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    /// Done, and no longer found.
    Mended,
    /// The person did not want it.
    Declined,
    /// Nobody was there to be asked.
    Unasked,
    /// Not done, or found again.
    Failed,
}

/// Mends what of `findings` can be mended, one after the other.
pub(crate) fn mend(
    case: &Case<'_>,
    findings: Vec<Finding>,
    yes: bool,
    output: &mut Output,
) -> Result<Vec<Mended>, Failure> {
    let mut done: Vec<Mended> = Vec::new();
    let mut seen: Vec<Repair> = Vec::new();
    for Finding { code, what, repair, .. } in findings {
        let Some(repair) = repair.filter(|repair| !seen.contains(repair)) else { continue };
        seen.push(repair.clone());
        let change = repair.change();
        output.talk(&visible(&format!("{}: {what}\n  {change}", code.as_str())));
        let (outcome, copies, why) = match wanted(yes)? {
            Some(true) => {
                match carry_out(case, &repair).and_then(|copies| verified(case, &repair, output).map(|()| copies)) {
                    Ok(copies) => (Outcome::Mended, copies, None),
                    Err(why) => (Outcome::Failed, Vec::new(), Some(why)),
                }
            }
            Some(false) => (Outcome::Declined, Vec::new(), None),
            None => (Outcome::Unasked, Vec::new(), None),
        };
        let copies = copies.iter().map(|path| path.display().to_string()).collect();
        done.push(Mended { code, change, outcome, copies, why });
    }
    Ok(done)
}

/// Whether it is wanted; `None` where nobody can be asked.
fn wanted(yes: bool) -> Result<Option<bool>, Failure> {
    if yes {
        return Ok(Some(true));
    }
    if !io::stdin().is_terminal() {
        return Ok(None);
    }
    match Confirm::new("Do it?").with_default(false).prompt() {
        Ok(wanted) => Ok(Some(wanted)),
        // Leaving the question is no consent to anything that follows either.
        Err(InquireError::OperationCanceled | InquireError::OperationInterrupted) => {
            Err(Failure::Misuse("given up; nothing more was changed".to_owned()))
        }
        Err(fault) => Err(Failure::Unexpected(fault.to_string())),
    }
}

fn carry_out(case: &Case<'_>, repair: &Repair) -> Result<Vec<PathBuf>, String> {
    let (installation, _) = case.installation().map_err(|failure| failure.to_string())?;
    if let Repair::Pin { session, gone, to } = repair {
        return move_pin(&installation, session, gone, to.as_ref()).map(|()| Vec::new());
    }
    let settings = installation.settings();
    let hands = Hands { config: &installation.places().config_path, environment: &settings.environment };
    repair.carry_out(&hands)
}

/// The row itself keeps what was chosen before.
fn move_pin(installation: &Installation, key: &SessionKey, gone: &ProfileId, to: Option<&Pin>) -> Result<(), String> {
    let said = |fault: &dyn std::fmt::Display| fault.to_string();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|fault| said(&fault))?;
    let desk = installation.desk();
    runtime.block_on(async {
        loop {
            let Some(session) = desk.store.load(key).await.map_err(|fault| said(&fault))? else { return Ok(()) };
            let mended = mended(&session, gone, to, installation.now());
            let entry = change_of_choice(&session, &mended, desk.actor.clone(), desk.surface, "mended by the doctor");
            let Some(entry) = entry else { return Ok(()) };
            let required = desk.settings.config.audit.required;
            match desk.store.commit_audited(mended, Demand { entry, required }).await {
                Ok(committed) => {
                    desk.noted(committed);
                    return Ok(());
                }
                // Somebody chose something there meanwhile: what that is decides anew.
                Err(CommitFault::Conflict(_)) => {}
                Err(CommitFault::Store(fault)) => return Err(said(&fault)),
            }
        }
    })
}

/// Looks again: what was mended is not found any more.
fn verified(case: &Case<'_>, repair: &Repair, output: &mut Output) -> Result<(), String> {
    let again = case.examine(Depth::Files, output).map_err(|failure| failure.to_string())?;
    if again.findings.iter().any(|finding| finding.repair.as_ref() == Some(repair)) {
        return Err("it was done, and is found again: something else puts it back".to_owned());
    }
    Ok(())
}

/// What became of them, for a person.
pub(crate) fn text(done: &[Mended]) -> String {
    let mut text = String::new();
    for Mended { code: _, change, outcome, copies, why } in done {
        let said = match outcome {
            Outcome::Mended => "mended",
            Outcome::Declined => "left as it is",
            Outcome::Unasked => "left as it is, for nobody could be asked: add --yes",
            Outcome::Failed => "NOT mended",
        };
        text.push_str(&format!("{said}: {change}\n"));
        if let Some(why) = why {
            text.push_str(&format!("  {why}\n"));
        }
        for copy in copies {
            text.push_str(&format!("  a copy of what was there, with its secrets, is in {copy}\n"));
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    visible(&text)
}
