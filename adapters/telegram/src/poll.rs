//! Asking for updates.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::ServeFault;
use crate::api::{self, Fault};
use crate::deliver::{Deliveries, number};
use crate::line::Line;
use modelpin_delivery::BackOff;
use modelpin_delivery::Link;
use modelpin_delivery::Standing;

/// How long Telegram holds a call while there is nothing.
const HOLD: Duration = Duration::from_secs(30);

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The same while somebody else asks for the updates: half a minute after they have stopped, it works again.
const LONGEST_WAIT_FOR_OTHERS: Duration = Duration::from_secs(16);

/// How long nobody else must have asked before it is said that nobody does.
const QUIET: Duration = Duration::from_secs(10);

/// How long Telegram holds a call meanwhile.
const HOLD_MEANWHILE: Duration = Duration::from_secs(3);

/// Asks for updates and hands them over, for ever. `last` is the highest number that a former run kept.
///
/// Returns only when Telegram does not know the token (any more).
pub(crate) async fn poll(line: &Line, deliveries: &Deliveries, standing: &Standing, last: Option<u64>) -> ServeFault {
    let mut poller = Poller {
        line,
        deliveries,
        standing,
        // A number that is none of Telegram's was written by somebody else: it is asked from the beginning.
        offset: last.and_then(|last| u32::try_from(last).ok()).map(after),
        // The first answer comes at once, so that it is known whether it works.
        hold: Duration::ZERO,
        waits: BackOff::up_to(LONGEST_WAIT),
        waits_for_others: BackOff::up_to(LONGEST_WAIT_FOR_OTHERS),
        conflict: None,
    };
    loop {
        let asked = api::get_updates(&*line.api, poller.offset, poller.hold).await;
        let taken = match asked {
            Ok(updates) => poller.take(&updates).await,
            Err(fault) => Err(fault),
        };
        if let Err(fault) = taken {
            if fault.is_of_token() {
                standing.is(Link::Refused(fault.to_string()));
                return ServeFault::TokenRefused { account: line.account.clone(), why: fault.to_string() };
            }
            poller.wait(fault).await;
        }
    }
}

struct Poller<'a> {
    line: &'a Line,
    deliveries: &'a Deliveries,
    standing: &'a Standing,
    /// From where on updates are asked for; `None` when Telegram has been told to forget all that came before.
    offset: Option<u64>,
    hold: Duration,
    waits: BackOff,
    waits_for_others: BackOff,
    /// When Telegram last said that somebody else asks.
    conflict: Option<Instant>,
}

impl Poller<'_> {
    async fn take(&mut self, updates: &[Value]) -> Result<(), Fault> {
        let last = updates.iter().rev().find_map(number);
        if last.is_none() && !updates.is_empty() {
            return Err(Fault::Passing("Telegram hands out updates that have no numbers".to_owned()));
        }
        self.deliveries.take(updates).await.map_err(|fault| Fault::Passing(fault.to_string()))?;
        // Numbers grow, but after a week of silence they begin anew anywhere. So the offset follows what came last, and
        // when nothing more has come, Telegram has forgotten all before it and needs none.
        self.offset = last.map(after);
        self.waits.reset();
        if self.conflict.is_none_or(|at| at.elapsed() >= QUIET) {
            self.conflict = None;
            self.waits_for_others.reset();
            self.hold = HOLD;
            self.standing.is(Link::Up);
        } else {
            self.hold = HOLD_MEANWHILE;
        }
        Ok(())
    }

    /// Waits as long as is good after `fault`.
    async fn wait(&mut self, fault: Fault) {
        self.hold = Duration::ZERO;
        if fault.is_conflict() && fault.says(&["webhook"]) {
            self.standing.is(Link::Down("a webhook was set; it is taken away".to_owned()));
            match api::delete_webhook(&*self.line.api).await {
                Ok(()) => tracing::warn!(account = self.line.account, "a webhook was set for this bot; it was deleted"),
                Err(fault) => tracing::warn!(account = self.line.account, why = %fault, "the webhook is still set"),
            }
            return sleep(self.waits.longer()).await;
        }
        if fault.is_conflict() {
            self.conflict = Some(Instant::now());
            self.standing.is(Link::OtherPoller);
            // On the connection that was cut, Telegram may take this very program for the other one.
            self.line.api.renew();
            return sleep(self.waits_for_others.longer()).await;
        }
        self.standing.is(Link::Down(fault.to_string()));
        match fault {
            Fault::Busy(wait) => sleep(wait).await,
            Fault::Passing(_) | Fault::Moved(_) | Fault::Refused { .. } => sleep(self.waits.longer()).await,
        }
    }
}

/// The offset that lets Telegram forget everything up to `number`.
fn after(number: u32) -> u64 {
    u64::from(number) + 1
}

#[cfg(test)]
mod tests;
