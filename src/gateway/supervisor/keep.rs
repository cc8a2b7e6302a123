//! Keeping one account running.

use std::pin::pin;
use std::time::Duration;

use modelpin_delivery::{Link, State};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::gateway::board::Board;
use crate::gateway::channel::{AccountId, Ended, Ready};
use crate::gateway::claim::{Claim, Held};
use crate::gateway::lease::{Leases, RENEWAL};
use crate::gateway::standing::starting;

/// Between two tries: so long at first, twice as long each time, and so long at the most.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(1);

/// One that ran for so long had got over what ended it before.
const SOUND: Duration = Duration::from_mins(5);

/// One account that is kept running until it is told to end.
pub(super) struct Kept {
    pub(super) id: AccountId,
    pub(super) ready: Ready,
    pub(super) board: Board,
    pub(super) leases: Option<Leases>,
    pub(super) stop: watch::Receiver<bool>,
}

impl Kept {
    pub(super) async fn run(mut self) {
        let mut bot = None;
        let mut wait = FIRST;
        while !*self.stop.borrow() {
            let begun = Instant::now();
            let ended = self.once(&mut bot).await;
            if *self.stop.borrow() {
                break;
            }
            if begun.elapsed() >= SOUND {
                wait = FIRST;
            }
            match ended {
                Ended::Refused(why) => {
                    self.note(bot.as_deref(), Link::Refused(why));
                    self.stopped().await;
                }
                Ended::Failed(why) => {
                    self.note(bot.as_deref(), Link::Down(why));
                    tokio::select! {
                        () = sleep(wait) => {}
                        () = self.stopped() => {}
                    }
                    wait = (wait * 2).min(LONGEST);
                }
            }
        }
        self.note(bot.as_deref(), Link::Ended);
    }

    /// Serves it once, to its end. A panic is an end like others.
    async fn once(&mut self, bot: &mut Option<String>) -> Ended {
        let Some(leases) = self.leases.clone() else { return self.serve(bot, std::future::pending()).await };
        let name = format!("serve:{}", self.ready.claim);
        if !self.is_leased(&leases, &name, bot.as_deref()).await {
            return Ended::Failed("the end was asked for".to_owned());
        }
        let ended = self.serve(bot, leases.lost(&name)).await;
        leases.end(&name).await;
        ended
    }

    /// Waits until no other machine serves it; `false` where the end was asked for meanwhile.
    async fn is_leased(&mut self, leases: &Leases, name: &str, bot: Option<&str>) -> bool {
        loop {
            match leases.take(name).await {
                Ok(None) => return true,
                Ok(Some(other)) => self.note(bot, Link::Standby(format!("{other} serves it"))),
                // Two that serve one bot take each other's messages away. Who has it already goes on ([`Leases::lost`]).
                Err(fault) => {
                    self.note(bot, Link::Down(format!("it cannot be told whether another machine serves it: {fault}")));
                }
            }
            tokio::select! {
                () = sleep(RENEWAL) => {}
                () = self.stopped() => return false,
            }
        }
    }

    /// Serves it until it ends, or until it is `lost` to somebody else.
    async fn serve(&self, bot: &mut Option<String>, lost: impl Future<Output = String>) -> Ended {
        let _claim = match Claim::take(&self.ready.claim) {
            Ok(claim) => claim,
            Err(Held { pid }) => {
                let who = pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
                return Ended::Failed(format!("{who} on this machine serves this bot already; stop it"));
            }
        };
        let mut lost = pin!(lost);
        let (sender, mut standing) = watch::channel(starting());
        let mut serving = JoinSet::new();
        serving.spawn(self.ready.channel.serve(sender, self.stop.clone()));
        loop {
            let changed = async {
                match standing.changed().await {
                    Ok(()) => standing.borrow_and_update().clone(),
                    // Nothing more will be said; what came of it is.
                    Err(_) => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                now = changed => {
                    if now.bot.is_some() {
                        bot.clone_from(&now.bot);
                    }
                    self.board.note(&self.id, &now);
                }
                // Let go of at once: what it has in hand is taken up there.
                other = &mut lost => return Ended::Failed(format!("{other} serves it now")),
                ended = serving.join_next() => {
                    return match ended {
                        Some(Ok(Ok(()))) | None => Ended::Failed("it ended by itself".to_owned()),
                        Some(Ok(Err(ended))) => ended,
                        // What it was has been reported where it happened.
                        Some(Err(_)) => Ended::Failed("a fault of the program ended it; see the log".to_owned()),
                    };
                }
            }
        }
    }

    fn note(&self, bot: Option<&str>, link: Link) {
        self.board.note(&self.id, &State { bot: bot.map(str::to_owned), link });
    }

    async fn stopped(&mut self) {
        // Without anybody who could tell, there is nobody left to serve for.
        let _ = self.stop.wait_for(|stop| *stop).await;
    }
}
