//! A Discord on loopback: its REST and its gateway with their true limits, and the people who write to bots.
//!
//! Everything has a state as over there: servers, channels, threads, private chats, messages, interactions, sessions of
//! the gateway, what the bot may do where, and how much is taken. Requests and answers are looked at as the published
//! description has them, where it lies beside the repository. What no client of the real one would get away with, or what
//! would go unnoticed there, is a complaint; a fake that is dropped with complaints stops the test.
//!
//! Not played: voice, reactions, polls, modals, files, stickers, webhooks of others, archived threads, slow mode, the
//! frames of the gateway in zlib, and the limits of calls that no bot of ours makes. How many calls of a kind are taken is
//! not published; the numbers are what Discord's answers were seen to say.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::needless_pass_by_value,
    reason = "its numbers are small, and its words are for who reads them"
)]

mod commands;
mod described;
mod gateway;
mod hurry;
mod interaction;
mod limits;
mod message;
mod people;
mod rates;
mod rest;
mod rights;
pub(crate) mod schema;
mod shared;
mod shown;
mod stage;
mod world;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

pub(crate) use people::Person;
pub(crate) use rights::Right;
pub(crate) use shared::Shared;
pub(crate) use shown::Shown;
pub(crate) use stage::Place;
pub(crate) use world::World;

/// How long a test waits at the most, by the clock on the wall.
const PATIENCE: Duration = Duration::from_secs(20);

/// The running fake. It ends when it is dropped.
pub(crate) struct DiscordFake {
    pub(crate) shared: Arc<Shared>,
    address: SocketAddr,
    closing: Option<oneshot::Sender<()>>,
}

impl DiscordFake {
    /// One with that bot, and without servers and people.
    pub(crate) fn start(token: &str, name: &str) -> Self {
        let shared = Arc::new(Shared::new(World::new(token, name)));
        gateway::start(&shared);
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (closing, closed) = oneshot::channel();
        let behind = Arc::clone(&shared);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(rest::run(behind, listener, closed));
        });
        Self { shared, address, closing: Some(closing) }
    }

    /// What a client puts in place of `https://discord.com`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How long it has been there, by its own clock.
    pub(crate) fn now(&self) -> Duration {
        self.shared.clock.now()
    }

    /// The bot may read what is written in servers, or may not: a switch in the developer portal.
    pub(crate) fn may_read(&self, may_read: bool) {
        self.shared.change(|world| world.may_read = may_read);
    }

    /// From now on its gateway is said to be there; `None` for where it is.
    pub(crate) fn leads_to(&self, url: Option<String>) {
        self.shared.change(|world| world.leads_to = url);
    }

    /// Waits until `look` finds something.
    pub(crate) async fn until<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "waited in vain for {what}; complaints: {:?}; asked: {:?}",
                self.complaints(),
                self.asked()
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// How many requests of that method, to a path that holds `part`, have come.
    pub(crate) fn count(&self, method: &str, part: &str) -> usize {
        self.shared.look(|world| world.calls.iter().filter(|call| call.0 == method && call.1.contains(part)).count())
    }

    /// The last things that were asked for, and how often sessions began and were taken up.
    fn asked(&self) -> (Vec<(String, String)>, usize, usize) {
        self.shared.look(|world| {
            let last = world.calls.len().saturating_sub(12);
            (world.calls[last..].to_vec(), world.gateway.identifies, world.gateway.resumes)
        })
    }

    /// How many commands were created that were not there before.
    pub(crate) fn creates(&self) -> usize {
        self.shared.look(|world| world.creates)
    }

    /// What somebody sent too much of, each time.
    pub(crate) fn overruns(&self) -> Vec<&'static str> {
        self.shared.look(|world| world.overruns.clone())
    }

    /// What of `planted` has come in anywhere.
    pub(crate) fn leaks(&self, planted: &[String]) -> Option<String> {
        self.shared.look(|world| {
            let found = |secret: &&String| world.bodies.iter().any(|body| body.contains(secret.as_str()));
            planted.iter().find(found).cloned()
        })
    }

    /// What was found wrong so far, which counts as dealt with then.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.shared.change(|world| std::mem::take(&mut world.complaints))
    }

    /// From now on each request to a path that holds `part` takes so long before anything is done.
    pub(crate) fn delays(&self, part: &str, by: Duration) {
        self.shared.change(|world| world.delay = Some((part.to_owned(), by)));
    }

    /// The next `times` requests of that method to a path that holds `part` are answered with that status.
    pub(crate) fn fails(&self, method: &str, part: &str, status: u16, times: usize) {
        self.shared.change(|world| world.faults.push((method.to_owned(), part.to_owned(), status, times)));
    }
}

impl Drop for DiscordFake {
    fn drop(&mut self) {
        drop(self.closing.take());
        let complaints = self.complaints();
        assert!(
            complaints.is_empty() || std::thread::panicking(),
            "{} complaints of Discord:\n{}",
            complaints.len(),
            complaints.join("\n")
        );
    }
}
