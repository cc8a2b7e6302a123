//! One line of output.

use std::io;

use modelpin_chat::{Choice, Reply};
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::sync::Mutex;

/// One line of output: `{"reply":…,"receipt":…}`, `{"withdraw":…}`, `{"error":…}` or `{"end":…}`.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Record {
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<Answer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdraw: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<u64>,
}

/// A reply on the wire.
#[derive(Debug, Serialize)]
struct Answer {
    session: String,
    text: String,
    choices: Vec<Vec<Button>>,
    visibility: &'static str,
}

/// A button on the wire.
#[derive(Debug, Serialize)]
struct Button {
    label: String,
    token: String,
}

impl Record {
    /// What was answered, its proof beside it; and what is wrong with the proof, if it is no JSON object.
    pub(crate) fn reply(reply: Reply) -> (Self, Option<String>) {
        let text = reply.plain_text();
        let Reply { blocks: _, choices, visibility, placement: _, session, receipt } = reply;
        let choices = choices.into_iter().map(|row| row.into_iter().map(button).collect()).collect();
        let (receipt, wrong) = match receipt.map(|receipt| serde_json::from_str(&receipt)) {
            None => (None, None),
            Some(Ok(receipt)) => (Some(receipt), None),
            Some(Err(fault)) => (None, Some(format!("the receipt of a reply is no JSON object: {fault}"))),
        };
        let answer = Answer { session, text, choices, visibility: visibility.as_str() };
        (Self { reply: Some(answer), receipt, ..Self::default() }, wrong)
    }

    /// The message of a line is to be taken out of the conversation: the line's number, from 1.
    pub(crate) fn withdraw(number: u64) -> Self {
        Self { withdraw: Some(number), ..Self::default() }
    }

    /// Why a line could not be read.
    pub(crate) fn error(error: String) -> Self {
        Self { error: Some(error), ..Self::default() }
    }

    /// All of a line has been answered: its number, from 1.
    pub(crate) fn end(number: u64) -> Self {
        Self { end: Some(number), ..Self::default() }
    }
}

fn button(choice: Choice) -> Button {
    let Choice { label, token, list: _, current: _ } = choice;
    Button { label, token }
}

/// Writes one record, through to the reader: whoever waits for an answer must not wait for the next one too.
pub(crate) async fn write(output: &Mutex<impl AsyncWrite + Unpin + Send>, record: &Record) -> io::Result<()> {
    let mut line = serde_json::to_vec(record)?;
    line.push(b'\n');
    let mut output = output.lock().await;
    output.write_all(&line).await?;
    output.flush().await
}
