#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use modelpin_chat::BoxFuture;
use tokio::time::{Instant, sleep};

use crate::{Arrival, Arrivals, Chats, Inbox, InboxFault, Kept, Received, Resumed};

/// An inbox in memory. What holds `sk-test-` is refused, and nothing is kept while it is shut.
#[derive(Default)]
struct Drawer {
    known: Mutex<BTreeSet<u64>>,
    done: Mutex<Vec<u64>>,
    shut: bool,
}

impl Inbox for Drawer {
    fn resume(&self) -> BoxFuture<'_, Result<Resumed, InboxFault>> {
        Box::pin(async { Ok(Resumed::default()) })
    }

    fn keep(&self, updates: Vec<Received>) -> BoxFuture<'_, Result<Vec<Kept>, InboxFault>> {
        Box::pin(async move {
            if self.shut {
                return Err(InboxFault("the drawer is shut".to_owned()));
            }
            let keep = |received: Received| match received.text {
                Some(text) if text.contains("sk-test-") => Kept::Refused,
                _ if self.known.lock().unwrap().insert(received.id) => Kept::New,
                _ => Kept::Already,
            };
            Ok(updates.into_iter().map(keep).collect())
        })
    }

    fn done(&self, id: u64) -> BoxFuture<'_, ()> {
        self.done.lock().unwrap().push(id);
        Box::pin(async {})
    }

    fn recall<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Option<String>> {
        Box::pin(async { None })
    }

    fn remember<'a>(&'a self, _: &'a str, _: String) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }
}

/// Arrivals whose work writes its number down.
struct Scene {
    inbox: Arc<Drawer>,
    arrivals: Arrivals,
    begun: Arc<Mutex<Vec<u64>>>,
}

impl Scene {
    fn over(inbox: Drawer) -> Self {
        let inbox = Arc::new(inbox);
        let arrivals = Arrivals::new("default".to_owned(), inbox.clone(), Arc::new(Chats::new()));
        Self { inbox, arrivals, begun: Arc::default() }
    }

    fn arrival(&self, id: u64, text: &str, takes: Duration) -> Arrival {
        let begun = Arc::clone(&self.begun);
        let work = async move {
            begun.lock().unwrap().push(id);
            sleep(takes).await;
        };
        Arrival { id, chat: 7, text: Some(text.to_owned()), update: text.to_owned(), work: Box::pin(work) }
    }

    fn begun(&self) -> Vec<u64> {
        self.begun.lock().unwrap().clone()
    }

    fn done(&self) -> Vec<u64> {
        self.inbox.done.lock().unwrap().clone()
    }
}

#[tokio::test(start_paused = true)]
async fn what_comes_once_more_is_begun_once() {
    let scene = Scene::over(Drawer::default());
    for _ in 0..2 {
        let again = [3, 1, 2].map(|id| scene.arrival(id, "hello", Duration::from_secs(1)));
        scene.arrivals.take(again.into()).await.unwrap();
    }
    sleep(Duration::from_secs(2)).await;
    assert_eq!(scene.begun(), [3, 1, 2], "in the order in which it came");
    assert_eq!(scene.done(), [3, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_begun_that_could_not_be_kept() {
    let scene = Scene::over(Drawer { shut: true, ..Drawer::default() });
    let taken = scene.arrivals.take(vec![scene.arrival(1, "hello", Duration::ZERO)]).await;
    assert_eq!(taken, Err(InboxFault("the drawer is shut".to_owned())));
    sleep(Duration::from_secs(1)).await;
    assert_eq!(scene.begun(), [0; 0]);
}

/// The platform must not forget it before it is done with, for it is written nowhere.
#[tokio::test(start_paused = true)]
async fn what_must_not_be_written_down_is_waited_for() {
    let scene = Scene::over(Drawer::default());
    let begin = Instant::now();
    let secret = || scene.arrival(1, "sk-test-1", Duration::from_secs(4));
    scene.arrivals.take(vec![secret()]).await.unwrap();
    assert_eq!(begin.elapsed(), Duration::from_secs(4));
    scene.arrivals.take(vec![secret()]).await.unwrap();
    assert_eq!((scene.begun(), scene.done()), (vec![1], Vec::new()), "once, and the inbox never heard of it");
}

#[tokio::test(start_paused = true)]
async fn one_that_hangs_does_not_silence_everybody() {
    let scene = Scene::over(Drawer::default());
    let begin = Instant::now();
    scene.arrivals.take(vec![scene.arrival(1, "sk-test-1", Duration::from_hours(1))]).await.unwrap();
    assert_eq!(begin.elapsed(), super::UNWRITTEN);
    scene.arrivals.take(vec![scene.arrival(2, "hello", Duration::ZERO)]).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(scene.begun(), [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_ends_its_own_work_and_is_not_repeated() {
    let scene = Scene::over(Drawer::default());
    let broken = Arrival { work: Box::pin(async { panic!("broken") }), ..scene.arrival(1, "hello", Duration::ZERO) };
    scene.arrivals.take(vec![broken, scene.arrival(2, "hello", Duration::ZERO)]).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    assert_eq!((scene.begun(), scene.done()), (vec![2], vec![1, 2]));
}

#[tokio::test(start_paused = true)]
async fn what_a_former_run_left_is_not_kept_anew() {
    let scene = Scene::over(Drawer { shut: true, ..Drawer::default() });
    scene.arrivals.resume(vec![scene.arrival(1, "hello", Duration::ZERO)]).await;
    scene.arrivals.let_go(2).await;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(scene.begun(), [1]);
    let mut done = scene.done();
    done.sort_unstable();
    assert_eq!(done, [1, 2]);
}
