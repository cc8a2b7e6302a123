//! How the credentials stand, as `models status` says it.

use std::collections::HashSet;

use crate::doctor::{Code, Finding, Severity};
use crate::profile::Exclusion;
use crate::status::{Facts, Remark, Report, Survey};

/// What is said of credentials in `report`, and the ids that count there because they are in use.
///
/// Who is missing altogether is left to the checks that know where he is named.
pub(crate) fn of_credentials(
    survey: &Survey<'_>,
    report: &Report,
    facts: &Facts<'_>,
) -> (Vec<Finding>, HashSet<String>) {
    let gone = |remark: &Remark| {
        let missing = survey.stands().filter(|stand| stand.exclusion == Some(Exclusion::ProfileMissing));
        missing.map(|stand| stand.id.to_string()).any(|id| remark.profile.as_deref() == Some(&id))
    };
    let reasons = report.check.reasons.iter().filter(|remark| !gone(remark));
    let warnings = report.warnings.iter().filter(|remark| !gone(remark));
    let mut found: Vec<Finding> = reasons.filter_map(|remark| finding(remark, true, facts)).collect();
    found.extend(warnings.filter_map(|remark| finding(remark, false, facts)));
    found.extend(facts.moment.profiles.outside.iter().map(|bad| {
        let fix = "log in with that program anew, if its login is to be used";
        let finding = Finding::new(Code::EntryUnreadable, Severity::Info, bad.why.clone(), fix);
        finding.at(&bad.path).of_profile(&bad.id)
    }));
    (found, report.check.reasons.iter().filter_map(|remark| remark.profile.clone()).collect())
}

/// What a remark is here; `None` for one that another check makes, with more about it.
fn finding(remark: &Remark, counts: bool, facts: &Facts<'_>) -> Option<Finding> {
    let Remark { code, provider, profile, why, fix } = remark;
    let grave = if counts { Severity::Error } else { Severity::Warning };
    let soon = if counts { Severity::Warning } else { Severity::Info };
    let (code, severity) = match *code {
        "unreadable" | "passed_over" | "note" | "mode_mismatch" | "provider_mismatch" | "reference_under_oauth" => {
            return None;
        }
        "missing" => (Code::CredentialMissing, grave),
        "expired" => (Code::CredentialExpired, grave),
        "expiring" | "not_renewed" => (Code::CredentialExpiring, soon),
        "cooldown" | "all_waiting" => (Code::CredentialWaiting, Severity::Info),
        "shadowed" => (Code::SourceShadowed, Severity::Warning),
        _ => (Code::CredentialUnusable, grave),
    };
    let usual = if code == Code::CredentialWaiting {
        "nothing: it passes by itself".to_owned()
    } else if code == Code::SourceShadowed {
        "take away the one that is not meant".to_owned()
    } else {
        (facts.command)("models status")
    };
    let what = profile.as_ref().map_or_else(|| why.clone(), |profile| format!("{profile}: {why}"));
    let mut finding = Finding::new(code, severity, what, fix.clone().unwrap_or(usual));
    finding.place.provider.clone_from(provider);
    finding.place.profile.clone_from(profile);
    Some(finding)
}
