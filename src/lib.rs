//! modelpin: chat commands that pin the model and the credential of one chat session.
//!
//! A person types `/model opus@work` into a chat; from then on that chat, and no other, is answered by that model through
//! that credential. The `modelpin` program does this for the channels it knows. This library is the same engine without
//! the program (`default-features = false`), for a bot that exists already: [`App`] opens the state, its [`Engine`] is a
//! [`Handler`](chat::Handler), and the bot hands it what people write and takes the replies.
//!
//! Read in this order, the modules tell how a message becomes an answer.
//!
//! What is talked about:
//!
//! - [`chat`]: what comes in and what goes out, in words that know nothing of models.
//! - [`agent`]: for whom the bot speaks. [`clock`]: where the time comes from.
//! - [`config`]: where everything of an installation is, and what its files and its environment say.
//!
//! What is decided, each by pure functions of facts and the time:
//!
//! - [`directive`]: what a message asks for, if it is a command.
//! - [`keyshape`]: whether it holds a secret, which is then passed on to nobody.
//! - [`catalog`]: which model and which profile a name stands for, and whether it may be chosen.
//! - [`profile`]: the credentials, the file they are shared in, and the order they are tried in.
//! - [`session`]: what one chat has chosen, and how that changes.
//! - [`access`]: who may do what.
//! - [`health`]: which credentials and models are benched, why, and until when.
//! - [`resolver`]: which of them may answer now, and why not the others.
//!
//! What is kept:
//!
//! - [`receipt`]: what really answered. [`menu`]: what was printed on which button. [`history`]: what was said.
//! - [`audit`]: who changed what. [`usage`]: what answers have cost.
//! - [`store`]: where all this lives, behind ports.
//!
//! What is done:
//!
//! - [`openclaw`]: reading what OpenClaw keeps in databases since it gave up the shared file.
//! - [`oauth`]: renewing a grant, once among all who want it.
//! - [`provider`]: one request to a vendor, with the one credential it is given.
//! - [`redact`]: keeping secrets out of everything that is shown or kept.
//! - [`Engine`]: one method for each thing a message may ask, and the turn of a message that asks for none.
//! - [`app`]: the only place that knows every concrete type.
//!
//! # Example
//!
//! ```
//! use std::error::Error;
//! use std::sync::{Arc, Mutex};
//!
//! use modelpin::chat::{
//!     BoxFuture, Conversation, Event, Handler, Inbound, Kind, Outbox, OutboxError, Reply, Sender, Withdrawal,
//! };
//! use modelpin::clock::SystemClock;
//! use modelpin::profile::SealPorts;
//! use modelpin::{App, AppOptions};
//!
//! /// The way back into the chat; a bot sends a message here.
//! #[derive(Default)]
//! struct Chat(Mutex<Vec<String>>);
//!
//! impl Outbox for Chat {
//!     fn send(&self, reply: Reply) -> BoxFuture<'_, Result<(), OutboxError>> {
//!         self.0.lock().unwrap().push(reply.plain_text());
//!         Box::pin(async { Ok(()) })
//!     }
//!     fn withdraw(&self) -> BoxFuture<'_, Result<Withdrawal, OutboxError>> {
//!         Box::pin(async { Ok(Withdrawal::Impossible) })
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn Error>> {
//! let state = tempfile::tempdir()?;
//! std::fs::write(state.path().join("modelpin.json"), r#"{ channels: { telegram: { allowFrom: ["42"] } } }"#)?;
//! let environment = [("ANTHROPIC_API_KEY", "sk-test-of-the-example")];
//! let app = App::open(AppOptions {
//!     state_dir: Some(state.path().to_owned()),
//!     layout: None,
//!     invoked_as: "modelpin".to_owned(),
//!     agent: None,
//!     environment: environment.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
//!     clock: Arc::new(SystemClock),
//!     seal: SealPorts::default(),
//! })?;
//!
//! let inbound = Inbound {
//!     conversation: Conversation {
//!         channel: "telegram".to_owned(),
//!         account: "default".to_owned(),
//!         kind: Kind::Dm,
//!         peer: "42".to_owned(),
//!         thread: None,
//!     },
//!     sender: Sender { id: "42".to_owned(), name: Some("Ann".to_owned()), roles: Vec::new() },
//!     bot: "mybot".to_owned(),
//!     addressed: true,
//!     room: None,
//!     id: None,
//!     event: Event::Message("/model sonnet".to_owned()),
//! };
//! let chat = Chat::default();
//! app.engine().handle(inbound, &chat).await;
//!
//! let replies = chat.0.into_inner()?;
//! assert!(replies[0].contains("anthropic/claude-sonnet-4-6"), "{replies:?}");
//! # Ok(())
//! # }
//! ```

pub use modelpin_chat as chat;

// What is talked about.
pub mod agent;
pub mod clock;
pub mod config;

// What is decided.
pub mod access;
pub mod catalog;
pub mod directive;
pub mod health;
pub mod keyshape;
pub mod profile;
pub mod resolver;
pub mod session;

// What is kept.
pub mod audit;
pub mod history;
pub mod menu;
pub mod receipt;
pub mod store;
pub mod usage;

// What is done.
#[cfg(feature = "cli")]
mod alert;
pub mod app;
#[cfg(feature = "cli")]
mod doctor;
mod engine;
#[cfg(feature = "cli")]
#[cfg_attr(
    not(all(feature = "discord", feature = "telegram")),
    allow(dead_code, reason = "a channel that is not built in is not served")
)]
mod gateway;
#[cfg(feature = "cli")]
mod looker;
mod meter;
mod mounts;
pub mod oauth;
pub mod openclaw;
mod operator;
pub mod provider;
pub mod redact;
mod replace;
mod reply;
mod settings;
#[cfg(feature = "cli")]
mod status;
mod turn;
mod watched;

// The program.
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod demo;

pub use app::{App, AppFault, AppOptions};
pub use engine::Engine;
