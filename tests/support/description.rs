//! Descriptions of what platforms take and answer, where they lie beside the repository.

use std::io::Write as _;
use std::path::Path;

use serde_json::Value;

/// Reads one of them; `None` where it is not there, which is said aloud.
pub(crate) fn read(file: &str) -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/schemas").join(file);
    let Ok(text) = std::fs::read(&path) else {
        // Past what hides the words of a test that passes.
        let _ = writeln!(std::io::stderr(), "NOT CHECKED: requests and answers, for there is no {}", path.display());
        return None;
    };
    Some(serde_json::from_slice(&text).unwrap_or_else(|fault| panic!("{}: {fault}", path.display())))
}
