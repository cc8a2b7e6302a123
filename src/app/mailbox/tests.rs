#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use modelpin_chat::BoxFuture;
use modelpin_delivery::{Inbox, Kept, Received, Resumed};

use crate::app::mailbox::Mailbox;
use crate::clock::Clock;
use crate::store::{Delivery, InboxTable, Memory, StoreFault, Waiting};

/// A clock that is set.
#[derive(Default)]
struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

/// A state whose disk can be filled up.
#[derive(Default)]
struct Disk {
    rest: Memory,
    full: AtomicBool,
}

impl Disk {
    fn fault<T>(&self) -> Result<(), Result<T, StoreFault>> {
        if self.full.load(Ordering::Relaxed) { Err(Err(StoreFault::Full { path: "/disk".into() })) } else { Ok(()) }
    }
}

type Answer<'a, T> = BoxFuture<'a, Result<T, StoreFault>>;

impl InboxTable for Disk {
    fn waiting<'a>(&'a self, mailbox: &'a str) -> Answer<'a, Waiting> {
        self.rest.waiting(mailbox)
    }

    fn receive<'a>(&'a self, mailbox: &'a str, deliveries: Vec<Delivery>, now: Timestamp) -> Answer<'a, Vec<bool>> {
        match self.fault() {
            Ok(()) => self.rest.receive(mailbox, deliveries, now),
            Err(fault) => Box::pin(async { fault }),
        }
    }

    fn known<'a>(&'a self, mailbox: &'a str, numbers: Vec<u64>, now: Timestamp) -> Answer<'a, Vec<bool>> {
        self.rest.known(mailbox, numbers, now)
    }

    fn dealt_with<'a>(&'a self, mailbox: &'a str, numbers: Vec<u64>, now: Timestamp) -> Answer<'a, ()> {
        match self.fault() {
            Ok(()) => self.rest.dealt_with(mailbox, numbers, now),
            Err(fault) => Box::pin(async { fault }),
        }
    }

    fn note<'a>(&'a self, mailbox: &'a str, name: &'a str) -> Answer<'a, Option<String>> {
        self.rest.note(mailbox, name)
    }

    fn put_note<'a>(&'a self, mailbox: &'a str, name: &'a str, value: String) -> Answer<'a, ()> {
        self.rest.put_note(mailbox, name, value)
    }
}

struct Rig {
    disk: Arc<Disk>,
    clock: Arc<Hands>,
}

impl Rig {
    fn new() -> Self {
        Self { disk: Arc::default(), clock: Arc::default() }
    }

    /// The mailbox as it is after a start of the program.
    fn mailbox(&self) -> Mailbox {
        Mailbox {
            table: self.disk.clone(),
            name: "telegram:123456".to_owned(),
            clock: self.clock.clone(),
            is_secret: |text| text.contains("the operator's own key"),
            due: Mutex::default(),
            unwritten: Mutex::default(),
            failing: AtomicBool::new(false),
        }
    }
}

fn received(id: u64, text: &str) -> Received {
    Received { id, text: Some(text.to_owned()), update: format!(r#"{{"update_id":{id},"text":"{text}"}}"#) }
}

fn said(ids: impl IntoIterator<Item = u64>) -> Vec<Received> {
    ids.into_iter().map(|id| received(id, "hello")).collect()
}

#[tokio::test]
async fn what_was_begun_is_there_after_a_restart_and_what_was_done_is_not() {
    let rig = Rig::new();
    let mailbox = rig.mailbox();
    assert_eq!(mailbox.resume().await, Ok(Resumed::default()));
    assert_eq!(mailbox.keep(said([10, 11, 12])).await, Ok(vec![Kept::New; 3]));
    mailbox.done(11).await;
    let mailbox = rig.mailbox();
    let pending = [10, 12].map(|id| (id, received(id, "hello").update)).to_vec();
    assert_eq!(mailbox.resume().await, Ok(Resumed { last: Some(12), pending }));
    let again = mailbox.keep(said([11, 12, 13])).await;
    assert_eq!(again, Ok(vec![Kept::Already, Kept::Already, Kept::New]));
}

#[tokio::test]
async fn a_message_with_a_secret_is_nowhere_and_is_known_when_it_was_dealt_with() {
    let rig = Rig::new();
    let mailbox = rig.mailbox();
    let key = "gsk_1nVeNt3d0nLyF0rTh1sEx4mpL30fAd0cTe5t";
    let hidden =
        Received { id: 3, text: Some("look".to_owned()), update: format!(r#"{{"url":"https://x/?k={key}"}}"#) };
    let own = "the operator's own key";
    let updates = vec![received(1, "hello"), received(2, key), hidden.clone(), received(4, own)];
    let kept = mailbox.keep(updates.clone()).await;
    assert_eq!(kept, Ok(vec![Kept::New, Kept::Refused, Kept::Refused, Kept::Refused]));
    let waiting = rig.disk.waiting("telegram:123456").await.unwrap();
    assert_eq!(waiting.deliveries.iter().map(|delivery| delivery.number).collect::<Vec<_>>(), [1]);
    mailbox.done(2).await;
    let kept = rig.mailbox().keep(updates).await;
    assert_eq!(
        kept,
        Ok(vec![Kept::Already, Kept::Already, Kept::Refused, Kept::Refused]),
        "3 and 4 are not dealt with"
    );
}

#[tokio::test]
async fn people_are_answered_while_nothing_can_be_written() {
    let rig = Rig::new();
    let mailbox = rig.mailbox();
    mailbox.keep(said([1])).await.unwrap();
    rig.disk.full.store(true, Ordering::Relaxed);
    assert_eq!(mailbox.keep(said([2, 3])).await, Ok(vec![Kept::Refused; 2]), "to be dealt with at once");
    mailbox.done(1).await;
    mailbox.done(2).await;
    assert_eq!(mailbox.keep(said([2, 3])).await, Ok(vec![Kept::Already, Kept::Refused]), "remembered meanwhile");
    rig.disk.full.store(false, Ordering::Relaxed);
    mailbox.done(3).await;
    assert_eq!(rig.mailbox().resume().await, Ok(Resumed { last: Some(3), pending: Vec::new() }), "all made up for");
    assert_eq!(
        rig.mailbox().keep(said([1, 2, 3, 4])).await.unwrap(),
        [Kept::Already, Kept::Already, Kept::Already, Kept::New]
    );
    assert!(mailbox.unwritten().is_empty());
}

#[tokio::test]
async fn after_a_week_of_silence_nobody_goes_on_where_the_numbers_were() {
    let rig = Rig::new();
    rig.mailbox().keep(said([900])).await.unwrap();
    rig.clock.0.store(5 * 24 * 3_600, Ordering::Relaxed);
    assert_eq!(rig.mailbox().resume().await.unwrap().last, Some(900));
    rig.clock.0.store(7 * 24 * 3_600, Ordering::Relaxed);
    let resumed = rig.mailbox().resume().await.unwrap();
    assert_eq!((resumed.last, resumed.pending.len()), (None, 1), "what waits is not forgotten");
}

#[tokio::test]
async fn what_is_remembered_is_recalled() {
    let rig = Rig::new();
    assert_eq!(rig.mailbox().recall("commands").await, None);
    rig.mailbox().remember("commands", "1f".to_owned()).await;
    assert_eq!(rig.mailbox().recall("commands").await.as_deref(), Some("1f"));
}
