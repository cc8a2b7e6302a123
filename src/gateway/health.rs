//! The gateway over HTTP, for whoever looks after it. `/healthz` says that the program works, `/readyz` whether people are
//! answered: there is no secret in them, and nothing can be changed through them.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::gateway::board::Board;
use crate::looker::Looker;
use crate::redact::known;

/// Where programs of the family listen.
pub(crate) const PORT: u16 = 18_789;

/// Where to listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nowhere.
    Nowhere,
    /// There, because somebody said so: it is a fault if that cannot be.
    At(SocketAddr),
    /// On this machine at that port, if nobody else has it, else at any other.
    Preferred(u16),
}

/// A server of these answers. Dropped, it ends.
pub(crate) struct Health {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Health {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Clone)]
struct Shared {
    board: Board,
    looker: Looker,
    since: Timestamp,
}

impl Health {
    /// Begins to answer at `place`, with the pages of `more` beside its own; `None` where that is nowhere.
    ///
    /// # Errors
    /// The address that was asked for cannot be had.
    pub(crate) async fn start(
        place: Place,
        board: Board,
        looker: Looker,
        since: Timestamp,
        more: Router,
    ) -> io::Result<Option<Self>> {
        let here = |port| SocketAddr::from((IpAddr::V4(Ipv4Addr::LOCALHOST), port));
        let listener = match place {
            Place::Nowhere => return Ok(None),
            Place::At(address) => TcpListener::bind(address).await?,
            Place::Preferred(port) => match TcpListener::bind(here(port)).await {
                Ok(listener) => listener,
                Err(fault) => {
                    tracing::warn!(port, %fault, "another port than usual is taken for the state of the gateway");
                    TcpListener::bind(here(0)).await?
                }
            },
        };
        let address = listener.local_addr()?;
        if !address.ip().is_loopback() {
            tracing::warn!(%address, "the names of the bots can be asked for from outside of this machine");
        }
        // The one says that the program works, the other whether every channel is up and a message could be answered.
        let healthz = get(|State(shared): State<Shared>| async move { Json(answer(&shared).await.1) });
        let readyz = get(|State(shared): State<Shared>| async move {
            let (is_ready, answer) = answer(&shared).await;
            (if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(answer))
        });
        let health = Router::new().route("/healthz", healthz).route("/readyz", readyz);
        let router = health.with_state(Shared { board, looker, since }).merge(more);
        let task = tokio::spawn(async move {
            if let Err(fault) = axum::serve(listener, router).await {
                tracing::error!(%fault, "the state of the gateway can no longer be asked for over HTTP");
            }
        });
        Ok(Some(Self { address, task }))
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

async fn answer(Shared { board, looker, since }: &Shared) -> (bool, Value) {
    let shown = board.now();
    let can_answer = looker.can_answer().await;
    let is_ready = shown.is_ready() && can_answer;
    let mut answer = json!({
        "up": true,
        "ready": is_ready,
        "channelsUp": shown.is_ready(),
        "canAnswer": can_answer,
        "version": env!("CARGO_PKG_VERSION"),
        "pid": std::process::id(),
        "since": format!("{since:.0}"),
        "channels": shown.told(),
        "trouble": shown.trouble,
    });
    // What a platform answered is in there as well.
    known().scrub_json(&mut answer);
    (is_ready, answer)
}
