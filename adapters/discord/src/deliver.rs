//! From what Discord hands out to the handler.

mod came;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use modelpin_chat::{CommandEntry, Handler};
use modelpin_delivery::{Arrival, Arrivals, BackOff, Chats, Inbox, InboxFault};
use serde_json::{Value, json};
use serenity::model::id::ChannelId;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use crate::acknowledge::Acknowledgement;
use crate::api::{self, Fault};
use crate::catch_up::CatchUp;
use crate::deliver::came::What;
use crate::directory::Directory;
use crate::inbound::{self, Asked, Heard, Me, Said, written};
use crate::line::Line;
use crate::outbox::Talk;
use crate::shard::Progress;
use crate::way::{Interaction, InteractionKind, Way};

pub(crate) use crate::deliver::came::Came;

/// How many events are kept at once.
const BATCH: usize = 100;

/// How long proposals may take. Discord wants them within three seconds, and people within one.
const PROPOSALS: Duration = Duration::from_secs(1);

/// How long an answer with proposals may take on its way; it is of no use later.
const ON_ITS_WAY: Duration = Duration::from_millis(1_500);

/// How long it is asked where something was written. Everything else of the shard waits meanwhile.
const PLACING: Duration = Duration::from_mins(1);

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// The way of events to the handler.
pub(crate) struct Deliveries {
    line: Arc<Line>,
    handler: Arc<dyn Handler>,
    arrivals: Arrivals,
    me: Me,
    commands: Vec<CommandEntry>,
    directory: Directory,
}

impl Deliveries {
    pub(crate) fn new(
        line: Arc<Line>,
        handler: Arc<dyn Handler>,
        inbox: Arc<dyn Inbox>,
        chats: Arc<Chats>,
        me: Me,
        commands: Vec<CommandEntry>,
    ) -> Self {
        let arrivals = Arrivals::new(line.account.clone(), inbox, chats);
        Self { line, handler, arrivals, me, commands, directory: Directory::new() }
    }

    /// Hands over what a former run had kept and was not done with, in order.
    pub(crate) async fn resume(&self, pending: Vec<(u64, String)>) {
        for (id, text) in pending {
            let said = match serde_json::from_str(&text) {
                Ok(Value::Object(mut kept)) => match (kept.remove("t"), kept.remove("d")) {
                    (Some(Value::String(event)), Some(data)) => self.place(&event, &data).await,
                    _ => None,
                },
                _ => None,
            };
            match said {
                // Where it was an interaction, the former run has acknowledged it.
                Some(said) => self.arrivals.resume(vec![self.arrival(id, said, None, None, text)]).await,
                None => self.arrivals.let_go(id).await,
            }
        }
    }

    /// Does what cannot wait: acknowledges an interaction, and answers who is filling in a command. Returns what is to be
    /// kept and handed over.
    pub(crate) fn hear_at_once(&self, event: &str, data: Value) -> Option<Came> {
        self.directory.note(event, &data);
        match self.hear(event, &data)? {
            Heard::Said(said) => {
                let acknowledgement =
                    said.way.interaction.as_ref().map(|interaction| Acknowledgement::begin(&self.line, interaction));
                Some(Came::heard(event, data, *said, acknowledgement))
            }
            Heard::Unplaced(_) => Some(Came::unplaced(event, data)),
            Heard::Completion(asked) => {
                self.propose(*asked);
                None
            }
            Heard::Stray(interaction) => {
                self.dismiss(interaction);
                None
            }
        }
    }

    /// Keeps what came and hands it over, in order, until nothing more can come.
    pub(crate) async fn keep(
        &self,
        mut came: mpsc::Receiver<Came>,
        progress: &Progress,
        mut catch_up: CatchUp,
        inbox: &dyn Inbox,
    ) {
        let mut batch = Vec::with_capacity(BATCH);
        while came.recv_many(&mut batch, BATCH).await > 0 {
            let events = batch.len();
            let (run, last) = batch.last().map_or((0, 0), Came::place);
            let mut said = Vec::with_capacity(batch.len());
            for one in batch.drain(..) {
                match one.what {
                    What::Heard { event, data, said: one, acknowledgement } => {
                        said.push(Hand { event, data, said: *one, acknowledgement });
                    }
                    What::Unplaced { event, data } => {
                        // What came before it need not wait until Discord says where it was.
                        self.take(std::mem::take(&mut said), &mut catch_up).await;
                        if let Some(one) = self.place(&event, &data).await {
                            said.push(Hand { event, data, said: one, acknowledgement: None });
                        }
                    }
                    What::CatchUp => {
                        self.take(std::mem::take(&mut said), &mut catch_up).await;
                        for data in catch_up.missed(&self.line).await {
                            let event = "MESSAGE_CREATE".to_owned();
                            if let Some(one) = self.place(&event, &data).await {
                                said.push(Hand { event, data, said: one, acknowledgement: None });
                            }
                        }
                    }
                }
            }
            self.take(said, &mut catch_up).await;
            progress.kept(events, run, last);
            catch_up.write_if_due(inbox).await;
        }
        catch_up.write(inbox).await;
    }

    /// Keeps what was said and hands it over, as often as it takes.
    async fn take(&self, said: Vec<Hand>, catch_up: &mut CatchUp) {
        if said.is_empty() {
            return;
        }
        let mut waits = BackOff::up_to(LONGEST_WAIT);
        while let Err(InboxFault(why)) =
            self.arrivals.take(said.iter().filter_map(|hand| self.hand(hand)).collect()).await
        {
            let wait = waits.longer();
            tracing::warn!(account = self.line.account, why, ?wait, "what came cannot be kept yet");
            sleep(wait).await;
        }
        for hand in &said {
            catch_up.heard(&hand.data);
        }
    }

    fn hand(&self, hand: &Hand) -> Option<Arrival> {
        let Hand { event, data, said, acknowledgement } = hand;
        let id = inbound::number(data)?;
        let kept = json!({"t": event, "d": data}).to_string();
        Some(self.arrival(id, said.clone(), acknowledgement.clone(), written(data), kept))
    }

    fn arrival(
        &self,
        id: u64,
        said: Said,
        acknowledgement: Option<Acknowledgement>,
        text: Option<String>,
        update: String,
    ) -> Arrival {
        let Said { inbound, way } = said;
        let (line, handler) = (Arc::clone(&self.line), Arc::clone(&self.handler));
        let chat = way.channel.get().cast_signed();
        let work = async move {
            let talk = Talk::new(line, way, inbound.conversation.kind, acknowledgement);
            let handling = async {
                handler.handle(inbound, &talk).await;
                talk.finish().await;
            };
            // Not tokio's own `select!`: in a task that has done much it polls nothing, and those that were sent away so
            // come back in another order.
            match select(pin!(handling), pin!(talk.accompany())).await {
                Either::Left(((), _)) => {}
                Either::Right((never, _)) => match never {},
            }
        };
        Arrival { id, chat, text, update, work: Box::pin(work) }
    }

    fn hear(&self, event: &str, data: &Value) -> Option<Heard> {
        inbound::hear(event, data, &self.me, &self.line.account, &self.commands, &self.directory)
    }

    /// What was said and where; Discord is asked where it cannot be told otherwise.
    async fn place(&self, event: &str, data: &Value) -> Option<Said> {
        let channel = match self.hear(event, data)? {
            Heard::Said(said) => return Some(*said),
            Heard::Unplaced(channel) => channel,
            Heard::Completion(_) | Heard::Stray(_) => return None,
        };
        self.learn(channel).await;
        match self.hear(event, data)? {
            Heard::Said(said) => Some(*said),
            Heard::Unplaced(_) | Heard::Completion(_) | Heard::Stray(_) => {
                tracing::warn!(
                    account = self.line.account,
                    channel = channel.get(),
                    "a message is passed over, for it cannot be told what its channel is"
                );
                None
            }
        }
    }

    /// Asks Discord what `channel` is.
    async fn learn(&self, channel: ChannelId) {
        let begun = Instant::now();
        let mut waits = BackOff::up_to(LONGEST_WAIT);
        while begun.elapsed() < PLACING {
            match api::channel(&*self.line.api, channel).await {
                Ok(described) => return self.directory.learn(&described),
                Err(Fault::Busy(wait)) => sleep(wait).await,
                Err(Fault::Passing(_)) => sleep(waits.longer()).await,
                Err(fault @ Fault::Refused { .. }) => {
                    tracing::info!(account = self.line.account, why = %fault, "Discord does not say what a channel is");
                    return;
                }
            }
        }
    }

    /// Answers who is filling in a command.
    fn propose(&self, asked: Asked) {
        let Asked { request, interaction } = asked;
        let (line, handler) = (Arc::clone(&self.line), Arc::clone(&self.handler));
        tokio::spawn(async move {
            let proposals = timeout(PROPOSALS, handler.complete(request)).await.unwrap_or_default();
            if let Err(fault) = api::answer_completion(&*line.api, &interaction, &proposals, ON_ITS_WAY).await {
                tracing::info!(account = line.account, why = %fault, "proposals could not be shown");
            }
        });
    }

    /// Lets go of an interaction that is none of ours: nobody is to wait for it.
    fn dismiss(&self, interaction: Interaction) {
        let acknowledgement = Acknowledgement::begin(&self.line, &interaction);
        if let InteractionKind::Press { .. } = interaction.kind {
            return;
        }
        let line = Arc::clone(&self.line);
        tokio::spawn(async move {
            // Nothing is said, so the channel is no matter.
            let way = Way { channel: ChannelId::new(1), message: None, interaction: Some(interaction) };
            Talk::new(line, way, modelpin_chat::Kind::Dm, Some(acknowledgement)).finish().await;
        });
    }
}

/// What was said, with all that is needed to hand it over as often as it takes.
struct Hand {
    event: String,
    data: Value,
    said: Said,
    acknowledgement: Option<Acknowledgement>,
}
