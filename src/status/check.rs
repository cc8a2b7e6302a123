//! The exit code of `models status --check`.

use serde::Serialize;
use serde_json::Value;

use crate::status::Remark;

/// What counts, and the code that follows from it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Check {
    /// 0, 1, 2 or 65: the promise of the exit codes.
    pub(crate) code: u8,
    /// Why it is not 0.
    pub(crate) reasons: Vec<Remark>,
}

/// How grave a reason is; the gravest of all decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// A credential in use ends soon, or could not be renewed.
    Expiring,
    /// A credential in use has expired, is missing, or is of no use until a person does something.
    Missing,
    /// A store cannot be read.
    Unreadable,
}

impl Level {
    fn code(self) -> u8 {
        match self {
            Self::Expiring => 2,
            Self::Missing => 1,
            Self::Unreadable => 65,
        }
    }
}

impl Check {
    /// The gravest first.
    pub(crate) fn of(mut reasons: Vec<(Level, Remark)>) -> Self {
        reasons.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
        let code = reasons.first().map_or(0, |(level, _)| level.code());
        Self { code, reasons: reasons.into_iter().map(|(_, reason)| reason).collect() }
    }
}

/// The exit code that follows from a report as it is printed; `None` for what is no report.
pub(crate) fn code(report: &Value) -> Option<u8> {
    report.get("check")?.get("code")?.as_u64().and_then(|code| u8::try_from(code).ok())
}
