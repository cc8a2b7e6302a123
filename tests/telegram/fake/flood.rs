//! How fast a bot may write.

use std::time::Duration;

use serde_json::{Value, json};

use crate::telegram::fake::rig::Rig;

async fn send(rig: &Rig, chat: i64) -> (u16, Value) {
    rig.ask("sendMessage", json!({"chat_id": chat, "text": "x"})).await
}

#[tokio::test]
async fn a_chat_takes_one_message_a_second_and_a_few_at_once() {
    let rig = Rig::new();
    rig.fake.hold_time();
    for _ in 0..5 {
        assert_eq!(send(&rig, 42).await.0, 200);
    }
    let (status, answer) = send(&rig, 42).await;
    assert_eq!(status, 429);
    assert_eq!(answer["description"], "Too Many Requests: retry after 1");
    assert_eq!(answer["parameters"]["retry_after"], 1);
    assert_eq!((rig.fake.overruns(), rig.fake.impatience()), (1, 0));
    assert_eq!(send(&rig, 42).await.0, 429);
    assert_eq!((rig.fake.overruns(), rig.fake.impatience()), (1, 1));
    // Other chats are free.
    assert_eq!(send(&rig, rig.group.chat).await.0, 200);
    for _ in 0..5 {
        rig.fake.advance(Duration::from_secs(1));
        assert_eq!(send(&rig, 42).await.0, 200);
    }
}

#[tokio::test]
async fn edits_count_and_typing_does_not() {
    let rig = Rig::new();
    rig.fake.hold_time();
    let message = rig.sends("0").await;
    for text in ["1", "2", "3", "4"] {
        rig.done("editMessageText", json!({"chat_id": 42, "message_id": message, "text": text})).await;
    }
    let (status, _) = rig.ask("editMessageText", json!({"chat_id": 42, "message_id": message, "text": "5"})).await;
    assert_eq!(status, 429);
    rig.done("sendChatAction", json!({"chat_id": 42, "action": "typing"})).await;
    assert_eq!(rig.fake.shown(rig.dm, message).former, ["0", "1", "2", "3"]);
}

#[tokio::test]
async fn a_group_takes_twenty_in_a_minute() {
    let rig = Rig::new();
    rig.fake.hold_time();
    for _ in 0..20 {
        rig.fake.advance(Duration::from_secs(1));
        assert_eq!(send(&rig, rig.group.chat).await.0, 200);
    }
    rig.fake.advance(Duration::from_secs(1));
    let (status, answer) = send(&rig, rig.group.chat).await;
    assert_eq!((status, &answer["parameters"]["retry_after"]), (429, &json!(40)));
    rig.fake.advance(Duration::from_secs(40));
    assert_eq!(send(&rig, rig.group.chat).await.0, 200);
}

#[tokio::test]
async fn all_chats_together_take_thirty_a_second() {
    let rig = Rig::new();
    rig.fake.hold_time();
    for id in 100..130 {
        rig.fake.private(&rig.fake.person(id, "One of many"), &rig.bot);
        assert_eq!(send(&rig, id).await.0, 200);
    }
    assert_eq!(send(&rig, 42).await.0, 429);
}
