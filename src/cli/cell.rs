//! What goes into a table.

use modelpin_terminal::visible;

use crate::redact::scrub;

/// `text` for a cell of a table: its secrets are taken out before the table breaks it over lines, where what prints would
/// no longer know them.
pub(crate) fn cell(text: &str) -> String {
    visible(&scrub(text))
}
