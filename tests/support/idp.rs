//! An identity provider on loopback, with refresh tokens that are good for one use.

mod logins;

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use logins::Logins;

/// The running identity provider, in a thread of its own. It ends when it is dropped.
pub(crate) struct Idp {
    address: SocketAddr,
    shared: Arc<Shared>,
    closing: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

/// What comes before the answer, with the number of the call, from 1.
type Hook = Box<dyn Fn(usize) + Send + Sync>;

struct Shared {
    /// The access token after so many refreshes.
    access: Box<dyn Fn(u32) -> String + Send + Sync>,
    state: Mutex<Grants>,
    logins: Mutex<Logins>,
    hook: Mutex<Option<Hook>>,
    answered: Sender<()>,
}

struct Grants {
    refreshes: u32,
    spent: HashSet<String>,
    /// Whether the grant still stands.
    stands: bool,
    reuses: usize,
    seen: Vec<Call>,
    /// What every call is answered with instead.
    answer: Option<(u16, String)>,
    delay: Duration,
    /// Whether answers bring the next refresh token along.
    rotates: bool,
}

/// One call as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) content_type: String,
    pub(crate) user_agent: String,
    pub(crate) body: String,
}

/// The refresh token after so many refreshes. The first is the one to store.
pub(crate) fn refresh_token(refreshes: u32) -> String {
    format!("rt-test-{refreshes}-7Qz44aab0b8f9c1f")
}

impl Idp {
    /// One that gives out the access token `access(n)` at the n-th refresh.
    pub(crate) fn start(access: impl Fn(u32) -> String + Send + Sync + 'static) -> (Self, Receiver<()>) {
        let (answered, answers) = channel();
        let state = Grants {
            refreshes: 0,
            spent: HashSet::new(),
            stands: true,
            reuses: 0,
            seen: Vec::new(),
            answer: None,
            delay: Duration::ZERO,
            rotates: true,
        };
        let shared = Arc::new(Shared {
            access: Box::new(access),
            state: Mutex::new(state),
            logins: Mutex::default(),
            hook: Mutex::default(),
            answered,
        });
        let (closing, closed) = oneshot::channel();
        let (ready, bound) = channel();
        let behind = Arc::clone(&shared);
        let server = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
                ready.send(listener.local_addr().unwrap()).unwrap();
                let router = Router::new()
                    .route("/token", post(token))
                    .route("/authorize", get(logins::authorize))
                    .route("/auth", get(logins::authorize_key))
                    .route("/keys", post(logins::key))
                    .route("/device", post(logins::device))
                    .route("/userinfo", get(logins::userinfo))
                    .with_state(behind);
                tokio::select! {
                    _ = closed => {}
                    served = axum::serve(listener, router) => served.unwrap(),
                }
            });
        });
        let address = bound.recv().unwrap();
        (Self { address, shared, closing: Some(closing), server: Some(server) }, answers)
    }

    /// The token endpoint.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/token", self.address)
    }

    /// Where it is put in a configuration.
    pub(crate) fn config(&self, provider: &str) -> Value {
        json!({"auth": {"oauth": {provider: {"tokenUrl": self.url(), "clientId": "client-of-the-test"}}}})
    }

    pub(crate) fn calls(&self) -> usize {
        self.shared.state.lock().unwrap().seen.len()
    }

    pub(crate) fn seen(&self) -> Vec<Call> {
        self.shared.state.lock().unwrap().seen.clone()
    }

    /// How often a refresh token was used that had been used before.
    pub(crate) fn reuses(&self) -> usize {
        self.shared.state.lock().unwrap().reuses
    }

    /// Takes the grant back.
    pub(crate) fn revoke(&self) {
        self.shared.state.lock().unwrap().stands = false;
    }

    /// Answers every call with this; `None` is as usual.
    pub(crate) fn answer(&self, answer: Option<(u16, &str)>) {
        self.shared.state.lock().unwrap().answer = answer.map(|(status, body)| (status, body.to_owned()));
    }

    /// Answers so much later.
    pub(crate) fn delay(&self, delay: Duration) {
        self.shared.state.lock().unwrap().delay = delay;
    }

    /// Whether refresh tokens are replaced.
    pub(crate) fn rotates(&self, rotates: bool) {
        self.shared.state.lock().unwrap().rotates = rotates;
    }

    /// Does this when a call arrives, before it is looked at.
    pub(crate) fn before(&self, hook: impl Fn(usize) + Send + Sync + 'static) {
        *self.shared.hook.lock().unwrap() = Some(Box::new(hook));
    }

    /// Has somebody else use the refresh token that is good when this is called; gives the new access token and the new
    /// refresh token.
    pub(crate) fn outsider(&self) -> impl Fn() -> (String, String) + Send + Sync + use<> {
        let shared = Arc::clone(&self.shared);
        move || {
            let mut grants = shared.state.lock().unwrap();
            let used = refresh_token(grants.refreshes);
            grants.spent.insert(used);
            grants.refreshes += 1;
            ((shared.access)(grants.refreshes), refresh_token(grants.refreshes))
        }
    }
}

impl Drop for Idp {
    fn drop(&mut self) {
        drop(self.closing.take());
        if let Some(server) = self.server.take() {
            server.join().unwrap();
        }
    }
}

async fn token(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let call = Call { content_type: text("content-type"), user_agent: text("user-agent"), body: body.clone() };
    let (number, delay) = {
        let mut grants = shared.state.lock().unwrap();
        grants.seen.push(call);
        (grants.seen.len(), grants.delay)
    };
    if let Some(hook) = &*shared.hook.lock().unwrap() {
        hook(number);
    }
    tokio::time::sleep(delay).await;
    let answer = shared.login(&body).unwrap_or_else(|| shared.exchange(&sent(&body)));
    let _ = shared.answered.send(());
    answer
}

/// The refresh token in a body of either form. Those of the tests need no decoding.
fn sent(body: &str) -> String {
    if let Ok(fields) = serde_json::from_str::<Value>(body) {
        return fields["refresh_token"].as_str().unwrap_or_default().to_owned();
    }
    let field = body.split('&').find_map(|field| field.strip_prefix("refresh_token="));
    field.unwrap_or_default().to_owned()
}

impl Shared {
    fn exchange(&self, refresh: &str) -> Response {
        let mut grants = self.state.lock().unwrap();
        if let Some((status, body)) = &grants.answer {
            return (StatusCode::from_u16(*status).unwrap(), body.clone()).into_response();
        }
        let refused = |status: u16, body: Value| {
            (StatusCode::from_u16(status).unwrap(), [("content-type", "application/json")], body.to_string())
                .into_response()
        };
        if grants.spent.contains(refresh) {
            grants.reuses += 1;
            let said = format!("the refresh token {refresh} has already been used");
            let error = json!({"code": "refresh_token_reused", "type": "invalid_request_error", "message": said});
            return refused(401, json!({"error": error}));
        }
        if !grants.stands || refresh != refresh_token(if grants.rotates { grants.refreshes } else { 0 }) {
            let said = format!("the refresh token {refresh} was revoked");
            return refused(400, json!({"error": "invalid_grant", "error_description": said}));
        }
        grants.refreshes += 1;
        let mut answer = json!({"access_token": (self.access)(grants.refreshes), "expires_in": 3600});
        if grants.rotates {
            grants.spent.insert(refresh.to_owned());
            answer["refresh_token"] = json!(refresh_token(grants.refreshes));
        }
        refused(200, answer)
    }
}
