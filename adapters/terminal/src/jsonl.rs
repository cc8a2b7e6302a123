//! The terminal for scripts: JSON objects, one a line, both ways.

mod outbox;
mod record;
mod request;

use std::io;

use modelpin_chat::Handler;
use tokio::io::{AsyncBufRead, AsyncWrite, BufReader};
use tokio::sync::{Mutex, watch};

use crate::jsonl::outbox::Script;
use crate::jsonl::record::Record;
use crate::lines::{Line, next_line};
use crate::signals::Signals;

/// Serves one object per line of `input`, in order, and writes what comes of it to `output`.
///
/// The forms of both are in the crate's documentation. `bot` is the bot's name where a line gives none. Any signal ends
/// the service after the line under way; so do the end of the input and a reader of `output` that is gone.
///
/// # Errors
/// `input` cannot be read, or `output` not written, for another reason than its end.
pub async fn serve_jsonl(
    handler: &dyn Handler,
    bot: &str,
    mut input: impl AsyncBufRead + Unpin + Send,
    output: impl AsyncWrite + Unpin + Send,
    mut signals: Signals,
) -> io::Result<()> {
    let output = Mutex::new(output);
    let mut number: u64 = 0;
    loop {
        let line = tokio::select! {
            biased;
            () = signals.end(true) => return Ok(()),
            line = next_line(&mut input) => line?,
        };
        let Some(line) = line else { return Ok(()) };
        number += 1;
        let ended = serve_line(handler, bot, line, number, &output, &mut signals).await;
        match ended {
            Ok(false) => {}
            Ok(true) => return Ok(()),
            Err(fault) if fault.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            Err(fault) => return Err(fault),
        }
    }
}

/// [`serve_jsonl`] on the standard input and output of the process, ended by its signals.
///
/// # Errors
/// Those of [`serve_jsonl`] and of [`Signals::of_process`].
pub async fn serve_jsonl_stdio(handler: &dyn Handler, bot: &str) -> io::Result<()> {
    let input = BufReader::new(tokio::io::stdin());
    serve_jsonl(handler, bot, input, tokio::io::stdout(), Signals::of_process()?).await
}

/// Serves one line; `true` when a signal said that it is to be the last.
async fn serve_line(
    handler: &dyn Handler,
    bot: &str,
    line: Line,
    number: u64,
    output: &Mutex<impl AsyncWrite + Unpin + Send>,
    signals: &mut Signals,
) -> io::Result<bool> {
    let mut last = false;
    match request::read(&line, number == 1, bot) {
        Ok(None) => {}
        Err(error) => record::write(output, &Record::error(error)).await?,
        Ok(Some(inbound)) => {
            let (stop, stopped) = watch::channel(false);
            let outbox = Script::new(number, output, &stop, stopped);
            let mut work = handler.handle(inbound, &outbox);
            loop {
                tokio::select! {
                    biased;
                    () = &mut work => break,
                    () = signals.end(true), if !last => {
                        last = true;
                        stop.send_replace(true);
                    }
                }
            }
            drop(work);
            if let Some(fault) = outbox.into_fault() {
                return Err(fault);
            }
        }
    }
    record::write(output, &Record::end(number)).await?;
    Ok(last)
}

#[cfg(test)]
mod tests;
