//! Several machines that share a state.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use modelpin_chat::BoxFuture;
use modelpin_delivery::Link;
use tokio::time::Instant;

use super::{Act, Scripted, board, entry, is_up, stands, wanted};
use crate::gateway::board::Board;
use crate::gateway::lease::Leases;
use crate::gateway::supervisor::Supervisor;
use crate::store::{LeaseTable, Memory, StoreFault};

/// Each stands for a machine.
fn of_machines<const N: usize>(table: &Arc<Memory>) -> [(Board, Supervisor); N] {
    std::array::from_fn(|machine| {
        let (board, number) = (board(), u32::try_from(machine).unwrap());
        (board.clone(), Supervisor::new(board, Some(Leases::new(table.clone(), number))))
    })
}

#[tokio::test(start_paused = true)]
async fn of_machines_that_share_a_state_one_serves_a_bot_and_another_takes_over() {
    let table = Arc::new(Memory::new());
    let [(first, mut one), (second, mut two), (third, mut three)] = of_machines(&table);
    let bot = Scripted::new([Act::Serve(Duration::from_secs(1))]);
    let same = entry("bot", &bot, "1");
    one.follow(&wanted([same.clone()]));
    stands(&first, "bot", is_up).await;
    two.follow(&wanted([same.clone()]));
    let stands_by = |link: &Link| matches!(link, Link::Standby(why) if why.contains("(00000000) serves it"));
    stands(&second, "bot", stands_by).await;
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert_eq!(bot.runs(), 1, "it is served for as long as that works");
    assert!(second.now().is_ready(), "one that stands by is as it should be");
    // Killed: nobody lets go of anything.
    let killed = Instant::now();
    drop(one);
    stands(&second, "bot", is_up).await;
    assert!(killed.elapsed() <= Duration::from_secs(30), "{:?}", killed.elapsed());
    three.follow(&wanted([same.clone()]));
    stands(&third, "bot", |link| matches!(link, Link::Standby(_))).await;
    // Told to end, it lets go, when what was under way has come to its end.
    let ended = Instant::now();
    assert_eq!(two.stop(Duration::from_secs(10)).await, []);
    stands(&third, "bot", is_up).await;
    assert!(ended.elapsed() <= Duration::from_secs(6), "{:?}", ended.elapsed());
    // The end does not have to wait for a bot that somebody else serves.
    let [(fourth, mut four)] = of_machines(&table);
    four.follow(&wanted([same]));
    stands(&fourth, "bot", |link| matches!(link, Link::Standby(_))).await;
    assert_eq!(four.stop(Duration::from_secs(1)).await, []);
    assert_eq!(bot.runs(), 3);
}

#[tokio::test(start_paused = true)]
async fn who_has_lost_a_bot_to_another_machine_lets_go_of_it() {
    let table = Arc::new(Memory::new());
    let [(board, mut supervisor)] = of_machines(&table);
    let bot = Scripted::new([Act::Hang]);
    let ours = entry("bot", &bot, "1");
    let name = format!("serve:{}", ours.ready.as_ref().ok().unwrap().claim);
    supervisor.follow(&wanted([ours]));
    stands(&board, "bot", is_up).await;
    // As when it was not heard of for long: somebody else has taken it meanwhile.
    let holder = table.take_lease(&name, "x", Duration::ZERO).await.unwrap().unwrap();
    table.end_lease(&name, &holder).await.unwrap();
    assert_eq!(table.take_lease(&name, "process 1 on another", Duration::from_mins(1)).await.unwrap(), None);
    stands(&board, "bot", |link| matches!(link, Link::Down(why) if why.contains("another serves it now"))).await;
    stands(&board, "bot", |link| matches!(link, Link::Standby(_))).await;
    stands(&board, "bot", is_up).await;
    assert_eq!(bot.runs(), 2);
}

/// A database that can be away.
struct Tether {
    table: Memory,
    is_away: AtomicBool,
}

impl LeaseTable for Tether {
    fn take_lease<'a>(
        &'a self,
        name: &'a str,
        holder: &'a str,
        lasting: Duration,
    ) -> BoxFuture<'a, Result<Option<String>, StoreFault>> {
        if self.is_away.load(Ordering::Relaxed) {
            let fault = StoreFault::Away { path: "postgres://db.example/bot".into(), why: "no route".to_owned() };
            return Box::pin(async move { Err(fault) });
        }
        self.table.take_lease(name, holder, lasting)
    }

    fn end_lease<'a>(&'a self, name: &'a str, holder: &'a str) -> BoxFuture<'a, Result<(), StoreFault>> {
        self.table.end_lease(name, holder)
    }
}

/// Another machine may be at work that can reach it. Who is at work already goes on, and tells people what is the matter.
#[tokio::test(start_paused = true)]
async fn who_cannot_tell_whether_another_machine_serves_a_bot_does_not_begin() {
    let table = Arc::new(Tether { table: Memory::new(), is_away: AtomicBool::new(true) });
    let board = board();
    let mut supervisor = Supervisor::new(board.clone(), Some(Leases::new(table.clone(), 0)));
    let bot = Scripted::new([Act::Serve(Duration::from_secs(1))]);
    supervisor.follow(&wanted([entry("bot", &bot, "1")]));
    let is_untold = |link: &Link| matches!(link, Link::Down(why) if why.ends_with("cannot be reached: no route"));
    stands(&board, "bot", is_untold).await;
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert_eq!(bot.runs(), 0);
    table.is_away.store(false, Ordering::Relaxed);
    stands(&board, "bot", is_up).await;
    table.is_away.store(true, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert_eq!((bot.runs(), board.now().is_ready()), (1, true));
}
