#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use crate::chats::{Chats, ROOM};

#[tokio::test(start_paused = true)]
async fn what_comes_in_a_chat_is_begun_in_order_and_nothing_waits_for_an_end() {
    let chats = Chats::new();
    let begun = Arc::new(Mutex::new(Vec::new()));
    let never = Arc::new(Notify::new());
    for number in 0..200 {
        let (begun, never) = (Arc::clone(&begun), Arc::clone(&never));
        let work = async move {
            begun.lock().unwrap().push(number);
            never.notified().await;
        };
        chats.enter(1, Box::pin(work)).await;
        if number % 7 == 0 {
            tokio::task::yield_now().await;
        }
    }
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(*begun.lock().unwrap(), (0..200).collect::<Vec<_>>());
    assert_eq!(chats.close(Duration::from_secs(1)).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_chat_that_hangs_does_not_hold_up_another_one() {
    let chats = Chats::new();
    let (said, mut heard) = mpsc::unbounded_channel();
    chats.enter(1, Box::pin(std::future::pending())).await;
    chats.enter(2, Box::pin(async move { said.send(()).unwrap() })).await;
    assert_eq!(heard.recv().await, Some(()));
}

#[tokio::test(start_paused = true)]
async fn chats_in_which_nothing_is_under_way_are_forgotten() {
    let chats = Chats::new();
    for chat in 0..1_000 {
        chats.enter(chat, Box::pin(async {})).await;
    }
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(chats.queues.locked().len(), 0);
    chats.enter(0, Box::pin(async {})).await;
    assert!(chats.tasks.lock().unwrap().len() <= 1);
}

#[tokio::test(start_paused = true)]
async fn too_much_at_once_waits_outside() {
    let chats = Chats::new();
    let free = Arc::new(Notify::new());
    for _ in 0..ROOM {
        let free = Arc::clone(&free);
        chats.enter(1, Box::pin(async move { free.notified().await })).await;
    }
    let mut next = Box::pin(chats.enter(2, Box::pin(async {})));
    assert!(tokio::time::timeout(Duration::from_mins(1), &mut next).await.is_err());
    free.notify_one();
    next.await;
}

#[tokio::test(start_paused = true)]
async fn the_end_waits_for_what_is_nearly_done_and_no_longer() {
    let chats = Chats::new();
    let (said, mut heard) = mpsc::unbounded_channel();
    for seconds in [2, 3_600] {
        let said = said.clone();
        let work = async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            said.send(seconds).unwrap();
        };
        chats.enter(i64::try_from(seconds).unwrap(), Box::pin(work)).await;
    }
    drop(said);
    let begin = Instant::now();
    assert_eq!(chats.close(Duration::from_secs(5)).await, 1);
    assert_eq!(begin.elapsed(), Duration::from_secs(5));
    assert_eq!(heard.recv().await, Some(2));
    assert_eq!(heard.recv().await, None, "what was not done is dropped");
}
