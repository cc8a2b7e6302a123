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

/// What the editor is asked for: the next line.
struct Question {
    prompt: String,
    /// Whether the line before it is not to be remembered.
    forget: bool,
}

/// Reads messages with an editor, on a thread of its own: the editor blocks until a line is there.
pub(crate) struct EditedLines {
    asked: Sender<Question>,
    typed: UnboundedReceiver<Typed>,
    /// Whether the line that came last is not to be remembered.
    forget: bool,
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
        Ok(Self { asked, typed, forget: false, editing: false, before })
    }
}

impl Lines for EditedLines {
    fn next<'a>(&'a mut self, prompt: &'a str) -> BoxFuture<'a, Typed> {
        Box::pin(async move {
            // A thread that is gone has said why, or hangs up below.
            let question = Question { prompt: prompt.to_owned(), forget: std::mem::take(&mut self.forget) };
            self.editing = self.asked.send(question).is_ok();
            let typed = self.typed.recv().await;
            self.editing = false;
            typed.unwrap_or_else(|| Typed::Failed(io::Error::other("the line editor stopped")))
        })
    }

    fn forget(&mut self) {
        self.forget = true;
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
fn edit(history: Option<&History>, output: bool, questions: &Receiver<Question>, answers: &UnboundedSender<Typed>) {
    let mut editor = match editor(output) {
        Ok(editor) => editor,
        Err(fault) => {
            let _ = answers.send(failed(fault));
            return;
        }
    };
    let mut memory = Memory { history, told: false, last: None };
    let mut trouble = memory.load(&mut editor);
    while let Ok(Question { prompt, forget }) = questions.recv() {
        let settled = memory.settle(&mut editor, forget);
        let typed = match trouble.take().or(settled) {
            Some(notice) => Typed::Notice(notice),
            None => match editor.readline(prompt.as_str()) {
                Ok(line) => {
                    let message = joined(&line);
                    memory.last = Some(line);
                    Typed::Message(message)
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
    /// The line that came last. It is remembered after it was answered, for only then it is known whether it may be.
    last: Option<String>,
}

impl Memory<'_> {
    fn load(&mut self, editor: &mut LineEditor) -> Option<String> {
        let History { path, .. } = self.history?;
        match editor.load_history(path) {
            Err(ReadlineError::Io(fault)) if fault.kind() == io::ErrorKind::NotFound => None,
            outcome => self.trouble("read", outcome),
        }
    }

    /// Remembers the line that came last, unless it is to be forgotten.
    fn settle(&mut self, editor: &mut LineEditor, forget: bool) -> Option<String> {
        let line = self.last.take().filter(|_| !forget)?;
        self.add(editor, &line)
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
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::{LineEditor, Memory, editor, joined};
    use crate::interactive::History;

    /// What the arrow keys bring back, oldest first.
    fn remembered(editor: &LineEditor) -> Vec<&str> {
        editor.history().iter().map(String::as_str).collect()
    }

    #[test]
    fn marks_of_continuation_go() {
        assert_eq!(joined("/model opus\\\nand hello"), "/model opus\nand hello");
        assert_eq!(joined("pasted\nlines"), "pasted\nlines");
    }

    #[test]
    fn a_line_is_remembered_once_it_was_answered_unless_it_was_withdrawn() {
        let mut editor = editor(true).unwrap();
        let mut memory = Memory { history: None, told: false, last: None };
        for (line, forget) in [("/model", false), ("it is a secret", true), ("hello", false)] {
            memory.last = Some(line.to_owned());
            assert!(!remembered(&editor).contains(&line), "{line}: it is not known yet whether it may be");
            assert_eq!(memory.settle(&mut editor, forget), None);
        }
        assert_eq!(memory.settle(&mut editor, false), None, "nothing was typed in between");
        assert_eq!(remembered(&editor), ["/model", "hello"]);
    }

    #[test]
    fn a_withdrawn_line_never_reaches_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let history = History { path: folder.path().join("lines"), keep: |_| true };
        let mut editor = editor(true).unwrap();
        let mut memory = Memory { history: Some(&history), told: false, last: None };
        for (line, forget) in [("first", false), ("it is a secret", true), ("last", false)] {
            memory.last = Some(line.to_owned());
            assert_eq!(memory.settle(&mut editor, forget), None);
        }
        let kept = std::fs::read_to_string(&history.path).unwrap();
        assert!(kept.contains("first\n") && kept.ends_with("last\n") && !kept.contains("secret"), "{kept}");
    }
}
