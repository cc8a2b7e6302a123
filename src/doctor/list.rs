//! All findings of one examination.

use crate::doctor::Finding;

/// The findings, each once: what several agents share is found for each of them.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    /// Takes them in. Of two that are about the same the graver one stays.
    pub(crate) fn add(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            let same = |known: &&mut Finding| {
                let alike = known.place.profile.is_some() || known.what == finding.what;
                known.code == finding.code && known.place == finding.place && alike
            };
            match self.0.iter_mut().find(same) {
                None => self.0.push(finding),
                Some(known) if finding.severity > known.severity => *known = finding,
                Some(_) => {}
            }
        }
    }

    /// By what they are about, the gravest of each first.
    pub(crate) fn sorted(mut self) -> Vec<Finding> {
        self.0.sort_by(|one, other| {
            (one.code.group(), other.severity, one.code).cmp(&(other.code.group(), one.severity, other.code))
        });
        self.0
    }
}
