//! Who administers a group: Telegram does not say it with what somebody writes there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use modelpin_chat::{Inbound, Kind};
use modelpin_delivery::Lanes;
use tokio::time::Instant;

use crate::api;
use crate::inbound::Way;
use crate::line::Line;

/// What the role of an administrator is called, in [`modelpin_chat::Sender::roles`].
pub const ADMIN: &str = "admin";

/// How long an answer counts. Whoever is made an administrator, or is none any more, waits so long at the most.
const FRESH: Duration = Duration::from_mins(5);

/// How long nobody is asked for again of whom it was not told: a chat does not wait at each message while Telegram is away.
const UNTOLD: Duration = Duration::from_secs(10);

/// How long it may take to be told. What else is written in the chat waits meanwhile.
const PATIENCE: Duration = Duration::from_secs(3);

/// How many people are remembered.
const ROOM: usize = 4_096;

/// Who administers the groups that the bot is in.
pub(crate) struct Admins {
    line: Arc<Line>,
    /// Who is one, and until when that counts.
    known: Mutex<HashMap<(i64, u64), (bool, Instant)>>,
    /// While it is asked, what comes later in the chat waits, so that it stays in order.
    asking: Lanes,
}

impl Admins {
    pub(crate) fn new(line: Arc<Line>) -> Self {
        Self { line, known: Mutex::default(), asking: Lanes::default() }
    }

    /// Gives who wrote the role, where they have it. Who writes in the name of the group itself is one of its
    /// administrators; of whom it is not told is none.
    pub(crate) async fn appoint(&self, inbound: &mut Inbound, way: &Way) {
        if inbound.conversation.kind != Kind::Group {
            return;
        }
        let chat = way.chat.0;
        let _turn = match self.asking.chance(chat.cast_unsigned()) {
            Some(turn) => turn,
            None => self.asking.turn(chat.cast_unsigned()).await,
        };
        let is_admin = inbound.sender.id == inbound.conversation.peer
            || match inbound.sender.id.parse() {
                Ok(user) => self.is_admin(chat, user).await,
                Err(_) => false,
            };
        if is_admin {
            inbound.sender.roles.push(ADMIN.to_owned());
        }
    }

    async fn is_admin(&self, chat: i64, user: u64) -> bool {
        if let Some(known) = self.known(chat, user) {
            return known;
        }
        let (is_admin, counts_for) = match api::is_admin(&*self.line.api, chat, user, PATIENCE).await {
            Ok(is_admin) => (is_admin, FRESH),
            Err(fault) => {
                let account = &self.line.account;
                tracing::warn!(account, chat, why = %fault, "it is not told who administers a group, so nobody does for now");
                (false, UNTOLD)
            }
        };
        let now = Instant::now();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= ROOM {
            known.retain(|_, (_, until)| *until > now);
        }
        if known.len() < ROOM {
            known.insert((chat, user), (is_admin, now + counts_for));
        }
        is_admin
    }

    fn known(&self, chat: i64, user: u64) -> Option<bool> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&(chat, user)).filter(|(_, until)| *until > Instant::now()).map(|(is_admin, _)| *is_admin)
    }
}
