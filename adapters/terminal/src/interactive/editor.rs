//! Lines from a person at a prompt.

use std::io::{self, Write as _};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use modelpin_chat::BoxFuture;
use rustyline::completion::Completer;
use rustyline::config::{Behavior, Builder};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Editor, Helper};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::interactive::{History, Lines, Typed};

/// How many lines are remembered.
const REMEMBERED: usize = 1000;

/// Reads messages with an editor, on a thread of its own: the editor blocks until a line is there.
pub(crate) struct EditedLines {
    asked: Sender<String>,
    typed: UnboundedReceiver<Typed>,
    /// Whether the editor is at work, and the terminal in its hands.
    editing: bool,
    before: Before,
}

impl EditedLines {
    /// Starts the editor. With `output` not a terminal, the prompt goes past it, so that only answers are in it.
    pub(crate) fn start(history: Option<History>, output: bool) -> io::Result<Self> {
        let before = Before::noted();
        let (asked, questions) = mpsc::channel();
        let (answers, typed) = unbounded_channel();
        thread::Builder::new()
            .name("line-editor".to_owned())
            .spawn(move || edit(history.as_ref(), output, &questions, &answers))?;
        Ok(Self { asked, typed, editing: false, before })
    }
}

impl Lines for EditedLines {
    fn next<'a>(&'a mut self, prompt: &'a str) -> BoxFuture<'a, Typed> {
        Box::pin(async move {
            // A thread that is gone has said why, or hangs up below.
            self.editing = self.asked.send(prompt.to_owned()).is_ok();
            let typed = self.typed.recv().await;
            self.editing = false;
            typed.unwrap_or_else(|| Typed::Failed(io::Error::other("the line editor stopped")))
        })
    }

    fn edits(&self) -> bool {
        true
    }
}

impl Drop for EditedLines {
    /// The program ends at the prompt: the editor never returns, so the terminal is put back for it.
    fn drop(&mut self) {
        if self.editing {
            self.before.put_back();
            let mut stdout = io::stdout();
            // The end of bracketed paste, and of the line. Where nobody sees it, nobody misses it.
            let _ = stdout.write_all(b"\x1b[?2004l\r\n").and_then(|()| stdout.flush());
        }
    }
}

/// The mode the terminal was in.
struct Before(#[cfg(unix)] Option<nix::sys::termios::Termios>);

impl Before {
    #[cfg(unix)]
    fn noted() -> Self {
        Self(nix::sys::termios::tcgetattr(io::stdin()).ok())
    }

    #[cfg(not(unix))]
    fn noted() -> Self {
        Self()
    }

    fn put_back(&self) {
        #[cfg(unix)]
        if let Some(before) = &self.0 {
            use nix::sys::termios::{SetArg, tcsetattr};
            // The program ends; there is nobody left to act on a terminal that is gone.
            let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, before);
        }
    }
}

/// The editor's thread: one line for every prompt.
fn edit(history: Option<&History>, output: bool, questions: &Receiver<String>, answers: &UnboundedSender<Typed>) {
    let mut editor = match editor(output) {
        Ok(editor) => editor,
        Err(fault) => {
            let _ = answers.send(failed(fault));
            return;
        }
    };
    let mut memory = Memory { history, told: false };
    let mut trouble = memory.load(&mut editor);
    while let Ok(prompt) = questions.recv() {
        let typed = match trouble.take() {
            Some(notice) => Typed::Notice(notice),
            None => match editor.readline(prompt.as_str()) {
                Ok(line) => {
                    trouble = memory.add(&mut editor, &line);
                    Typed::Message(joined(&line))
                }
                Err(ReadlineError::Interrupted) => Typed::Interrupted,
                Err(ReadlineError::Eof) => Typed::End,
                Err(fault) => failed(fault),
            },
        };
        if answers.send(typed).is_err() {
            return;
        }
    }
}

type LineEditor = Editor<Continued, DefaultHistory>;

fn editor(output: bool) -> Result<LineEditor, ReadlineError> {
    let behavior = if output { Behavior::Stdio } else { Behavior::PreferTerm };
    let config = Builder::new().max_history_size(REMEMBERED)?.history_ignore_space(true).behavior(behavior).build();
    let mut editor = Editor::with_config(config)?;
    editor.set_helper(Some(Continued));
    Ok(editor)
}

fn failed(fault: ReadlineError) -> Typed {
    Typed::Failed(match fault {
        ReadlineError::Io(fault) => fault,
        other => io::Error::other(other.to_string()),
    })
}

/// The message that was typed on several lines, without the marks that they go on.
fn joined(typed: &str) -> String {
    typed.replace("\\\n", "\n")
}

/// What is remembered of the lines.
struct Memory<'a> {
    history: Option<&'a History>,
    /// Whether the person has been told of trouble with the file: once is enough.
    told: bool,
}

impl Memory<'_> {
    fn load(&mut self, editor: &mut LineEditor) -> Option<String> {
        let History { path, .. } = self.history?;
        match editor.load_history(path) {
            Err(ReadlineError::Io(fault)) if fault.kind() == io::ErrorKind::NotFound => None,
            outcome => self.trouble("read", outcome),
        }
    }

    fn add(&mut self, editor: &mut LineEditor, line: &str) -> Option<String> {
        if line.trim().is_empty() || self.history.is_some_and(|history| !(history.keep)(line)) {
            return None;
        }
        let added = editor.add_history_entry(line);
        let History { path, .. } = self.history?;
        // At once, so that a program that is killed has lost nothing.
        let outcome = added.and_then(|_| editor.append_history(path));
        self.trouble("written", outcome)
    }

    fn trouble(&mut self, what: &str, outcome: Result<(), ReadlineError>) -> Option<String> {
        let fault = outcome.err()?;
        let path = &self.history?.path;
        let first = !std::mem::replace(&mut self.told, true);
        first.then(|| format!("The history of typed lines cannot be {what}: {}: {fault}", path.display()))
    }
}

/// A line that ends in `\` goes on in the next one.
struct Continued;

impl Validator for Continued {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let goes_on = context.input().ends_with('\\');
        Ok(if goes_on { ValidationResult::Incomplete } else { ValidationResult::Valid(None) })
    }
}

impl Completer for Continued {
    type Candidate = String;
}

impl Hinter for Continued {
    type Hint = String;
}

impl Highlighter for Continued {}

impl Helper for Continued {}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn marks_of_continuation_go() {
        assert_eq!(joined("/model opus\\\nand hello"), "/model opus\nand hello");
        assert_eq!(joined("pasted\nlines"), "pasted\nlines");
    }
}
