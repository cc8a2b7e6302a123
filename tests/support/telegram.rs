//! A Telegram on loopback: the Bot API with its true limits, and the people who write to bots.
//!
//! Everything has a state as over there: chats, members, topics, messages, presses, the queue of updates of each bot.
//! Time is its own ([`Clock`]): it goes by as fast as any clock, can be put forward, and can be held. What no client of
//! the real one would get away with and what would go unnoticed there is a complaint; a fake that is dropped with
//! complaints stops the test.
//!
//! Benches reach it as `#[path = "../tests/support"] mod support { pub(crate) mod leaks; pub(crate) mod telegram; }`.
#![allow(dead_code, unused_imports, reason = "a bench says fewer of its words than the tests")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    reason = "its numbers are small, and its words are for who reads them"
)]

mod calls;
mod chat;
mod clock;
mod commands;
mod control;
mod dice;
mod failure;
mod faults;
mod flood;
mod html;
mod hurry;
mod markup;
mod message;
mod methods;
mod params;
mod person;
mod polling;
mod queue;
mod schema;
mod server;
mod shared;
mod shown;
mod socket;
mod stage;
mod text;
mod token;
mod user;
mod webhook;
mod world;

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

pub(crate) use calls::{Call, Outcome};
pub(crate) use chat::{ChatKind, Rights, Room};
pub(crate) use clock::Clock;
pub(crate) use dice::Dice;
pub(crate) use faults::{Fault, Storm};
pub(crate) use flood::Limits;
pub(crate) use hurry::Hurry;
pub(crate) use person::Person;
pub(crate) use shown::{Button, Pressed, Shown};
pub(crate) use token::BotName;

use crate::support::telegram::shared::Shared;

/// The running fake, in a thread of its own. It ends when it is dropped.
pub(crate) struct TelegramFake {
    address: SocketAddr,
    shared: Arc<Shared>,
    closing: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

impl TelegramFake {
    /// One without bots, people and chats.
    pub(crate) fn start() -> Self {
        let shared = Arc::new(Shared::new());
        let (closing, closed) = oneshot::channel();
        let (bound, address) = std::sync::mpsc::channel();
        let behind = Arc::clone(&shared);
        let server = std::thread::Builder::new()
            .name("telegram".to_owned())
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(server::run(behind, closed, bound));
            })
            .unwrap();
        let address = address.recv().unwrap();
        Self { address, shared, closing: Some(closing), server: Some(server) }
    }

    /// Where the Bot API is: what a client puts in place of `https://api.telegram.org`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How long it has been there, by its own clock.
    pub(crate) fn now(&self) -> Duration {
        self.shared.clock.now()
    }

    /// So much time goes by.
    pub(crate) fn advance(&self, by: Duration) {
        self.shared.clock.advance(by);
        self.shared.wake();
    }

    /// Time goes by only where it is put forward from now on.
    pub(crate) fn hold_time(&self) {
        self.shared.clock.hold();
        self.shared.wake();
    }

    /// What was found wrong so far, which counts as dealt with then.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.shared.change(|world| std::mem::take(&mut world.complaints))
    }
}

impl Drop for TelegramFake {
    fn drop(&mut self) {
        drop(self.closing.take());
        if let Some(server) = self.server.take() {
            let ended = server.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the fake itself broke: see above");
        }
        let complaints = self.complaints();
        assert!(
            complaints.is_empty() || std::thread::panicking(),
            "{} complaints of Telegram:\n{}",
            complaints.len(),
            complaints.join("\n")
        );
    }
}
