//! Everything that there is.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;

use crate::support::discord::gateway::Gateway;
use crate::support::discord::interaction::Interaction;
use crate::support::discord::message::Message;
use crate::support::discord::rates::Rates;
use crate::support::discord::rights::Right;

/// When Discord's ids begin, and when the fake begins (2026-11-20 at noon), in milliseconds since 1970.
const EPOCH: u64 = 1_420_070_400_000;
const BEGAN: u64 = 1_795_176_000_000;

/// Everything that there is.
pub(crate) struct World {
    pub(crate) now: Duration,
    pub(crate) token: String,
    pub(crate) bot: u64,
    pub(crate) bot_name: String,
    pub(crate) application: u64,
    /// Whether it may read what is written in servers.
    pub(crate) may_read: bool,
    pub(crate) gateway: Gateway,
    pub(super) guilds: BTreeMap<u64, Guild>,
    pub(super) channels: BTreeMap<u64, Channel>,
    pub(super) people: BTreeMap<u64, String>,
    pub(super) messages: Vec<Message>,
    pub(super) interactions: BTreeMap<u64, Interaction>,
    /// The commands that are registered: everywhere (0), and by server.
    pub(super) commands: BTreeMap<u64, Vec<Value>>,
    pub(super) creates: usize,
    pub(super) rates: Rates,
    /// What the bot may not do in which channel.
    pub(super) denied: BTreeSet<(u64, Right)>,
    /// What there was too much of, each time.
    pub(super) overruns: Vec<&'static str>,
    pub(super) calls: Vec<(String, String)>,
    pub(super) bodies: Vec<String>,
    pub(super) complaints: Vec<String>,
    pub(super) delay: Option<(String, Duration)>,
    pub(super) faults: Vec<(String, String, u16, usize)>,
    /// Where its gateway is said to be, if not where it is.
    pub(super) leads_to: Option<String>,
    last: u64,
}

/// A server.
pub(super) struct Guild {
    pub(super) name: String,
    pub(super) roles: Vec<(u64, String)>,
    /// Who is in it, with which roles.
    pub(super) members: BTreeMap<u64, Vec<u64>>,
}

/// A channel, a thread, or a private chat.
pub(super) struct Channel {
    pub(super) guild: Option<u64>,
    pub(super) kind: u64,
    pub(super) parent: Option<u64>,
    pub(super) name: String,
    /// Who has this private chat with the bot.
    pub(super) with: Option<u64>,
}

impl World {
    pub(super) fn new(token: &str, name: &str) -> Self {
        Self {
            now: Duration::ZERO,
            token: token.to_owned(),
            bot: 100_000_000_000_000_001,
            bot_name: name.to_owned(),
            application: 100_000_000_000_000_002,
            may_read: true,
            gateway: Gateway::default(),
            guilds: BTreeMap::new(),
            channels: BTreeMap::new(),
            people: BTreeMap::new(),
            messages: Vec::new(),
            interactions: BTreeMap::new(),
            commands: BTreeMap::new(),
            creates: 0,
            rates: Rates::default(),
            denied: BTreeSet::new(),
            overruns: Vec::new(),
            calls: Vec::new(),
            bodies: Vec::new(),
            complaints: Vec::new(),
            delay: None,
            faults: Vec::new(),
            leads_to: None,
            last: 0,
        }
    }

    /// Whether that is the number of the bot's application. Nobody else's is of any use to it.
    pub(super) fn is_ours(&self, application: &str) -> bool {
        application == self.application.to_string()
    }

    /// What goes wrong with the next call of that kind, by the status of the answer.
    pub(super) fn fault(&mut self, method: &str, path: &str) -> Option<u16> {
        let fits = |(of, part, _, left): &&mut (String, String, u16, usize)| {
            of == method && path.contains(part.as_str()) && *left > 0
        };
        let (_, _, status, left) = self.faults.iter_mut().find(fits)?;
        *left -= 1;
        Some(*status)
    }

    /// Nothing goes wrong any more.
    pub(crate) fn calm(&mut self) {
        self.faults.clear();
    }

    /// A new id: later ones are larger.
    pub(super) fn id(&mut self) -> u64 {
        let milliseconds = BEGAN - EPOCH + self.now.as_millis() as u64;
        self.last = (milliseconds << 22).max(self.last + 1);
        self.last
    }
}
