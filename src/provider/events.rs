//! An answer as server-sent events.

use std::io::Cursor;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::stream::{Stream, StreamExt, try_unfold};
use sse_stream::SseByteStream;

use crate::health::FailureClass;
use crate::provider::Failure;
use crate::provider::http::Exchange;
use crate::provider::incoming::Incoming;

type Bytes = Pin<Box<dyn Stream<Item = Result<Cursor<Vec<u8>>, Failure>> + Send>>;

/// The data of each event, in order. Comments (keep-alives) are passed over.
pub(crate) struct Events {
    stream: SseByteStream<Bytes>,
    exchange: Arc<Exchange>,
    status: u16,
}

impl Events {
    pub(crate) fn of(incoming: Incoming) -> Self {
        let (exchange, status) = (Arc::clone(incoming.exchange()), incoming.status());
        let bytes: Bytes = Box::pin(try_unfold(Some(incoming), |state| async move {
            let Some(mut incoming) = state else { return Ok(None) };
            Ok(Some(match incoming.chunk().await? {
                Some(bytes) => (Cursor::new(bytes), Some(incoming)),
                // Some servers leave out the blank line after their last event, which would lose it.
                None => (Cursor::new(b"\n\n".to_vec()), None),
            }))
        }));
        Self { stream: SseByteStream::new(bytes), exchange, status }
    }

    pub(crate) fn exchange(&self) -> &Arc<Exchange> {
        &self.exchange
    }

    /// The HTTP status it came with.
    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    /// The data of the next event; `None` at the end of the stream.
    pub(crate) async fn next(&mut self) -> Result<Option<String>, Failure> {
        loop {
            match self.stream.next().await {
                None => return Ok(None),
                Some(Ok(event)) => match event.data {
                    Some(data) if !data.trim().is_empty() => return Ok(Some(data)),
                    Some(_) | None => {}
                },
                Some(Err(sse_stream::Error::Body(fault))) => {
                    return Err(match fault.downcast::<Failure>() {
                        Ok(failure) => *failure,
                        Err(other) => self.nonsense(&other.to_string()),
                    });
                }
                Some(Err(other)) => return Err(self.nonsense(&other.to_string())),
            }
        }
    }

    /// The failure for events that cannot be read.
    pub(crate) fn nonsense(&self, why: &str) -> Failure {
        self.exchange.failure(FailureClass::Server, Some(self.status), &format!("the answer cannot be read: {why}"))
    }

    /// Takes what has arrived already after the last event, so that the connection can be used again.
    pub(crate) fn finish(mut self) {
        while let Some(Some(Ok(_))) = self.stream.next().now_or_never() {}
    }
}
