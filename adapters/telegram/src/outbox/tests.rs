#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod drafts;
mod presses;
mod withdrawals;

use std::time::Duration;

use modelpin_chat::{BoxFuture, Inbound, Outbox};
use rstest::rstest;
use serde_json::json;
use tokio::time::sleep;

use crate::scripted::{Answer, Made, Scene, message, reply, text_of};

/// Says what was said, and what became of that.
fn echo(inbound: Inbound, outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
    Box::pin(async move {
        if let Err(fault) = outbox.send(reply(&text_of(&inbound))).await {
            assert!(fault.0.starts_with("Telegram did not take the message: "), "{fault}");
        }
    })
}

fn sends(scene: &Scene) -> Vec<Made> {
    scene.telegram.made("sendMessage")
}

fn on_send(
    answer: impl Fn(&Made) -> Option<Answer> + Send + Sync + 'static,
) -> impl Fn(&Made) -> Option<Answer> + Send + Sync {
    move |made: &Made| if made.method == "sendMessage" { answer(made) } else { None }
}

#[tokio::test(start_paused = true)]
async fn a_reply_in_private_is_a_message_and_nothing_more() {
    let scene = Scene::with(vec![message(1, 7, "a <b> & c")], echo, |_| None);
    sleep(Duration::from_millis(20)).await;
    let expected = json!({
        "chat_id": 7,
        "text": "a &lt;b&gt; &amp; c",
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": true},
    });
    assert_eq!(sends(&scene)[0].arguments, expected);
}

#[tokio::test(start_paused = true)]
async fn a_reply_in_a_group_goes_to_the_topic_and_names_what_it_answers() {
    let mut topic = message(1, -7, "hello");
    topic["message"]["is_topic_message"] = json!(true);
    topic["message"]["message_thread_id"] = json!(33);
    topic["message"]["chat"]["is_forum"] = json!(true);
    let mut general = message(2, -7, "hello");
    general["message"]["chat"]["is_forum"] = json!(true);
    let scene = Scene::with(vec![topic, general], echo, |_| None);
    sleep(Duration::from_secs(1)).await;
    let sent = sends(&scene);
    assert_eq!(sent[0].arguments["message_thread_id"], 33);
    assert_eq!(sent[0].arguments["reply_parameters"], json!({"message_id": 1, "allow_sending_without_reply": true}));
    assert!(sent[1].arguments.get("message_thread_id").is_none(), "Telegram refuses the number of General");
    assert_eq!(sent[1].arguments["reply_parameters"]["message_id"], 2);
}

#[tokio::test(start_paused = true)]
async fn where_telegram_asks_to_wait_the_chat_waits_in_order_and_others_go_on() {
    let updates = (1..=6).map(|n| message(n, if n % 2 == 0 { 7 } else { 8 }, &n.to_string())).collect();
    let scene = Scene::with(
        updates,
        echo,
        on_send(|made| (made.arguments["chat_id"] == 7 && made.at < Duration::from_secs(30)).then(|| Answer::busy(30))),
    );
    sleep(Duration::from_mins(1)).await;
    let in_chat = |chat: i64| -> Vec<(String, u64)> {
        let text = |made: Made| (made.arguments["text"].as_str().unwrap().to_owned(), made.at.as_secs());
        sends(&scene).into_iter().filter(|made| made.arguments["chat_id"] == chat).map(text).collect()
    };
    assert_eq!(
        in_chat(8).iter().map(|(text, at)| (text.as_str(), *at)).collect::<Vec<_>>(),
        [("1", 0), ("3", 0), ("5", 0)]
    );
    let said: Vec<String> = in_chat(7).into_iter().map(|(text, _)| text).collect();
    assert_eq!(said, ["2", "2", "4", "6"], "the first one once more, then the others");
    assert_eq!(in_chat(7)[1].1, 30);
    assert_eq!(scene.inbox.left(), [0; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_was_not_answered_is_sent_again_and_later_ones_wait() {
    let updates = vec![message(1, 7, "first"), message(2, 7, "second")];
    let scene = Scene::with(updates, echo, on_send(|made| (made.nth < 4).then(Answer::passing)));
    sleep(Duration::from_mins(1)).await;
    assert_eq!(scene.telegram.texts(), ["first", "first", "first", "first", "first", "second"]);
}

#[tokio::test(start_paused = true)]
async fn a_message_is_given_up_when_telegram_is_gone_for_minutes() {
    fn tell(_: Inbound, outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let fault = outbox.send(reply("lost")).await.unwrap_err();
            assert_eq!(fault.0, "Telegram did not take the message: the line is dead; it was tried for 5 minutes");
        })
    }
    let scene = Scene::with(vec![message(1, 7, "x")], tell, on_send(|_| Some(Answer::passing())));
    sleep(Duration::from_secs(299)).await;
    assert_eq!(scene.inbox.left(), [1]);
    sleep(Duration::from_secs(40)).await;
    assert_eq!(scene.inbox.left(), [0; 0], "{:?}", sends(&scene).last());
    assert!(sends(&scene).len() < 25);
}

#[tokio::test(start_paused = true)]
async fn waiting_that_telegram_asks_for_is_no_reason_to_give_up() {
    let scene = Scene::with(
        vec![message(1, 7, "patient")],
        echo,
        on_send(|made| match made.at.as_secs() {
            240..300 => Some(Answer::busy(100)),
            0..600 => Some(Answer::passing()),
            _ => None,
        }),
    );
    sleep(Duration::from_secs(700)).await;
    assert!(sends(&scene).last().unwrap().at >= Duration::from_mins(10));
    assert_eq!(scene.inbox.left(), [0; 0]);
}

#[rstest]
#[case(403, "Forbidden: bot was blocked by the user")]
#[case(403, "Forbidden: bot was kicked from the supergroup chat")]
#[case(400, "Bad Request: chat not found")]
#[case(400, "Bad Request: message thread not found")]
#[tokio::test(start_paused = true)]
async fn what_telegram_will_never_take_is_given_up_at_once(#[case] code: u16, #[case] words: &'static str) {
    let scene = Scene::with(
        vec![message(1, 7, "x"), message(2, 8, "y")],
        echo,
        on_send(move |made| (made.arguments["chat_id"] == 7).then(|| Answer::refused(code, words))),
    );
    sleep(Duration::from_secs(1)).await;
    assert_eq!(scene.telegram.texts(), ["x", "y"]);
    assert_eq!(scene.inbox.left(), [0; 0]);
}

#[tokio::test(start_paused = true)]
async fn marks_that_telegram_does_not_understand_are_left_away_once() {
    let refuse = |made: &Made| {
        made.arguments
            .get("parse_mode")
            .map(|_| Answer::refused(400, "Bad Request: can't parse entities: Unsupported start tag"))
    };
    let scene = Scene::with(vec![message(1, 7, "a & b")], echo, on_send(refuse));
    sleep(Duration::from_secs(5)).await;
    assert_eq!(scene.telegram.texts(), ["a &amp; b", "a & b"]);
}

#[tokio::test(start_paused = true)]
async fn a_group_that_has_moved_is_answered_where_it_is_now() {
    let moved =
        |made: &Made| (made.arguments["chat_id"] == -7).then(|| Answer::fault(crate::api::Fault::Moved(-1_007)));
    let scene = Scene::with(vec![message(1, -7, "one"), message(2, -7, "two")], echo, on_send(moved));
    sleep(Duration::from_secs(10)).await;
    let chats: Vec<_> = sends(&scene).iter().map(|made| made.arguments["chat_id"].as_i64().unwrap()).collect();
    assert_eq!(chats, [-7, -1_007, -1_007]);
    assert!(sends(&scene)[1].arguments.get("reply_parameters").is_none(), "its messages have other numbers there");
}

#[tokio::test(start_paused = true)]
async fn the_sign_of_writing_is_shown_again_until_the_answer_is_there() {
    fn think(_: Inbound, outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            outbox.typing().await;
            sleep(Duration::from_secs(20)).await;
            outbox.send(reply("done")).await.unwrap();
            sleep(Duration::from_mins(1)).await;
        })
    }
    let scene = Scene::with(vec![message(1, 7, "x")], think, |_| None);
    sleep(Duration::from_secs(100)).await;
    let shown = scene.telegram.made("sendChatAction");
    assert_eq!(shown.len(), 5, "{shown:?}");
    assert_eq!(shown[0].at, Duration::ZERO + shown[0].at.min(Duration::from_millis(20)), "at once");
    assert_eq!(shown[0].arguments, json!({"chat_id": 7, "action": "typing"}));
}
