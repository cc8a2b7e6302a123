//! Discord's REST.

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
use crate::support::discord::{Shared, World, limits, schema};

/// Messages that one channel takes, and in what time.
const MESSAGES: usize = 5;
const WITHIN: Duration = Duration::from_secs(5);

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
    /// How many more messages the channel takes, and for how long.
    room: Option<(usize, Duration)>,
}

impl Answer {
    fn ok(body: Value) -> Self {
        Self { status: 200, body, room: None }
    }

    fn nothing() -> Self {
        Self { status: 204, body: Value::Null, room: None }
    }

    fn refused((status, code, message): Refusal) -> Self {
        Self { status, body: json!({"code": code, "message": message}), room: None }
    }

    fn wrong(body: Value) -> Self {
        Self { status: 400, body, room: None }
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
    let answer = shared.change(|world| {
        if !by_token && authorised.as_deref() != Some(format!("Bot {}", world.token).as_str()) {
            return Answer { status: 401, body: json!({"code": 0, "message": "401: Unauthorized"}), room: None };
        }
        let fault = world
            .faults
            .iter_mut()
            .find(|(of, part, _, left)| *of == method && path.contains(part.as_str()) && *left > 0);
        if let Some((_, _, status, left)) = fault {
            *left -= 1;
            return Answer { status: *status, body: json!({"message": "made up", "code": 0}), room: None };
        }
        let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap_or(Value::Null) };
        for fault in schema::faults(&method, &path, &body) {
            world.complaints.push(format!("{method} {path}: {fault}"));
        }
        let query = head.uri.query().unwrap_or_default();
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        act(world, &method, &parts, query, body)
    });
    let mut response = match answer.status {
        204 => StatusCode::NO_CONTENT.into_response(),
        status => (StatusCode::from_u16(status).unwrap(), answer.body.to_string()).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert("content-type", "application/json".parse().unwrap());
    if let Some((left, until)) = answer.room {
        let mut set = |name: &'static str, value: String| headers.insert(name, value.parse().unwrap());
        set("x-ratelimit-bucket", "messages".to_owned());
        set("x-ratelimit-limit", MESSAGES.to_string());
        set("x-ratelimit-remaining", left.to_string());
        set("x-ratelimit-reset-after", format!("{:.3}", until.as_secs_f64()));
        if answer.status == 429 {
            set("retry-after", format!("{}", until.as_secs_f64().ceil()));
        }
    }
    response
}

fn act(world: &mut World, method: &str, parts: &[&str], query: &str, body: Value) -> Answer {
    let number = |text: &str| text.parse::<u64>().unwrap_or(0);
    match (method, parts) {
        ("GET", ["users", "@me"]) => Answer::ok(world.bot_user()),
        ("GET", ["applications", "@me"]) => {
            Answer::ok(json!({"id": world.application.to_string(), "flags": if world.may_read { 1 << 19 } else { 0 }}))
        }
        ("GET", ["gateway", "bot"]) => Answer::ok(json!({
            "url": world.leads_to.clone().unwrap_or_else(|| world.gateway.url()), "shards": world.gateway.shards,
            "session_start_limit": {
                "total": 1_000, "remaining": world.gateway.remaining, "reset_after": 14_400_000,
                "max_concurrency": world.gateway.max_concurrency,
            },
        })),
        ("GET", ["channels", channel]) => match world.channel(number(channel)) {
            Some(described) => Answer::ok(described),
            None => Answer::refused((404, 10_003, "Unknown Channel")),
        },
        ("GET", ["guilds", guild, "members", person]) => match world.member(number(guild), number(person)) {
            Some(mut member) => {
                member["user"] = world.user(number(person));
                Answer::ok(member)
            }
            None => Answer::refused((404, 10_007, "Unknown Member")),
        },
        ("GET", ["guilds", guild]) => match world.guild(number(guild)) {
            Some(guild) => Answer::ok(guild),
            None => Answer::refused((404, 10_004, "Unknown Guild")),
        },
        ("GET", ["channels", channel, "messages"]) => {
            let asked = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)).map_or(0, number);
            let (after, limit) = (asked("after="), asked("limit=").clamp(1, 100));
            let own = world.messages.iter().filter(|message| message.channel == number(channel) && !message.is_gone);
            let own = own.filter(|message| message.id > after && message.only_for.is_none());
            let ids: Vec<u64> = own.map(|message| message.id).take(limit as usize).collect();
            // Newest first, as over there.
            Answer::ok(ids.into_iter().rev().map(|id| world.told(id, false)).collect())
        }
        ("POST", ["channels", channel, "messages"]) => send(world, number(channel), body),
        ("PATCH", ["channels", _, "messages", message]) => edit(world, number(message), body),
        ("DELETE", ["channels", channel, "messages", message]) => delete(world, number(channel), number(message)),
        ("POST", ["channels", channel, "typing"]) if world.channels.contains_key(&number(channel)) => Answer::nothing(),
        ("PUT", ["applications", _, "commands"]) => overwrite(world, 0, &body),
        ("PUT", ["applications", _, "guilds", guild, "commands"]) => overwrite(world, number(guild), &body),
        ("POST", ["interactions", id, token, "callback"]) => match world.callback(number(id), token, &body) {
            Ok(()) => Answer::nothing(),
            Err(refusal) => Answer::refused(refusal),
        },
        (_, ["webhooks", _, token, rest @ ..]) => webhook(world, method, token, rest, body),
        _ => {
            world.complaints.push(format!("{method} /{}: there is nothing of the kind", parts.join("/")));
            Answer::refused((404, 0, "404: Not Found"))
        }
    }
}

fn send(world: &mut World, channel: u64, body: Value) -> Answer {
    if !world.channels.contains_key(&channel) {
        return Answer::refused((404, 10_003, "Unknown Channel"));
    }
    let now = world.now;
    let written = world.written.entry(channel).or_default();
    written.retain(|at| now < *at + WITHIN);
    let until = written.first().map_or(WITHIN, |first| (*first + WITHIN).saturating_sub(now));
    if written.len() >= MESSAGES {
        world.overruns += 1;
        let body =
            json!({"message": "You are being rate limited.", "retry_after": until.as_secs_f64(), "global": false});
        return Answer { status: 429, body, room: Some((0, until)) };
    }
    written.push(now);
    let room = Some((MESSAGES - written.len(), until));
    let mut answer = say(world, &body, false).unwrap_or_else(|| {
        let nonce = body["nonce"].as_str().filter(|_| body["enforce_nonce"] == true);
        let before = nonce.and_then(|nonce| {
            let lately = |at: Duration| now < at + Duration::from_mins(5);
            let alike = world.messages.iter().find(|one| one.nonce.as_deref() == Some(nonce) && lately(one.at));
            alike.map(|message| message.id)
        });
        let answers = body["message_reference"]["message_id"].as_str().and_then(|id| id.parse().ok());
        let answers = answers.filter(|id| world.messages.iter().any(|message| message.id == *id));
        let id = before.unwrap_or_else(|| world.post(channel, world.bot, body.clone(), answers));
        Answer::ok(world.told(id, false))
    });
    answer.room = room;
    answer
}

/// What keeps a message from being said, if anything.
fn say(world: &mut World, body: &Value, is_edit: bool) -> Option<Answer> {
    if body["allowed_mentions"]["parse"] != json!([]) || body["allowed_mentions"]["replied_user"] == true {
        world.complaints.push(format!("a message that may mention somebody: {}", body["allowed_mentions"]));
    }
    let wrong = limits::wrong(body, is_edit)?;
    world.complaints.push(format!("a message that Discord does not take: {wrong}"));
    Some(Answer::wrong(wrong))
}

fn edit(world: &mut World, id: u64, body: Value) -> Answer {
    if let Some(answer) = say(world, &body, true) {
        return answer;
    }
    let bot = world.bot;
    let Some(message) = world.message_mut(id) else { return Answer::refused(UNKNOWN_MESSAGE) };
    if message.author != bot {
        return Answer::refused((403, 50_005, "Cannot edit a message authored by another user"));
    }
    change(&mut message.body, body);
    message.is_thinking = false;
    Answer::ok(world.told(id, false))
}

/// What is not said stays.
fn change(before: &mut Value, body: Value) {
    for (name, value) in body.as_object().cloned().unwrap_or_default() {
        before[name] = value;
    }
}

fn delete(world: &mut World, channel: u64, id: u64) -> Answer {
    let (bot, is_private) = (world.bot, world.channels.get(&channel).is_some_and(|channel| channel.with.is_some()));
    let Some(message) = world.message_mut(id) else { return Answer::refused(UNKNOWN_MESSAGE) };
    if is_private && message.author != bot {
        return Answer::refused((403, 50_003, "Cannot execute action on a DM channel"));
    }
    message.is_gone = true;
    Answer::nothing()
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

fn webhook(world: &mut World, method: &str, token: &str, rest: &[&str], body: Value) -> Answer {
    let id = match world.answerable(token) {
        Ok(id) => id,
        Err(refusal) => return Answer::refused(refusal),
    };
    match (method, rest) {
        ("POST", []) => say(world, &body, false).unwrap_or_else(|| {
            let message = world.follow_up(id, body);
            Answer::ok(world.told(message, false))
        }),
        (_, ["messages", which]) => {
            let message = match *which {
                "@original" => world.interactions[&id].original,
                number => number.parse().ok(),
            };
            let Some(message) = message.filter(|message| world.message_mut(*message).is_some()) else {
                return Answer::refused(UNKNOWN_MESSAGE);
            };
            match method {
                "PATCH" => edit(world, message, body),
                "DELETE" => {
                    world.message_mut(message).unwrap().is_gone = true;
                    Answer::nothing()
                }
                _ => Answer::ok(world.told(message, false)),
            }
        }
        _ => Answer::refused((404, 0, "404: Not Found")),
    }
}
