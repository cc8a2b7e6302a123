#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io;
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use modelpin_chat::{
    Block, BoxFuture, Choice, Event, Handler, Inbound, Outbox, Placement, Reply, Visibility, Withdrawal,
};
use tokio::io::{AsyncBufReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};

use super::serve_jsonl;
use crate::signals::{Signal, Signals};

/// Answers each line of a message with one reply; `wait` waits until it is stopped.
#[derive(Default)]
struct Echo {
    handled: AtomicUsize,
    finished: AtomicUsize,
    refused: Mutex<Vec<String>>,
}

impl Handler for Echo {
    fn handle<'a>(&'a self, inbound: Inbound, outbox: &'a dyn Outbox) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            self.handled.fetch_add(1, Ordering::SeqCst);
            let text = match inbound.event {
                Event::Message(text) | Event::Forwarded(text) => text,
                Event::Press(token) => format!("pressed {token}"),
                Event::Command(invocation) => format!("filled in {}", invocation.command),
            };
            outbox.typing().await;
            for line in text.lines() {
                if line == "wait" {
                    outbox.stopped().await;
                }
                if line == "withdraw" {
                    match outbox.withdraw().await {
                        Ok(withdrawal) => assert_eq!(withdrawal, Withdrawal::Asked),
                        Err(refused) => self.refused.lock().unwrap().push(refused.to_string()),
                    }
                }
                outbox.draft("not shown").await.unwrap();
                if let Err(refused) = outbox.send(reply(line)).await {
                    self.refused.lock().unwrap().push(refused.to_string());
                }
            }
            self.finished.fetch_add(1, Ordering::SeqCst);
        })
    }
}

fn reply(text: &str) -> Reply {
    let menu = text == "menu";
    Reply {
        blocks: vec![Block::line(text), Block::line("é\u{1b}")],
        choices: if menu {
            vec![
                vec![Choice { label: "opus".to_owned(), token: "t1".to_owned(), list: None, current: false }],
                Vec::new(),
            ]
        } else {
            Vec::new()
        },
        visibility: if menu { Visibility::Private } else { Visibility::Chat },
        placement: Placement::InPlace,
        session: "s".to_owned(),
        receipt: match text {
            "turn" => Some("{\"z\": 1,\n \"a\": [null, 0.5]}".to_owned()),
            "bad receipt" => Some("[]".to_owned()),
            _ => None,
        },
    }
}

async fn served(input: impl AsRef<[u8]>) -> Vec<String> {
    let mut output = Vec::new();
    let (_signals, none) = Signals::channel();
    serve_jsonl(&Echo::default(), "pin", input.as_ref(), &mut output, none).await.unwrap();
    String::from_utf8(output).unwrap().lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn replies_come_in_order_and_every_line_has_its_end() {
    assert_eq!(
        served("{\"text\":\"one\\ntwo\"}\n\n{\"press\":\"t\"}").await,
        [
            r#"{"reply":{"session":"s","text":"one\né\u001b","choices":[],"visibility":"chat"}}"#,
            r#"{"reply":{"session":"s","text":"two\né\u001b","choices":[],"visibility":"chat"}}"#,
            r#"{"end":1}"#,
            r#"{"end":2}"#,
            r#"{"reply":{"session":"s","text":"pressed t\né\u001b","choices":[],"visibility":"chat"}}"#,
            r#"{"end":3}"#,
        ]
    );
}

#[tokio::test]
async fn a_reply_carries_its_buttons_and_its_receipt() {
    let lines = served("{\"text\":\"menu\\nturn\"}").await;
    assert_eq!(
        lines[0],
        r#"{"reply":{"session":"s","text":"menu\né\u001b","choices":[[{"label":"opus","token":"t1"}],[]],"visibility":"private"}}"#
    );
    assert_eq!(
        lines[1],
        r#"{"reply":{"session":"s","text":"turn\né\u001b","choices":[],"visibility":"chat"},"receipt":{"z":1,"a":[null,0.5]}}"#
    );
}

#[tokio::test]
async fn a_bad_receipt_costs_the_receipt_and_not_the_reply() {
    let echo = Echo::default();
    let mut output = Vec::new();
    let (_signals, none) = Signals::channel();
    serve_jsonl(&echo, "pin", &b"{\"text\":\"bad receipt\"}"[..], &mut output, none).await.unwrap();
    let output = String::from_utf8(output).unwrap();
    assert!(output.contains("\"text\":\"bad receipt") && !output.contains("\"receipt\""), "{output}");
    assert!(echo.refused.lock().unwrap()[0].starts_with("the receipt of a reply is no JSON object"));
}

#[tokio::test]
async fn a_script_is_told_which_message_to_delete_before_it_is_told_why() {
    assert_eq!(
        served("{\"text\":\"one\"}\n{\"text\":\"withdraw\"}").await[2..],
        [
            r#"{"withdraw":2}"#,
            r#"{"reply":{"session":"s","text":"withdraw\né\u001b","choices":[],"visibility":"chat"}}"#,
            r#"{"end":2}"#,
        ]
    );
}

#[tokio::test]
async fn an_error_repeats_nothing_of_the_line() {
    let secret = "sk-test-q7Zk2mV9xT4bW1rY8sD3";
    for line in [
        "KEY",
        "{\"KEY\":1}",
        "{\"text\":\"x\",\"KEY, expected KEY\":1}",
        "{\"text\":{\"KEY\":1}}",
        "{\"text\":\"x\",\"kind\":\"KEY\"}",
        "{\"text\":\"x\",\"chat\":[\"KEY\"]}",
        "{\"text\":\"x\",\"bot\":true,\"name\":\"KEY\"}",
        "{\"text\":\"KEY\",\"press\":\"KEY\"}",
        "{\"text\":\"KEY\",\"sender\":\" \"}",
        "{\"text\":\"KEY\",}",
        "{\"text\":\"KEY",
        "[\"KEY\"]",
        "{\"text\":\"KEY\"} KEY",
    ] {
        let lines = served(line.replace("KEY", secret)).await;
        assert!(lines[0].starts_with("{\"error\":") && lines.len() == 2, "{lines:?}");
        assert!(!lines[0].contains(&secret[8..16]), "{}", lines[0]);
    }
}

#[tokio::test]
async fn bad_input_gets_an_error_and_the_next_line_is_served() {
    let mut input = b"nonsense\n\xff\xfe\n\0\n".to_vec();
    input.extend(std::iter::repeat_n(b'[', 2 * 1024 * 1024));
    input.extend_from_slice(b"\n{\"text\":\"still here\"}\n");
    let lines = served(input).await;
    let kinds: Vec<&str> = lines.iter().map(|line| &line[..line.len().min(8)]).collect();
    assert_eq!(
        kinds,
        [
            "{\"error\"",
            "{\"end\":1",
            "{\"error\"",
            "{\"end\":2",
            "{\"error\"",
            "{\"end\":3",
            "{\"error\"",
            "{\"end\":4",
            "{\"reply\"",
            "{\"end\":5"
        ]
    );
    assert!(lines[6].contains("longer than 1 MiB"), "{}", lines[6]);
}

#[tokio::test]
async fn each_answer_is_out_before_the_next_line_comes_in() {
    let (mut person, input) = tokio::io::duplex(1024);
    let (output, reader) = tokio::io::duplex(1024);
    let echo = Echo::default();
    let (_signals, none) = Signals::channel();
    let service = serve_jsonl(&echo, "pin", BufReader::new(input), output, none);
    let talk = async move {
        let mut answers = BufReader::new(reader).lines();
        for number in 1..=3 {
            person.write_all(b"{\"text\":\"x\"}\n").await.unwrap();
            assert!(answers.next_line().await.unwrap().unwrap().starts_with("{\"reply\""));
            assert_eq!(answers.next_line().await.unwrap().unwrap(), format!("{{\"end\":{number}}}"));
        }
        drop(person);
        assert_eq!(answers.next_line().await.unwrap(), None);
    };
    let (service, ()) = tokio::join!(service, talk);
    service.unwrap();
}

#[tokio::test]
async fn a_signal_ends_the_answer_and_then_the_service() {
    let (mut person, input) = tokio::io::duplex(1024);
    let mut output = Vec::new();
    let echo = Echo::default();
    let (sender, signals) = Signals::channel();
    person.write_all(b"{\"text\":\"wait\"}\n{\"text\":\"never\"}\n").await.unwrap();
    let service = serve_jsonl(&echo, "pin", BufReader::new(input), &mut output, signals);
    let stop = async {
        while echo.handled.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        sender.send(Signal::Terminate).unwrap();
    };
    let (service, ()) = tokio::join!(service, stop);
    service.unwrap();
    let output = String::from_utf8(output).unwrap();
    assert!(output.contains("\"text\":\"wait") && output.ends_with("{\"end\":1}\n"), "{output}");
    assert_eq!(echo.finished.load(Ordering::SeqCst), 1, "the answer was polled to its end, and was the last");
}

/// An output whose reader is gone.
struct Closed;

impl AsyncWrite for Closed {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_reader_that_is_gone_ends_the_service_quietly() {
    let echo = Echo::default();
    let (_signals, none) = Signals::channel();
    let input = &b"{\"text\":\"withdraw\\nwait\"}\n{\"text\":\"y\"}\n"[..];
    serve_jsonl(&echo, "pin", input, Closed, none).await.unwrap();
    assert_eq!(echo.finished.load(Ordering::SeqCst), 1, "the answer was stopped, polled to its end, and was the last");
    assert_eq!(echo.refused.lock().unwrap().len(), 3, "neither that it is to be deleted nor a reply was delivered");
}
