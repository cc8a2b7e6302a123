//! Where people bring a credential of their own. The address is the right to do so, once.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use secrecy::SecretString;
use serde::Deserialize;

use crate::audit::Surface;
use crate::catalog::ProviderId;
use crate::gateway::page::gate::comes_from_here;
use crate::gateway::page::view::doors;
use crate::gateway::page::{Page, ending};
use crate::operator::{Invitation, invited, use_up};
use crate::profile::{is_setup_token, pasted};

#[derive(Deserialize)]
pub(super) struct Brought {
    #[serde(default)]
    provider: String,
    secret: String,
}

/// `GET /own/<token>`
pub(super) async fn show(State(page): State<Page>, Path(token): Path<String>) -> Response {
    let Some(engine) = page.looker.engine() else { return ending() };
    match invited(engine.sources().store.as_ref(), &token, page.clock.now()).await {
        Ok(Some(invitation)) => form(&page, &token, &invitation, None, StatusCode::OK),
        Ok(None) => over(),
        Err(fault) => failed(&fault.to_string()),
    }
}

/// `POST /own/<token>`
pub(super) async fn bring(
    State(page): State<Page>,
    Path(token): Path<String>,
    headers: HeaderMap,
    Form(brought): Form<Brought>,
) -> Response {
    if !comes_from_here(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let Some(engine) = page.looker.engine() else { return ending() };
    let (store, now) = (engine.sources().store.as_ref(), page.clock.now());
    let invitation = match invited(store, &token, now).await {
        Ok(Some(invitation)) => invitation,
        Ok(None) => return over(),
        Err(fault) => return failed(&fault.to_string()),
    };
    let wrong = |why: &str| form(&page, &token, &invitation, Some(why), StatusCode::UNPROCESSABLE_ENTITY);
    let named = invitation.provider.as_deref().unwrap_or(&brought.provider);
    let Some(provider) = ProviderId::new(named).filter(|provider| providers(&page).contains(&provider.to_string()))
    else {
        return wrong("Say whose key it is.");
    };
    // Known as a secret from here on, whatever becomes of it.
    let pasted = match pasted::cleaned(brought.secret.as_bytes()) {
        Ok(pasted) => pasted,
        Err(why) => return wrong(why),
    };
    let elsewhere = |_: &str| "whoever gave it to you says what it is for".to_owned();
    let text = pasted.as_str();
    let secret = SecretString::from(text);
    let checked = if is_setup_token(&secret) {
        pasted::token(text, &provider, elsewhere)
    } else {
        pasted::key(text, &provider, elsewhere)
    };
    if let Err(why) = checked {
        return wrong(&why);
    }
    // Used up before anything is stored: of two who have the address, one stores something.
    match use_up(store, &token, now).await {
        Ok(Some(_)) => {}
        Ok(None) => return over(),
        Err(fault) => return failed(&fault.to_string()),
    }
    let Some(desk) = page.looker.desk(invitation.person.clone(), Surface::Page) else { return ending() };
    match desk.bring(&provider, secret).await {
        Ok(id) => {
            for remark in desk.remarks() {
                tracing::error!(remark, "somebody's own credential was stored");
            }
            Html(doors::brought(&id).into_string()).into_response()
        }
        Err(trouble) => failed(&trouble.to_string()),
    }
}

fn form(page: &Page, token: &str, invitation: &Invitation, wrong: Option<&str>, status: StatusCode) -> Response {
    let markup = doors::own(token, invitation, &providers(page), wrong);
    (status, Html(markup.into_string())).into_response()
}

/// Those that a key can be for.
fn providers(page: &Page) -> Vec<String> {
    let Some(engine) = page.looker.engine() else { return Vec::new() };
    let settings = engine.sources().settings.current();
    settings.catalog.providers().into_iter().map(|(provider, _)| provider.to_string()).collect()
}

fn over() -> Response {
    (StatusCode::GONE, Html(doors::over().into_string())).into_response()
}

fn failed(why: &str) -> Response {
    tracing::error!(why, "somebody's own credential was not stored");
    let text =
        "Nothing was stored: the state of the bot cannot be written. Ask its operator, and begin anew with /auth add.";
    (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
}
