//! Being brought updates.

mod gate;
mod watch;

use std::sync::Arc;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use crate::deliver::{Deliveries, number};
use crate::webhook::gate::{Gate, Verdict};
use crate::{ServeFault, Webhook};
use modelpin_delivery::Link;
use modelpin_delivery::Standing;

pub(crate) use crate::webhook::watch::watch;

/// How many may wait to be kept. Telegram brings one at a time; this is for those that it brings again.
const WAITING: usize = 64;

/// An update that was brought, and where to say what became of it.
pub(crate) type Brought = (Value, oneshot::Sender<Verdict>);

/// Where updates are brought to, before Telegram is told to bring them.
pub(crate) async fn listen(account: &str, webhook: &Webhook) -> Result<TcpListener, ServeFault> {
    TcpListener::bind(webhook.listen).await.map_err(|fault| ServeFault::Listen {
        account: account.to_owned(),
        address: webhook.listen,
        why: fault.to_string(),
    })
}

/// Takes updates that are brought, for ever. Returns only when nothing can be brought any more.
pub(crate) async fn receive(
    listener: TcpListener,
    webhook: &Webhook,
    deliveries: &Deliveries,
    standing: &Standing,
) -> std::io::Error {
    let (sender, mut brought) = mpsc::channel(WAITING);
    let gate = Arc::new(Gate::new(webhook, sender));
    let serving = async {
        match axum::serve(listener, gate::router(gate)).await {
            Ok(()) => std::io::Error::other("the server ended by itself"),
            Err(fault) => fault,
        }
    };
    let taking = async {
        while let Some(first) = brought.recv().await {
            let mut batch = vec![first];
            while let Ok(next) = brought.try_recv() {
                batch.push(next);
            }
            take(batch, deliveries, standing).await;
        }
    };
    tokio::select! {
        fault = serving => fault,
        () = taking => std::io::Error::other("the server ended by itself"),
    }
}

/// Keeps and hands over what has been brought, in the order of the numbers; only then Telegram hears that it was taken.
async fn take(mut batch: Vec<Brought>, deliveries: &Deliveries, standing: &Standing) {
    batch.sort_by_key(|(update, _)| number(update));
    let (updates, answers): (Vec<Value>, Vec<oneshot::Sender<Verdict>>) = batch.into_iter().unzip();
    let verdict = match deliveries.take(&updates).await {
        Ok(()) => {
            standing.is(Link::Up);
            Verdict::Taken
        }
        Err(fault) => {
            standing.is(Link::Down(fault.to_string()));
            Verdict::Later
        }
    };
    for answer in answers {
        // Telegram may have hung up; it brings the update again.
        let _ = answer.send(verdict);
    }
}

#[cfg(test)]
mod tests;
