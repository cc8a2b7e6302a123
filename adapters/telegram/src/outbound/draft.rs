//! An answer that is still being written.

use crate::outbound::Message;
use crate::outbound::clean::clean;
use crate::outbound::limits::Limits;
use crate::outbound::markdown;
use crate::outbound::rich::Rich;
use crate::outbound::split::{cut, shown};

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
        let rich = markdown::read(&source);
        self.messages.truncate(self.settled);
        loop {
            let start = rich.position(self.from);
            let Some(end) = cut(&rich, start, Limits::MESSAGE) else {
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

fn message(rich: &Rich, start: usize, end: usize) -> Option<Message> {
    let part = shown(rich, start..end)?;
    let plain = rich.text().get(part.clone())?.to_owned();
    Some(Message { html: rich.html(part), plain, keyboard: None })
}
