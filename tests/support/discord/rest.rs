//! Discord's REST.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::support::discord::interaction::{Refusal, UNKNOWN_MESSAGE};
use crate::support::discord::rates::Counted;
use crate::support::discord::{Right, Shared, World, limits, schema};

const UNKNOWN_CHANNEL: Refusal = (404, 10_003, "Unknown Channel");

/// Serves until it is closed.
pub(super) async fn run(shared: Arc<Shared>, listener: std::net::TcpListener, closed: oneshot::Receiver<()>) {
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    let router = Router::new().fallback(take).with_state(shared);
    tokio::select! {
        _ = closed => {}
        served = axum::serve(listener, router) => served.unwrap(),
    }
}

/// What is answered.
struct Answer {
    status: u16,
    body: Value,
}

impl Answer {
    fn ok(body: Value) -> Self {
        Self { status: 200, body }
    }

    fn nothing() -> Self {
        Self { status: 204, body: Value::Null }
    }

    fn refused((status, code, message): Refusal) -> Self {
        Self { status, body: json!({"code": code, "message": message}) }
    }

    fn wrong(body: Value) -> Self {
        Self { status: 400, body }
    }

    fn found(described: Option<Value>, otherwise: Refusal) -> Self {
        described.map_or_else(|| Self::refused(otherwise), Self::ok)
    }
}

impl From<Result<Self, Refusal>> for Answer {
    fn from(outcome: Result<Self, Refusal>) -> Self {
        outcome.unwrap_or_else(Self::refused)
    }
}

async fn take(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body: Bytes = to_bytes(body, 1 << 20).await.unwrap();
    let (method, path) = (head.method.to_string(), head.uri.path().to_owned());
    let Some(path) = path.strip_prefix("/api/v10").map(str::to_owned) else {
        shared.fail(format!("{method} {path}: not version 10 of the API"));
        return StatusCode::NOT_FOUND.into_response();
    };
    if !head.headers.get("user-agent").is_some_and(|agent| agent.as_bytes().starts_with(b"DiscordBot (")) {
        shared.fail(format!("{method} {path}: without the name that Discord wants"));
    }
    let by_token = path.starts_with("/interactions/") || path.starts_with("/webhooks/");
    let authorised = head.headers.get("authorization").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let delay = shared.change(|world| {
        world.calls.push((method.clone(), path.clone()));
        world.bodies.push(String::from_utf8_lossy(&body).into_owned());
        world.delay.clone().filter(|(part, _)| path.contains(part.as_str())).map(|(_, by)| by)
    });
    if let Some(by) = delay {
        tokio::time::sleep(by).await;
    }
    let (answer, counted) = shared.change(|world| {
        if !by_token && authorised.as_deref() != Some(format!("Bot {}", world.token).as_str()) {
            return (Answer { status: 401, body: json!({"code": 0, "message": "401: Unauthorized"}) }, None);
        }
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let counted = match world.fault(&method, &path) {
            Some(429) => Some(Counted::made_up()),
            Some(status) => return (Answer { status, body: json!({"message": "made up", "code": 0}) }, None),
            None => {
                let counted = world.rates.count(&method, &parts, world.now);
                world.overruns.extend(counted.filter(|counted| counted.is_too_much).map(|counted| counted.kind()));
                counted
            }
        };
        if let Some(counted) = counted.filter(|counted| counted.is_too_much) {
            return (Answer { status: 429, body: counted.refusal() }, Some(counted));
        }
        let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap_or(Value::Null) };
        let query = head.uri.query().unwrap_or_default();
        let before = world.complaints.len();
        for fault in schema::request(&method, &path, query, &body) {
            world.complaints.push(format!("{method} {path}: {fault}"));
        }
        if world.complaints.len() > before {
            // The real one does not take it either.
            let why = json!({"code": 50_035, "message": "Invalid Form Body"});
            return (Answer::wrong(why), counted);
        }
        let answer = act(world, &method, &parts, query, body);
        for fault in schema::answer(&method, &path, answer.status, &answer.body) {
            world.complaints.push(format!("{method} {path}: a fault of the fake: {fault}"));
        }
        (answer, counted)
    });
    let mut response = match answer.status {
        204 => StatusCode::NO_CONTENT.into_response(),
        status => (StatusCode::from_u16(status).unwrap(), answer.body.to_string()).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert("content-type", "application/json".parse().unwrap());
    if let Some(counted) = counted {
        counted.tell(headers);
    }
    response
}

fn act(world: &mut World, method: &str, parts: &[&str], query: &str, body: Value) -> Answer {
    let number = |text: &str| text.parse::<u64>().unwrap_or(0);
    match (method, parts) {
        ("GET", ["users", "@me"]) => Answer::ok(world.me()),
        ("GET", ["applications", "@me"]) => Answer::ok(world.application()),
        ("GET", ["gateway", "bot"]) => Answer::ok(json!({
            "url": world.leads_to.clone().unwrap_or_else(|| world.gateway.url()), "shards": world.gateway.shards,
            "session_start_limit": {
                "total": 1_000, "remaining": world.gateway.remaining, "reset_after": 14_400_000,
                "max_concurrency": world.gateway.max_concurrency,
            },
        })),
        ("GET", ["channels", channel]) => {
            let channel = number(channel);
            let described = world.may(channel, &[]).map(|()| world.channel(channel));
            described.map(|described| Answer::found(described, UNKNOWN_CHANNEL)).into()
        }
        ("GET", ["guilds", guild, "members", person]) => {
            let described = world.member(number(guild), number(person)).map(|mut member| {
                member["user"] = world.user(number(person));
                member
            });
            Answer::found(described, (404, 10_007, "Unknown Member"))
        }
        ("GET", ["guilds", guild]) => Answer::found(world.guild(number(guild)), (404, 10_004, "Unknown Guild")),
        ("GET", ["channels", channel, "messages"]) => list(world, number(channel), query).into(),
        ("POST", ["channels", channel, "messages"]) => send(world, number(channel), body).into(),
        ("PATCH", ["channels", channel, "messages", message]) => {
            edit(world, Some(number(channel)), number(message), body).into()
        }
        ("DELETE", ["channels", channel, "messages", message]) => {
            delete(world, number(channel), number(message)).into()
        }
        ("POST", ["channels", channel, "typing"]) => {
            let channel = number(channel);
            if !world.channels.contains_key(&channel) {
                return Answer::refused(UNKNOWN_CHANNEL);
            }
            world.may(channel, &[Right::Send]).map(|()| Answer::nothing()).into()
        }
        ("PUT", ["applications", application, "commands"]) if world.is_ours(application) => overwrite(world, 0, &body),
        ("PUT", ["applications", application, "guilds", guild, "commands"]) if world.is_ours(application) => {
            overwrite(world, number(guild), &body)
        }
        ("POST", ["interactions", id, token, "callback"]) => match world.callback(number(id), token, &body) {
            Ok(()) => Answer::nothing(),
            Err(refusal) => Answer::refused(refusal),
        },
        (_, ["webhooks", application, token, rest @ ..]) if world.is_ours(application) => {
            webhook(world, method, token, rest, body).into()
        }
        _ => {
            world.complaints.push(format!("{method} /{}: there is nothing of the kind", parts.join("/")));
            Answer::refused((404, 0, "404: Not Found"))
        }
    }
}

/// `GET …/messages`: without what the bot may not read, and the newest first.
fn list(world: &World, channel: u64, query: &str) -> Result<Answer, Refusal> {
    if !world.channels.contains_key(&channel) {
        return Err(UNKNOWN_CHANNEL);
    }
    world.may(channel, &[])?;
    if world.may(channel, &[Right::History]).is_err() {
        return Ok(Answer::ok(json!([])));
    }
    let asked: HashMap<String, u64> = url::form_urlencoded::parse(query.as_bytes())
        .filter_map(|(name, value)| Some((name.into_owned(), value.parse().ok()?)))
        .collect();
    let limit = asked.get("limit").map_or(50, |limit| *limit as usize);
    let own = world.messages.iter().filter(|message| message.channel == channel && !message.is_gone);
    let own = own.filter(|message| message.only_for.is_none());
    let own = own.filter(|message| asked.get("after").is_none_or(|after| message.id > *after));
    let own = own.filter(|message| asked.get("before").is_none_or(|before| message.id < *before));
    let mut ids: Vec<u64> = own.map(|message| message.id).collect();
    // Those that follow on the one that is named, or else the last ones.
    if asked.contains_key("after") {
        ids.truncate(limit);
    } else {
        ids.drain(..ids.len().saturating_sub(limit));
    }
    let told = ids.iter().rev().map(|id| world.readable(&world.told(*id, false), channel));
    Ok(Answer::ok(told.collect()))
}

fn send(world: &mut World, channel: u64, body: Value) -> Result<Answer, Refusal> {
    if !world.channels.contains_key(&channel) {
        return Err(UNKNOWN_CHANNEL);
    }
    world.may(channel, &[Right::Send])?;
    if body["embeds"].as_array().is_some_and(|embeds| !embeds.is_empty()) {
        world.may(channel, &[Right::Embed])?;
    }
    if let Some(wrong) = say(world, &body, &body) {
        return Ok(wrong);
    }
    let now = world.now;
    let nonce = body["nonce"].as_str().filter(|_| body["enforce_nonce"] == true);
    let before = nonce.and_then(|nonce| {
        let lately = |at: Duration| now < at + Duration::from_mins(5);
        let alike = world.messages.iter().find(|one| one.nonce.as_deref() == Some(nonce) && lately(one.at));
        alike.map(|message| message.id)
    });
    let answered = body["message_reference"]["message_id"].as_str().and_then(|id| id.parse().ok());
    let is_there = |id: u64| world.in_channel(channel, id).is_some();
    if answered.is_some_and(|id| !is_there(id)) && body["message_reference"]["fail_if_not_exists"] != false {
        return Ok(Answer::wrong(json!({"code": 50_035, "message": "Invalid Form Body: Unknown message"})));
    }
    let answered = answered.filter(|id| is_there(*id));
    let id = before.unwrap_or_else(|| world.post(channel, world.bot, body.clone(), answered));
    Ok(Answer::ok(world.told(id, false)))
}

/// What keeps a message from being said, if anything.
///
/// `body` is what is sent, `whole` the message as it would be then.
fn say(world: &mut World, body: &Value, whole: &Value) -> Option<Answer> {
    if body["allowed_mentions"]["parse"] != json!([]) || body["allowed_mentions"]["replied_user"] == true {
        world.complaints.push(format!("a message that may mention somebody: {}", body["allowed_mentions"]));
    }
    let wrong = limits::wrong(whole)?;
    world.complaints.push(format!("a message that Discord does not take: {wrong}"));
    Some(Answer::wrong(wrong))
}

/// Changes a message; over a channel, where it is to be, or as an answer to an interaction.
fn edit(world: &mut World, channel: Option<u64>, id: u64, body: Value) -> Result<Answer, Refusal> {
    let bot = world.bot;
    if let Some(channel) = channel {
        world.may(channel, &[])?;
        world.in_channel(channel, id).ok_or(UNKNOWN_MESSAGE)?;
    }
    let message = world.message_mut(id).ok_or(UNKNOWN_MESSAGE)?;
    if message.author != bot {
        return Err((403, 50_005, "Cannot edit a message authored by another user"));
    }
    let mut whole = message.body.clone();
    change(&mut whole, &body);
    if let Some(wrong) = say(world, &body, &whole) {
        return Ok(wrong);
    }
    let message = world.message_mut(id).ok_or(UNKNOWN_MESSAGE)?;
    (message.body, message.is_thinking) = (whole, false);
    Ok(Answer::ok(world.told(id, false)))
}

/// What is not said stays.
fn change(before: &mut Value, body: &Value) {
    for (name, value) in body.as_object().into_iter().flatten() {
        before[name] = value.clone();
    }
}

fn delete(world: &mut World, channel: u64, id: u64) -> Result<Answer, Refusal> {
    world.may(channel, &[])?;
    let (bot, is_private) = (world.bot, world.channels.get(&channel).is_some_and(|channel| channel.with.is_some()));
    let is_own = world.in_channel(channel, id).ok_or(UNKNOWN_MESSAGE)?.author == bot;
    if is_private && !is_own {
        return Err((403, 50_003, "Cannot execute action on a DM channel"));
    }
    if !is_own {
        world.may(channel, &[Right::Manage])?;
    }
    world.message_mut(id).ok_or(UNKNOWN_MESSAGE)?.is_gone = true;
    Ok(Answer::nothing())
}

fn overwrite(world: &mut World, server: u64, body: &Value) -> Answer {
    match world.overwrite(server, body) {
        Ok(commands) => Answer::ok(commands),
        Err(why) => {
            world.complaints.push(format!("commands that Discord does not take: {why}"));
            Answer::wrong(json!({"code": 50_035, "message": why}))
        }
    }
}

fn webhook(world: &mut World, method: &str, token: &str, rest: &[&str], body: Value) -> Result<Answer, Refusal> {
    let id = world.answerable(token)?;
    match (method, rest) {
        ("POST", []) => {
            if let Some(wrong) = say(world, &body, &body) {
                return Ok(wrong);
            }
            let message = world.follow_up(id, body);
            Ok(Answer::ok(world.told(message, false)))
        }
        (_, ["messages", which]) => {
            let message = match *which {
                "@original" => world.interactions[&id].original,
                number => number.parse().ok().filter(|message| world.is_answer_to(*message, id)),
            };
            let message = message.filter(|message| world.message_mut(*message).is_some()).ok_or(UNKNOWN_MESSAGE)?;
            match method {
                "PATCH" => edit(world, None, message, body),
                "DELETE" => {
                    world.message_mut(message).ok_or(UNKNOWN_MESSAGE)?.is_gone = true;
                    Ok(Answer::nothing())
                }
                _ => Ok(Answer::ok(world.told(message, false))),
            }
        }
        _ => Err((404, 0, "404: Not Found")),
    }
}
