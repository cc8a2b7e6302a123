#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::atomic::Ordering;
use std::time::Duration;

use modelpin_chat::{BoxFuture, Inbound, Outbox};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::scripted::{Answer, Drawer, Made, Scene, message, press, reply, text_of};
use modelpin_delivery::Link;

const CONFLICT: &str =
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";

fn echo(inbound: Inbound, outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
    Box::pin(async move { outbox.send(reply(&text_of(&inbound))).await.unwrap() })
}

/// A script in which Telegram hands out one batch after the other.
fn batches(batches: Vec<Value>) -> impl Fn(&Made) -> Option<Answer> + Send + Sync + 'static {
    move |made| (made.method == "getUpdates").then(|| batches.get(made.nth).cloned().map(Answer::ok)).flatten()
}

fn offsets(scene: &Scene) -> Vec<Option<u64>> {
    scene.telegram.made("getUpdates").iter().map(|made| made.arguments["offset"].as_u64()).collect()
}

#[tokio::test(start_paused = true)]
async fn it_asks_for_what_it_uses_and_lets_telegram_hold_the_call() {
    let scene = Scene::begin(Drawer::default(), echo, |_| None);
    sleep(Duration::from_secs(70)).await;
    let asked = scene.telegram.made("getUpdates");
    assert_eq!(
        asked[0].arguments,
        json!({"limit": 100, "timeout": 0, "allowed_updates": ["message", "channel_post", "callback_query"]})
    );
    assert_eq!(asked[1].arguments["timeout"], 30);
    assert_eq!(asked.len(), 4, "an idle bot asks twice a minute");
}

#[tokio::test(start_paused = true)]
async fn the_offset_follows_what_came_last_even_when_numbers_begin_anew() {
    let scene = Scene::begin(
        Drawer::with(&[message(8_000, 7, "old")]),
        echo,
        batches(vec![
            json!([message(8_001, 7, "a"), message(8_002, 7, "b")]),
            json!([message(8_003, 7, "c")]),
            json!([]),
            json!([message(17, 7, "a week later")]),
            json!([message(18, 7, "and on")]),
        ]),
    );
    sleep(Duration::from_secs(20)).await;
    assert_eq!(scene.heard(), ["old", "a", "b", "c", "a week later", "and on"]);
    assert_eq!(offsets(&scene), [Some(8_001), Some(8_003), Some(8_004), None, Some(18), Some(19)]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_does_not_block_the_rest() {
    let mut broken = message(2, 7, "lost");
    broken["message"]["chat"] = json!("no chat");
    let batch = json!([message(1, 7, "one"), broken, {"update_id": 3, "unheard_of": {}}, "no update", {"update_id": -4}, message(5, 7, "five")]);
    let scene = Scene::begin(Drawer::default(), echo, batches(vec![batch]));
    sleep(Duration::from_secs(20)).await;
    assert_eq!(scene.heard(), ["one", "five"]);
    assert_eq!(offsets(&scene)[1], Some(6));
    assert_eq!(scene.link(), Link::Up);
}

#[tokio::test(start_paused = true)]
async fn a_batch_without_any_number_is_no_tight_loop() {
    let scene = Scene::begin(Drawer::default(), echo, |made: &Made| {
        (made.method == "getUpdates").then(|| Answer::ok(json!([{"message": "?"}])))
    });
    sleep(Duration::from_mins(10)).await;
    let asked = scene.telegram.made("getUpdates").len();
    assert!(asked < 60, "{asked}");
    assert!(matches!(scene.link(), Link::Down(_)));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_kept_is_not_let_go_and_not_handled() {
    let scene = Scene::begin(Drawer::default(), echo, |made: &Made| {
        let waiting = made.method == "getUpdates" && made.arguments["offset"].as_u64().is_none_or(|offset| offset <= 1);
        waiting.then(|| Answer::ok(json!([message(1, 7, "hello")])).after(Duration::from_secs(1)))
    });
    sleep(Duration::from_millis(500)).await;
    *scene.inbox.failures.lock().unwrap() = 3;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(scene.heard(), [""; 0]);
    assert_eq!(scene.link(), Link::Down("the drawer is stuck".to_owned()));
    sleep(Duration::from_secs(40)).await;
    assert_eq!(scene.heard(), ["hello"], "once");
    assert_eq!(offsets(&scene)[..5], [None, None, None, None, Some(2)]);
}

#[tokio::test(start_paused = true)]
async fn what_must_not_be_written_down_is_dealt_with_before_telegram_forgets_it() {
    fn slowly(inbound: Inbound, outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            sleep(Duration::from_secs(5)).await;
            echo(inbound, outbox).await;
        })
    }
    let batch = json!([message(1, 7, "key sk-test-abc"), message(2, 8, "other")]);
    let scene = Scene::begin(Drawer::default(), slowly, batches(vec![batch.clone(), batch]));
    sleep(Duration::from_secs(20)).await;
    let asked = scene.telegram.made("getUpdates");
    assert!(asked[1].at >= Duration::from_secs(5), "{:?}", asked[1].at);
    assert_eq!(*scene.inbox.kept.lock().unwrap(), [2]);
    assert_eq!(scene.inbox.done(), [2]);
    assert_eq!(scene.heard(), ["key sk-test-abc", "other"], "brought again, they are not handled again");
}

#[tokio::test(start_paused = true)]
async fn one_that_must_not_be_written_down_and_hangs_does_not_silence_the_others() {
    fn stuck(inbound: Inbound, outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            if text_of(&inbound).contains("sk-test-") {
                std::future::pending::<()>().await;
            }
            echo(inbound, outbox).await;
        })
    }
    let scene = Scene::begin(
        Drawer::default(),
        stuck,
        batches(vec![json!([message(1, 7, "sk-test-abc")]), json!([message(2, 8, "other")])]),
    );
    sleep(Duration::from_secs(31)).await;
    assert_eq!(scene.telegram.texts(), ["other"]);
}

#[tokio::test(start_paused = true)]
async fn another_poller_is_waited_for_and_seen_to_go() {
    let gone = Duration::from_mins(1);
    let scene = Scene::begin(Drawer::default(), echo, move |made: &Made| {
        (made.method == "getUpdates" && made.at < gone).then(|| Answer::refused(409, CONFLICT))
    });
    let mut seen = Vec::new();
    while scene.link() != Link::Up {
        sleep(Duration::from_millis(100)).await;
        if seen.last() != Some(&scene.link()) {
            seen.push(scene.link());
        }
        let now = scene.telegram.made("getUpdates").last().map(|made| made.at);
        assert!(now.is_none_or(|now| now < gone + Duration::from_secs(30)), "{now:?}");
    }
    assert_eq!(seen, [Link::OtherPoller, Link::Up]);
    let conflicts = scene.telegram.made("getUpdates").iter().filter(|made| made.at < gone).count();
    assert_eq!(scene.telegram.renewed.load(Ordering::Relaxed), conflicts, "each on a fresh connection");
    assert!(conflicts < 15, "{conflicts}");
}

#[tokio::test(start_paused = true)]
async fn two_that_fight_over_the_updates_are_not_told_to_be_well() {
    // The other one is back four seconds after each time that this one was served.
    let scene = Scene::begin(Drawer::default(), echo, |made: &Made| {
        (made.method == "getUpdates" && made.nth % 3 != 2).then(|| Answer::refused(409, CONFLICT))
    });
    sleep(Duration::from_secs(1)).await;
    for _ in 0..30 {
        sleep(Duration::from_millis(100)).await;
        assert_eq!(scene.link(), Link::OtherPoller);
    }
}

#[tokio::test(start_paused = true)]
async fn a_webhook_that_somebody_set_is_taken_away() {
    let scene = Scene::begin(Drawer::default(), echo, |made: &Made| {
        (made.method == "getUpdates" && made.nth < 2)
            .then(|| Answer::refused(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"))
    });
    sleep(Duration::from_secs(10)).await;
    assert_eq!(scene.telegram.made("deleteWebhook").len(), 3);
    assert_eq!(scene.link(), Link::Up);
}

#[tokio::test(start_paused = true)]
async fn telegram_is_left_alone_as_long_as_it_asks() {
    let scene = Scene::begin(Drawer::default(), echo, |made: &Made| {
        (made.method == "getUpdates" && made.nth == 0).then(|| Answer::busy(77))
    });
    sleep(Duration::from_mins(5)).await;
    let asked = scene.telegram.made("getUpdates");
    assert_eq!(asked[1].at.checked_sub(asked[0].at).unwrap(), Duration::from_secs(77));
}

/// An attempt that is refused costs some 0.2 ms of a processor, and 5 ms where it is as slow as it gets: 1 % of an hour
/// would be 7,200 of those.
#[tokio::test(start_paused = true)]
async fn an_hour_without_a_network_costs_few_attempts_and_ends_by_itself() {
    fn answer(inbound: Inbound, outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
        Box::pin(async move { drop(outbox.send(reply(&text_of(&inbound))).await) })
    }
    const HOUR: Duration = Duration::from_hours(1);
    // Forty people wrote just before.
    let written: Vec<Value> = (1..=40).map(|id| message(id, i64::from(id), "hello")).collect();
    let scene = Scene::with(written, answer, |made: &Made| {
        let is_off = made.at < HOUR && (made.method != "getUpdates" || made.nth > 0) && made.method != "getMe";
        (is_off && made.method != "deleteWebhook").then(Answer::passing)
    });
    sleep(HOUR).await;
    let asked = scene.telegram.made("getUpdates").len();
    let said = scene.telegram.made("sendMessage").len();
    assert!((120..=260).contains(&asked), "{asked}");
    assert!(said > 40 && asked + said <= 1_200, "{asked} and {said}");
    assert!(matches!(scene.link(), Link::Down(_)));
    sleep(Duration::from_secs(31)).await;
    assert_eq!(scene.link(), Link::Up);
}

#[tokio::test(start_paused = true)]
async fn a_press_on_nothing_of_ours_is_answered_and_a_moved_group_is_followed() {
    let mut stray = press(1, 7, "x");
    stray["callback_query"].as_object_mut().unwrap().remove("message");
    let mut moved = message(2, -7, "");
    moved["message"].as_object_mut().unwrap().remove("text");
    moved["message"]["migrate_to_chat_id"] = json!(-1_007);
    let scene = Scene::begin(Drawer::default(), echo, batches(vec![json!([stray, moved, message(3, -7, "hello")])]));
    sleep(Duration::from_secs(5)).await;
    assert_eq!(scene.telegram.made("answerCallbackQuery")[0].arguments, json!({"callback_query_id": "query-1"}));
    assert_eq!(scene.telegram.made("sendMessage")[0].arguments["chat_id"], -1_007);
    assert_eq!(scene.inbox.done(), [3]);
}
