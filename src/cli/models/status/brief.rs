//! What `--check` prints: why it ends as it does.

use modelpin_terminal::visible;

use crate::status::{Remark, Report};

/// One line for each reason, or one that all is well.
pub(crate) fn brief(report: &Report) -> String {
    let mut lines: Vec<String> = report.check.reasons.iter().map(line).collect();
    if lines.is_empty() {
        lines.push(match report.warnings.len() {
            0 => "ok: all credentials in use are usable".to_owned(),
            1 => "ok: all credentials in use count as usable; there is one warning, see `models status`".to_owned(),
            many => {
                format!("ok: all credentials in use count as usable; there are {many} warnings, see `models status`")
            }
        });
    }
    visible(&(lines.join("\n") + "\n"))
}

/// A remark in one line, and what to do below it.
pub(crate) fn line(remark: &Remark) -> String {
    let Remark { code, provider, profile, why, fix } = remark;
    let whose = profile.as_ref().or(provider.as_ref()).map(|whose| format!("{whose}: ")).unwrap_or_default();
    let fix = fix.as_ref().map(|fix| format!("\n    → {fix}")).unwrap_or_default();
    format!("{code}: {whose}{why}{fix}")
}
