#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod leases;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use modelpin_chat::{BoxFuture, Reply};
use modelpin_delivery::{Link, State};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, timeout};

use crate::clock::SystemClock;
use crate::gateway::board::Board;
use crate::gateway::channel::{AccountId, Channel, Ended, Entry, Ready, Wanted};
use crate::gateway::claim::Claim;
use crate::gateway::supervisor::Supervisor;

/// What a scripted account does in one run.
#[derive(Clone)]
enum Act {
    /// Is up until it is told to end, and then takes so long.
    Serve(Duration),
    /// Is up for so long, then fails.
    Fail(Duration),
    /// Is refused.
    Refuse,
    /// Panics.
    Panic,
    /// Says that there is another poller, then is up.
    Shared,
    /// Never listens to anybody.
    Hang,
}

/// An account whose runs are scripted; the last act is done again and again.
struct Scripted {
    acts: Mutex<Vec<Act>>,
    /// When each run began.
    runs: Mutex<Vec<Instant>>,
    go_on: Notify,
}

impl Scripted {
    fn new(acts: impl IntoIterator<Item = Act>) -> Arc<Self> {
        let acts = Mutex::new(acts.into_iter().collect());
        Arc::new(Self { acts, runs: Mutex::default(), go_on: Notify::new() })
    }

    fn runs(&self) -> usize {
        self.runs.lock().unwrap().len()
    }
}

struct Scripts(Arc<Scripted>);

impl Channel for Scripts {
    fn serve(
        &self,
        standing: watch::Sender<State>,
        mut stop: watch::Receiver<bool>,
    ) -> BoxFuture<'static, Result<(), Ended>> {
        let script = self.0.clone();
        Box::pin(async move {
            script.runs.lock().unwrap().push(Instant::now());
            let act = {
                let mut acts = script.acts.lock().unwrap();
                if acts.len() > 1 { acts.remove(0) } else { acts[0].clone() }
            };
            let up = || standing.send_replace(State { bot: Some("testbot".to_owned()), link: Link::Up });
            match act {
                Act::Serve(after) => {
                    up();
                    stop.wait_for(|stop| *stop).await.unwrap();
                    tokio::time::sleep(after).await;
                    Ok(())
                }
                Act::Fail(after) => {
                    up();
                    tokio::time::sleep(after).await;
                    Err(Ended::Failed("the wire broke".to_owned()))
                }
                Act::Refuse => Err(Ended::Refused("the token is unknown".to_owned())),
                Act::Panic => panic!("a scripted fault"),
                Act::Shared => {
                    standing.send_replace(State { bot: None, link: Link::OtherPoller });
                    script.go_on.notified().await;
                    up();
                    stop.wait_for(|stop| *stop).await.unwrap();
                    Ok(())
                }
                Act::Hang => {
                    up();
                    std::future::pending().await
                }
            }
        })
    }

    fn announce(&self, _: String, _: Reply) -> BoxFuture<'static, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }
}

fn id(account: &str) -> AccountId {
    AccountId { channel: "telegram", account: account.to_owned() }
}

/// Names that no other test claims.
fn unclaimed() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("test/{}/{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn entry(account: &str, script: &Arc<Scripted>, made_of: &str) -> Entry {
    let ready = Ready { made_of: made_of.to_owned(), claim: unclaimed(), channel: Arc::new(Scripts(script.clone())) };
    Entry { id: id(account), name: None, ready: Ok(ready) }
}

fn wanted(entries: impl IntoIterator<Item = Entry>) -> Wanted {
    Wanted { entries: entries.into_iter().collect(), ..Wanted::default() }
}

fn board() -> Board {
    Board::new(Arc::new(SystemClock))
}

/// Waits until the account stands so.
async fn stands(board: &Board, account: &str, wanted: impl Fn(&Link) -> bool) {
    let mut changes = board.changes();
    let as_wanted = |shown: &crate::gateway::board::Shown| {
        shown.lines.iter().any(|line| line.id == id(account) && wanted(&line.standing.link))
    };
    let come = timeout(Duration::from_hours(1), changes.wait_for(as_wanted)).await;
    assert!(come.is_ok(), "{account} does not stand so: {:?}", board.now());
}

fn is_up(link: &Link) -> bool {
    *link == Link::Up
}

fn is_down(link: &Link) -> bool {
    matches!(link, Link::Down(_))
}

#[tokio::test(start_paused = true)]
async fn one_that_breaks_leaves_the_others_alone_and_is_started_again() {
    let board = board();
    let mut supervisor = Supervisor::new(board.clone(), None);
    let good = Scripted::new([Act::Serve(Duration::ZERO)]);
    let bad = Scripted::new([Act::Panic, Act::Fail(Duration::from_secs(3)), Act::Panic, Act::Serve(Duration::ZERO)]);
    let refused = Scripted::new([Act::Refuse]);
    supervisor.follow(&wanted([entry("good", &good, "1"), entry("bad", &bad, "1"), entry("refused", &refused, "1")]));
    stands(&board, "good", is_up).await;
    stands(&board, "refused", |link| matches!(link, Link::Refused(why) if why.contains("unknown"))).await;
    stands(&board, "bad", is_down).await;
    stands(&board, "bad", is_up).await;
    assert!(!board.now().is_ready(), "one is refused");
    while bad.runs() < 4 {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    stands(&board, "bad", is_up).await;
    assert_eq!((good.runs(), refused.runs()), (1, 1), "nobody else was started again");
    assert_eq!(supervisor.stop(Duration::from_secs(10)).await, []);
}

#[tokio::test(start_paused = true)]
async fn it_waits_longer_each_time_and_not_for_ever() {
    let board = board();
    let mut supervisor = Supervisor::new(board.clone(), None);
    let bad = Scripted::new([Act::Fail(Duration::ZERO)]);
    supervisor.follow(&wanted([entry("bad", &bad, "1")]));
    while bad.runs() < 10 {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let runs = bad.runs.lock().unwrap().clone();
    let gaps: Vec<u64> = runs.windows(2).map(|pair| (pair[1] - pair[0]).as_secs()).collect();
    assert_eq!(gaps[..9], [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    drop(supervisor);
}

#[tokio::test(start_paused = true)]
async fn one_that_ran_well_for_long_is_started_again_at_once() {
    let board = board();
    let mut supervisor = Supervisor::new(board.clone(), None);
    let minute = Duration::from_mins(1);
    let bad = Scripted::new([
        Act::Fail(Duration::ZERO),
        Act::Fail(Duration::ZERO),
        Act::Fail(minute * 10),
        Act::Serve(minute),
    ]);
    supervisor.follow(&wanted([entry("bad", &bad, "1")]));
    while bad.runs() < 4 {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let runs = bad.runs.lock().unwrap().clone();
    assert_eq!((runs[3] - runs[2]).as_secs(), 601);
    drop(supervisor);
}

#[tokio::test(start_paused = true)]
async fn what_is_configured_otherwise_is_started_anew_and_what_is_not_is_left_alone() {
    let board = board();
    let mut supervisor = Supervisor::new(board.clone(), None);
    let (one, two, three) = (
        Scripted::new([Act::Serve(Duration::from_secs(2))]),
        Scripted::new([Act::Serve(Duration::ZERO)]),
        Scripted::new([Act::Serve(Duration::ZERO)]),
    );
    let (first, kept) = (entry("one", &one, "token 1"), entry("two", &two, "token 2"));
    let claim = first.ready.clone().ok().unwrap().claim;
    supervisor.follow(&wanted([first, kept.clone()]));
    stands(&board, "one", is_up).await;
    stands(&board, "two", is_up).await;
    assert!(board.now().is_ready());
    // The same bot under another token: the earlier run has to let go of it first.
    let mut changed = entry("one", &three, "token 3");
    if let Ok(ready) = &mut changed.ready {
        ready.claim = claim;
    }
    supervisor.follow(&wanted([changed.clone(), kept.clone()]));
    while three.runs() == 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    stands(&board, "one", is_up).await;
    assert_eq!((one.runs(), two.runs(), three.runs()), (1, 1, 1), "and nothing had to be tried twice");
    supervisor.follow(&wanted([changed]));
    assert_eq!(board.now().lines.len(), 1, "what is no longer configured is not shown");
    assert_eq!(supervisor.stop(Duration::from_secs(10)).await, []);
}

#[tokio::test(start_paused = true)]
async fn one_that_cannot_be_served_any_more_goes_on_as_it_was() {
    let board = board();
    let mut supervisor = Supervisor::new(board.clone(), None);
    let one = Scripted::new([Act::Serve(Duration::ZERO)]);
    let never = Entry { id: id("never"), name: None, ready: Err("it has no token".to_owned()) };
    let good = entry("one", &one, "1");
    supervisor.follow(&wanted([good.clone(), never.clone()]));
    stands(&board, "one", is_up).await;
    stands(&board, "never", |link| *link == Link::Refused("it has no token".to_owned())).await;
    let broken = Entry { ready: Err("the file is gone".to_owned()), ..good.clone() };
    supervisor.follow(&Wanted { trouble: vec!["unreadable".to_owned()], ..wanted([broken, never]) });
    let shown = board.now();
    assert_eq!(shown.lines[0].standing.link, Link::Up);
    assert_eq!(shown.trouble.len(), 2);
    assert!(shown.trouble[1].contains("telegram:one: the file is gone"), "{shown:?}");
    supervisor.follow(&wanted([good]));
    assert_eq!((board.now().trouble.len(), one.runs()), (0, 1), "mended, and never started again");
    assert_eq!(supervisor.stop(Duration::from_secs(1)).await, []);
}

#[tokio::test(start_paused = true)]
async fn the_end_waits_for_what_is_under_way_and_not_for_what_hangs() {
    let board = board();
    let mut supervisor = Supervisor::new(board.clone(), None);
    let slow = Scripted::new([Act::Serve(Duration::from_secs(7))]);
    let hung = Scripted::new([Act::Hang]);
    supervisor.follow(&wanted([entry("slow", &slow, "1"), entry("hung", &hung, "1")]));
    stands(&board, "slow", is_up).await;
    stands(&board, "hung", is_up).await;
    let begun = Instant::now();
    assert_eq!(supervisor.stop(Duration::from_secs(9)).await, [id("hung")]);
    assert_eq!(begun.elapsed().as_secs(), 9);
    assert_eq!(board.now().lines[0].standing.link, Link::Ended);
}

#[tokio::test(start_paused = true)]
async fn another_poller_is_shown_until_it_is_gone() {
    let board = board();
    let mut supervisor = Supervisor::new(board.clone(), None);
    let shared = Scripted::new([Act::Shared]);
    supervisor.follow(&wanted([entry("one", &shared, "1")]));
    stands(&board, "one", |link| *link == Link::OtherPoller).await;
    assert!(board.now().summary().contains("another poller"), "{}", board.now().summary());
    shared.go_on.notify_one();
    stands(&board, "one", is_up).await;
    assert_eq!(board.now().summary(), "telegram:one up as @testbot");
    drop(supervisor);
}

#[cfg(target_os = "linux")]
#[tokio::test(start_paused = true)]
async fn a_bot_that_somebody_else_serves_is_taken_over_when_they_end() {
    let board = board();
    let mut supervisor = Supervisor::new(board.clone(), None);
    let one = Scripted::new([Act::Serve(Duration::ZERO)]);
    let ours = entry("one", &one, "1");
    let claim = Claim::take(&ours.ready.as_ref().ok().unwrap().claim).unwrap();
    supervisor.follow(&wanted([ours]));
    let pid = format!("process {}", std::process::id());
    stands(&board, "one", |link| matches!(link, Link::Down(why) if why.contains(&pid))).await;
    assert_eq!(one.runs(), 0);
    drop(claim);
    stands(&board, "one", is_up).await;
    drop(supervisor);
}
