#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use modelpin_chat::{
    Block, BoxFuture, Choice, Event, Handler, Inbound, Outbox, Placement, Reply, Span, Visibility, Withdrawal,
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::interactive::plain::PlainLines;
use crate::interactive::screen::{Look, Screen};
use crate::interactive::{Lines, Options, Typed, serve_lines};
use crate::signals::{Signal, Signals};

const PIPE: Look = Look { colour: false, terminal: false };
const TERMINAL: Look = Look { colour: true, terminal: true };

/// An output that can be read while it is written.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Follows a message as a list of stage directions, one a line.
#[derive(Default)]
struct Actor {
    seen: Mutex<Vec<Event>>,
    finished: Mutex<usize>,
}

impl Handler for Actor {
    fn handle<'a>(&'a self, inbound: Inbound, outbox: &'a dyn Outbox) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            self.seen.lock().unwrap().push(inbound.event.clone());
            let text = match inbound.event {
                Event::Message(text) | Event::Forwarded(text) => text,
                Event::Press(token) => format!("say pressed {token}"),
                Event::Command(invocation) => format!("say {}", invocation.command),
            };
            for line in text.lines() {
                let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
                let rest = rest.replace('|', "\n");
                match verb {
                    "say" => drop(outbox.send(reply(Block::Markdown(rest), &[])).await),
                    "draft" => drop(outbox.draft(&rest).await),
                    "menu" => {
                        let labels: Vec<&str> = rest.split(' ').collect();
                        drop(outbox.send(reply(Block::line("choose:"), &labels)).await);
                    }
                    "styled" => {
                        let line = vec![
                            Span::Plain("plain ".to_owned()),
                            Span::Strong("strong ".to_owned()),
                            Span::Code("code".to_owned()),
                        ];
                        drop(outbox.send(reply(Block::Line(line), &[])).await);
                    }
                    "typing" => outbox.typing().await,
                    "wait" => outbox.stopped().await,
                    "withdraw" => assert_eq!(outbox.withdraw().await, Ok(Withdrawal::Impossible)),
                    _ => {}
                }
            }
            *self.finished.lock().unwrap() += 1;
        })
    }
}

fn reply(block: Block, labels: &[&str]) -> Reply {
    let row = labels
        .iter()
        .map(|label| Choice { label: (*label).to_owned(), token: format!("<{label}>"), list: None, current: false })
        .collect();
    Reply {
        blocks: vec![block],
        choices: vec![row],
        visibility: Visibility::Chat,
        placement: Placement::InPlace,
        session: "session key".to_owned(),
        receipt: Some("{\"receipt\":1}".to_owned()),
    }
}

/// What comes out for lines that come from a pipe.
async fn shown(input: impl AsRef<[u8]>, look: Look) -> (String, Vec<Event>) {
    let (paper, actor) = (Paper::default(), Actor::default());
    let (_sender, signals) = Signals::channel();
    let mut lines = PlainLines::new(input.as_ref());
    let screen = Screen::new(paper.clone(), look);
    serve_lines(&actor, &Options::new("pin"), &mut lines, screen, signals).await.unwrap();
    (paper.text(), actor.seen.into_inner().unwrap())
}

#[tokio::test]
async fn a_pipe_gets_the_text_and_nothing_else() {
    let (text, _) = shown("typing\\\nstyled\nsay two|lines\n\n  \nsay last", PIPE).await;
    assert_eq!(text, "plain strong code\n\ntwo\nlines\n\nlast\n\n");
}

#[tokio::test]
async fn a_terminal_gets_colours() {
    let (text, _) = shown("styled", TERMINAL).await;
    assert_eq!(text, "plain \u{1b}[1mstrong \u{1b}[0m\u{1b}[36mcode\u{1b}[0m\n\n");
}

#[tokio::test]
async fn the_sign_of_waiting_is_taken_back() {
    let look = Look { colour: false, terminal: true };
    let (text, _) = shown("typing\\\ntyping\\\ndraft a\\\nsay ab", look).await;
    assert_eq!(text, "…\r\u{1b}[Kab\n\n");
}

#[tokio::test]
async fn a_draft_grows_and_the_reply_completes_it() {
    for (script, expected) in [
        ("draft Hel\\\ndraft Hello wor\\\nsay Hello world", "Hello world\n\n"),
        ("draft Hello\\\nsay Hello|and a notice", "Hello\nand a notice\n\n"),
        ("draft Hello||\\\nsay Hello", "Hello\n\n\n"),
        ("draft Hello\\\nsay Hello\\\nsay Hello", "Hello\n\nHello\n\n"),
        ("draft Hello\\\nsay Other", "Hello\n\nOther\n\n"),
        ("draft Hello\\\ndraft Hullo you", "Hello\nHullo you\n\n"),
        ("draft it stays", "it stays\n\n"),
        ("draft \\\nsay x", "x\n\n"),
        ("draft a\u{1b}\\\nsay a\u{1b}[2J", "a␛[2J\n\n"),
    ] {
        assert_eq!(shown(script, PIPE).await.0, expected, "{script:?}");
    }
}

#[tokio::test]
async fn nothing_from_outside_drives_the_terminal() {
    let (text, _) = shown("say \u{1b}]0;title\u{7}\nmenu \u{1b}[31mred\ndraft \u{9b}2J", PIPE).await;
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
}

#[tokio::test]
async fn a_button_is_pressed_by_its_number() {
    let (text, seen) = shown("#1\nmenu opus sonnet\\\nmenu more\n#2\n#3\n#4\n", PIPE).await;
    let pressed: Vec<_> = seen.iter().filter(|event| matches!(event, Event::Press(_))).collect();
    assert_eq!(pressed, [&Event::Press("<sonnet>".to_owned()), &Event::Press("<more>".to_owned())]);
    assert_eq!(seen[0], Event::Message("#1".to_owned()), "no menu was shown yet");
    assert!(text.contains("choose:\n  #1 opus  #2 sonnet\n  (type #1 to #2 to press)\n"), "{text}");
    assert!(text.contains("choose:\n  #3 more\n  (type #3 to press)\n"), "{text}");
    assert!(text.contains("There is no button #4"), "{text}");
    assert!(!text.contains("<opus>"), "a token is not for people: {text}");
}

#[tokio::test]
async fn no_reply_is_said_so() {
    assert_eq!(shown("silence", PIPE).await.0, "(no reply)\n");
}

#[tokio::test]
async fn bad_lines_are_passed_over_with_a_word() {
    let mut input = b"say \xff\n".to_vec();
    input.extend(std::iter::repeat_n(b'x', 1024 * 1024 + 1));
    input.extend_from_slice(b"\n@PIN say still here\r\n");
    let (text, seen) = shown(input, PIPE).await;
    assert!(text.contains("not UTF-8") && text.contains("longer than 1 MiB"), "{text}");
    assert_eq!(seen, [Event::Message("say still here".to_owned())]);
}

#[tokio::test]
async fn a_message_may_have_several_lines() {
    let (_, seen) = shown("/model opus\\\nhello\\\n\\", PIPE).await;
    assert_eq!(seen, [Event::Message("/model opus\nhello\n\n".to_owned())]);
}

#[tokio::test]
async fn the_greeting_comes_first() {
    let (paper, actor) = (Paper::default(), Actor::default());
    let (_sender, signals) = Signals::channel();
    let options = Options { greeting: Some("Welcome.\n".to_owned()), ..Options::new("pin") };
    let mut lines = PlainLines::new(&b"say x"[..]);
    serve_lines(&actor, &options, &mut lines, Screen::new(paper.clone(), PIPE), signals).await.unwrap();
    assert_eq!(paper.text(), "Welcome.\n\nx\n\n");
}

/// A person at a prompt, who types what the test sends.
struct Keyboard {
    keys: UnboundedReceiver<Typed>,
    /// After how many lines one was to be forgotten.
    forgotten: Arc<Mutex<Vec<usize>>>,
    typed: usize,
}

impl Lines for Keyboard {
    fn next<'a>(&'a mut self, _prompt: &'a str) -> BoxFuture<'a, Typed> {
        Box::pin(async move {
            self.typed += 1;
            self.keys.recv().await.unwrap_or(Typed::End)
        })
    }

    fn forget(&mut self) {
        self.forgotten.lock().unwrap().push(self.typed);
    }

    fn edits(&self) -> bool {
        true
    }
}

/// Everything a test needs to sit at a prompt.
struct Seat {
    keys: UnboundedSender<Typed>,
    signals: UnboundedSender<Signal>,
    paper: Paper,
    actor: Arc<Actor>,
    forgotten: Arc<Mutex<Vec<usize>>>,
    service: tokio::task::JoinHandle<io::Result<()>>,
}

fn seat() -> Seat {
    let (keys, typed) = unbounded_channel();
    let (signals, received) = Signals::channel();
    let (paper, actor) = (Paper::default(), Arc::new(Actor::default()));
    let screen = Screen::new(paper.clone(), PIPE);
    let forgotten = Arc::<Mutex<Vec<usize>>>::default();
    let service = tokio::spawn({
        let actor = Arc::clone(&actor);
        let mut lines = Keyboard { keys: typed, forgotten: Arc::clone(&forgotten), typed: 0 };
        async move { serve_lines(actor.as_ref(), &Options::new("pin"), &mut lines, screen, received).await }
    });
    Seat { keys, signals, paper, actor, forgotten, service }
}

impl Seat {
    fn types(&self, text: &str) {
        self.keys.send(Typed::Message(text.to_owned())).unwrap();
    }

    /// Waits until the screen shows `text`.
    async fn sees(&self, text: &str) {
        let shown = async {
            while !self.paper.text().contains(text) {
                tokio::task::yield_now().await;
            }
        };
        let limit = std::time::Duration::from_secs(10);
        assert!(tokio::time::timeout(limit, shown).await.is_ok(), "{text:?} is not in {:?}", self.paper.text());
    }
}

#[tokio::test]
async fn ctrl_c_stops_the_answer_and_not_the_program() {
    let seat = seat();
    seat.types("draft thinking\nwait\nsay stopped");
    seat.sees("thinking").await;
    seat.signals.send(Signal::Interrupt).unwrap();
    seat.sees("stopped").await;
    seat.types("say next");
    seat.sees("next").await;
    seat.keys.send(Typed::End).unwrap();
    seat.service.await.unwrap().unwrap();
    assert_eq!(*seat.actor.finished.lock().unwrap(), 2, "both answers were polled to their end");
}

#[tokio::test]
async fn a_late_ctrl_c_does_not_stop_the_next_answer() {
    let seat = seat();
    seat.types("say first");
    seat.sees("first\n\n").await;
    seat.signals.send(Signal::Interrupt).unwrap();
    seat.types("draft waits\nwait\nsay second");
    seat.sees("waits").await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!seat.paper.text().contains("second"), "it waits for a Ctrl-C of its own");
    seat.signals.send(Signal::Interrupt).unwrap();
    seat.sees("second").await;
    seat.keys.send(Typed::End).unwrap();
    seat.service.await.unwrap().unwrap();
}

#[tokio::test]
async fn ctrl_c_twice_at_the_prompt_tells_the_way_out() {
    let seat = seat();
    seat.keys.send(Typed::Interrupted).unwrap();
    seat.types("say once");
    seat.sees("once").await;
    assert!(!seat.paper.text().contains("Ctrl-D"), "once only clears the line");
    seat.keys.send(Typed::Interrupted).unwrap();
    seat.keys.send(Typed::Interrupted).unwrap();
    seat.sees("Ctrl-D ends the chat.").await;
    seat.keys.send(Typed::End).unwrap();
    seat.service.await.unwrap().unwrap();
}

#[tokio::test]
async fn the_program_ends_after_the_answer_under_way() {
    let seat = seat();
    seat.types("draft thinking\nwait\nsay whole");
    seat.sees("thinking").await;
    seat.signals.send(Signal::Terminate).unwrap();
    seat.service.await.unwrap().unwrap();
    assert!(seat.paper.text().contains("whole"));
    assert_eq!(*seat.actor.finished.lock().unwrap(), 1);
}

#[tokio::test]
async fn the_program_ends_at_the_prompt() {
    let seat = seat();
    seat.signals.send(Signal::Interrupt).unwrap();
    seat.types("say still here");
    seat.sees("still here").await;
    seat.signals.send(Signal::Terminate).unwrap();
    seat.service.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_message_that_is_withdrawn_is_forgotten_and_the_others_are_not() {
    let seat = seat();
    for (typed, shown) in [("say one", "one"), ("withdraw\nsay two", "two"), ("say three", "three")] {
        seat.types(typed);
        seat.sees(shown).await;
    }
    seat.keys.send(Typed::End).unwrap();
    seat.service.await.unwrap().unwrap();
    assert_eq!(*seat.forgotten.lock().unwrap(), [2]);
}

/// An output whose reader is gone.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_reader_that_is_gone_ends_the_talk_quietly() {
    let actor = Actor::default();
    let (_sender, signals) = Signals::channel();
    let mut lines = PlainLines::new(&b"say x\\\nwait\nsay y\n"[..]);
    serve_lines(&actor, &Options::new("pin"), &mut lines, Screen::new(Closed, PIPE), signals).await.unwrap();
    assert_eq!(*actor.finished.lock().unwrap(), 1, "the answer was stopped and polled to its end, and was the last");
}
