//! Who is let in.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::Form;
use axum::extract::State;
use axum::http::header::{COOKIE, ORIGIN, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::gateway::page::Page;
use crate::gateway::page::token::{PageToken, digest, random};
use crate::gateway::page::view::doors;

/// The name of the cookie.
const COOKIE_NAME: &str = "modelpin_page";

/// How long somebody stays in.
const STAY: SignedDuration = SignedDuration::from_hours(12);

/// So many wrong tokens within so long, and nobody is let in until that is over.
const WRONG: usize = 5;
const PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// Who is let in.
pub(super) struct Gate {
    token: [u8; 32],
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    /// By the digest of the cookie.
    visits: HashMap<[u8; 32], Kept>,
    /// When wrong tokens came.
    wrong: Vec<Timestamp>,
}

struct Kept {
    until: Timestamp,
    csrf: String,
    said: Option<Said>,
}

/// What is said after something was done.
#[derive(Debug, Clone)]
pub(super) struct Said {
    /// Whether it was done.
    pub(super) done: bool,
    /// In words.
    pub(super) text: String,
}

/// Somebody who is in.
pub(super) struct Visit {
    id: [u8; 32],
    /// What every form of theirs has to hold: another site cannot know it.
    pub(super) csrf: String,
    /// What is to be said, once.
    pub(super) said: Option<Said>,
}

impl Gate {
    pub(super) fn new(token: &PageToken) -> Self {
        Self { token: token.digest(), inside: Mutex::default() }
    }

    /// Whoever comes with those headers, if they are in. What was to be said to them is taken along.
    pub(super) fn visit(&self, headers: &HeaderMap, now: Timestamp) -> Option<Visit> {
        let id = cookie(headers)?;
        let mut inside = self.inside();
        let kept = inside.visits.get_mut(&id).filter(|kept| now < kept.until)?;
        Some(Visit { id, csrf: kept.csrf.clone(), said: kept.said.take() })
    }

    /// Whether somebody is in; nothing that is to be said to them is taken along.
    pub(super) fn is_in(&self, headers: &HeaderMap, now: Timestamp) -> Option<()> {
        let id = cookie(headers)?;
        self.inside().visits.get(&id).filter(|kept| now < kept.until).map(|_| ())
    }

    /// Has something said to them with the next page.
    pub(super) fn say(&self, visit: &Visit, said: Said) {
        if let Some(kept) = self.inside().visits.get_mut(&visit.id) {
            kept.said = Some(said);
        }
    }

    /// Lets somebody in who has the token; returns the cookie.
    fn enter(&self, token: &str, now: Timestamp) -> Result<String, Refused> {
        let mut inside = self.inside();
        inside.wrong.retain(|at| now.duration_since(*at) < PAUSE);
        if inside.wrong.len() >= WRONG {
            return Err(Refused::Pause);
        }
        // Two digests: how far they are alike says nothing of the token.
        if digest(token) != self.token {
            inside.wrong.push(now);
            return Err(Refused::Wrong);
        }
        let (Some(cookie), Some(csrf)) = (random(), random()) else { return Err(Refused::Pause) };
        inside.visits.retain(|_, kept| now < kept.until);
        inside.visits.insert(digest(&cookie), Kept { until: now + STAY, csrf, said: None });
        Ok(cookie)
    }

    fn leave(&self, visit: &Visit) {
        self.inside().visits.remove(&visit.id);
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why somebody is not let in.
enum Refused {
    /// It is another token.
    Wrong,
    /// There were too many wrong ones.
    Pause,
}

/// Whether a form of the page itself was sent: it holds what only that page holds, and comes from there.
pub(super) fn is_own(visit: &Visit, csrf: &str, headers: &HeaderMap) -> bool {
    digest(csrf) == digest(&visit.csrf) && comes_from_here(headers)
}

/// Whether a browser says that it comes from this page, or says nothing.
pub(super) fn comes_from_here(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let host = headers.get(axum::http::header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    origin.to_str().is_ok_and(|origin| origin.split_once("://").is_some_and(|(_, from)| from == host))
}

fn cookie(headers: &HeaderMap) -> Option<[u8; 32]> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE_NAME).map(|(_, value)| digest(value))
}

#[derive(Deserialize)]
pub(super) struct Entering {
    token: String,
}

/// `POST /login`
pub(super) async fn enter(State(page): State<Page>, headers: HeaderMap, Form(form): Form<Entering>) -> Response {
    if !comes_from_here(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    match page.gate.enter(&form.token, page.clock.now()) {
        Ok(cookie) => {
            let cookie =
                format!("{COOKIE_NAME}={cookie}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}", STAY.as_secs());
            ([(SET_COOKIE, cookie)], Redirect::to("/")).into_response()
        }
        Err(Refused::Wrong) => {
            tracing::warn!("somebody tried to enter the page with a wrong token");
            let text = "That is not the token of this gateway.";
            (StatusCode::FORBIDDEN, Html(doors::login(Some(text)).into_string())).into_response()
        }
        Err(Refused::Pause) => {
            let text = "There were too many wrong tokens. Try again in a minute.";
            let page = Html(doors::login(Some(text)).into_string());
            (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, "60")], page).into_response()
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Leaving {
    csrf: String,
}

/// `POST /logout`
pub(super) async fn leave(State(page): State<Page>, headers: HeaderMap, Form(form): Form<Leaving>) -> Response {
    if let Some(visit) = page.gate.visit(&headers, page.clock.now())
        && is_own(&visit, &form.csrf, &headers)
    {
        page.gate.leave(&visit);
    }
    let gone = format!("{COOKIE_NAME}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    ([(SET_COOKIE, gone)], Redirect::to("/login")).into_response()
}
