//! Where the browser comes back to: a listener on this machine, for as long as one login takes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use url::Url;

use crate::cli::failure::Failure;
use crate::oauth::login::{Authorization, Gives, LoginClient, Returned};
use crate::provider::is_loopback;

/// How long the browser may take to fetch its last page. One that keeps a connection open keeps nobody waiting.
const FAREWELL: Duration = Duration::from_millis(500);

/// The place, before it is known what is waited for there.
pub(crate) struct Doorstep {
    /// Where the provider is to send the browser to.
    pub(crate) redirect: Url,
    /// `None` where that is not on this machine, so that the person has to bring what comes there.
    listener: Option<TcpListener>,
}

/// A listener at work. It ends when it is dropped.
pub(crate) struct Callback {
    arrivals: mpsc::Receiver<Returned>,
    closing: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Doorstep {
    /// The one that the configuration of `client` or `port` names, else a free port of this machine.
    ///
    /// # Errors
    /// The port cannot be had.
    pub(crate) async fn of(client: &LoginClient, port: Option<u16>) -> Result<Self, Failure> {
        let usual = match client.gives {
            Gives::Grant => "http://127.0.0.1/callback",
            // What OpenRouter's documentation has.
            Gives::ApiKey => "http://localhost/callback",
        };
        let fixed = client.redirect_uri.clone();
        let mut redirect = match fixed.map_or_else(|| Url::parse(usual), Ok) {
            Ok(redirect) => redirect,
            Err(fault) => return Err(Failure::Unexpected(fault.to_string())),
        };
        if redirect.scheme() != "http" || !is_loopback(&redirect) {
            let provider = &client.endpoint.provider;
            return match port {
                None => Ok(Self { redirect, listener: None }),
                Some(_) => Err(Failure::Misuse(format!(
                    "`auth.oauth.{provider}.redirectUri` is no address of this machine, so --port means nothing: leave it out"
                ))),
            };
        }
        let port = port.or(redirect.port()).unwrap_or(0);
        let address: IpAddr = match redirect.host_str() {
            Some("[::1]") => Ipv6Addr::LOCALHOST.into(),
            Some(_) | None => Ipv4Addr::LOCALHOST.into(),
        };
        let listener = TcpListener::bind((address, port)).await.map_err(|fault| {
            Failure::Unexpected(format!(
                "port {port} of this machine cannot be listened at ({fault}), so the browser could not come back: end what \
                 uses it, or name another with --port if the provider takes any"
            ))
        })?;
        let taken = listener.local_addr()?.port();
        redirect.set_port(Some(taken)).map_err(|()| Failure::Unexpected(format!("{redirect} takes no port")))?;
        Ok(Self { redirect, listener: Some(listener) })
    }

    /// Waits there for the answer to `login`; `None` where the person has to bring it.
    pub(crate) fn wait_for(self, login: Arc<Authorization>) -> Option<Callback> {
        let listener = self.listener?;
        let (arrived, arrivals) = mpsc::channel(1);
        let (closing, closed) = oneshot::channel();
        let router = Router::new().fallback(page).with_state(Arc::new(Waiting { login, arrived }));
        let serving = tokio::spawn(async move {
            let until = async move { drop(closed.await) };
            if let Err(fault) = axum::serve(listener, router).with_graceful_shutdown(until).await {
                tracing::debug!(%fault, "the listener of the login ended");
            }
        });
        Some(Callback { arrivals, closing, serving })
    }
}

impl Callback {
    /// The next answer; never, when none can come any more.
    pub(crate) async fn next(&mut self) -> Returned {
        match self.arrivals.recv().await {
            Some(returned) => returned,
            None => std::future::pending().await,
        }
    }

    /// Stops listening, once the browser has its page.
    pub(crate) async fn end(self) {
        let Self { arrivals, closing, serving } = self;
        drop((arrivals, closing));
        let _ = tokio::time::timeout(FAREWELL, serving).await;
    }
}

struct Waiting {
    login: Arc<Authorization>,
    arrived: mpsc::Sender<Returned>,
}

async fn page(State(waiting): State<Arc<Waiting>>, method: Method, uri: Uri) -> Response {
    let arrived = waiting.login.arrived(uri.path(), uri.query().unwrap_or_default()).filter(|_| method == Method::GET);
    let (status, said) = match arrived {
        None => (StatusCode::NOT_FOUND, "There is nothing here.".to_owned()),
        Some(Err(why)) => (StatusCode::BAD_REQUEST, format!("Not the login that is waited for: {why}.")),
        Some(Ok(returned)) => {
            let said = match &returned {
                Returned::Code(_) => "The login has arrived. Go back to the terminal; this page can be closed.",
                Returned::Refused(_) => "There is no login. Go back to the terminal; this page can be closed.",
            };
            // The first one counts; whoever is sent here again is told the same.
            let _ = waiting.arrived.try_send(returned);
            (StatusCode::OK, said.to_owned())
        }
    };
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONNECTION, "close"),
    ];
    (status, headers, format!("{said}\n")).into_response()
}
