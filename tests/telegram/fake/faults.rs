//! What goes wrong on the way.

use std::time::Duration;

use serde_json::json;

use crate::support::telegram::{Fault, Outcome, Storm};
use crate::telegram::fake::rig::Rig;

#[tokio::test]
async fn a_fault_is_met_as_often_as_it_was_arranged() {
    let rig = Rig::new();
    rig.fake.limits(None);
    let hello = json!({"chat_id": 42, "text": "x"});
    rig.fake.fails("sendMessage", Fault::Status(502), 2);
    for status in [502, 502, 200] {
        assert_eq!(rig.ask("sendMessage", hello.clone()).await.0, status);
    }
    rig.fake.fails("sendMessage", Fault::RetryAfter(7), 1);
    let (status, answer) = rig.ask("sendMessage", hello.clone()).await;
    assert_eq!((status, &answer["parameters"]["retry_after"]), (429, &json!(7)));
    // Who does not wait is refused on.
    assert_eq!(rig.ask("sendMessage", hello.clone()).await.0, 429);
    assert_eq!(rig.fake.impatience(), 1);
    rig.fake.advance(Duration::from_secs(7));
    assert_eq!(rig.ask("sendMessage", hello).await.0, 200);
    assert_eq!(rig.fake.answers(rig.dm).len(), 2);
}

#[tokio::test]
async fn a_connection_is_dropped_before_or_after() {
    let rig = Rig::new();
    let send = || rig.http.post(rig.url("sendMessage")).json(&json!({"chat_id": 42, "text": "x"})).send();
    rig.fake.fails("sendMessage", Fault::CutBefore, 1);
    assert!(send().await.is_err());
    assert_eq!(rig.fake.answers(rig.dm).len(), 0);
    rig.fake.fails("*", Fault::CutAfter, 1);
    assert!(send().await.is_err());
    assert_eq!(rig.fake.answers(rig.dm).len(), 1);
    rig.fake.fails("sendMessage", Fault::HalfJson, 1);
    assert!(send().await.unwrap().json::<serde_json::Value>().await.is_err());
    rig.fake.fails("sendMessage", Fault::Page(504), 1);
    assert_eq!(send().await.unwrap().status().as_u16(), 504);
    let outcomes: Vec<Option<Outcome>> = rig.fake.calls().into_iter().map(|call| call.outcome).collect();
    assert_eq!(
        outcomes,
        [
            Some(Outcome::Cut { done: false }),
            Some(Outcome::Cut { done: true }),
            Some(Outcome::Spoilt { done: true }),
            Some(Outcome::Spoilt { done: false }),
        ]
    );
    assert_eq!(rig.fake.faults_met().len(), 4);
}

#[tokio::test]
async fn offline_cuts_off_who_waits_and_refuses_who_comes() {
    let rig = Rig::new();
    let waiting = rig.http.post(rig.url("getUpdates")).json(&json!({"timeout": 50})).send();
    let (waiting, ()) = tokio::join!(waiting, async {
        rig.fake.until("a poll", || (!rig.fake.calls().is_empty()).then_some(())).await;
        rig.fake.offline();
    });
    assert!(waiting.is_err());
    let refused = rig.http.post(rig.url("getMe")).send().await;
    assert!(refused.unwrap_err().is_connect());
    rig.fake.online();
    rig.done("getMe", json!({})).await;
}

#[tokio::test]
async fn a_late_answer_comes_when_its_time_has_come() {
    let rig = Rig::new();
    rig.fake.hold_time();
    rig.fake.fails("getMe", Fault::Late(Duration::from_secs(30)), 1);
    let (me, ()) = tokio::join!(rig.ask("getMe", json!({})), async {
        rig.fake.until("the request", || (!rig.fake.calls().is_empty()).then_some(())).await;
        assert_eq!(rig.fake.calls()[0].outcome, None);
        rig.fake.advance(Duration::from_secs(30));
    });
    assert_eq!(me.0, 200);
}

#[tokio::test]
async fn a_storm_is_the_same_each_time() {
    let mut seen = Vec::new();
    for _ in 0..2 {
        let rig = Rig::new();
        rig.fake.limits(None);
        rig.fake.storm(Storm { seed: 7, percent: 60 });
        for _ in 0..40 {
            let sent =
                rig.http.post(rig.url("sendChatAction")).json(&json!({"chat_id": 42, "action": "typing"})).send();
            // Late answers come when time goes by.
            let (_, ()) = tokio::join!(sent, async { rig.fake.advance(Duration::from_secs(2)) });
        }
        rig.fake.calm();
        assert_eq!(rig.ask("getMe", json!({})).await.0, 200);
        seen.push(rig.fake.faults_met());
    }
    assert_eq!(seen[0], seen[1]);
    assert!((10..40).contains(&seen[0].len()), "{}", seen[0].len());
}

#[tokio::test]
async fn what_is_no_update_comes_in_its_turn() {
    let rig = Rig::new();
    rig.ann.says(rig.dm, "before");
    let odd = rig.fake.injects(&rig.bot, json!({"message": {"some": "fields are missing"}}));
    rig.ann.says(rig.dm, "after");
    let updates = rig.updates(0).await;
    assert_eq!(updates.len(), 3);
    assert_eq!(updates[1], json!({"update_id": odd, "message": {"some": "fields are missing"}}));
}

#[tokio::test]
async fn a_secret_in_a_request_is_found_and_the_token_in_the_path_is_not() {
    let rig = Rig::new();
    let secret = "sk-test-planted-in-a-message-0123456789";
    assert_eq!(rig.fake.leaks(&[secret, crate::telegram::fake::rig::TOKEN]), None);
    rig.sends("nothing of it").await;
    assert_eq!(rig.fake.leaks(&[secret, crate::telegram::fake::rig::TOKEN]), None);
    rig.sends(&format!("here it is: {secret}")).await;
    let found = rig.fake.leaks(&[secret]).unwrap();
    assert!(found.starts_with("sendMessage at") && found.ends_with("secret 0 as it is"), "{found}");
}
