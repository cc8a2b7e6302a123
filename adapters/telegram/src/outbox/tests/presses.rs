//! Presses of buttons.

use std::time::Duration;

use modelpin_chat::{BoxFuture, Inbound, Outbox, Placement, Reply};
use serde_json::json;
use tokio::time::sleep;

use crate::scripted::{Answer, Made, Scene, press, reply, text_of};

fn aside(text: &str) -> Reply {
    Reply { placement: Placement::Aside, ..reply(text) }
}

/// What is written on the button is done, after so many milliseconds.
fn act(inbound: Inbound, outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
    Box::pin(async move {
        let token = text_of(&inbound);
        let (what, after) = token.split_once(' ').unwrap();
        sleep(Duration::from_millis(after.parse().unwrap())).await;
        match what {
            "nothing" => {}
            "aside" => outbox.send(aside("not yours")).await.unwrap(),
            "long-aside" => outbox.send(aside(&"x".repeat(300))).await.unwrap(),
            "here" => outbox.send(reply("changed")).await.unwrap(),
            "two" => {
                outbox.send(reply("changed")).await.unwrap();
                outbox.send(reply("and more")).await.unwrap();
            }
            other => unreachable!("{other}"),
        }
    })
}

fn scene(token: &str, script: impl Fn(&Made) -> Option<Answer> + Send + Sync + 'static) -> Scene {
    Scene::with(vec![press(1, 7, token)], act, script)
}

fn answers(scene: &Scene) -> Vec<Made> {
    scene.telegram.made("answerCallbackQuery")
}

#[tokio::test(start_paused = true)]
async fn every_press_is_answered_within_a_second_and_once() {
    for token in
        ["nothing 0", "nothing 5000", "aside 0", "aside 5000", "here 0", "here 5000", "two 300", "long-aside 0"]
    {
        let scene = scene(token, |_| None);
        sleep(Duration::from_secs(10)).await;
        let answers = answers(&scene);
        assert_eq!(answers.len(), 1, "{token}");
        assert!(answers[0].at < Duration::from_secs(1), "{token}: {:?}", answers[0].at);
        assert_eq!(answers[0].arguments["callback_query_id"], "query-1");
    }
}

#[tokio::test(start_paused = true)]
async fn a_remark_in_time_is_an_alert_and_leaves_the_message_alone() {
    let scene = scene("aside 300", |_| None);
    sleep(Duration::from_secs(5)).await;
    let expected = json!({"callback_query_id": "query-1", "text": "not yours", "show_alert": true});
    assert_eq!(answers(&scene)[0].arguments, expected);
    assert!(scene.telegram.made("editMessageText").is_empty());
    assert!(scene.telegram.made("sendMessage").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_remark_that_no_alert_can_hold_is_a_message() {
    for token in ["aside 3000", "long-aside 0"] {
        let scene = scene(token, |_| None);
        sleep(Duration::from_secs(5)).await;
        assert!(answers(&scene)[0].arguments.get("text").is_none());
        assert_eq!(scene.telegram.made("sendMessage").len(), 1, "{token}");
        assert!(scene.telegram.made("editMessageText").is_empty(), "the menu stays for those it is for");
    }
}

#[tokio::test(start_paused = true)]
async fn a_remark_to_a_press_that_is_too_old_is_a_message() {
    let scene = scene("aside 0", |made: &Made| {
        (made.method == "answerCallbackQuery").then(|| {
            Answer::refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        })
    });
    sleep(Duration::from_secs(5)).await;
    assert_eq!(answers(&scene).len(), 1);
    assert_eq!(scene.telegram.texts(), ["not yours", "not yours"]);
    assert_eq!(scene.telegram.made("sendMessage").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_first_reply_takes_the_place_of_the_pressed_message() {
    let scene = scene("two 0", |_| None);
    sleep(Duration::from_secs(5)).await;
    let edits = scene.telegram.made("editMessageText");
    assert_eq!(edits.len(), 1);
    assert_eq!(edits[0].arguments["message_id"], 500);
    assert_eq!(edits[0].arguments["text"], "changed");
    let sent = scene.telegram.made("sendMessage");
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].arguments["text"], "and more");
}

#[tokio::test(start_paused = true)]
async fn where_the_pressed_message_cannot_change_a_new_one_comes() {
    for words in ["Bad Request: message to edit not found", "Bad Request: message can't be edited"] {
        let scene =
            scene("here 0", move |made: &Made| (made.method == "editMessageText").then(|| Answer::refused(400, words)));
        sleep(Duration::from_secs(5)).await;
        assert_eq!(scene.telegram.texts(), ["changed", "changed"]);
        assert_eq!(scene.telegram.made("sendMessage").len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_menu_that_looks_the_same_is_well_as_it_is() {
    let scene = scene("here 0", |made: &Made| {
        let words =
            "Bad Request: message is not modified: specified new message content and reply markup are exactly the same";
        (made.method == "editMessageText").then(|| Answer::refused(400, words))
    });
    sleep(Duration::from_secs(5)).await;
    assert_eq!(scene.telegram.texts(), ["changed"]);
    assert_eq!(scene.inbox.left(), [0; 0]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_lost_on_the_way_is_given_again() {
    let scene =
        scene("here 0", |made: &Made| (made.method == "answerCallbackQuery" && made.nth == 0).then(Answer::passing));
    sleep(Duration::from_secs(5)).await;
    assert_eq!(answers(&scene).len(), 2);
    assert!(answers(&scene)[1].at < Duration::from_secs(1));
}
