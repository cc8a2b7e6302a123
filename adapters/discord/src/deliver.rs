//! From what Discord hands out to the handler.

mod came;
mod hearing;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use modelpin_chat::{CommandEntry, Handler};
use modelpin_delivery::{Arrival, Arrivals, BackOff, Chats, Inbox, InboxFault};
use serde_json::{Value, json};
use serenity::model::id::ChannelId;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use crate::acknowledge::Acknowledgement;
use crate::api;
use crate::catch_up::CatchUp;
use crate::deliver::came::{Hand, What};
use crate::deliver::hearing::Hearing;
use crate::inbound::{self, Asked, Awaited, Heard, Me, Said, Unplaced, written};
use crate::line::Line;
use crate::outbox::Talk;
use crate::shard::Progress;
use crate::way::{Interaction, InteractionKind, Way};

pub(crate) use crate::deliver::came::Came;

/// The name of the event of a message.
const MESSAGE: &str = "MESSAGE_CREATE";

/// How many events are kept at once.
const BATCH: usize = 100;

/// How long proposals may take. Discord wants them within three seconds, and people within one.
const PROPOSALS: Duration = Duration::from_secs(1);

/// How long an answer with proposals may take on its way; it is of no use later.
const ON_ITS_WAY: Duration = Duration::from_millis(1_500);

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// The way of events to the handler.
pub(crate) struct Deliveries {
    line: Arc<Line>,
    handler: Arc<dyn Handler>,
    arrivals: Arrivals,
    hearing: Arc<Hearing>,
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
        let hearing = Arc::new(Hearing::new(Arc::clone(&line), me, commands));
        Self { line, handler, arrivals, hearing }
    }

    /// Hands over what a former run had kept and was not done with, in order.
    pub(crate) async fn resume(&self, pending: Vec<(u64, String)>) {
        for (id, text) in pending {
            match self.taken_up(id, &text) {
                Some(arrival) => self.arrivals.resume(vec![arrival]).await,
                None => self.arrivals.let_go(id).await,
            }
        }
    }

    /// What was kept as `text`; `None` where that means nothing any more.
    fn taken_up(&self, id: u64, text: &str) -> Option<Arrival> {
        let mut kept: Value = serde_json::from_str(text).ok()?;
        let event = kept["t"].as_str()?.to_owned();
        // Where it was an interaction, the former run has acknowledged it.
        let hand = self.hand(&event, kept["d"].take(), None)?;
        self.arrival(&hand).map(|arrival| Arrival { id, ..arrival })
    }

    /// Does what cannot wait: acknowledges an interaction, and answers who is filling in a command. Returns what is to be
    /// kept and handed over.
    pub(crate) fn hear_at_once(&self, event: &str, data: Value) -> Option<Came> {
        self.hearing.note(event, &data);
        let (said, acknowledgement) = match self.hearing.hear(event, &data)? {
            Heard::Said(said) => {
                let interaction = said.way.interaction.as_ref();
                let acknowledgement = interaction.map(|interaction| Acknowledgement::begin(&self.line, interaction));
                (Some(*said), acknowledgement)
            }
            Heard::Unplaced(Unplaced { awaited, .. }) => match awaited {
                Awaited::Nothing => (None, None),
                Awaited::Acknowledgement(interaction) => (None, Some(Acknowledgement::begin(&self.line, &interaction))),
                Awaited::Proposals => {
                    self.propose_later(event, data);
                    return None;
                }
            },
            Heard::Completion(asked) => {
                self.propose(*asked);
                return None;
            }
            Heard::Stray(interaction) => {
                self.dismiss(interaction);
                return None;
            }
        };
        Some(Came::heard(Hand { event: event.to_owned(), data, said, acknowledgement }))
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
            let mut hands = Vec::with_capacity(batch.len());
            for one in batch.drain(..) {
                match one.what {
                    What::Heard(hand) => hands.push(*hand),
                    What::CatchUp => {
                        // What came before it need not wait until Discord says what was missed.
                        self.take(std::mem::take(&mut hands), &mut catch_up).await;
                        let missed = catch_up.missed(&self.line).await;
                        hands.extend(missed.into_iter().filter_map(|data| self.hand(MESSAGE, data, None)));
                    }
                }
            }
            self.take(hands, &mut catch_up).await;
            progress.kept(events, run, last);
            catch_up.write_if_due(inbox).await;
        }
        catch_up.write(inbox).await;
    }

    /// Keeps what was said and hands it over, as often as it takes.
    async fn take(&self, hands: Vec<Hand>, catch_up: &mut CatchUp) {
        if hands.is_empty() {
            return;
        }
        let mut waits = BackOff::up_to(LONGEST_WAIT);
        while let Err(InboxFault(why)) =
            self.arrivals.take(hands.iter().filter_map(|hand| self.arrival(hand)).collect()).await
        {
            let wait = waits.longer();
            tracing::warn!(account = self.line.account, why, ?wait, "what came cannot be kept yet");
            sleep(wait).await;
        }
        for hand in &hands {
            catch_up.heard(&hand.data);
        }
    }

    /// What can be handed over of an event; `None` where nothing is to be done about it.
    fn hand(&self, event: &str, data: Value, acknowledgement: Option<Acknowledgement>) -> Option<Hand> {
        let said = match self.hearing.hear(event, &data)? {
            Heard::Said(said) => Some(*said),
            Heard::Unplaced(_) => None,
            Heard::Completion(_) | Heard::Stray(_) => return None,
        };
        Some(Hand { event: event.to_owned(), data, said, acknowledgement })
    }

    fn arrival(&self, hand: &Hand) -> Option<Arrival> {
        let id = inbound::number(&hand.data)?;
        let channel = inbound::channel(&hand.data)?;
        let Hand { event, data, said, acknowledgement } = hand.clone();
        let (text, update) = (written(&data), json!({"t": event, "d": data}).to_string());
        let (line, handler, hearing) = (Arc::clone(&self.line), Arc::clone(&self.handler), Arc::clone(&self.hearing));
        let work = async move {
            let said = match said {
                Some(said) => {
                    hearing.in_order(channel).await;
                    said
                }
                None => match hearing.place(channel, &event, &data).await {
                    Some(said) => said,
                    None => return,
                },
            };
            let Said { inbound, way } = said;
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
        Some(Arrival { id, chat: channel.cast_signed(), text, update, work: Box::pin(work) })
    }

    /// Answers who is filling in a command in a place that has to be asked for first.
    fn propose_later(&self, event: &str, data: Value) {
        let (hearing, line, handler) = (Arc::clone(&self.hearing), Arc::clone(&self.line), Arc::clone(&self.handler));
        let event = event.to_owned();
        tokio::spawn(async move {
            let channel = inbound::channel(&data).unwrap_or_default();
            // Beyond that, nobody sees it.
            if let Ok(Some(Heard::Completion(asked))) = timeout(PROPOSALS, hearing.learn(channel, &event, &data)).await
            {
                propose(&line, &*handler, *asked).await;
            }
        });
    }

    /// Answers who is filling in a command.
    fn propose(&self, asked: Asked) {
        let (line, handler) = (Arc::clone(&self.line), Arc::clone(&self.handler));
        tokio::spawn(async move { propose(&line, &*handler, asked).await });
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

async fn propose(line: &Line, handler: &dyn Handler, asked: Asked) {
    let Asked { request, interaction } = asked;
    let proposals = timeout(PROPOSALS, handler.complete(request)).await.unwrap_or_default();
    if let Err(fault) = api::answer_completion(&*line.api, &interaction, &proposals, ON_ITS_WAY).await {
        tracing::info!(account = line.account, why = %fault, "proposals could not be shown");
    }
}
