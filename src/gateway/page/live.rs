//! Telling an open page that something has changed.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::unfold;
use serde::Deserialize;

use crate::gateway::page::{Page, view};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(2);

#[derive(Deserialize)]
pub(super) struct Seen {
    /// The state that the page shows.
    since: Option<u64>,
}

/// `GET /events`: one event whenever the page would look otherwise than what was seen.
pub(super) async fn events(State(page): State<Page>, Query(seen): Query<Seen>, headers: HeaderMap) -> Response {
    if page.gate.is_in(&headers, page.clock.now()).is_none() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let stream = unfold((page, headers, seen.since), |(page, headers, before)| async move {
        loop {
            // Whoever has left is told nothing more.
            page.gate.is_in(&headers, page.clock.now())?;
            let now = view::facts(&page).await?.digest();
            if before.is_some_and(|before| before != now) {
                let event = Ok::<_, Infallible>(Event::default().event("changed").data(now.to_string()));
                return Some((event, (page, headers, Some(now))));
            }
            if before.is_none() {
                let event = Ok(Event::default().event("seen").data(now.to_string()));
                return Some((event, (page, headers, Some(now))));
            }
            tokio::time::sleep(EVERY).await;
        }
    });
    Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}
