//! The answer on its way in: bytes, within the limits of time and size.

use std::sync::Arc;

use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use tokio::time::timeout_at;

use crate::health::FailureClass;
use crate::provider::Failure;
use crate::provider::http::Exchange;

/// More than the longest answer of any model takes on the wire, in bytes.
const LARGEST: usize = 64 * 1024 * 1024;

/// An answer whose head has arrived.
pub(crate) struct Incoming {
    response: Response,
    exchange: Arc<Exchange>,
    received: usize,
}

/// What an answer is made of, by its content type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Server-sent events.
    Events,
    /// One JSON value.
    Json,
    /// A web page: some other server answered.
    Page,
}

impl Incoming {
    pub(crate) fn new(response: Response, exchange: Exchange) -> Self {
        Self { response, exchange: Arc::new(exchange), received: 0 }
    }

    pub(crate) fn exchange(&self) -> &Arc<Exchange> {
        &self.exchange
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// How to read it. Servers that name no type stream, since that is what they were asked for.
    pub(crate) fn form(&self) -> Form {
        let header = self.response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = header.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "text/html" | "application/xhtml+xml" => Form::Page,
            "application/json" => Form::Json,
            _ => Form::Events,
        }
    }

    /// The failure for a web page in place of an answer.
    pub(crate) fn page(&self) -> Failure {
        let words = "a web page came instead of an answer: check the provider's `baseUrl`, and proxies on the way";
        self.exchange.failure(FailureClass::Server, Some(self.status()), words)
    }

    /// The next bytes; `None` at the end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let bytes = match timeout_at(self.exchange.next_limit(), self.response.chunk()).await {
            Ok(Ok(Some(bytes))) => bytes,
            Ok(Ok(None)) => return Ok(None),
            Ok(Err(fault)) => return Err(self.exchange.broken(&fault)),
            Err(_) => return Err(self.exchange.too_late()),
        };
        self.received += bytes.len();
        if self.received > LARGEST {
            let words = format!("the answer is larger than {} MiB", LARGEST / 1024 / 1024);
            return Err(self.exchange.failure(FailureClass::Server, Some(self.status()), &words));
        }
        Ok(Some(bytes.to_vec()))
    }

    /// All of it.
    pub(crate) async fn whole(&mut self) -> Result<Vec<u8>, Failure> {
        let mut all = Vec::new();
        while let Some(bytes) = self.chunk().await? {
            all.extend_from_slice(&bytes);
        }
        Ok(all)
    }

    /// At most `limit` bytes from its beginning, or what came before the connection failed.
    pub(crate) async fn head(&mut self, limit: usize) -> Vec<u8> {
        let mut head = Vec::new();
        while head.len() < limit {
            let Ok(Some(bytes)) = self.chunk().await else { break };
            head.extend_from_slice(&bytes);
        }
        head.truncate(limit);
        head
    }
}
