//! One shard: a connection to Discord's gateway, kept up, and all that comes in by it.

mod frame;
mod links;
mod progress;
mod session;

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use modelpin_delivery::{BackOff, Inbox};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};
use twilight_gateway::error::ReceiveMessageErrorType;
use twilight_gateway::queue::InMemoryQueue;
use twilight_gateway::{CloseFrame, ConfigBuilder, Intents, Message, Session, Shard, ShardId, ShardState};
use twilight_model::gateway::payload::outgoing::identify::IdentifyProperties;
use url::Url;

use crate::api::is_loopback;
use crate::catch_up::CatchUp;
use crate::deliver::{Came, Deliveries};
use crate::shard::frame::{Frame, Place};
use crate::shard::session::{Keeper, Kept};
use crate::{Clock, Identity, ServeFault};

pub(crate) use crate::shard::links::Links;
pub(crate) use crate::shard::progress::Progress;

/// How much may have been read and not been kept. What comes beyond that waits at Discord: the connection is given up
/// then, and resumed when there is room.
const ROOM: usize = 4_096;

/// How long Discord may be silent after a connection was made. Its heart beats every 45 seconds from then on.
const SILENCE: Duration = Duration::from_mins(1);

/// The longest wait between two connections that came to nothing.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How long the last frames may take at the end, and what has been read may take to be kept.
const FAREWELL: Duration = Duration::from_secs(1);

/// What all shards of an account have in common.
pub(crate) struct Reach {
    pub(crate) account: String,
    pub(crate) token: SecretString,
    /// Where Discord says that its gateway is.
    pub(crate) url: Url,
    /// Whether everything has to be on this computer.
    pub(crate) near: bool,
    pub(crate) intents: Intents,
    pub(crate) queue: InMemoryQueue,
    /// How many shards there are in all.
    pub(crate) total: u32,
}

/// What Discord is asked to tell.
pub(crate) fn intents(bot: &Identity) -> Intents {
    let plain = Intents::GUILDS | Intents::GUILD_MESSAGES | Intents::DIRECT_MESSAGES;
    // Whoever asks for it without being allowed to is not let in at all.
    if bot.reads_messages { plain | Intents::MESSAGE_CONTENT } else { plain }
}

/// One shard that is served.
pub(crate) struct Serving {
    pub(crate) reach: Arc<Reach>,
    pub(crate) deliveries: Arc<Deliveries>,
    pub(crate) inbox: Arc<dyn Inbox>,
    pub(crate) links: Arc<Links>,
    /// Which shard.
    pub(crate) number: u32,
    /// Its place among those that are served here.
    pub(crate) place: usize,
    pub(crate) clock: Clock,
}

impl Serving {
    /// Serves it until `stop` holds `true`.
    ///
    /// # Errors
    /// Something that only another configuration can mend.
    pub(crate) async fn serve(self, stop: watch::Receiver<bool>) -> Result<(), ServeFault> {
        let (queue, came) = mpsc::channel(ROOM);
        let progress = Arc::new(Progress::default());
        let keeper = Keeper::new(Arc::clone(&self.inbox), self.number, &self.reach, Arc::clone(&progress));
        let former = keeper.recall().await;
        let catch_up = CatchUp::recall(&*self.inbox, self.number, self.reach.total, self.clock.clone()).await;
        let deliveries = Arc::clone(&self.deliveries);
        let keep = deliveries.keep(came, &progress, catch_up, &*self.inbox);
        let reader = Reader {
            reach: &self.reach,
            deliveries: &self.deliveries,
            links: &self.links,
            number: self.number,
            place: self.place,
            queue,
            progress: &progress,
            waits: BackOff::up_to(LONGEST_WAIT),
            is_up: false,
            was_greeted: false,
        };
        let read = reader.read(former, stop);
        let (mut keep, read) = (pin!(keep), pin!(read));
        let write = keeper.write_now_and_then();
        // Keeping goes on beside reading, so that a slow disk stops neither a heartbeat nor an acknowledgement.
        let read = {
            let work = async {
                match select(read, keep.as_mut()).await {
                    Either::Left((read, _)) => read,
                    // It ends when nobody reads any more.
                    Either::Right(((), read)) => read.await,
                }
            };
            match select(pin!(work), pin!(write)).await {
                Either::Left((read, _)) => read,
                Either::Right((never, _)) => match never {},
            }
        };
        // The reader is gone, and with it the other end of the queue.
        if timeout(FAREWELL, keep).await.is_err() {
            tracing::warn!(account = self.reach.account, shard = self.number, "what was read last comes again");
        }
        keeper.write().await;
        read
    }
}

/// Reads what a shard is told.
struct Reader<'a> {
    reach: &'a Reach,
    deliveries: &'a Arc<Deliveries>,
    links: &'a Links,
    number: u32,
    place: usize,
    queue: mpsc::Sender<Came>,
    progress: &'a Progress,
    /// Between connections that came to nothing.
    waits: BackOff,
    /// Whether Discord has let it in since the connection was made.
    is_up: bool,
    /// Whether anything came since the connection was made.
    was_greeted: bool,
}

/// What becomes of a shard after a message.
enum Then {
    /// It goes on.
    On,
    /// The connection is made anew after a while. Says why.
    Anew(String),
}

impl Reader<'_> {
    async fn read(mut self, former: Option<Kept>, mut stop: watch::Receiver<bool>) -> Result<(), ServeFault> {
        let former = former.filter(|kept| self.is_trusted(&kept.url));
        let mut shard = self.shard(former.map(|kept| (Session::new(kept.sequence, kept.id), kept.url)));
        loop {
            let next = {
                let stopped = pin!(stop.wait_for(|stop| *stop));
                let next = pin!(timeout(SILENCE, shard.next()));
                match select(stopped, next).await {
                    Either::Left(_) => break,
                    Either::Right((next, _)) => next,
                }
            };
            let then = match next {
                Ok(Some(Ok(Message::Text(text)))) => self.told(&text).await?,
                Ok(Some(Ok(Message::Close(frame)))) => self.closed(frame.map(|frame| frame.code))?,
                Ok(Some(Err(fault))) => self.failed(&fault),
                // Only after a code that was told of above.
                Ok(None) => Then::Anew("Discord's gateway has closed the connection".to_owned()),
                Err(_) if shard.state() == ShardState::Identifying && !self.was_greeted => {
                    Then::Anew("Discord's gateway says nothing".to_owned())
                }
                Err(_) => Then::On,
            };
            if let Then::Anew(why) = then {
                self.links.down(self.place, &why);
                let wait = self.waits.longer();
                tracing::info!(
                    account = self.reach.account,
                    shard = self.number,
                    why,
                    ?wait,
                    "a connection is made anew"
                );
                let stopped = pin!(stop.wait_for(|stop| *stop));
                if let Either::Left(_) = select(stopped, pin!(sleep(wait))).await {
                    return Ok(());
                }
                let session = shard.session().cloned();
                let url = shard.resume_url().map(str::to_owned);
                self.was_greeted = false;
                shard = self.shard(session.map(|session| (session, url.unwrap_or_else(|| self.reach.url.to_string()))));
            }
        }
        // With this code, Discord keeps the session: the next start gets what comes until then.
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
        Ok(())
    }

    fn shard(&self, session: Option<(Session, String)>) -> Shard {
        let Reach { token, url, intents, queue, total, .. } = self.reach;
        let properties = IdentifyProperties::new("modelpin", "modelpin", std::env::consts::OS);
        let mut config = ConfigBuilder::new(token.expose_secret().to_owned(), *intents)
            .identify_properties(properties)
            .proxy_url(bare(url.as_str()))
            .queue(queue.clone());
        if let Some((session, url)) = session {
            config = config.session(session).resume_url(bare(&url));
        }
        Shard::with_config(ShardId::new(self.number, *total), config.build())
    }

    /// Takes a frame in.
    async fn told(&mut self, text: &str) -> Result<Then, ServeFault> {
        self.was_greeted = true;
        let Some(frame) = Frame::read(text) else {
            tracing::warn!(
                account = self.reach.account,
                shard = self.number,
                "a frame cannot be read and is passed over"
            );
            return Ok(Then::On);
        };
        let Some(Place { event, sequence }) = frame.place() else { return Ok(Then::On) };
        if !frame::is_wanted(&event) {
            self.progress.read(sequence);
            return Ok(Then::On);
        }
        let Some(data) = frame.data() else {
            tracing::warn!(account = self.reach.account, event, "an event cannot be read and is passed over");
            self.progress.read(sequence);
            return Ok(Then::On);
        };
        match event.as_str() {
            "READY" => self.let_in(&data, sequence).await?,
            "RESUMED" => {
                self.up();
                self.progress.read(sequence);
            }
            _ => {
                let came = self.deliveries.hear_at_once(&event, data);
                match came {
                    Some(came) => self.enqueue(came, sequence).await,
                    None => self.progress.read(sequence),
                }
            }
        }
        Ok(Then::On)
    }

    /// A session began anew: what was written since the last one ended is asked for.
    async fn let_in(&mut self, data: &Value, sequence: u64) -> Result<(), ServeFault> {
        let (Some(id), Some(url)) = (data["session_id"].as_str(), data["resume_gateway_url"].as_str()) else {
            return Ok(());
        };
        if !self.is_trusted(url) {
            let why = "Discord's gateway leads to another server than the one that is configured".to_owned();
            return Err(ServeFault::Refused { account: self.reach.account.clone(), why });
        }
        self.up();
        self.progress.begin(Kept { id: id.to_owned(), url: url.to_owned(), sequence });
        self.enqueue(Came::catch_up(), sequence).await;
        Ok(())
    }

    async fn enqueue(&self, came: Came, sequence: u64) {
        let run = self.progress.enqueued();
        // Whoever keeps what came ends later than who reads.
        let _ = self.queue.send(came.at(run, sequence)).await;
    }

    fn up(&mut self) {
        self.is_up = true;
        self.waits.reset();
        self.links.up(self.place);
    }

    /// Whether a connection may be made to `url`: where everything has to be on this computer, nowhere else.
    fn is_trusted(&self, url: &str) -> bool {
        !self.reach.near || url.parse().is_ok_and(|url| is_loopback(&url))
    }

    /// The connection was closed by Discord, with that code.
    fn closed(&mut self, code: Option<u16>) -> Result<Then, ServeFault> {
        let account = self.reach.account.clone();
        let why = match code {
            Some(4004) => {
                let why = "Discord does not know it. Copy it anew from the developer portal, page Bot".to_owned();
                return Err(ServeFault::TokenRefused { account, why });
            }
            Some(4010) => "there is no such shard: the range of `shards` has to be within its total",
            Some(4011) => "the bot is in too many servers for so few shards: raise the total of `shards`",
            Some(4012) => "Discord no longer speaks the version of its gateway that is spoken here",
            Some(4013) => "Discord knows no such intents",
            Some(4014) => {
                "the bot may not read messages: switch \"Message Content Intent\" on in the developer portal, page Bot, \
                 under Privileged Gateway Intents"
            }
            _ => {
                let was_up = std::mem::take(&mut self.is_up);
                self.was_greeted = false;
                tracing::info!(account, shard = self.number, code, "Discord's gateway has closed the connection");
                // Once is part of Discord's day. Where nothing came of the connection, another one is not made at once.
                return Ok(if was_up { Then::On } else { Then::Anew(closed(code)) });
            }
        };
        Err(ServeFault::Refused { account, why: why.to_owned() })
    }

    /// No connection could be made, or something came that cannot be read.
    fn failed(&mut self, fault: &twilight_gateway::error::ReceiveMessageError) -> Then {
        if let ReceiveMessageErrorType::Reconnect = fault.kind() {
            self.is_up = false;
            return Then::Anew("Discord's gateway cannot be reached".to_owned());
        }
        // Its text is somebody's.
        tracing::warn!(account = self.reach.account, shard = self.number, "a frame is none, and is passed over");
        Then::On
    }
}

fn closed(code: Option<u16>) -> String {
    match code {
        Some(code) => format!("Discord's gateway has closed the connection ({code})"),
        None => "Discord's gateway has closed the connection".to_owned(),
    }
}

/// The address without what the client of the gateway puts behind it.
fn bare(url: &str) -> String {
    url.split(['?', '#']).next().unwrap_or(url).trim_end_matches('/').to_owned()
}
