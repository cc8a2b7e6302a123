//! The operator's page: how everything stands, and the few things that are done about it most often. Rendered here, so that
//! it works without any script; where there is one, it is kept up to date.
//!
//! Whoever has the token of the page may do there what its operator may at the command line. It listens where the state of the
//! gateway can be asked for, which is this machine unless somebody says otherwise.

mod acts;
mod gate;
mod live;
mod own;
mod token;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use crate::clock::Clock;
use crate::gateway::board::Board;
use crate::gateway::page::gate::Gate;
use crate::gateway::page::view::doors;
use crate::looker::Looker;

pub(crate) use token::PageToken;

const STYLE: &str = include_str!("page/style.css");
const SCRIPT: &str = include_str!("page/live.js");

/// Nothing is loaded from elsewhere, nothing is run that stands in the page, and no other page may show this one.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The page.
#[derive(Clone)]
pub(crate) struct Page {
    looker: Looker,
    board: Board,
    clock: Arc<dyn Clock>,
    gate: Arc<Gate>,
}

impl Page {
    /// The page for whoever has `token`.
    pub(crate) fn new(looker: Looker, board: Board, clock: Arc<dyn Clock>, token: &PageToken) -> Self {
        Self { looker, board, gate: Arc::new(Gate::new(token)), clock }
    }

    /// Its addresses.
    pub(crate) fn routes(self) -> Router {
        let style = get(|| async { ([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLE) });
        let script = get(|| async { ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT) });
        Router::new()
            .route("/", get(home))
            .route("/part", get(part))
            .route("/events", get(live::events))
            .route("/act", post(acts::act))
            .route("/login", get(login).post(gate::enter))
            .route("/logout", post(gate::leave))
            .route("/own/{token}", get(own::show).post(own::bring))
            .route("/page.css", style)
            .route("/page.js", script)
            .layer(from_fn_with_state(self.clone(), guarded))
            .with_state(self)
    }
}

/// What every answer says, and what every request has to say.
async fn guarded(State(page): State<Page>, request: Request, next: Next) -> Response {
    // A name that leads here from elsewhere would let a foreign page read this one.
    let is_for_all = request.uri().path().starts_with("/own/") || request.uri().path() == "/page.css";
    let is_meant = is_own_host(request.headers()) || is_for_all && page.is_public_host(request.headers());
    if !is_meant {
        return (StatusCode::MISDIRECTED_REQUEST, "This page answers to localhost and to addresses only.\n")
            .into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        // Without any, a browser would not say either where a form comes from.
        (REFERRER_POLICY, "same-origin"),
        (CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

impl Page {
    /// Whether it was asked for by the name that people know it by.
    fn is_public_host(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let Some(engine) = self.looker.engine() else { return false };
        let settings = engine.sources().settings.current();
        let Some(public) = &settings.config.gateway.public_url else { return false };
        public.host_str().is_some_and(|name| {
            let with_port = public.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
            host.eq_ignore_ascii_case(&with_port)
        })
    }
}

/// Whether it was asked for by an address, or by the name of this machine.
fn is_own_host(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST).and_then(|host| host.to_str().ok()) else { return false };
    if let Some(inside) = host.strip_prefix('[') {
        return inside.split_once(']').is_some_and(|(address, _)| address.parse::<std::net::Ipv6Addr>().is_ok());
    }
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name.eq_ignore_ascii_case("localhost") || name.parse::<std::net::Ipv4Addr>().is_ok()
}

async fn home(State(page): State<Page>, headers: HeaderMap) -> Response {
    let Some(visit) = page.gate.visit(&headers, page.clock.now()) else {
        return Redirect::to("/login").into_response();
    };
    match view::facts(&page).await {
        Some(facts) => Html(view::page(&facts, &visit).into_string()).into_response(),
        None => ending(),
    }
}

/// The part of the page that changes.
async fn part(State(page): State<Page>, headers: HeaderMap) -> Response {
    let Some(visit) = page.gate.visit(&headers, page.clock.now()) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    match view::facts(&page).await {
        Some(facts) => Html(view::main(&facts, &visit).into_string()).into_response(),
        None => ending(),
    }
}

async fn login(State(page): State<Page>, headers: HeaderMap) -> Response {
    if page.gate.visit(&headers, page.clock.now()).is_some() {
        return Redirect::to("/").into_response();
    }
    Html(doors::login(None).into_string()).into_response()
}

fn ending() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, "The gateway is about to end.\n").into_response()
}
