//! Telling Discord at once that an interaction has been seen.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::Shared;
use modelpin_chat::BoxFuture;
use tokio::time::Instant;

use crate::api::{self, Code, Fault};
use crate::line::Line;
use crate::way::Interaction;

/// When Discord would not take it any more, less the time that it is on its way.
const DEADLINE: Duration = Duration::from_millis(2_500);

/// How long the first attempt may take: there has to be time for another one.
const FIRST: Duration = Duration::from_millis(1_500);

/// The acknowledgement of an interaction, on its way or done.
#[derive(Clone)]
pub(crate) struct Acknowledgement(Shared<BoxFuture<'static, Acknowledged>>);

/// What became of an acknowledgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Acknowledged {
    /// The interaction can be answered.
    Yes,
    /// It came too late, or was refused: nothing can be said to the interaction.
    No,
    /// Discord did not say.
    Unknown,
}

impl Acknowledgement {
    /// Begins it. It goes on by itself, whether anybody waits for it or not: what handles the interaction, or writes it
    /// down, may take as long as it likes.
    pub(crate) fn begin(line: &Arc<Line>, interaction: &Interaction) -> Self {
        let (line, interaction) = (Arc::clone(line), interaction.clone());
        let under_way = tokio::spawn(async move { acknowledge(&line, &interaction).await });
        let outcome = async move { under_way.await.unwrap_or(Acknowledged::Unknown) };
        Self(outcome.boxed().shared())
    }

    /// Waits for the end of it: some seconds at the most.
    pub(crate) async fn outcome(&self) -> Acknowledged {
        self.0.clone().await
    }
}

async fn acknowledge(line: &Line, interaction: &Interaction) -> Acknowledged {
    let account = &line.account;
    let begin = Instant::now();
    let mut patience = FIRST;
    for attempt in 1..=2 {
        match api::acknowledge(&*line.api, interaction, patience).await {
            Ok(()) => return Acknowledged::Yes,
            // The first attempt was carried out without an answer, or a former run did it.
            Err(fault) if fault.is(Code::AlreadyAcknowledged) => return Acknowledged::Yes,
            Err(fault @ Fault::Refused { .. }) => {
                tracing::warn!(account, why = %fault, "an interaction could not be acknowledged");
                return Acknowledged::No;
            }
            Err(fault) => {
                tracing::info!(account, attempt, why = %fault, "an interaction is not acknowledged yet");
                if let Fault::Busy(wait) = fault {
                    tokio::time::sleep(wait.min(DEADLINE.saturating_sub(begin.elapsed()))).await;
                }
            }
        }
        patience = DEADLINE.saturating_sub(begin.elapsed());
        if patience.is_zero() {
            break;
        }
    }
    Acknowledged::Unknown
}

#[cfg(test)]
mod tests;
