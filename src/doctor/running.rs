//! What running programs and real requests say otherwise than the files.

use crate::doctor::{Code, Finding, Severity};
use crate::status::{Probes, Running};

/// Programs that run on this state and see something else, such as an older `.env`.
pub(crate) fn of_running(running: &[Running]) -> Vec<Finding> {
    let differing = running.iter().flat_map(|program| program.differences.iter().map(move |what| (program.pid, what)));
    differing
        .map(|(pid, what)| {
            let fix = format!("start the program with process id {pid} anew, with the environment that is meant");
            Finding::new(Code::RunningDiffers, Severity::Warning, format!("process {pid}: {what}"), fix)
        })
        .collect()
}

/// Requests that were not answered.
pub(crate) fn of_probes(probes: &Probes, command: &dyn Fn(&str) -> String) -> Vec<Finding> {
    // Those that were not sent are told by the other checks.
    let failed = probes.results.iter().filter(|result| result.status != "ok" && result.reason_code.is_none());
    failed
        .map(|result| {
            let why = result.error.as_deref().unwrap_or(result.status);
            let model = result.model.as_deref().unwrap_or("any model");
            let what = format!("{} did not answer for {model}: {why}", result.label);
            // What passes by itself is no fault of the credential.
            let passing = matches!(result.status, "rate_limit" | "timeout" | "unknown");
            let severity = if passing { Severity::Warning } else { Severity::Error };
            let finding = Finding::new(Code::ProbeFailed, severity, what, command("models status"));
            let finding = finding.of_provider(&result.provider);
            match &result.profile_id {
                Some(id) => finding.of_profile(&format!("{id} for {model}")),
                None => finding,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_difference_is_told_with_the_process_that_has_it() {
        let program = Running {
            pid: 7,
            command: None,
            version: None,
            since: None,
            answered: true,
            served: None,
            differences: vec!["it does not see env: A (for anthropic)".to_owned()],
        };
        let found = of_running(&[program]);
        assert_eq!(found[0].what, "process 7: it does not see env: A (for anthropic)");
        assert!(found[0].fix.contains("process id 7"));
    }
}
