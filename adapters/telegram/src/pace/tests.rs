#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;
use std::time::Duration;

use rstest::rstest;
use tokio::time::Instant;

use crate::pace::Pace;

const PERSON: i64 = 7;
const GROUP: i64 = -7;

/// When each of `count` calls was let through, one turn each.
async fn admissions(pace: &Pace, chat: i64, count: usize) -> Vec<Duration> {
    let begin = Instant::now();
    let mut at = Vec::new();
    for _ in 0..count {
        pace.turn(chat).await.admitted().await;
        at.push(begin.elapsed());
    }
    at
}

/// The most that lie within `window` of each other.
fn densest(at: &[Duration], window: Duration) -> usize {
    (0..at.len())
        .map(|from| at[from..].iter().take_while(|later| **later < at[from] + window).count())
        .max()
        .unwrap_or(0)
}

#[rstest]
#[case(PERSON, Duration::from_secs(10), 13)]
#[case(GROUP, Duration::from_secs(60), 20)]
#[tokio::test(start_paused = true)]
async fn a_chat_is_never_spoken_in_faster_than_telegram_allows(
    #[case] chat: i64,
    #[case] window: Duration,
    #[case] most: usize,
) {
    let at = admissions(&Pace::new(), chat, 60).await;
    assert!(densest(&at, window) <= most, "{at:?}");
    assert!(at[2] < Duration::from_millis(200), "a short burst goes out at once: {at:?}");
}

#[tokio::test(start_paused = true)]
async fn an_account_never_speaks_faster_than_telegram_allows() {
    let pace = Arc::new(Pace::new());
    let begin = Instant::now();
    let all = (1..=200).map(|chat| {
        let pace = Arc::clone(&pace);
        tokio::spawn(async move {
            pace.turn(chat).await.admitted().await;
            begin.elapsed()
        })
    });
    let mut at = Vec::new();
    for one in all.collect::<Vec<_>>() {
        at.push(one.await.unwrap());
    }
    at.sort_unstable();
    assert!(densest(&at, Duration::from_secs(1)) <= 30, "{at:?}");
    assert!(*at.last().unwrap() < Duration::from_secs(9), "no more than needed: {at:?}");
}

#[tokio::test(start_paused = true)]
async fn turns_come_in_the_order_in_which_they_were_asked_for() {
    let pace = Arc::new(Pace::new());
    let first = pace.turn(PERSON).await;
    let (said, mut heard) = tokio::sync::mpsc::unbounded_channel();
    for number in 0..20 {
        let (pace, said) = (Arc::clone(&pace), said.clone());
        tokio::spawn(async move {
            let turn = pace.turn(PERSON).await;
            turn.admitted().await;
            said.send(number).unwrap();
        });
        tokio::task::yield_now().await;
    }
    drop((first, said));
    let mut order = Vec::new();
    while let Some(number) = heard.recv().await {
        order.push(number);
    }
    assert_eq!(order, (0..20).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn what_may_be_left_out_never_delays_what_may_not() {
    for chat in [PERSON, GROUP] {
        let pace = Pace::new();
        let mut drafts = 0;
        for round in 0..500 {
            if let Some(turn) = pace.chance(chat) {
                drop(turn);
                drafts += 1;
            }
            if round % 97 == 0 {
                let asked = Instant::now();
                pace.turn(chat).await.admitted().await;
                assert_eq!(asked.elapsed(), Duration::ZERO, "round {round}");
            }
            tokio::time::advance(Duration::from_millis(100)).await;
        }
        assert!(drafts > 5, "{drafts}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_chat_that_is_to_wait_waits_and_others_go_on() {
    let pace = Pace::new();
    assert_eq!(pace.asked_to_wait(PERSON, Duration::from_secs(30)), 1);
    assert!(pace.chance(PERSON).is_none());
    assert!(!pace.has_room(PERSON));
    assert!(pace.has_room(PERSON + 1));
    assert_eq!(admissions(&pace, PERSON + 1, 1).await, [Duration::ZERO]);
    assert_eq!(admissions(&pace, PERSON, 1).await, [Duration::from_secs(30)]);
    assert_eq!(pace.asked_to_wait(GROUP, Duration::from_secs(1)), 2);
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_is_taken_leaves_no_chance() {
    let pace = Pace::new();
    let turn = pace.turn(PERSON).await;
    assert!(pace.chance(PERSON).is_none());
    drop(turn);
    assert!(pace.chance(PERSON).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_group_that_moved_is_followed() {
    let pace = Pace::new();
    pace.moved(GROUP, -1_001);
    assert_eq!(pace.whereabouts(GROUP), -1_001);
    let _turn = pace.turn(GROUP).await;
    assert!(pace.chance(-1_001).is_none(), "it is the same lane");
}

#[tokio::test(start_paused = true)]
async fn chats_that_nothing_is_to_be_known_of_are_forgotten() {
    let pace = Pace::new();
    pace.asked_to_wait(1, Duration::from_secs(100_000));
    for chat in 2..5_000 {
        let _ = pace.chance(chat);
        tokio::time::advance(Duration::from_millis(1_100)).await;
    }
    let remembered = pace.locked().lanes.len();
    assert!(remembered <= crate::pace::ROOM, "{remembered}");
    assert!(pace.lane(1).is_held(), "what is held is remembered");
}

#[tokio::test(start_paused = true)]
async fn asking_for_what_there_is_no_room_for_costs_nothing() {
    let pace = Pace::new();
    let begin = Instant::now();
    // Drafts in many chats, each looking four times a second.
    while begin.elapsed() < Duration::from_secs(10) {
        for chat in 1..=20 {
            let _ = pace.chance(-chat);
        }
        tokio::time::advance(Duration::from_millis(250)).await;
    }
    assert_eq!(admissions(&pace, PERSON, 1).await, [Duration::ZERO]);
    assert!(pace.account.left() >= 1, "the account is not used up");
}
