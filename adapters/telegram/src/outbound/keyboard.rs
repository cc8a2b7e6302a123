//! Buttons below a message.

mod labels;

use modelpin_chat::Choice;
use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup};

use crate::outbound::keyboard::labels::legible;

/// What Telegram takes in one keyboard. Only the length of a token is documented; the others are what people found.
const BUTTONS: usize = 100;
const BUTTONS_IN_A_ROW: usize = 8;
const LONGEST_TOKEN: usize = 64;
/// Ten thousand bytes as JSON are too many.
const BYTES: usize = 8192;

/// The keyboards that hold all choices, in order; several where one is not enough.
///
/// A choice whose token no button can carry is left out and logged: a shortened token would press something else.
pub(crate) fn keyboards(choices: &[Vec<Choice>], session: &str) -> Vec<InlineKeyboardMarkup> {
    let kept: Vec<Vec<&Choice>> =
        choices.iter().map(|row| row.iter().filter(|choice| can_be_pressed(choice, session)).collect()).collect();
    let mut labels = legible(kept.iter().flatten().map(|choice| choice.label.as_str())).into_iter();
    let rows = kept.iter().map(|row| {
        let texts = labels.by_ref().take(row.len());
        texts.zip(row).map(|(text, choice)| InlineKeyboardButton::callback(text, choice.token.clone())).collect()
    });
    let rows: Vec<Vec<InlineKeyboardButton>> = rows.collect();
    let mut keyboards: Vec<InlineKeyboardMarkup> = Vec::new();
    let (mut buttons, mut bytes) = (0, 0);
    for row in rows.iter().flat_map(|row| row.chunks(BUTTONS_IN_A_ROW)) {
        let size: usize = row.iter().map(size).sum();
        let full = buttons + row.len() > BUTTONS || bytes + size > BYTES;
        if let Some(last) = keyboards.last_mut().filter(|_| !full) {
            last.inline_keyboard.push(row.to_vec());
        } else {
            keyboards.push(InlineKeyboardMarkup::new([row.to_vec()]));
            (buttons, bytes) = (0, 0);
        }
        buttons += row.len();
        bytes += size;
    }
    keyboards
}

fn can_be_pressed(choice: &Choice, session: &str) -> bool {
    let Choice { label: _, token, list: _, current: _ } = choice;
    let fits = (1..=LONGEST_TOKEN).contains(&token.len());
    if !fits {
        tracing::error!(
            session.key = session,
            token.bytes = token.len(),
            "a button was left out: its token must have 1 to {LONGEST_TOKEN} bytes"
        );
    }
    fits
}

/// The bytes of a button as JSON, and a comma.
fn size(button: &InlineKeyboardButton) -> usize {
    serde_json::to_string(button).map_or(BYTES, |json| json.len() + 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use modelpin_chat::Choice;
    use teloxide::types::{InlineKeyboardButtonKind, InlineKeyboardMarkup};

    use super::keyboards;

    fn choice(label: &str, token: &str) -> Choice {
        Choice { label: label.to_owned(), token: token.to_owned(), list: None, current: false }
    }

    /// The rows of a keyboard, as `label=token`.
    fn rows(keyboard: &InlineKeyboardMarkup) -> Vec<Vec<String>> {
        let button = |button: &teloxide::types::InlineKeyboardButton| match &button.kind {
            InlineKeyboardButtonKind::CallbackData(token) => format!("{}={token}", button.text),
            other => format!("{other:?}"),
        };
        keyboard.inline_keyboard.iter().map(|row| row.iter().map(button).collect()).collect()
    }

    #[test]
    fn rows_stay_rows_and_empty_ones_go() {
        let choices = [vec![choice("a", "1"), choice("b", "2")], Vec::new(), vec![choice("c", "3")]];
        let keyboards = keyboards(&choices, "s");
        assert_eq!(keyboards.iter().map(rows).collect::<Vec<_>>(), [[vec!["a=1", "b=2"], vec!["c=3"]]]);
        assert!(super::keyboards(&[Vec::new()], "s").is_empty());
    }

    #[test]
    fn what_is_over_goes_on_in_further_rows_and_keyboards() {
        let row: Vec<Choice> = (0..250).map(|n| choice(&format!("n{n}"), &format!("t{n}"))).collect();
        let keyboards = keyboards(&[row], "s");
        assert!(keyboards.len() >= 3);
        for keyboard in &keyboards {
            assert!(keyboard.inline_keyboard.iter().all(|row| (1..=8).contains(&row.len())));
            assert!(keyboard.inline_keyboard.iter().map(Vec::len).sum::<usize>() <= 100);
        }
        let all: Vec<String> = keyboards.iter().flat_map(rows).flatten().collect();
        assert_eq!(all, (0..250).map(|n| format!("n{n}=t{n}")).collect::<Vec<_>>());
    }

    #[test]
    fn long_buttons_make_more_keyboards() {
        let choices: Vec<Vec<Choice>> =
            (0..90).map(|n| vec![choice(&format!("{n} {}", "é".repeat(60)), &format!("{n:064}"))]).collect();
        let keyboards = keyboards(&choices, "s");
        assert!(keyboards.len() > 1);
        assert!(keyboards.iter().all(|keyboard| serde_json::to_string(keyboard).unwrap().len() < 9000));
        assert_eq!(keyboards.iter().map(|keyboard| keyboard.inline_keyboard.len()).sum::<usize>(), 90);
    }

    #[test]
    fn a_token_that_no_button_carries_is_never_shortened() {
        let longest = "x".repeat(64);
        let choices = [vec![choice("a", ""), choice("b", &longest), choice("c", &"é".repeat(33))]];
        assert_eq!(keyboards(&choices, "s").iter().map(rows).collect::<Vec<_>>(), [[[format!("b={longest}")]]]);
    }
}
