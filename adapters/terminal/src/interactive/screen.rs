//! What a person sees.

use std::io::{self, Write};

use anstyle::Style;
use modelpin_chat::Reply;

use crate::interactive::pieces::{FAINT, Piece, pieces, without_start};
use crate::visible::visible;

/// What the output can do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// Whether colours may be used.
    pub(crate) colour: bool,
    /// Whether it is a terminal, where what was printed can be taken back.
    pub(crate) terminal: bool,
}

/// The output, and what stands there of the answer under way.
#[derive(Debug)]
pub(crate) struct Screen<W> {
    out: W,
    look: Look,
    /// The draft as it was received; its visible form stands on the screen.
    draft: String,
    /// Whether the sign for "an answer is being prepared" stands on the screen.
    waiting: bool,
    /// Whether the answer under way has shown anything yet.
    answered: bool,
    /// Whether the cursor stands at the start of a line.
    fresh: bool,
}

impl<W: Write> Screen<W> {
    pub(crate) fn new(out: W, look: Look) -> Self {
        Self { out, look, draft: String::new(), waiting: false, answered: false, fresh: true }
    }

    /// The first words, and an empty line.
    pub(crate) fn greeting(&mut self, text: &str) -> io::Result<()> {
        self.print(&format!("{}\n\n", visible(text.trim_end())), Style::new())?;
        self.out.flush()
    }

    /// Something the terminal itself has to say.
    pub(crate) fn notice(&mut self, text: &str) -> io::Result<()> {
        self.start_line()?;
        self.print(&visible(text), FAINT)?;
        self.print("\n", Style::new())?;
        self.out.flush()
    }

    /// That an answer is being prepared.
    pub(crate) fn typing(&mut self) -> io::Result<()> {
        if !self.look.terminal || self.waiting || !self.draft.is_empty() {
            return Ok(());
        }
        self.start_line()?;
        self.print("…", FAINT)?;
        self.waiting = true;
        self.out.flush()
    }

    /// The whole of the answer so far; only what is new is printed.
    pub(crate) fn draft(&mut self, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let new = if let Some(new) = text.strip_prefix(self.draft.as_str()) {
            visible(new)
        } else {
            self.start_line()?;
            visible(text)
        };
        if self.draft.is_empty() {
            self.separate()?;
        }
        text.clone_into(&mut self.draft);
        self.print(&new, Style::new())?;
        self.out.flush()
    }

    /// A reply: what its draft already shows is not printed again.
    pub(crate) fn reply(&mut self, reply: &Reply, first_button: usize) -> io::Result<()> {
        let pieces = pieces(reply, first_button);
        let whole: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
        let drafted = visible(&std::mem::take(&mut self.draft));
        // The draft may end in a line feed that the finished answer has lost.
        let shown = [drafted.as_str(), drafted.trim_end()].into_iter().find(|shown| whole.starts_with(shown));
        let pieces = match shown {
            Some(shown) if !shown.is_empty() => without_start(pieces, shown.len()),
            _ => {
                self.start_line()?;
                self.separate()?;
                pieces
            }
        };
        for Piece { text, style } in pieces {
            self.print(&text, style)?;
        }
        self.start_line()?;
        self.out.flush()
    }

    /// The answer is over: whatever of it stands there is closed off from what follows.
    pub(crate) fn settle(&mut self) -> io::Result<()> {
        self.draft.clear();
        self.start_line()?;
        if std::mem::take(&mut self.answered) {
            self.print("\n", Style::new())?;
        } else {
            self.print("(no reply)\n", FAINT)?;
        }
        self.out.flush()
    }

    /// An empty line between two replies to one message.
    fn separate(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.answered, true) { self.print("\n", Style::new()) } else { Ok(()) }
    }

    /// Goes to the start of a line, if the cursor is not there.
    fn start_line(&mut self) -> io::Result<()> {
        self.take_back_sign()?;
        if self.fresh { Ok(()) } else { self.print("\n", Style::new()) }
    }

    fn take_back_sign(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.waiting) {
            self.out.write_all(b"\r\x1b[K")?;
            self.fresh = true;
        }
        Ok(())
    }

    fn print(&mut self, text: &str, style: Style) -> io::Result<()> {
        self.take_back_sign()?;
        if text.is_empty() {
            return Ok(());
        }
        self.fresh = text.ends_with('\n');
        if self.look.colour && style != Style::new() {
            write!(self.out, "{style}{text}{style:#}")
        } else {
            self.out.write_all(text.as_bytes())
        }
    }
}
