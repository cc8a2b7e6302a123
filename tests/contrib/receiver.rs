//! Somebody who takes messages, on loopback.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// One message as it arrived.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) path: String,
    pub(super) priority: Option<String>,
    pub(super) body: String,
}

/// The running receiver, in a thread of its own. It ends when it is dropped.
pub(super) struct Receiver {
    address: SocketAddr,
    shared: Arc<Mutex<Taken>>,
    closing: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Taken {
    messages: Vec<Message>,
    /// The start of the paths that are refused.
    refused: Option<String>,
}

impl Receiver {
    pub(super) fn start() -> Self {
        let shared: Arc<Mutex<Taken>> = Arc::default();
        let (closing, closed) = oneshot::channel();
        let (bound, address) = std::sync::mpsc::channel();
        let state = shared.clone();
        let server = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
                bound.send(listener.local_addr().unwrap()).unwrap();
                let app = Router::new().fallback(take).with_state(state);
                let serving = axum::serve(listener, app).with_graceful_shutdown(async { drop(closed.await) });
                serving.await.unwrap();
            });
        });
        Self { address: address.recv().unwrap(), shared, closing: Some(closing), server: Some(server) }
    }

    /// The address of one of its paths.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Refuses what comes to a path that begins so, from now on.
    pub(super) fn refuse(&self, start: Option<&str>) {
        self.shared.lock().unwrap().refused = start.map(str::to_owned);
    }

    /// What came since it was asked last.
    pub(super) fn messages(&self) -> Vec<Message> {
        std::mem::take(&mut self.shared.lock().unwrap().messages)
    }
}

async fn take(State(taken): State<Arc<Mutex<Taken>>>, uri: Uri, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut taken = taken.lock().unwrap();
    let path = uri.path().to_owned();
    if taken.refused.as_ref().is_some_and(|start| path.starts_with(start)) {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    let priority = headers.get("priority").map(|value| value.to_str().unwrap().to_owned());
    taken.messages.push(Message { path, priority, body: String::from_utf8(body.to_vec()).unwrap() });
    StatusCode::OK
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.closing.take());
        if let Some(server) = self.server.take() {
            let _ = server.join();
        }
    }
}
