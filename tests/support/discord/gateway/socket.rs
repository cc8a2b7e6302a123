//! One connection to the gateway.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_websockets::{CloseCode, Message, ServerBuilder, WebSocketStream};

use crate::support::discord::Shared;
use crate::support::discord::gateway::orders::Order;
use crate::support::discord::gateway::sessions::{NotLetIn, Session};

/// How many frames a client may send in a minute.
const FRAMES: usize = 120;

/// How often it is looked whether there is still somebody, by the clock on the wall.
const LOOK: Duration = Duration::from_millis(50);

/// Tells connections apart.
static SOCKETS: AtomicU64 = AtomicU64::new(1);

/// Serves one connection until somebody ends it.
pub(super) async fn serve(stream: TcpStream, shared: Weak<Shared>) {
    let Ok((request, stream)) = ServerBuilder::new().accept(stream).await else { return };
    let Some(strong) = shared.upgrade() else { return };
    let query = request.uri().query().unwrap_or_default();
    let asked: HashMap<_, _> = url::form_urlencoded::parse(query.as_bytes()).collect();
    let asked = |name: &str| asked.get(name).map(AsRef::as_ref);
    let is_spoken = asked("v") == Some("10") && asked("encoding") == Some("json");
    if !is_spoken {
        strong.fail(format!("the gateway was asked for `{query}`, and not for version 10 in JSON"));
    }
    let (interval, orders, mut tick) = strong.look(|world| {
        let gateway = &world.gateway;
        (gateway.interval, gateway.orders.len(), gateway.tick.subscribe())
    });
    let number = SOCKETS.fetch_add(1, Ordering::Relaxed);
    let last_beat = strong.clock.now();
    let mut socket = Socket {
        stream,
        shared: strong,
        number,
        session: None,
        sent: 0,
        orders,
        frames: VecDeque::new(),
        interval,
        last_beat,
    };
    if !is_spoken {
        socket.close(4012).await;
        return;
    }
    let hello = json!({"op": 10, "d": {"heartbeat_interval": interval.as_millis() as u64}, "s": null, "t": null});
    let mut goes_on = socket.send(&hello).await;
    while goes_on {
        tokio::select! {
            // What was sent in time counts, whenever it is read.
            biased;
            frame = socket.stream.next() => goes_on = match frame {
                Some(Ok(message)) => socket.heard(&message).await,
                Some(Err(_)) | None => false,
            },
            changed = tick.changed() => goes_on = changed.is_ok() && socket.catch_up().await,
            () = tokio::time::sleep(LOOK) => goes_on = socket.is_alive(),
        }
    }
    socket.end();
}

struct Socket {
    stream: WebSocketStream<TcpStream>,
    shared: Arc<Shared>,
    number: u64,
    session: Option<String>,
    /// How much of the session was sent.
    sent: usize,
    /// How many orders were carried out before.
    orders: usize,
    /// When the client sent something, the last minute.
    frames: VecDeque<Duration>,
    /// How often its heart is to beat, and when it last did.
    interval: Duration,
    last_beat: Duration,
}

impl Socket {
    /// Takes a frame; whether the connection goes on.
    async fn heard(&mut self, message: &Message) -> bool {
        if message.is_close() {
            let is_final = message.as_close().is_some_and(|(code, _)| matches!(u16::from(code), 1000 | 1001));
            if let (true, Some(id)) = (is_final, &self.session) {
                self.shared.change(|world| world.gateway.sessions.remove(id));
            }
            return false;
        }
        let Some(text) = message.as_text() else { return true };
        let now = self.shared.clock.now();
        self.frames.push_back(now);
        while self.frames.front().is_some_and(|first| now > *first + Duration::from_mins(1)) {
            self.frames.pop_front();
        }
        if self.frames.len() > FRAMES {
            return self.close(4008).await;
        }
        let Ok(frame) = serde_json::from_str::<Value>(text) else { return self.close(4002).await };
        match (frame["op"].as_u64(), &self.session) {
            (Some(1), _) => self.beat(&frame["d"]).await,
            (Some(2), None) => {
                let now = self.shared.clock.now();
                let number = self.number;
                match self.shared.change(|world| world.identify(&frame["d"], number, now)) {
                    Ok(id) => {
                        (self.session, self.sent) = (Some(id), 0);
                        self.catch_up().await
                    }
                    Err(why) => self.refuse(why).await,
                }
            }
            (Some(6), None) => {
                let number = self.number;
                match self.shared.change(|world| world.resume(&frame["d"], number)) {
                    Ok((id, sent)) => {
                        (self.session, self.sent) = (Some(id), sent);
                        self.catch_up().await
                    }
                    Err(why) => self.refuse(why).await,
                }
            }
            (Some(2 | 6), Some(_)) => self.close(4005).await,
            (Some(3 | 4 | 8), Some(_)) => true,
            (Some(3 | 4 | 8), None) => self.close(4003).await,
            (Some(_), _) => self.close(4001).await,
            (None, _) => self.close(4002).await,
        }
    }

    /// Whether there is still somebody on both sides. A heart may be late by half a beat.
    fn is_alive(&self) -> bool {
        let is_beating = self.shared.clock.now() <= self.last_beat + self.interval + self.interval / 2;
        is_beating && Arc::strong_count(&self.shared) > 1
    }

    async fn beat(&mut self, sequence: &Value) -> bool {
        self.last_beat = self.shared.clock.now();
        let told = self.session.as_ref().map(|id| self.told(id));
        if let (Some(sequence), Some(told)) = (sequence.as_u64(), told)
            && sequence > told as u64
        {
            return self.close(4007).await;
        }
        if self.shared.look(|world| world.gateway.is_silent) {
            return true;
        }
        self.send(&json!({"op": 11, "d": null, "s": null, "t": null})).await
    }

    fn told(&self, id: &str) -> usize {
        self.shared.look(|world| world.gateway.sessions.get(id).map_or(0, Session::told))
    }

    /// Sends what is new, and carries out what was ordered.
    async fn catch_up(&mut self) -> bool {
        let (frames, orders) = self.shared.look(|world| {
            let session = self.session.as_ref().and_then(|id| world.gateway.sessions.get(id));
            let is_ours = session.is_some_and(|session| session.socket == Some(self.number));
            let frames = session.filter(|_| is_ours).map(|session| session.after(self.sent).to_vec());
            (frames.unwrap_or_default(), world.gateway.orders[self.orders..].to_vec())
        });
        for frame in frames {
            if self.stream.send(Message::text(frame)).await.is_err() {
                return false;
            }
            self.sent += 1;
        }
        for order in orders {
            self.orders += 1;
            let goes_on = match order {
                Order::Cut => false,
                Order::Close(code) => self.close(code).await,
                Order::Reconnect => self.send(&json!({"op": 7, "d": null, "s": null, "t": null})).await,
                Order::Invalidate { resumable } => {
                    if let (false, Some(id)) = (resumable, self.session.take()) {
                        self.shared.change(|world| world.gateway.sessions.remove(&id));
                    }
                    self.send(&json!({"op": 9, "d": resumable, "s": null, "t": null})).await
                }
            };
            if !goes_on {
                return false;
            }
        }
        true
    }

    async fn refuse(&mut self, why: NotLetIn) -> bool {
        match why {
            NotLetIn::Closed(code) => self.close(code).await,
            NotLetIn::Invalid => self.send(&json!({"op": 9, "d": false, "s": null, "t": null})).await,
        }
    }

    async fn close(&mut self, code: u16) -> bool {
        let code = CloseCode::try_from(code).expect("a code that can be sent");
        // The client may be gone.
        let _ = self.stream.send(Message::close(Some(code), "")).await;
        false
    }

    async fn send(&mut self, frame: &Value) -> bool {
        self.stream.send(Message::text(frame.to_string())).await.is_ok()
    }

    /// The session has no connection any more; what happens is kept for it.
    fn end(&self) {
        let Some(id) = &self.session else { return };
        self.shared.change(|world| {
            if let Some(session) = world.gateway.sessions.get_mut(id)
                && session.socket == Some(self.number)
            {
                session.socket = None;
            }
        });
    }
}
