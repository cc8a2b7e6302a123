//! An answer that is still being written.

use crate::outbound::Message;
use crate::outbound::clean::clean;
use crate::outbound::limits::CONTENT;
use crate::outbound::markdown;
use crate::outbound::rich::Rich;
use crate::outbound::split::{cut, shown};
use crate::outbound::write::markdown as written;

/// The messages that show an answer so far.
///
/// Markdown may still change its meaning with what follows. So a message is settled once the answer goes on in another:
/// it never changes again, and the next one begins at the very place of the source where it ended.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    messages: Vec<Message>,
    /// How many of the messages are settled.
    settled: usize,
    /// Where the source begins that is not settled.
    from: usize,
}

impl Draft {
    /// Takes the whole answer so far, in Markdown, and gives all messages that show it. Nothing visible, no message.
    pub(crate) fn grow(&mut self, text: &str) -> &[Message] {
        let source = clean(text);
        let rich = markdown::read(decided(&source));
        self.messages.truncate(self.settled);
        loop {
            let start = rich.position(self.from);
            let Some(end) = cut(&rich, start, CONTENT) else {
                self.messages.extend(message(&rich, start, rich.text().len()));
                return &self.messages;
            };
            let seam = rich.seam(end);
            let end = if seam > start { seam } else { end };
            self.messages.extend(message(&rich, start, end));
            self.settled = self.messages.len();
            // Going on is more than an exact seam in a text that is nothing but signs of ours.
            self.from = rich.origin(end).max(self.from + 1);
        }
    }
}

/// The text without a last line of marks, whose meaning the next characters decide.
///
/// `Text` and `-` below it is a heading until the `-` turns out to begin a list, and half of a fence is text. What is
/// left out comes with what follows.
fn decided(text: &str) -> &str {
    let line = text.rfind('\n').map_or(0, |at| at + 1);
    let marks = ['-', '=', '+', '*', '_', '~', '`', '#', '>', '|', ':', ' '];
    let only_marks = text.get(line..).is_some_and(|line| line.trim_matches(marks).is_empty());
    if only_marks { text.get(..line).unwrap_or(text) } else { text }
}

fn message(rich: &Rich, start: usize, end: usize) -> Option<Message> {
    let part = shown(rich, start..end)?;
    Some(Message { content: written(rich, part), embeds: Vec::new(), components: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::Draft;

    fn shown(draft: &mut Draft, text: &str) -> Vec<String> {
        draft.grow(text).iter().map(|message| message.content.clone()).collect()
    }

    #[test]
    fn an_answer_grows_in_one_message_and_goes_on_in_the_next() {
        let mut draft = Draft::default();
        assert!(draft.grow("").is_empty() && draft.grow(" \n").is_empty(), "nothing is to be seen yet");
        assert_eq!(shown(&mut draft, "One **t"), ["One \\*\\*t"]);
        assert_eq!(shown(&mut draft, "One **two**"), ["One **two**"]);
        let first = format!("One **two**\n\n```rust\n{}", "let a = 1 < 2;\n".repeat(120));
        let one = shown(&mut draft, &first);
        assert!(one.len() == 1 && one[0].ends_with("let a = 1 < 2;\n```"), "an open fence is shown closed");
        let more = format!("{first}{}", "let b = 3;\n".repeat(60));
        let two = shown(&mut draft, &more);
        assert_eq!(two.len(), 2);
        assert!(two[0].ends_with("let b = 3;\n```") && two[1].starts_with("```rust\nlet b"), "{two:?}");
        let three = shown(&mut draft, &format!("{more}```\nDone."));
        assert_eq!(three, [two[0].clone(), format!("{}\nDone.", two[1])]);
    }

    #[test]
    fn an_emphasis_that_ends_in_the_next_message_is_not_lost() {
        let mut draft = Draft::default();
        let first = format!("**{}", "word ".repeat(450));
        let two = shown(&mut draft, &first);
        assert!(two[0].starts_with("\\*\\*word") && two[1].starts_with("word"), "nobody knows yet that it ends");
        let ended = shown(&mut draft, &format!("{}** plain", first.trim_end()));
        assert_eq!(ended[0], two[0]);
        assert_eq!(ended[1], format!("**{}** plain", two[1]));
    }

    #[test]
    fn marks_wait_for_what_makes_them_clear() {
        for (text, content) in [
            ("Title\n-", "Title"),
            ("Title\n- ", "Title"),
            ("Title\n- a", "Title\n- a"),
            ("Title\n--", "Title"),
            ("a\n``", "a"),
            ("a\n```", "a"),
            ("**", ""),
            ("**a**", "**a**"),
            ("a\n> ", "a"),
            ("a - ", "a -"),
        ] {
            let content: Vec<&str> = [content].into_iter().filter(|content| !content.is_empty()).collect();
            assert_eq!(shown(&mut Draft::default(), text), content, "{text:?}");
        }
    }
}
