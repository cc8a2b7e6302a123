//! The line to Telegram that everything said by one account shares.

use std::sync::Arc;
use std::time::Duration;

use modelpin_chat::BoxFuture;
use teloxide::payloads::{AnswerCallbackQuery, AnswerCallbackQuerySetters as _};
use teloxide::types::CallbackQueryId;
use tokio::time::Instant;

use crate::api::{self, Api, Fault};
use crate::pace::{Pace, Turn};
use modelpin_delivery::BackOff;

/// How long one call that has to be carried out may take.
const ONCE: Duration = Duration::from_secs(20);

/// How long a call that has to be carried out is tried again while Telegram cannot be reached. Waiting that Telegram
/// asks for does not count: nothing is given up because of it.
const ENDURANCE: Duration = Duration::from_mins(5);

/// The longest wait between two of these attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How long an answer to a press may take; it is of no use later.
const PRESS: Duration = Duration::from_secs(3);

/// The calls of one account, and the pace they are made at.
pub(crate) struct Line {
    pub(crate) account: String,
    pub(crate) api: Arc<dyn Api>,
    pub(crate) pace: Pace,
}

impl Line {
    pub(crate) fn new(account: String, api: Arc<dyn Api>) -> Self {
        Self { account, api, pace: Pace::new() }
    }

    /// Makes a call until it is carried out or refused: waits as long as Telegram asks, and tries again while it cannot
    /// be reached. A message that was carried out without an answer is thereby said twice: better than never.
    ///
    /// `call` is given how long it may take. The turn is kept meanwhile, so nothing else in the chat gets ahead.
    pub(crate) async fn insist<'a, T>(
        &self,
        chat: i64,
        turn: &Turn,
        call: impl Fn(Duration) -> BoxFuture<'a, Result<T, Fault>>,
    ) -> Result<T, Fault> {
        let mut waits = BackOff::up_to(LONGEST_WAIT);
        let mut failing_since = None;
        loop {
            turn.admitted().await;
            match call(ONCE).await {
                Err(Fault::Busy(wait)) => {
                    self.told_to_wait(chat, wait);
                    failing_since = None;
                    waits.reset();
                }
                Err(Fault::Passing(why)) => {
                    let since: Instant = *failing_since.get_or_insert_with(Instant::now);
                    if since.elapsed() >= ENDURANCE {
                        tracing::error!(account = self.account, chat, why, "a message is given up and lost");
                        let minutes = ENDURANCE.as_secs() / 60;
                        return Err(Fault::Passing(format!("{why}; it was tried for {minutes} minutes")));
                    }
                    let wait = waits.longer();
                    tracing::warn!(account = self.account, chat, why, wait = ?wait, "a message waits for Telegram");
                    tokio::time::sleep(wait).await;
                }
                done @ (Ok(_) | Err(Fault::Moved(_) | Fault::Refused { .. })) => return done,
            }
        }
    }

    /// Remembers that Telegram wants to hear nothing in `chat` for a while.
    pub(crate) fn told_to_wait(&self, chat: i64, wait: Duration) {
        let times = self.pace.asked_to_wait(chat, wait);
        tracing::warn!(account = self.account, chat, wait = ?wait, times, "Telegram asks to wait");
    }

    /// Ends the waiting sign on a button, with a remark to the person who pressed it if there is one. Says whether
    /// Telegram took it: of a press that is too old, or has been answered, it wants to hear nothing any more.
    pub(crate) async fn answer_press(&self, query: &CallbackQueryId, remark: Option<String>) -> bool {
        let mut answer = AnswerCallbackQuery::new(query.clone());
        if let Some(remark) = remark {
            answer = answer.text(remark).show_alert(true);
        }
        for _ in 0..2 {
            match api::answer_press(&*self.api, &answer, PRESS).await {
                Ok(()) => return true,
                Err(Fault::Passing(why)) => {
                    tracing::info!(account = self.account, why, "a press is not answered yet");
                }
                Err(fault @ (Fault::Busy(_) | Fault::Moved(_) | Fault::Refused { .. })) => {
                    tracing::info!(account = self.account, why = %fault, "a press cannot be answered");
                    return false;
                }
            }
        }
        false
    }
}
