//! Pressing a button with a keyboard.

use std::fmt::Write as _;

use modelpin_chat::Choice;

use crate::visible::visible_line;

/// The buttons that can be pressed: those shown with the last answer that had any.
///
/// They are numbered through the answer from 1, and `#2` presses the second. The tokens are the engine's and opaque; a
/// number only ever stands for what was printed beside it last.
#[derive(Debug, Default)]
pub(crate) struct Buttons(Vec<String>);

/// What a line means to the buttons.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pressed {
    /// It is an ordinary message.
    NoButton,
    /// It presses the button with this token.
    Button(String),
    /// It names a button that is not there; what to tell the person.
    Unknown(String),
}

impl Buttons {
    /// Takes the buttons of an answer, by their tokens. An answer without any leaves the earlier ones in reach.
    pub(crate) fn remember(&mut self, shown: Vec<String>) {
        if !shown.is_empty() {
            self.0 = shown;
        }
    }

    /// What `line` presses. Before the first button was shown, `#1` is a message like any other.
    pub(crate) fn pressed(&self, line: &str) -> Pressed {
        let Some(digits) = line.trim().strip_prefix('#') else { return Pressed::NoButton };
        if self.0.is_empty() || digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Pressed::NoButton;
        }
        let token = digits.parse::<usize>().ok().and_then(|number| self.0.get(number.checked_sub(1)?));
        match token {
            Some(token) => Pressed::Button(token.clone()),
            None => {
                Pressed::Unknown(format!("There is no button #{digits}: the last menu has {}.", range(1, self.0.len())))
            }
        }
    }
}

/// What is printed under the text: each row on a line of its own, and how to press one.
pub(crate) fn menu(choices: &[Vec<Choice>], first: usize) -> Vec<String> {
    let mut number = first;
    let mut lines = Vec::new();
    for row in choices.iter().filter(|row| !row.is_empty()) {
        let mut line = String::new();
        for Choice { label, token: _, list: _, current: _ } in row {
            // Writing into a `String` cannot fail.
            let _ = write!(line, "  #{number} {}", visible_line(label));
            number += 1;
        }
        lines.push(line);
    }
    if number > first {
        lines.push(format!("  (type {} to press)", range(first, number - 1)));
    }
    lines
}

fn range(first: usize, last: usize) -> String {
    if first == last { format!("#{first}") } else { format!("#{first} to #{last}") }
}

#[cfg(test)]
mod tests {
    use modelpin_chat::Choice;

    use super::{Buttons, Pressed, menu};

    fn two() -> Buttons {
        let mut buttons = Buttons::default();
        buttons.remember(vec!["a".to_owned(), "b".to_owned()]);
        buttons
    }

    #[test]
    fn a_number_presses_what_was_printed_beside_it() {
        let mut buttons = two();
        assert_eq!(buttons.pressed(" #2 "), Pressed::Button("b".to_owned()));
        buttons.remember(Vec::new());
        assert_eq!(buttons.pressed("#1"), Pressed::Button("a".to_owned()), "a plain answer leaves the menu in reach");
        buttons.remember(vec!["c".to_owned()]);
        assert_eq!(buttons.pressed("#1"), Pressed::Button("c".to_owned()));
    }

    #[test]
    fn a_number_without_a_button_presses_nothing() {
        for line in ["#3", "#0", "#99999999999999999999999"] {
            let notice = format!("There is no button {line}: the last menu has #1 to #2.");
            assert_eq!(two().pressed(line), Pressed::Unknown(notice));
        }
    }

    #[test]
    fn other_lines_are_messages() {
        for line in ["#1 is the best", "#", "# heading", "#one", "1", "/model 1", "#+1"] {
            assert_eq!(two().pressed(line), Pressed::NoButton, "{line}");
        }
        assert_eq!(Buttons::default().pressed("#1"), Pressed::NoButton, "no menu was shown");
    }

    #[test]
    fn rows_are_lines_and_numbers_go_on() {
        let choice =
            |label: &str| Choice { label: label.to_owned(), token: "t".to_owned(), list: None, current: false };
        let choices = [vec![choice("opus"), choice("son\nnet")], Vec::new(), vec![choice("more")]];
        assert_eq!(menu(&choices, 3), ["  #3 opus  #4 son net", "  #5 more", "  (type #3 to #5 to press)"]);
        assert_eq!(menu(&choices[2..], 1), ["  #1 more", "  (type #1 to press)"]);
        assert_eq!(menu(&choices[1..2], 1), [""; 0]);
    }
}
