//! Who is let in.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::Webhook;
use crate::webhook::Brought;

/// Where Telegram puts the secret.
const SECRET: &str = "x-telegram-bot-api-secret-token";

/// The longest update that is read, in bytes. One with the longest text is a hundredth of it.
const LONGEST: usize = 1 << 20;

/// How long an update may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(10);

/// What became of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is kept, or there is nothing to be kept.
    Taken,
    /// It could not be kept: it has to be brought again.
    Later,
}

/// Lets updates in that Telegram brings.
pub(crate) struct Gate {
    path: String,
    secret: SecretString,
    brought: mpsc::Sender<Brought>,
}

impl Gate {
    pub(crate) fn new(webhook: &Webhook, brought: mpsc::Sender<Brought>) -> Self {
        Self { path: webhook.url.path().to_owned(), secret: webhook.secret.clone(), brought }
    }

    /// Whether it is Telegram. The comparison takes as long for a wrong secret as for the right one.
    fn is_telegram(&self, headers: &HeaderMap) -> bool {
        let secret = self.secret.expose_secret();
        // An empty one proves nothing.
        !secret.is_empty()
            && headers.get(SECRET).is_some_and(|shown| bool::from(shown.as_bytes().ct_eq(secret.as_bytes())))
    }

    async fn admit(&self, body: Body) -> StatusCode {
        let body = match timeout(ARRIVAL, to_bytes(body, LONGEST)).await {
            Ok(Ok(body)) => body,
            Ok(Err(_)) => return StatusCode::PAYLOAD_TOO_LARGE,
            Err(_) => return StatusCode::REQUEST_TIMEOUT,
        };
        let Ok(update) = serde_json::from_slice(&body) else {
            // It would be brought again and again, and others would wait behind it.
            tracing::warn!("what was brought is no update and is passed over");
            return StatusCode::OK;
        };
        let (answer, verdict) = oneshot::channel();
        if self.brought.send((update, answer)).await.is_err() {
            return StatusCode::SERVICE_UNAVAILABLE;
        }
        match verdict.await {
            Ok(Verdict::Taken) => StatusCode::OK,
            Ok(Verdict::Later) | Err(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// One address, one method.
pub(crate) fn router(gate: Arc<Gate>) -> Router {
    Router::new().fallback(enter).with_state(gate)
}

async fn enter(State(gate): State<Arc<Gate>>, request: Request) -> StatusCode {
    if request.uri().path() != gate.path {
        StatusCode::NOT_FOUND
    } else if request.method() != Method::POST {
        StatusCode::METHOD_NOT_ALLOWED
    } else if gate.is_telegram(request.headers()) {
        gate.admit(request.into_body()).await
    } else {
        StatusCode::UNAUTHORIZED
    }
}
