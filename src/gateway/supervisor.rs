//! Running the accounts that are configured, each for itself.

mod keep;

use std::collections::HashMap;
use std::time::Duration;

use modelpin_delivery::{Link, State};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::gateway::board::Board;
use crate::gateway::channel::{AccountId, Entry, Ready, Wanted};
use crate::gateway::lease::Leases;
use crate::gateway::supervisor::keep::Kept;

/// Runs the accounts that are configured. Dropped, it ends them in the middle of what they do.
pub(crate) struct Supervisor {
    board: Board,
    leases: Option<Leases>,
    running: HashMap<AccountId, Running>,
    /// Told to end, and still at it.
    ending: Vec<Task>,
    /// What was last said of accounts that go on as they were.
    remarks: Vec<String>,
}

/// One account that is kept running.
struct Running {
    made_of: String,
    stop: watch::Sender<bool>,
    task: Task,
}

/// A task that ends when nobody wants it any more.
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Supervisor {
    /// One that runs nothing yet, and shows on `board` how everything stands. With `leases` it runs what no other machine
    /// does.
    pub(crate) fn new(board: Board, leases: Option<Leases>) -> Self {
        Self { board, leases, running: HashMap::new(), ending: Vec::new(), remarks: Vec::new() }
    }

    /// Runs what is `wanted`: starts what is new, ends what is gone, starts anew what is configured otherwise, and leaves
    /// everything else alone. One that can no longer be served as it is configured goes on as it was.
    pub(crate) fn follow(&mut self, wanted: &Wanted) {
        let Wanted { entries, trouble, remarks } = wanted;
        let stays = |entry: &Entry| match &entry.ready {
            Err(why) if self.running.contains_key(&entry.id) => {
                Some(format!("{}: {why}. It goes on as it was configured before", entry.id))
            }
            Err(_) | Ok(_) => None,
        };
        let stays: Vec<String> = entries.iter().filter_map(stays).collect();
        self.remark(stays.iter().chain(remarks));
        self.board.list(entries, &[&trouble[..], &stays].concat());
        self.ending.retain(|task| !task.0.is_finished());
        let is_gone = |id: &&AccountId| entries.iter().all(|entry| entry.id != **id);
        let gone: Vec<AccountId> = self.running.keys().filter(is_gone).cloned().collect();
        for (id, running) in gone.into_iter().filter_map(|id| self.running.remove_entry(&id)) {
            tracing::info!(channel = id.channel, account = id.account, "no longer configured");
            running.stop.send_replace(true);
            self.ending.push(running.task);
        }
        for entry in entries {
            match &entry.ready {
                Ok(ready) => self.run(&entry.id, ready),
                Err(_) if self.running.contains_key(&entry.id) => {}
                Err(why) => self.board.note(&entry.id, &State { bot: None, link: Link::Refused(why.clone()) }),
            }
        }
    }

    fn run(&mut self, id: &AccountId, ready: &Ready) {
        let before = match self.running.remove(id) {
            Some(same) if same.made_of == ready.made_of => {
                self.running.insert(id.clone(), same);
                return;
            }
            Some(other) => {
                tracing::info!(channel = id.channel, account = id.account, "configured otherwise: started anew");
                other.stop.send_replace(true);
                Some(other.task)
            }
            None => None,
        };
        let (stop, stopped) = watch::channel(false);
        let kept = Kept {
            id: id.clone(),
            ready: ready.clone(),
            board: self.board.clone(),
            leases: self.leases.clone(),
            stop: stopped,
        };
        let task = Task(tokio::spawn(async move {
            if let Some(mut before) = before {
                // A panic there has been told already.
                let _ = (&mut before.0).await;
            }
            kept.run().await;
        }));
        self.running.insert(id.clone(), Running { made_of: ready.made_of.clone(), stop, task });
    }

    /// Says what is new of `remarks`.
    fn remark<'a>(&mut self, remarks: impl Iterator<Item = &'a String>) {
        let remarks: Vec<String> = remarks.cloned().collect();
        for remark in remarks.iter().filter(|remark| !self.remarks.contains(remark)) {
            tracing::warn!("{remark}");
        }
        self.remarks = remarks;
    }

    /// Ends everything: what is under way has `patience` to come to its end. Returns the accounts that did not.
    pub(crate) async fn stop(mut self, patience: Duration) -> Vec<AccountId> {
        let deadline = Instant::now() + patience;
        for running in self.running.values() {
            running.stop.send_replace(true);
        }
        let mut late = Vec::new();
        for (id, mut running) in self.running.drain() {
            if timeout_at(deadline, &mut running.task.0).await.is_err() {
                late.push(id);
            }
        }
        for mut task in self.ending.drain(..) {
            let _ = timeout_at(deadline, &mut task.0).await;
        }
        late.sort();
        late
    }
}

#[cfg(test)]
mod tests;
