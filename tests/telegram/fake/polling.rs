//! Asking for updates.

use std::time::Duration;

use serde_json::{Value, json};

use crate::telegram::fake::rig::Rig;

fn ids(updates: &[Value]) -> Vec<i64> {
    updates.iter().map(|update| update["update_id"].as_i64().unwrap()).collect()
}

fn texts(updates: &[Value]) -> Vec<&str> {
    updates.iter().map(|update| update["message"]["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_offset_confirms_what_is_before_it_for_ever() {
    let rig = Rig::new();
    for text in ["a", "b", "c", "d"] {
        rig.ann.says(rig.dm, text);
    }
    let all = rig.updates(0).await;
    assert_eq!(texts(&all), ["a", "b", "c", "d"]);
    assert_eq!(texts(&rig.updates(0).await), ["a", "b", "c", "d"]);
    let numbers = ids(&all);
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
    assert_eq!(texts(&rig.updates(numbers[2]).await), ["c", "d"]);
    assert_eq!(rig.fake.confirmed(&rig.bot), numbers[1]);
    assert_eq!(texts(&rig.updates(0).await), ["c", "d"]);
    assert_eq!(texts(&rig.updates(-1).await), ["d"]);
    assert_eq!(texts(&rig.updates(0).await), ["d"]);
    assert_eq!(rig.updates(numbers[3] + 1).await, [json!(null); 0]);
    assert_eq!(rig.fake.waiting(&rig.bot), 0);
}

#[tokio::test]
async fn so_many_come_at_once_as_were_asked_for() {
    let rig = Rig::new();
    for number in 0..120 {
        rig.ann.says(rig.dm, &number.to_string());
    }
    assert_eq!(rig.updates(0).await.len(), 100);
    let two = rig.done("getUpdates", json!({"limit": 2})).await;
    assert_eq!(texts(two.as_array().unwrap()), ["0", "1"]);
}

#[tokio::test]
async fn a_request_waits_for_what_comes_and_ends_without_it() {
    let rig = Rig::new();
    let waiting = rig.done("getUpdates", json!({"timeout": 50}));
    let (updates, ()) = tokio::join!(waiting, async {
        rig.fake.until("a poll", || (!rig.fake.calls_of("getUpdates").is_empty()).then_some(())).await;
        rig.ann.says(rig.dm, "at last");
    });
    assert_eq!(texts(updates.as_array().unwrap()), ["at last"]);
    let offset = ids(updates.as_array().unwrap())[0] + 1;
    let before = rig.fake.now();
    let waiting = rig.done("getUpdates", json!({"timeout": 50, "offset": offset}));
    let (updates, ()) = tokio::join!(waiting, async {
        rig.fake.until("a poll", || (rig.fake.calls_of("getUpdates").len() == 2).then_some(())).await;
        rig.fake.advance(Duration::from_secs(50));
    });
    assert_eq!(updates, json!([]));
    assert!(rig.fake.now().checked_sub(before).unwrap() >= Duration::from_secs(50));
}

#[tokio::test]
async fn who_asks_meanwhile_ends_what_waits() {
    let rig = Rig::new();
    let first = rig.ask("getUpdates", json!({"timeout": 50}));
    let (first, second) = tokio::join!(first, async {
        rig.fake.until("a poll", || (!rig.fake.calls_of("getUpdates").is_empty()).then_some(())).await;
        rig.ask("getUpdates", json!({})).await
    });
    let conflict = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
    assert_eq!((first.0, &first.1["description"]), (409, &json!(conflict)));
    assert_eq!(second.0, 200);
    rig.fake.another_poller(&rig.bot, 2);
    for status in [409, 409, 200] {
        assert_eq!(rig.ask("getUpdates", json!({})).await.0, status);
    }
}

#[tokio::test]
async fn only_the_kinds_that_were_asked_for_come() {
    let rig = Rig::new();
    rig.done("getUpdates", json!({"allowed_updates": ["edited_message"]})).await;
    let message = rig.ann.says(rig.dm, "a");
    rig.ann.edits(rig.dm, message, "b");
    let updates = rig.updates(0).await;
    assert_eq!(updates.len(), 1);
    assert_eq!(updates[0]["edited_message"]["text"], "b");
    // An empty list is what is usual.
    rig.done("getUpdates", json!({"allowed_updates": []})).await;
    rig.ann.says(rig.dm, "c");
    assert_eq!(rig.updates(0).await.len(), 2);
}

#[tokio::test]
async fn each_bot_has_a_queue_of_its_own() {
    let rig = Rig::new();
    let other = rig.fake.bot("654321:TEST-second-of-the-fake", "second_bot");
    let dm = rig.fake.private(&rig.ann, &other);
    rig.ann.says(dm, "to the second");
    assert_eq!((rig.fake.waiting(&rig.bot), rig.fake.waiting(&other)), (0, 1));
    // In private, numbers of messages are counted for each bot.
    assert_eq!((rig.ann.says(rig.dm, "to the first"), rig.ann.says(dm, "again")), (1, 2));
}
