//! One shard: a connection to Discord's gateway, kept up, and all that comes in by it.

mod close;
mod frame;
mod links;
mod progress;
mod reader;
mod session;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use modelpin_delivery::{BackOff, Inbox};
use secrecy::SecretString;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use twilight_gateway::Intents;
use twilight_gateway::queue::InMemoryQueue;
use url::Url;

use crate::api::{Gateway, is_loopback};
use crate::catch_up::CatchUp;
use crate::deliver::Deliveries;
use crate::line::Line;
use crate::shard::reader::{LONGEST_WAIT, Reader};
use crate::shard::session::Keeper;
use crate::{Clock, Identity, ServeFault};

pub(crate) use crate::shard::links::Links;
pub(crate) use crate::shard::progress::Progress;

/// How much may have been read and not been kept. What comes beyond that waits at Discord: nothing is read until there is
/// room, and should Discord give the connection up meanwhile, it is resumed.
const ROOM: usize = 4_096;

/// How long the last frames may take at the end, what has been read may take to be kept, and a note may take to be written.
const FAREWELL: Duration = Duration::from_secs(1);

/// What all shards of an account have in common.
pub(crate) struct Reach {
    pub(crate) line: Arc<Line>,
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

impl Reach {
    /// How to reach the gateway that was asked for.
    ///
    /// # Errors
    /// It is elsewhere, and everything has to be on this computer.
    pub(crate) fn new(
        line: Arc<Line>,
        token: SecretString,
        near: bool,
        bot: &Identity,
        gateway: Gateway,
        total: u32,
    ) -> Result<Self, ServeFault> {
        let queue = InMemoryQueue::new(
            u16::try_from(gateway.max_concurrency).unwrap_or(u16::MAX),
            gateway.remaining,
            gateway.reset_after,
            gateway.total.max(gateway.remaining),
        );
        let reach = Self { line, token, url: gateway.url, near, intents: intents(bot), queue, total };
        reach.trust(reach.url.as_str())?;
        Ok(reach)
    }

    fn account(&self) -> &str {
        &self.line.account
    }

    /// Whether a connection may be made to `url`: where everything has to be on this computer, nowhere else. Whoever put
    /// another server in Discord's place does not want the token to be sent to the real one.
    fn is_trusted(&self, url: &str) -> bool {
        !self.near || url.parse().is_ok_and(|url| is_loopback(&url))
    }

    /// # Errors
    /// No connection may be made to `url`.
    fn trust(&self, url: &str) -> Result<(), ServeFault> {
        if self.is_trusted(url) {
            return Ok(());
        }
        let why = "`apiRoot` is on this computer, and the gateway that it names is not: nothing was sent there. Let the \
                   server at `apiRoot` name a gateway on this computer, or take `apiRoot` out";
        Err(ServeFault::Refused { account: self.account().to_owned(), why: why.to_owned() })
    }
}

/// What Discord is asked to tell.
fn intents(bot: &Identity) -> Intents {
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
        let progress = Arc::new(Progress::default());
        let keeper = Keeper::new(Arc::clone(&self.inbox), self.number, &self.reach, Arc::clone(&progress));
        let recalled = async {
            let former = keeper.recall().await;
            let catch_up = CatchUp::recall(&*self.inbox, self.number, self.reach.total, self.clock.clone()).await;
            (former, catch_up)
        };
        let Some((former, catch_up)) = unless_stopped(&stop, recalled).await else { return Ok(()) };
        let (queue, came) = mpsc::channel(ROOM);
        let keep = self.deliveries.keep(came, &progress, catch_up, &*self.inbox);
        let reader = Reader {
            reach: &self.reach,
            deliveries: &self.deliveries,
            links: &self.links,
            number: self.number,
            place: self.place,
            queue,
            progress: &progress,
            url: self.reach.url.clone(),
            waits: BackOff::up_to(LONGEST_WAIT),
            failures: 0,
            up_since: None,
            silent: 0,
            stop,
        };
        let read = reader.read(former);
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
            tracing::warn!(account = self.reach.account(), shard = self.number, "what was read last comes again");
        }
        // Where it is not written, some of what came last comes again, and is known by its number.
        let _ = timeout(FAREWELL, keeper.write()).await;
        read
    }
}

/// Does `work`, unless the end is asked for before it is done.
async fn unless_stopped<T>(stop: &watch::Receiver<bool>, work: impl Future<Output = T>) -> Option<T> {
    let mut stop = stop.clone();
    match select(pin!(stop.wait_for(|stop| *stop)), pin!(work)).await {
        Either::Left(_) => None,
        Either::Right((done, _)) => Some(done),
    }
}
