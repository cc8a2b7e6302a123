//! What is done from the page.

use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::audit::Surface;
use crate::catalog::ProviderId;
use crate::directive::{self, Command, Directive, Message};
use crate::gateway::page::Page;
use crate::gateway::page::gate::{Said, is_own};
use crate::operator::{Desk, Trouble, clear_benches, find_all, find_profile, is_of};
use crate::profile::Profile;
use crate::session::Actor;

/// A form of the page.
#[derive(Deserialize)]
pub(super) struct Act {
    csrf: String,
    act: String,
    #[serde(default)]
    profile: String,
    #[serde(default)]
    session: String,
    #[serde(default)]
    selection: String,
    #[serde(default)]
    provider: String,
    #[serde(default)]
    order: String,
    clear: Option<String>,
}

/// `POST /act`
pub(super) async fn act(State(page): State<Page>, headers: HeaderMap, Form(act): Form<Act>) -> Response {
    let Some(visit) = page.gate.visit(&headers, page.clock.now()) else {
        return Redirect::to("/login").into_response();
    };
    if !is_own(&visit, &act.csrf, &headers) {
        tracing::warn!("a form came to the page that is not of the page itself");
        return (StatusCode::FORBIDDEN, "That form is not of this page. Load the page again.\n").into_response();
    }
    let actor = Actor { channel: "page".to_owned(), id: "operator".to_owned(), name: None };
    let Some(desk) = page.looker.desk(actor, Surface::Page) else {
        return (StatusCode::SERVICE_UNAVAILABLE, "The gateway is about to end.\n").into_response();
    };
    let mut said = match done(&desk, &act).await {
        Ok(text) => Said { done: true, text },
        Err(trouble) => Said { done: false, text: format!("Not done: {trouble}") },
    };
    for remark in desk.remarks() {
        said = Said { done: false, text: format!("{} – {remark}", said.text) };
    }
    page.gate.say(&visit, said);
    Redirect::to("/").into_response()
}

async fn done(desk: &Desk, act: &Act) -> Result<String, Trouble> {
    let profiles = desk.auth_store.current().profiles;
    let profile = || find_profile(&profiles, &act.profile, &|_| true);
    Ok(match act.act.as_str() {
        "clear" => {
            let id = profile()?;
            let prints = profiles.get(&id).map(Profile::fingerprints).unwrap_or_default();
            let cleared = clear_benches(desk, std::slice::from_ref(&id), |bench| is_of(bench, &prints)).await?;
            match cleared.benches.len() {
                0 => format!("{id} was not benched."),
                count => format!("{id} is off {count} bench(es), and tried again with the next message."),
            }
        }
        "disable" => {
            let id = profile()?;
            desk.disable(&id).await?;
            format!("{id} is disabled: it answers nobody, whatever is pinned.")
        }
        "enable" => {
            let id = profile()?;
            desk.enable(&id).await?;
            format!("{id} answers again.")
        }
        "unpin-profile" => {
            let id = profile()?;
            let count = desk.unpin_profile(&id).await?.sessions.len();
            format!("{id} is taken off {count} session(s), which are told so with their next answer.")
        }
        "unpin" => {
            let key = desk.find_session(&act.session).await?;
            if desk.unpin_session(&key).await? {
                format!("The credential is taken off {key}, which is told so with its next answer.")
            } else {
                format!("No credential is pinned in {key}.")
            }
        }
        "pin" => {
            let key = desk.find_session(&act.session).await?;
            let read = directive::read(&format!("/model: {}", act.selection.trim()), "");
            let Ok(Message::Command(Command { directive: Directive::Select { wanted, lifetime }, following: None })) =
                read
            else {
                let why = format!("`{}` is no selection: write opus@work, @work or opus for 2h", act.selection);
                return Err(Trouble::Refused(why));
            };
            let chosen = desk.pin(&key, &wanted, lifetime, &|_| true).await?;
            let model = chosen.model.map(|model| model.to_string()).unwrap_or_default();
            let pin = chosen.pin.map(|pin| format!(" with {}", pin.profile)).unwrap_or_default();
            format!("{key}: {model}{pin}. It is told so with its next answer.")
        }
        "order" => {
            let provider = ProviderId::new(&act.provider)
                .ok_or_else(|| Trouble::Refused(format!("`{}` is no provider's name", act.provider)))?;
            let names: Vec<&str> = act.order.split([' ', ',']).filter(|name| !name.is_empty()).collect();
            if act.clear.is_some() || names.is_empty() {
                desk.clear_order(&provider).await?;
                format!("{provider} has no order of its own any more.")
            } else {
                let ids = find_all(&profiles, &provider, &names, &|_| true)?;
                desk.set_order(&provider, &ids).await?;
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                format!("Order of {provider}: {}.", ids.join(", "))
            }
        }
        other => return Err(Trouble::Refused(format!("there is nothing called `{other}`"))),
    })
}
