//! Reading what a shard is told, and keeping its connection up.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures_util::StreamExt as _;
use modelpin_delivery::BackOff;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, timeout};
use twilight_gateway::error::{ReceiveMessageError, ReceiveMessageErrorType};
use twilight_gateway::{CloseFrame, ConfigBuilder, Message, Session, Shard, ShardId, ShardState};
use twilight_model::gateway::payload::outgoing::identify::IdentifyProperties;
use url::Url;

use crate::ServeFault;
use crate::api::{self, Fault, Gateway};
use crate::deliver::{Came, Deliveries};
use crate::shard::frame::{self, Frame, Place};
use crate::shard::links::Links;
use crate::shard::progress::Progress;
use crate::shard::session::Kept;
use crate::shard::{FAREWELL, Reach, close, unless_stopped};

/// How long Discord may be silent. Its heart beats every 45 seconds.
const SILENCE: Duration = Duration::from_mins(1);

/// After how many of these silences a connection that seemed well is given up. The client of the gateway looks for
/// heartbeats that are not answered; it does not where it cannot even send one.
const SILENCES: u32 = 3;

/// How long a connection has to have lasted that is made anew at once. A gateway that lets in and hangs up again and again
/// would be called without an end, and of a new session Discord allows a thousand a day.
const LASTING: Duration = Duration::from_mins(1);

/// The longest wait between two connections that came to nothing.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// After how many of them it is asked anew where the gateway is.
const FAILURES: u32 = 3;

/// Reads what a shard is told.
pub(super) struct Reader<'a> {
    pub(super) reach: &'a Reach,
    pub(super) deliveries: &'a Arc<Deliveries>,
    pub(super) links: &'a Links,
    pub(super) number: u32,
    pub(super) place: usize,
    pub(super) queue: mpsc::Sender<Came>,
    pub(super) progress: &'a Progress,
    /// Where the gateway is, as far as is known now.
    pub(super) url: Url,
    /// Between connections that came to nothing.
    pub(super) waits: BackOff,
    /// How many of them there were, one after the other.
    pub(super) failures: u32,
    /// Since when Discord has let it in.
    pub(super) up_since: Option<Instant>,
    /// For how many silences nothing has come.
    pub(super) silent: u32,
    pub(super) stop: watch::Receiver<bool>,
}

/// What becomes of a shard after a message.
enum Then {
    /// It goes on.
    On,
    /// The connection is made anew after a while. Says why.
    Anew(String),
}

impl Reader<'_> {
    /// Reads until the end is asked for; goes on with the session `former` if there is one.
    ///
    /// # Errors
    /// Something that only another configuration can mend.
    pub(super) async fn read(mut self, former: Option<Kept>) -> Result<(), ServeFault> {
        let former = former.filter(|kept| self.reach.is_trusted(&kept.url));
        let mut shard = self.shard(former.map(|kept| (Session::new(kept.sequence, kept.id), kept.url)));
        while let Some(next) = unless_stopped(&self.stop, timeout(SILENCE, shard.next())).await {
            let then = match next {
                Ok(Some(Ok(Message::Text(text)))) => self.told(&text).await?,
                Ok(Some(Ok(Message::Close(frame)))) => self.closed(frame.map(|frame| frame.code))?,
                Ok(Some(Err(fault))) => self.failed(&fault),
                // Only after a code that was told of above.
                Ok(None) => Then::Anew(close::told(None)),
                Err(_) => self.heard_nothing(shard.state()),
            };
            if let Then::Anew(why) = then {
                if self.wait(&why).await?.is_none() {
                    return Ok(());
                }
                let session = shard.session().cloned();
                let url = shard.resume_url().map(str::to_owned);
                shard = self.shard(session.map(|session| (session, url.unwrap_or_else(|| self.url.to_string()))));
            }
        }
        farewell(shard).await;
        Ok(())
    }

    /// Waits before a connection is made anew, and asks now and then where to. `None` where the end is asked for.
    async fn wait(&mut self, why: &str) -> Result<Option<()>, ServeFault> {
        self.links.down(self.place, why);
        let wait = self.waits.longer();
        self.failures += 1;
        let account = self.reach.account();
        tracing::info!(account, shard = self.number, why, ?wait, "a connection is made anew");
        if unless_stopped(&self.stop, sleep(wait)).await.is_none() {
            return Ok(None);
        }
        if !self.failures.is_multiple_of(FAILURES) {
            return Ok(Some(()));
        }
        match unless_stopped(&self.stop, api::gateway(&*self.reach.line.api)).await {
            None => Ok(None),
            Some(Ok(Gateway { url, .. })) => {
                self.reach.trust(url.as_str())?;
                self.url = url;
                Ok(Some(()))
            }
            Some(Err(fault)) if fault.is_of_token() => {
                Err(ServeFault::TokenRefused { account: account.to_owned(), why: fault.to_string() })
            }
            Some(Err(fault @ (Fault::Busy(_) | Fault::Passing(_) | Fault::Refused { .. }))) => {
                tracing::info!(account, why = %fault, "where the gateway is, is not told; it is taken to be where it was");
                Ok(Some(()))
            }
        }
    }

    fn shard(&mut self, session: Option<(Session, String)>) -> Shard {
        self.silent = 0;
        let Reach { token, intents, queue, total, .. } = self.reach;
        let properties = IdentifyProperties::new("modelpin", "modelpin", std::env::consts::OS);
        let mut config = ConfigBuilder::new(token.expose_secret().to_owned(), *intents)
            .identify_properties(properties)
            .proxy_url(bare(self.url.as_str()))
            .queue(queue.clone());
        if let Some((session, url)) = session {
            config = config.session(session).resume_url(bare(&url));
        }
        Shard::with_config(ShardId::new(self.number, *total), config.build())
    }

    /// Takes a frame in.
    async fn told(&mut self, text: &str) -> Result<Then, ServeFault> {
        self.silent = 0;
        let account = self.reach.account();
        let Some(frame) = Frame::read(text) else {
            tracing::warn!(account, shard = self.number, "a frame cannot be read and is passed over");
            return Ok(Then::On);
        };
        let Some(Place { event, sequence }) = frame.place() else { return Ok(Then::On) };
        if !frame::is_wanted(&event) {
            self.progress.read(sequence);
            return Ok(Then::On);
        }
        let Some(data) = frame.data() else {
            tracing::warn!(account, event, "an event cannot be read and is passed over");
            self.progress.read(sequence);
            return Ok(Then::On);
        };
        match event.as_str() {
            "READY" => self.let_in(&data, sequence).await?,
            "RESUMED" => {
                self.up();
                self.progress.read(sequence);
            }
            _ => match self.deliveries.hear_at_once(&event, data) {
                Some(came) => self.enqueue(came, sequence).await,
                None => self.progress.read(sequence),
            },
        }
        Ok(Then::On)
    }

    /// A session began anew: what was written since the last one ended is asked for.
    async fn let_in(&mut self, data: &Value, sequence: u64) -> Result<(), ServeFault> {
        let (Some(id), Some(url)) = (data["session_id"].as_str(), data["resume_gateway_url"].as_str()) else {
            return Ok(());
        };
        self.reach.trust(url)?;
        self.up();
        self.progress.begin(Kept { id: id.to_owned(), url: url.to_owned(), sequence });
        self.enqueue(Came::catch_up(), sequence).await;
        Ok(())
    }

    /// Waits for room, unless the end is asked for: what is not kept then comes again, for the session does not go beyond
    /// it.
    async fn enqueue(&self, came: Came, sequence: u64) {
        let run = self.progress.enqueued();
        // Whoever keeps what came ends later than who reads.
        let _ = unless_stopped(&self.stop, self.queue.send(came.at(run, sequence))).await;
    }

    fn up(&mut self) {
        self.up_since = Some(Instant::now());
        self.links.up(self.place);
    }

    /// The connection has ended; whether it had lasted. If so, trouble that was before it is over.
    fn has_lasted(&mut self) -> bool {
        let has_lasted = self.up_since.take().is_some_and(|since| since.elapsed() >= LASTING);
        if has_lasted {
            self.waits.reset();
            self.failures = 0;
        }
        has_lasted
    }

    /// The connection was closed, with that code.
    fn closed(&mut self, code: Option<u16>) -> Result<Then, ServeFault> {
        let account = self.reach.account();
        if let Some(fault) = close::fatal(account, code) {
            return Err(fault);
        }
        tracing::info!(account, shard = self.number, code, "Discord's gateway has closed the connection");
        // Once in a while is part of Discord's day.
        Ok(if self.has_lasted() { Then::On } else { Then::Anew(close::told(code)) })
    }

    /// Nothing came for a while.
    fn heard_nothing(&mut self, state: ShardState) -> Then {
        self.silent += 1;
        // Elsewhere nothing beats: neither before Discord has said hello nor after it was told goodbye.
        let is_beating = matches!(state, ShardState::Active | ShardState::Resuming);
        if is_beating && self.silent < SILENCES {
            return Then::On;
        }
        self.has_lasted();
        Then::Anew("Discord's gateway says nothing".to_owned())
    }

    /// No connection could be made, or something came that cannot be read.
    fn failed(&mut self, fault: &ReceiveMessageError) -> Then {
        if let ReceiveMessageErrorType::Reconnect = fault.kind() {
            self.has_lasted();
            return Then::Anew("Discord's gateway cannot be reached".to_owned());
        }
        // Its text is somebody's.
        tracing::warn!(account = self.reach.account(), shard = self.number, "a frame is none, and is passed over");
        Then::On
    }
}

/// Closes the connection with a code after which Discord keeps the session: the next start gets what comes until then.
async fn farewell(mut shard: Shard) {
    shard.close(CloseFrame::RESUME);
    // It is sent with the next look; the one after that would connect anew.
    let goodbye = poll_fn(|context| match shard.poll_next_unpin(context) {
        Poll::Ready(Some(Ok(Message::Text(_)))) => {
            context.waker().wake_by_ref();
            Poll::Pending
        }
        Poll::Ready(_) => Poll::Ready(()),
        Poll::Pending if matches!(shard.state(), ShardState::Disconnected { .. }) => Poll::Ready(()),
        Poll::Pending => Poll::Pending,
    });
    // Whether it was heard is no matter.
    let _ = timeout(FAREWELL, goodbye).await;
}

/// The address without what the client of the gateway puts behind it.
fn bare(url: &str) -> String {
    url.split(['?', '#']).next().unwrap_or(url).trim_end_matches('/').to_owned()
}
