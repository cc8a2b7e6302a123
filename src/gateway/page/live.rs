//! Telling an open page that something has changed.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::unfold;

use crate::gateway::page::{Page, view};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(2);

/// `GET /events`: one event whenever the page would look otherwise.
pub(super) async fn events(State(page): State<Page>, headers: HeaderMap) -> Response {
    if page.gate.is_in(&headers, page.clock.now()).is_none() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let stream = unfold((page, headers, None::<u64>), |(page, headers, before)| async move {
        loop {
            tokio::time::sleep(EVERY).await;
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
        }
    });
    Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}
