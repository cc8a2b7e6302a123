//! Looking whether something needs an operator, while the gateway runs.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::time::{MissedTickBehavior, interval};

use crate::alert::{AlertWatch, conditions};
use crate::app::App;
use crate::gateway::board::Board;
use crate::gateway::channel::Roster;
use crate::gateway::herald::Herald;
use crate::looker::Asked;

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(30);

/// How long before its end a credential counts as expiring.
const WARN: SignedDuration = SignedDuration::from_hours(24);

/// Looks every now and then, until it is dropped.
pub(super) fn start(
    app: &App,
    roster: Arc<dyn Roster>,
    board: Board,
    command: impl Fn(&str) -> String + Send + Sync + 'static,
) -> tokio::task::JoinHandle<()> {
    let watch = AlertWatch::new(app.store(), Arc::new(Herald(roster)));
    let (looker, clock) = (app.looker(), app.clock());
    tokio::spawn(async move {
        let mut pulse = interval(EVERY);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            pulse.tick().await;
            let asked = Asked { agent_named: false, warn: WARN, command: &command };
            let Some(seen) = looker.look(asked).await else { return };
            let now = clock.now();
            let found =
                conditions(&seen.report, &seen.unreadable, &board.now(), seen.audit.as_deref(), (now, &command));
            if let Err(fault) = watch.look(&seen.alerts, &found, now).await {
                tracing::error!(%fault, "operators cannot be told what needs them");
            }
        }
    })
}
