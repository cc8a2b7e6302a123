//! The gateway: one session for each shard, which can be taken up again.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_websockets::{CloseCode, Message, ServerBuilder, WebSocketStream};

use super::{Bot, Session, Shared, user};

/// The token is not known.
const NO_TOKEN: u16 = 4_004;

/// Takes connections at `listener`. They end with it.
pub(super) async fn run(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        connections.spawn(connection(stream, shared.clone()));
    }
}

/// One connection, until the other side has gone.
async fn connection(stream: TcpStream, shared: Arc<Shared>) -> Option<()> {
    let (_, mut socket) = ServerBuilder::new().accept(stream).await.ok()?;
    send(&mut socket, &json!({"op": 10, "d": {"heartbeat_interval": 41_250}, "s": null, "t": null})).await?;
    let (mut session, mut sent) = (None, 0);
    loop {
        let changed = shared.changed.notified();
        for frame in session.as_deref().map(|id| frames(&shared, id, sent)).unwrap_or_default() {
            send(&mut socket, &frame).await?;
            sent += 1;
        }
        let said = tokio::select! {
            () = changed => continue,
            said = socket.next() => said?.ok()?,
        };
        if said.is_close() {
            // The other side is told that this was heard.
            let _ = socket.next().await;
            return None;
        }
        let Some(said) = said.as_text().and_then(|text| serde_json::from_str::<Value>(text).ok()) else { continue };
        match said["op"].as_u64()? {
            1 => send(&mut socket, &json!({"op": 11, "d": null, "s": null, "t": null})).await?,
            2 => {
                let token = said["d"]["token"].as_str()?.trim_start_matches("Bot ").to_owned();
                if shared.note(&token, "OP", "2", said["d"].clone()).is_none() {
                    let close = Message::close(CloseCode::try_from(NO_TOKEN).ok(), "Authentication failed.");
                    return socket.send(close).await.ok();
                }
                (session, sent) = (Some(begin(&shared, &token, &said["d"]["shard"])), 0);
            }
            6 => {
                let token = said["d"]["token"].as_str()?.trim_start_matches("Bot ").to_owned();
                shared.note(&token, "OP", "6", said["d"].clone());
                let id = said["d"]["session_id"].as_str()?.to_owned();
                if take_up(&shared, &id) {
                    (session, sent) = (Some(id), usize::try_from(said["d"]["seq"].as_u64()?).ok()?);
                } else {
                    send(&mut socket, &json!({"op": 9, "d": false, "s": null, "t": null})).await?;
                }
            }
            _ => {}
        }
    }
}

/// A new session, which begins with what it is.
fn begin(shared: &Shared, token: &str, part: &Value) -> String {
    let bots = shared.bots.lock().unwrap();
    let bot = &bots[token];
    let id = format!("session-{}", shared.number());
    let application = json!({"id": bot.id.to_string(), "flags": if bot.reads { 1 << 19 } else { 0 }});
    let ready = json!({
        "v": 10, "user": user(bot.id, &bot.name, true), "guilds": [], "session_id": id, "application": application,
        "resume_gateway_url": format!("ws://{}", shared.gateway), "shard": part,
    });
    let is_first = part.is_null() || part[0] == 0;
    let mut session = Session { token: token.to_owned(), is_first, frames: Vec::new(), taken: bot.events.len() };
    session.dispatch("READY", &ready);
    shared.sessions.lock().unwrap().insert(id.clone(), session);
    id
}

/// Goes on with a session, which hears first what it missed; whether there is one of that id.
fn take_up(shared: &Shared, id: &str) -> bool {
    let bots = shared.bots.lock().unwrap();
    let mut sessions = shared.sessions.lock().unwrap();
    let Some(session) = sessions.get_mut(id) else { return false };
    session.take(&bots);
    session.dispatch("RESUMED", &json!({}));
    true
}

/// What a session has to be sent after the first `sent`.
fn frames(shared: &Shared, id: &str, sent: usize) -> Vec<Value> {
    let bots = shared.bots.lock().unwrap();
    let mut sessions = shared.sessions.lock().unwrap();
    let session = sessions.get_mut(id).unwrap();
    session.take(&bots);
    session.frames[sent..].to_vec()
}

impl Session {
    /// Takes what has happened since it last did.
    fn take(&mut self, bots: &HashMap<String, Bot>) {
        let events = &bots[&self.token].events;
        for (name, data) in &events[self.taken..] {
            if self.is_first {
                self.dispatch(name, data);
            }
        }
        self.taken = events.len();
    }

    fn dispatch(&mut self, name: &str, data: &Value) {
        let number = self.frames.len() + 1;
        self.frames.push(json!({"op": 0, "t": name, "s": number, "d": data}));
    }
}

async fn send(socket: &mut WebSocketStream<TcpStream>, frame: &Value) -> Option<()> {
    socket.send(Message::text(frame.to_string())).await.ok()
}
