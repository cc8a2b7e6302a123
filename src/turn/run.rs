//! Walking the candidates until one answers.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use modelpin_chat::Outbox;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::Instant;

use crate::catalog::ModelRef;
use crate::health::FailureClass;
use crate::history::{Role, Utterance};
use crate::provider::{Answer, Ask, Failure};
use crate::receipt::{BillingClass, ReceiptRequest};
use crate::redact::{Stream, known};
use crate::resolver::{BOUNDED_WAIT, Candidate, Resolution, Standing};
use crate::session::{Actor, EventId, Selection};
use crate::turn::gather::{Gathered, Sources, endpoint_of};
use crate::turn::wallet::WalletFault;
use crate::usage::Prices;

/// The longest answer asked for, where the configuration does not say.
const MAX_TOKENS: u32 = 8_192;
/// How much of the conversation goes along.
pub(crate) const HISTORY_MESSAGES: usize = 40;
/// How many characters of it.
const HISTORY_CHARACTERS: usize = 60_000;

/// One message on its way to a model.
pub(crate) struct Turn<'a> {
    /// Where everything comes from.
    pub(crate) sources: &'a Sources,
    /// The session, its selection, profiles and benches as they are at the start.
    pub(crate) gathered: Gathered,
    /// The selection that counts for this turn.
    pub(crate) selection: Option<Selection>,
    /// What was said.
    pub(crate) text: String,
    /// Who said it.
    pub(crate) actor: Actor,
    /// The event by which it is known that it comes again.
    pub(crate) event: Option<EventId>,
    /// The way back.
    pub(crate) outbox: &'a dyn Outbox,
    /// The requests that were sent.
    pub(crate) requests: Vec<ReceiptRequest>,
}

/// How a turn ended.
pub(crate) struct TurnEnd {
    /// The candidates as they stood at the end.
    pub(crate) resolution: Resolution,
    /// The candidates that were tried and failed, in order.
    pub(crate) failed: Vec<(Candidate, Failure)>,
    /// What came of it.
    pub(crate) outcome: Outcome,
}

/// What came of a turn.
pub(crate) enum Outcome {
    /// This candidate answered.
    Answered(Candidate, Answer),
    /// The answer was cut off, by the person or by a failure; so much of it was shown.
    CutOff(Candidate, String, Option<Failure>),
    /// Nobody answered.
    Silent,
}

/// How one request ended.
pub(super) enum Sent {
    Answered(Answer),
    Stopped(String),
    Failed(Failure, String),
}

impl Turn<'_> {
    /// Tries each usable candidate once, in order. When all of them have to wait and the first comes free soon, it waits
    /// for that one, once.
    pub(crate) async fn run(&mut self) -> TurnEnd {
        let mut failed = Vec::new();
        let mut resolution = self.resolution();
        let mut waited = false;
        self.outbox.typing().await;
        loop {
            if let Some(outcome) = self.pass(&resolution, &mut failed).await {
                return TurnEnd { resolution: self.resolution(), failed, outcome };
            }
            resolution = self.refreshed().await;
            let soon = resolution.first_free().filter(|at| !waited && self.is_soon(*at) && resolution.next().is_none());
            let Some(at) = soon else {
                return TurnEnd { resolution, failed, outcome: Outcome::Silent };
            };
            waited = true;
            tokio::select! {
                () = self.wait_until(at) => {}
                () = self.outbox.stopped() => return TurnEnd { resolution, failed, outcome: Outcome::Silent },
            }
            resolution = self.refreshed().await;
        }
    }

    /// One walk along the candidates; `None` when none of them answered.
    async fn pass(&mut self, resolution: &Resolution, failed: &mut Vec<(Candidate, Failure)>) -> Option<Outcome> {
        let mut hopeless: Vec<ModelRef> = Vec::new();
        for candidate in &resolution.candidates {
            let candidate = &self.opened(candidate).await;
            // A bench that an earlier candidate earned in this very pass may cover this one too.
            let out = !candidate.standing.is_usable() || self.benched_meanwhile(candidate);
            if out || hopeless.contains(&candidate.model) {
                continue;
            }
            if let Standing::Probe(bench) = &candidate.standing
                && !self.claim(bench).await
            {
                continue;
            }
            let begun = self.sources.now();
            match self.send_renewing(candidate).await {
                Sent::Answered(answer) => {
                    self.clear_benches(candidate, &answer, begun).await;
                    return Some(Outcome::Answered(candidate.clone(), answer));
                }
                Sent::Stopped(shown) => return Some(Outcome::CutOff(candidate.clone(), shown, None)),
                Sent::Failed(failure, shown) => {
                    self.strike(candidate, &failure).await;
                    let Failure { class, status, .. } = failure;
                    tracing::info!(profile.id = %candidate.credential, model.ref = %candidate.model, %class, status, "a request failed");
                    // An answer that has begun is not continued by somebody else: half of it would come from another
                    // model or another account than the other half.
                    if !shown.is_empty() {
                        return Some(Outcome::CutOff(candidate.clone(), shown, Some(failure)));
                    }
                    let class = failure.class;
                    failed.push((candidate.clone(), failure));
                    match class {
                        // Nobody would answer a malformed request.
                        FailureClass::Malformed => return None,
                        // Another credential does not make the conversation shorter nor the model exist.
                        FailureClass::ContextOverflow | FailureClass::ModelNotFound => {
                            hopeless.push(candidate.model.clone());
                        }
                        FailureClass::RateLimit
                        | FailureClass::AccountLimit
                        | FailureClass::Billing
                        | FailureClass::Auth
                        | FailureClass::NeedsLogin
                        | FailureClass::NotRenewed
                        | FailureClass::ClientOnly
                        | FailureClass::Overloaded
                        | FailureClass::Server
                        | FailureClass::Timeout => {}
                    }
                }
            }
        }
        None
    }

    /// Sends to `candidate`, and notes what was sent.
    pub(super) async fn send(&mut self, candidate: &Candidate) -> Sent {
        let sent = self.exchange(candidate).await;
        self.requests.extend(request(candidate, &sent, &self.gathered.settings.config.usage.prices));
        sent
    }

    async fn exchange(&self, candidate: &Candidate) -> Sent {
        let ask = match self.ask(candidate).await {
            Ok(ask) => ask,
            Err(fault) => return Sent::Failed(fault.into_failure(), String::new()),
        };
        let (pieces, mut arriving) = unbounded_channel();
        let mut answer = self.sources.provider.ask(&ask, pieces);
        let mut arrived = Stream::new(known());
        loop {
            tokio::select! {
                biased;
                Some(piece) = arriving.recv() => {
                    if arrived.push(&piece) {
                        // A draft that cannot be shown is no loss: the finished reply follows.
                        let _ = self.outbox.draft(arrived.shown()).await;
                    }
                }
                () = self.outbox.stopped() => return Sent::Stopped(arrived.end()),
                result = &mut answer => {
                    return match result {
                        // A model can be brought to say what it should not, its own key if a gateway shows it that.
                        Ok(answer) => Sent::Answered(Answer { text: known().scrub_cut(&answer.text).into_owned(), ..answer }),
                        Err(failure) => {
                            // What came along with the failure has arrived too, whichever was looked at first.
                            while let Ok(piece) = arriving.try_recv() {
                                arrived.push(&piece);
                            }
                            Sent::Failed(failure, arrived.end())
                        }
                    };
                }
            }
        }
    }

    async fn ask(&self, candidate: &Candidate) -> Result<Ask, WalletFault> {
        let config = &self.gathered.settings.config;
        let endpoint = endpoint_of(config, &candidate.model)?;
        let auth = self
            .sources
            .wallet
            .auth(&candidate.credential, &self.gathered.profiles, &self.gathered.settings, &endpoint)
            .await?;
        let max_tokens = config
            .providers
            .get(&candidate.model.provider)
            .and_then(|provider| provider.models.iter().find(|model| model.id == candidate.model.model.as_str()))
            .and_then(|model| model.max_tokens);
        Ok(Ask {
            model: candidate.model.clone(),
            endpoint,
            auth,
            messages: self.messages().await,
            max_tokens: max_tokens.unwrap_or(MAX_TOKENS),
            total: config.session.turn_timeout,
            idle: config.session.idle_timeout,
        })
    }

    /// The conversation so far, as much of its end as fits, and the question.
    async fn messages(&self) -> Vec<Utterance> {
        let session = &self.gathered.session;
        let so_far = self.sources.store.history(&session.key, session.conversation, HISTORY_MESSAGES).await;
        let so_far = so_far.unwrap_or_else(|fault| {
            tracing::warn!(session.key = %session.key, %fault, "the conversation so far cannot be read");
            Vec::new()
        });
        let mut room = HISTORY_CHARACTERS.saturating_sub(self.text.chars().count());
        let fitting = so_far.iter().rev().take_while(|utterance| {
            let length = utterance.text.chars().count();
            let fits = length <= room;
            room = room.saturating_sub(length);
            fits
        });
        let mut messages: Vec<Utterance> = fitting.cloned().collect();
        messages.reverse();
        // Providers want the person to speak first.
        let first = messages.iter().position(|utterance| utterance.role == Role::User).unwrap_or(messages.len());
        messages.drain(..first);
        messages.push(Utterance { role: Role::User, text: self.text.clone(), at: self.sources.now() });
        messages
    }

    pub(super) fn resolution(&self) -> Resolution {
        self.sources.resolve(&self.gathered, self.selection.as_ref())
    }

    async fn refreshed(&mut self) -> Resolution {
        self.gathered.benches = self.sources.benches().await;
        self.gathered.now = self.sources.now();
        self.resolution()
    }

    fn is_soon(&self, at: Timestamp) -> bool {
        until(self.sources.now(), at) <= BOUNDED_WAIT
    }

    /// Waits until it is `at`, but no longer than a turn may wait, whatever becomes of the clock meanwhile.
    async fn wait_until(&self, at: Timestamp) {
        let patience = Instant::now() + BOUNDED_WAIT;
        loop {
            // The two clocks do not run alike: a moment too early would find the bench still standing.
            let left = until(self.sources.now(), at).min(patience.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left).await;
        }
    }
}

/// What the receipt says of a request; `None` where none was sent.
fn request(candidate: &Candidate, sent: &Sent, prices: &Prices) -> Option<ReceiptRequest> {
    let (outcome, fingerprint, tokens_in, tokens_out) = match sent {
        Sent::Answered(answer) => {
            ("ok".to_owned(), answer.sent.fingerprint.as_ref(), answer.tokens_in, answer.tokens_out)
        }
        // It was on its way with the credential of its candidate.
        Sent::Stopped(_) => ("stopped".to_owned(), candidate.fingerprint.as_ref(), None, None),
        Sent::Failed(failure, _) => {
            let sent = failure.sent.as_ref()?;
            (failure.class.to_string(), sent.fingerprint.as_ref(), sent.tokens_in, sent.tokens_out)
        }
    };
    Some(ReceiptRequest {
        model: candidate.model.to_string(),
        profile: candidate.credential.to_string(),
        fingerprint: fingerprint.map(ToString::to_string),
        class: candidate.billing,
        outcome,
        tokens_in,
        tokens_out,
        cost_micros: match candidate.billing {
            Some(BillingClass::Metered) => prices.cost_micros(&candidate.model, tokens_in, tokens_out),
            Some(BillingClass::Subscription) | None => None,
        },
    })
}

fn until(now: Timestamp, at: Timestamp) -> Duration {
    at.duration_since(now).max(SignedDuration::ZERO).unsigned_abs()
}
