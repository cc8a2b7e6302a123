//! An answer while it is being written.

use tokio::sync::mpsc::UnboundedSender;

use crate::health::FailureClass;
use crate::provider::http::Exchange;
use crate::provider::{Answer, Failure, Sent};

/// What has arrived so far.
pub(crate) struct Draft {
    pieces: UnboundedSender<String>,
    text: String,
    pub(crate) tokens_in: Option<u64>,
    pub(crate) tokens_out: Option<u64>,
    /// Why the model stopped, once it has.
    pub(crate) stopped: Option<String>,
}

impl Draft {
    pub(crate) fn new(pieces: UnboundedSender<String>) -> Self {
        Self { pieces, text: String::new(), tokens_in: None, tokens_out: None, stopped: None }
    }

    /// Takes the next piece of text and passes it on.
    pub(crate) fn push(&mut self, piece: &str) {
        if !piece.is_empty() {
            self.text.push_str(piece);
            // Nobody need be watching: the whole text is in the answer.
            let _ = self.pieces.send(piece.to_owned());
        }
    }

    /// A failure with what had been counted before it: that is billed.
    pub(crate) fn counted(&self, failure: Failure) -> Failure {
        let (tokens_in, tokens_out) = (self.tokens_in, self.tokens_out);
        let sent = failure.sent.map(|sent| Sent { tokens_in, tokens_out, ..sent });
        Failure { sent, ..failure }
    }

    /// The finished answer, if it is one.
    pub(crate) fn finish(self, exchange: &Exchange, status: u16) -> Result<Answer, Failure> {
        let Some(stopped) = self.stopped.clone() else {
            let words = "the answer broke off before its end";
            return Err(self.counted(exchange.failure(FailureClass::Server, Some(status), words)));
        };
        if self.text.trim().is_empty() {
            let words = format!("{} ended its answer without a word ({stopped})", exchange.sent.model);
            return Err(self.counted(exchange.failure(FailureClass::Malformed, Some(status), &words)));
        }
        let Self { text, tokens_in, tokens_out, .. } = self;
        Ok(Answer { text, tokens_in, tokens_out, sent: exchange.sent.clone() })
    }
}
