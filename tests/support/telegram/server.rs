//! The way in: from a request to its answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::support::telegram::calls::{Call, Outcome};
use crate::support::telegram::failure::Failure;
use crate::support::telegram::faults::Fault;
use crate::support::telegram::methods;
use crate::support::telegram::params::Params;
use crate::support::telegram::polling::{Polled, poll};
use crate::support::telegram::schema::schema;
use crate::support::telegram::shared::Shared;
use crate::support::telegram::socket::{Door, Line};
use crate::support::telegram::webhook;
use crate::support::telegram::world::World;

/// Bytes of a request.
const LARGEST: usize = 50 << 20;

/// Serves until it is closed.
pub(crate) async fn run(shared: Arc<Shared>, closed: oneshot::Receiver<()>, bound: Sender<SocketAddr>) {
    let door = Door::new(Arc::clone(&shared)).await.unwrap();
    bound.send(door.address()).unwrap();
    let router = Router::new().fallback(take).with_state(Arc::clone(&shared));
    let service = router.into_make_service_with_connect_info::<Line>();
    tokio::select! {
        _ = closed => {}
        served = axum::serve(door, service) => served.unwrap(),
        () = webhook::bring(shared) => {}
    }
}

/// A request that has been read.
struct Asked {
    bot: i64,
    method: &'static str,
    params: Params,
    at: Duration,
    /// Where it stands among the calls.
    number: usize,
}

async fn take(State(shared): State<Arc<Shared>>, ConnectInfo(line): ConnectInfo<Line>, request: Request) -> Response {
    let asked = match read(&shared, request).await {
        Ok(asked) => asked,
        Err(failure) => return answer(failure.code, &failure.json()),
    };
    let fault = shared.change(|world| world.faults.next(asked.method, methods::writes(asked.method)));
    if let Some(fault @ (Fault::RetryAfter(_) | Fault::Status(_) | Fault::Page(_) | Fault::CutBefore)) = fault {
        return undone(&shared, &line, &asked, &fault);
    }
    let Some(result) = act(&shared, &asked).await else {
        line.cut();
        shared.change(|world| world.calls[asked.number].outcome = Some(Outcome::Cut { done: false }));
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if let Some(Fault::Late(by)) = fault {
        shared.until(asked.at + by, |_| (!shared.is_online()).then_some(())).await;
    }
    let (status, body) = match &result {
        Ok(result) => (200, json!({"ok": true, "result": result})),
        Err(failure) => (failure.code, failure.json()),
    };
    let done = result.is_ok();
    let outcome = match fault {
        Some(Fault::CutAfter) => Outcome::Cut { done },
        Some(Fault::HalfJson) => Outcome::Spoilt { done },
        None | Some(Fault::Late(_) | Fault::RetryAfter(_) | Fault::Status(_) | Fault::Page(_) | Fault::CutBefore) => {
            Outcome::Answered(status, body.clone())
        }
    };
    shared.change(|world| world.calls[asked.number].outcome = Some(outcome.clone()));
    match outcome {
        Outcome::Answered(status, body) => answer(status, &body),
        Outcome::Cut { .. } => {
            line.cut();
            StatusCode::OK.into_response()
        }
        Outcome::Spoilt { .. } => {
            let whole = body.to_string();
            let half: String = whole.chars().take(whole.chars().count() / 2).collect();
            (StatusCode::OK, [("content-type", "application/json")], half).into_response()
        }
    }
}

fn answer(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    (status, [("content-type", "application/json")], body.to_string()).into_response()
}

/// Finds out who asks for what, and writes it down.
async fn read(shared: &Shared, request: Request) -> Result<Asked, Failure> {
    let (head, body) = request.into_parts();
    let body: Bytes = to_bytes(body, LARGEST).await.map_err(|_| Failure::new(413, "Request Entity Too Large"))?;
    let path = head.uri.path().replace("%3A", ":").replace("%3a", ":");
    let not_found = || Failure::new(404, "Not Found");
    let (token, method) = path.strip_prefix("/bot").and_then(|rest| rest.split_once('/')).ok_or_else(not_found)?;
    let (number, secret) = token.split_once(':').ok_or_else(not_found)?;
    if number.parse::<u64>().is_err() || secret.is_empty() {
        return Err(not_found());
    }
    let Some(bot) = shared.read(|world| world.bot_with(token)) else { return Err(Failure::unauthorized()) };
    let known = if method.eq_ignore_ascii_case("getUpdates") {
        Some("getUpdates")
    } else {
        methods::find(method).map(|(name, _)| name)
    };
    let Some(known) = known else {
        shared.change(|world| world.complain(format!("{method} was asked for, and the fake does not know it")));
        return Err(Failure::new(404, "Not Found: method not found"));
    };
    let content_type = head.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let query = head.uri.query().unwrap_or_default();
    let params = Params::read(query, content_type, &body)?;
    let headers: String = head
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    let raw = format!("{method}?{query}\n{headers}\n{}", String::from_utf8_lossy(&body));
    let at = shared.clock.now();
    let number = shared.change(|world| {
        for fault in schema().map(|schema| schema.request(known, &params.0)).unwrap_or_default() {
            world.complain(format!("a request: {fault}"));
        }
        world.calls.push(Call {
            at,
            arrived: Instant::now(),
            bot,
            method: known.to_owned(),
            params: params.clone(),
            raw,
            outcome: None,
        });
        world.calls.len() - 1
    });
    Ok(Asked { bot, method: known, params, at, number })
}

/// Does it. `None` where the fake went offline before there was an answer.
async fn act(shared: &Shared, asked: &Asked) -> Option<Result<Value, Failure>> {
    let Asked { bot, method, params, .. } = asked;
    if *method == "getUpdates" {
        return match poll(shared, *bot, params).await {
            Polled::Cut => None,
            Polled::Refused(failure) => Some(Err(failure)),
            // What is no update is not looked at: it is there to be no update.
            Polled::Updates(updates) => Some(Ok(updates.into_iter().map(|update| update.value).collect())),
        };
    }
    let (_, run) = methods::find(method)?;
    Some(shared.change(|world| {
        let result = run(world, *bot, params);
        if let Ok(result) = &result {
            check(world, method, result);
        }
        result
    }))
}

fn check(world: &mut World, method: &str, result: &Value) {
    for fault in schema().map(|schema| schema.result(method, result)).unwrap_or_default() {
        world.complain(format!("an answer: {fault}"));
    }
}

/// Answers without doing anything.
fn undone(shared: &Shared, line: &Line, asked: &Asked, fault: &Fault) -> Response {
    let (outcome, response) = match fault {
        Fault::RetryAfter(seconds) => {
            let wait = Duration::from_secs(*seconds);
            if let Some(chat) = asked.params.int("chat_id") {
                shared.change(|world| world.flood.close(asked.bot, chat, world.now, wait));
            }
            refused(&Failure::too_many(wait))
        }
        Fault::Status(code) => {
            let reason = StatusCode::from_u16(*code).ok().and_then(|status| status.canonical_reason());
            refused(&Failure::new(*code, reason.unwrap_or("Error")))
        }
        Fault::Page(status) => {
            let page = format!("<html><head><title>{status}</title></head><body>nginx</body></html>");
            let status = StatusCode::from_u16(*status).unwrap();
            (Outcome::Spoilt { done: false }, (status, [("content-type", "text/html")], page).into_response())
        }
        Fault::CutBefore | Fault::CutAfter | Fault::HalfJson | Fault::Late(_) => {
            line.cut();
            (Outcome::Cut { done: false }, StatusCode::OK.into_response())
        }
    };
    shared.change(|world| world.calls[asked.number].outcome = Some(outcome));
    response
}

fn refused(failure: &Failure) -> (Outcome, Response) {
    let body = failure.json();
    (Outcome::Answered(failure.code, body.clone()), answer(failure.code, &body))
}
