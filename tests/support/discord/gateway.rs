//! Discord's gateway: the sessions of a bot, and the sockets over which they are told what happens.

mod orders;
mod sessions;
mod socket;

use std::collections::{BTreeMap, HashMap};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::support::discord::Shared;
use crate::support::discord::gateway::orders::Order;
use crate::support::discord::gateway::sessions::Session;

/// What a bot may be told; what has to be granted in the developer portal; and all that there are.
const GUILDS: u64 = 1;
const GUILD_MESSAGES: u64 = 1 << 9;
const DIRECT_MESSAGES: u64 = 1 << 12;
const MESSAGE_CONTENT: u64 = 1 << 15;
const GUILD_MEMBERS: u64 = 1 << 1;
const GUILD_PRESENCES: u64 = 1 << 8;
const KNOWN: u64 = (1 << 22) - 1;

/// Between two identifies that share a place, less what clocks may differ by.
const BETWEEN_IDENTIFIES: Duration = Duration::from_millis(4_500);

/// The state of the gateway.
pub(crate) struct Gateway {
    /// How often a session was begun, and taken up again.
    pub(crate) identifies: usize,
    pub(crate) resumes: usize,
    /// How many may identify at once.
    pub(crate) max_concurrency: u32,
    /// How many shards are advised.
    pub(crate) shards: u32,
    /// How often may still be identified today.
    pub(crate) remaining: u32,
    /// How many servers one shard may have.
    pub(crate) servers_of_a_shard: usize,
    /// How often hearts are to beat.
    interval: Duration,
    /// Whether heartbeats stay without an answer.
    is_silent: bool,
    sessions: BTreeMap<String, Session>,
    begun: usize,
    last_identify: HashMap<u32, Duration>,
    orders: Vec<Order>,
    /// Told whenever a socket may have something to do.
    tick: watch::Sender<u64>,
    address: Option<SocketAddr>,
}

impl Default for Gateway {
    fn default() -> Self {
        Self {
            identifies: 0,
            resumes: 0,
            max_concurrency: 1,
            shards: 1,
            remaining: 1_000,
            servers_of_a_shard: 2_500,
            interval: Duration::from_millis(41_250),
            is_silent: false,
            sessions: BTreeMap::new(),
            begun: 0,
            last_identify: HashMap::new(),
            orders: Vec::new(),
            tick: watch::Sender::new(0),
            address: None,
        }
    }
}

impl Gateway {
    /// Where it is, as `GET /gateway` says it.
    pub(crate) fn url(&self) -> String {
        format!("ws://{}", self.address.expect("the gateway was started"))
    }

    fn wake(&self) {
        self.tick.send_modify(|tick| *tick += 1);
    }
}

/// Starts the gateway, on a thread and in real time of its own; it ends when `shared` has no other owner.
pub(crate) fn start(shared: &Arc<Shared>) -> SocketAddr {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    shared.change(|world| world.gateway.address = Some(address));
    let weak = Arc::downgrade(shared);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            loop {
                let accepted = tokio::time::timeout(Duration::from_millis(200), listener.accept()).await;
                if weak.strong_count() == 0 {
                    return;
                }
                if let Ok(Ok((stream, _))) = accepted {
                    tokio::spawn(socket::serve(stream, weak.clone()));
                }
            }
        });
    });
    address
}
