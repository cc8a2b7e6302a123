//! `modelpin doctor`

mod examine;
mod mend;
mod text;

use clap::Args;
use serde::Serialize;
use serde_json::Value;

use crate::cli::arguments::Global;
use crate::cli::doctor::examine::{Case, Depth, Examined};
use crate::cli::doctor::mend::Mended;
use crate::cli::failure::Failure;
use crate::cli::models::status::probe::ProbeOptions;
use crate::cli::open::again;
use crate::cli::output::Output;
use crate::cli::{Exit, open};
use crate::doctor::{Finding, exit};

/// Look for what is wrong with the installation, and mend it if told to
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Mend what can be mended; each repair is shown first and asked for
    #[arg(long, alias = "repair")]
    fix: bool,
    /// Mend without asking
    #[arg(short, long, requires = "fix")]
    yes: bool,
    /// Send one small request for each model and credential in use
    #[arg(long)]
    probe: bool,
    #[command(flatten)]
    options: ProbeOptions,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Printed<'a> {
    findings: &'a [Finding],
    /// The places that were looked at.
    looked: &'a [String],
    /// What was mended, or was to be; only with `--fix`.
    #[serde(skip_serializing_if = "Option::is_none")]
    repairs: Option<&'a [Mended]>,
    /// The exit code.
    code: u8,
}

/// Looks, mends if told to, looks again, and prints what is left. The exit code is read off the JSON, printed or not.
pub(crate) fn run(asked: &Doctor, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let Doctor { fix, yes, probe, options } = asked;
    if !*probe && options.any() {
        return Err(Failure::Misuse("this says how to probe: add --probe".to_owned()));
    }
    let case = Case { global, invoked_as };
    open::sync_if_readable(global, invoked_as, output);
    let mut repairs = None;
    if *fix {
        let Examined { findings, .. } = case.examine(Depth::Files, output)?;
        repairs = Some(mend::mend(&case, findings, *yes, output)?);
    }
    let depth = if *probe { Depth::Probe(options) } else { Depth::Running };
    let Examined { findings, looked, remarks } = case.examine(depth, output)?;
    for remark in &remarks {
        output.talk(remark);
    }
    let value = serde_json::to_value(&findings).map_err(|fault| Failure::Unexpected(fault.to_string()))?;
    let code = exit(value.as_array().map_or(&[][..], Vec::as_slice));
    if global.json {
        output.json(&Printed { findings: &findings, looked: &looked, repairs: repairs.as_deref(), code })?;
    } else {
        let mend = again(global, invoked_as, "doctor --fix");
        let told = repairs.as_deref().map(mend::text).unwrap_or_default();
        output.data(&format!("{told}{}", text::text(&findings, looked.len(), &mend)))?;
    }
    exit_of(&Value::from(code))
}

fn exit_of(code: &Value) -> Result<Exit, Failure> {
    match code.as_u64() {
        Some(0) => Ok(Exit::Ok),
        Some(1) => Ok(Exit::CredentialsMissing),
        Some(2) => Ok(Exit::CredentialsExpiring),
        Some(65) => Ok(Exit::Unreadable),
        Some(78) => Ok(Exit::Misconfigured),
        Some(_) | None => Err(Failure::Unexpected("the findings say no code: this is a fault of modelpin".to_owned())),
    }
}
