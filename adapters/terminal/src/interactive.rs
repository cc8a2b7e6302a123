//! The terminal for a person.

mod buttons;
mod editor;
mod options;
mod outbox;
mod pieces;
mod plain;
mod screen;

use std::io::{self, IsTerminal as _, Write};
use std::sync::Mutex;

use modelpin_chat::{BoxFuture, Event, Handler, Inbound, without_mention};
use tokio::sync::watch;

use crate::interactive::buttons::{Buttons, Pressed};
use crate::interactive::editor::EditedLines;
use crate::interactive::outbox::{Outcome, Window};
use crate::interactive::plain::PlainLines;
use crate::interactive::screen::{Look, Screen};
use crate::signals::{Signal, Signals};

pub use crate::interactive::options::{History, Options};

/// Serves the person at the standard input and output, until the input ends.
///
/// How it behaves is in the crate's documentation. Colours and the prompt are for terminals only; with the input from
/// a pipe, lines are read as they come.
///
/// # Errors
/// The input cannot be read, or the output not written, for another reason than its end.
pub async fn serve_interactive(handler: &dyn Handler, mut options: Options) -> io::Result<()> {
    let signals = Signals::of_process()?;
    let stdout = anstream::stdout();
    let terminal = io::stdout().is_terminal();
    // `anstream` also lets variables force colours into a pipe; a pipe here never gets any.
    let colour = terminal && stdout.current_choice() != anstream::ColorChoice::Never;
    let screen = Screen::new(io::stdout(), Look { colour, terminal });
    let history = options.history.take();
    let mut lines: Box<dyn Lines> = if io::stdin().is_terminal() {
        Box::new(EditedLines::start(history, terminal)?)
    } else {
        Box::new(PlainLines::new(tokio::io::BufReader::new(tokio::io::stdin())))
    };
    serve_lines(handler, &options, lines.as_mut(), screen, signals).await
}

/// Where a person's lines come from.
trait Lines: Send {
    /// The next thing the person did. `prompt` is shown by those who show one.
    fn next<'a>(&'a mut self, prompt: &'a str) -> BoxFuture<'a, Typed>;

    /// What came last is not to be remembered. Until the next call of [`Lines::next`] it has not been.
    fn forget(&mut self);

    /// Whether the person edits lines at a prompt, so that Ctrl-C there is a [`Typed::Interrupted`].
    fn edits(&self) -> bool;
}

/// What a person did at the prompt.
#[derive(Debug)]
enum Typed {
    /// Entered a message, of one line or several.
    Message(String),
    /// Gave up the line: Ctrl-C.
    Interrupted,
    /// Ended the talk: Ctrl-D, or the end of the input.
    End,
    /// Something happened that the person should know, such as an unreadable line; the talk goes on.
    Notice(String),
    /// The input cannot be read any more.
    Failed(io::Error),
}

/// The loop: a line, its answer, the next line.
async fn serve_lines<W: Write + Send>(
    handler: &dyn Handler,
    options: &Options,
    lines: &mut dyn Lines,
    screen: Screen<W>,
    mut signals: Signals,
) -> io::Result<()> {
    let screen = Mutex::new(screen);
    let mut buttons = Buttons::default();
    let mut given_up = 0;
    let Options { conversation, sender, bot, prompt, greeting, history: _ } = options;
    if let Some(greeting) = greeting {
        quietly(outbox::locked(&screen).greeting(greeting))?;
    }
    loop {
        let interrupt_ends = !lines.edits();
        let typed = tokio::select! {
            biased;
            () = signals.end(interrupt_ends) => return Ok(()),
            typed = lines.next(prompt) => typed,
        };
        let given_up_before = std::mem::take(&mut given_up);
        let written = match typed {
            Typed::End => return Ok(()),
            Typed::Failed(fault) => return Err(fault),
            Typed::Notice(text) => outbox::locked(&screen).notice(&text),
            Typed::Interrupted => {
                given_up = given_up_before + 1;
                let again = given_up >= 2;
                if again { outbox::locked(&screen).notice("Ctrl-D ends the chat.") } else { Ok(()) }
            }
            Typed::Message(text) => {
                let event = match buttons.pressed(&text) {
                    Pressed::NoButton if text.trim().is_empty() => continue,
                    Pressed::NoButton => Event::Message(without_mention(&text, bot).to_owned()),
                    Pressed::Button(token) => Event::Press(token),
                    Pressed::Unknown(notice) => {
                        quietly(outbox::locked(&screen).notice(&notice))?;
                        continue;
                    }
                };
                let inbound = Inbound {
                    conversation: conversation.clone(),
                    sender: sender.clone(),
                    bot: bot.clone(),
                    addressed: true,
                    room: None,
                    id: None,
                    event,
                };
                let (ended, outcome) = answer(handler, inbound, &screen, &mut signals).await;
                let Outcome { tokens, withdrawn, fault } = outcome;
                buttons.remember(tokens);
                if withdrawn {
                    lines.forget();
                }
                let settled = fault.map_or_else(|| outbox::locked(&screen).settle(), Err);
                match (settled, ended) {
                    (Ok(()), Ended::WithTheProgram) => return Ok(()),
                    (settled, Ended::ByItself | Ended::WithTheProgram) => settled,
                }
            }
        };
        match written {
            Ok(()) => {}
            Err(fault) if fault.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            Err(fault) => return Err(fault),
        }
    }
}

/// How an answer came to its end.
enum Ended {
    /// It was given, or stopped by the person.
    ByItself,
    /// The program has been told to end meanwhile.
    WithTheProgram,
}

/// One answer, polled to its end. Ctrl-C stops it.
async fn answer<W: Write + Send>(
    handler: &dyn Handler,
    inbound: Inbound,
    screen: &Mutex<Screen<W>>,
    signals: &mut Signals,
) -> (Ended, Outcome) {
    let (stop, stopped) = watch::channel(false);
    let window = Window::new(screen, &stop, stopped);
    let mut ended = Ended::ByItself;
    let mut work = handler.handle(inbound, &window);
    loop {
        tokio::select! {
            biased;
            () = &mut work => break,
            signal = signals.next() => {
                if signal == Signal::Terminate {
                    ended = Ended::WithTheProgram;
                }
                stop.send_replace(true);
            }
        }
    }
    drop(work);
    (ended, window.into_outcome())
}

/// A reader that is gone ends the talk at the next line, without a word.
fn quietly(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(fault) if fault.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

#[cfg(test)]
mod tests;
