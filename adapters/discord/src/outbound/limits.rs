//! How much Discord takes.

/// The longest content of a message. Discord counts characters; UTF-16 code units are never fewer.
pub(crate) const CONTENT: usize = 2000;

/// The longest description of an embed. One embed is all that is put into a message, so the 6000 that all of them may have
/// together are never reached.
pub(crate) const DESCRIPTION: usize = 4096;

/// Rows of buttons and menus below a message.
pub(crate) const ROWS: usize = 5;

/// Buttons in a row.
pub(crate) const BUTTONS_IN_A_ROW: usize = 5;

/// Entries in a menu.
pub(crate) const OPTIONS: usize = 25;

/// The longest text on a button, in UTF-16 code units.
pub(crate) const BUTTON_LABEL: usize = 80;

/// The longest text of an entry in a menu, in UTF-16 code units.
pub(crate) const OPTION_LABEL: usize = 100;

/// The longest text of a menu from which nothing is taken yet, in UTF-16 code units.
pub(crate) const PLACEHOLDER: usize = 150;

/// The longest id of a button, and the longest value of an entry.
pub(crate) const TOKEN: usize = 100;

/// The length of `text` in UTF-16 code units.
pub(crate) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}
