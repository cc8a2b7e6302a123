//! What is asked for over HTTP.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{Shared, user};

/// Answers at `listener`.
pub(super) async fn run(listener: TcpListener, shared: Arc<Shared>) {
    axum::serve(listener, Router::new().fallback(serve).with_state(shared)).await.unwrap();
}

async fn serve(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let method = request.method().as_str().to_owned();
    let path = request.uri().path().strip_prefix("/api/v10").unwrap_or_default().to_owned();
    let authorization = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = authorization.and_then(|value| value.strip_prefix("Bot ")).map(str::to_owned);
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    // An interaction is answered by whoever knows its token, which names the bot here.
    let token = match parts[..] {
        ["interactions", _, interaction, "callback"] | ["webhooks", _, interaction, ..] => whose(&shared, interaction),
        _ => token,
    };
    let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let known = token.filter(|token| shared.note(token, &method, &path, body.clone()).is_some());
    let Some(token) = known else {
        return answer(StatusCode::UNAUTHORIZED, json!({"message": "401: Unauthorized", "code": 0}));
    };
    let message = || json!({"id": shared.number().to_string(), "channel_id": "1", "content": body["content"]});
    match (method.as_str(), &parts[..]) {
        ("GET", ["gateway", "bot"]) => {
            let limit = json!({"total": 1_000, "remaining": 1_000, "reset_after": 0, "max_concurrency": 1});
            let url = format!("ws://{}", shared.gateway);
            answer(StatusCode::OK, json!({"url": url, "shards": 1, "session_start_limit": limit}))
        }
        ("GET", ["users", "@me"]) => {
            let bots = shared.bots.lock().unwrap();
            answer(StatusCode::OK, user(bots[&token].id, &bots[&token].name, true))
        }
        ("GET", ["applications", "@me"]) => {
            let bots = shared.bots.lock().unwrap();
            let (id, name) = (bots[&token].id.to_string(), bots[&token].name.clone());
            let flags = if bots[&token].reads { 1 << 19 } else { 0 };
            answer(StatusCode::OK, json!({"id": id, "name": name, "description": "", "flags": flags}))
        }
        ("PUT", ["applications", _, .., "commands"]) => {
            let named = |mut command: Value| {
                command["id"] = json!(shared.number().to_string());
                command
            };
            let commands = body.as_array().unwrap().iter().cloned().map(named);
            answer(StatusCode::OK, commands.collect())
        }
        ("GET", ["channels", _, "messages"] | ["applications", _, .., "commands"]) => answer(StatusCode::OK, json!([])),
        ("GET", ["channels", id]) => answer(StatusCode::OK, json!({"id": id, "type": 1})),
        ("POST", ["channels", _, "messages"] | ["webhooks", _, _])
        | ("PATCH", ["channels", _, "messages", _] | ["webhooks", _, _, "messages", _])
        | ("GET", ["webhooks", _, _, "messages", _]) => answer(StatusCode::OK, message()),
        ("DELETE", _) | ("POST", ["channels", _, "typing"] | ["interactions", _, _, "callback"]) => {
            StatusCode::NO_CONTENT.into_response()
        }
        _ => answer(StatusCode::NOT_FOUND, json!({"message": "404: Not Found", "code": 0})),
    }
}

/// The token of the bot that an interaction was for.
fn whose(shared: &Shared, interaction: &str) -> Option<String> {
    let id: u64 = interaction.split('-').next()?.parse().ok()?;
    shared.bots.lock().unwrap().iter().find(|(_, bot)| bot.id == id).map(|(token, _)| token.clone())
}

fn answer(status: StatusCode, body: Value) -> Response {
    (status, axum::Json(body)).into_response()
}
