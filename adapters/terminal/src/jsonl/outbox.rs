//! Replies to a script.

use std::io;
use std::sync::Mutex as Cell;

use modelpin_chat::{BoxFuture, Outbox, OutboxError, Reply, Withdrawal};
use tokio::io::AsyncWrite;
use tokio::sync::{Mutex, watch};

use crate::jsonl::record::{self, Record};
use crate::signals::raised;

/// Writes each reply as a record. Drafts are not shown: a script waits for the whole answer.
pub(crate) struct Script<'a, W> {
    /// The number of the line that is answered.
    line: u64,
    output: &'a Mutex<W>,
    stop: &'a watch::Sender<bool>,
    stopped: watch::Receiver<bool>,
    /// Why the output could not be written; whoever serves the line ends with it.
    fault: Cell<Option<io::Error>>,
}

impl<'a, W> Script<'a, W> {
    pub(crate) fn new(
        line: u64,
        output: &'a Mutex<W>,
        stop: &'a watch::Sender<bool>,
        stopped: watch::Receiver<bool>,
    ) -> Self {
        Self { line, output, stop, stopped, fault: Cell::new(None) }
    }

    /// What went wrong with the output, if anything did.
    pub(crate) fn into_fault(self) -> Option<io::Error> {
        self.fault.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl<W: AsyncWrite + Unpin + Send> Script<'_, W> {
    async fn write(&self, record: &Record) -> Result<(), OutboxError> {
        record::write(self.output, record).await.map_err(|fault| {
            let told = OutboxError(format!("the output of the terminal cannot be written: {fault}"));
            *self.fault.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(fault);
            // Nobody reads the answer any more, so it need not be written to its end.
            self.stop.send_replace(true);
            told
        })
    }
}

impl<W: AsyncWrite + Unpin + Send> Outbox for Script<'_, W> {
    fn send(&self, reply: Reply) -> BoxFuture<'_, Result<(), OutboxError>> {
        Box::pin(async move {
            let (record, unreadable) = Record::reply(reply);
            self.write(&record).await?;
            unreadable.map_or(Ok(()), |why| Err(OutboxError(why)))
        })
    }

    fn draft<'a>(&'a self, _text: &'a str) -> BoxFuture<'a, Result<(), OutboxError>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn typing(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    /// The script plays the platform, so it is the one to delete the message.
    fn withdraw(&self) -> BoxFuture<'_, Result<Withdrawal, OutboxError>> {
        Box::pin(async move {
            self.write(&Record::withdraw(self.line)).await?;
            Ok(Withdrawal::Asked)
        })
    }

    fn stopped(&self) -> BoxFuture<'_, ()> {
        Box::pin(raised(self.stopped.clone()))
    }
}
