//! What people do, as a bot is told of it.

use serde_json::{Value, json};

use crate::support::telegram::Rights;
use crate::telegram::fake::rig::Rig;

/// The only update that waits.
async fn only(rig: &Rig) -> Value {
    let updates = rig.updates(0).await;
    assert_eq!(updates.len(), 1, "{updates:?}");
    rig.updates(updates[0]["update_id"].as_i64().unwrap() + 1).await;
    updates[0].clone()
}

#[tokio::test]
async fn a_message_has_entities_where_something_looks_like_one() {
    let rig = Rig::new();
    for (text, entities) in [
        ("/model opus", json!([{"type": "bot_command", "offset": 0, "length": 6}])),
        ("/opus@work", json!([{"type": "bot_command", "offset": 0, "length": 10}])),
        ("😀 /model@first_bot x", json!([{"type": "bot_command", "offset": 3, "length": 16}])),
        ("@first_bot hello", json!([{"type": "mention", "offset": 0, "length": 10}])),
        ("write to me@example.com", json!([{"type": "email", "offset": 9, "length": 14}])),
        ("see https://example.com/a.", json!([{"type": "url", "offset": 4, "length": 21}])),
        ("#tag and/or a/b", json!([{"type": "hashtag", "offset": 0, "length": 4}])),
        ("/opus@me+tag", json!([{"type": "bot_command", "offset": 0, "length": 5}])),
        ("nothing /", Value::Null),
    ] {
        rig.ann.says(rig.dm, text);
        let update = only(&rig).await;
        assert_eq!(update["message"]["entities"], entities, "{text}");
        assert_eq!(update["message"]["text"], text);
    }
}

#[tokio::test]
async fn a_topic_has_its_number_and_general_has_none() {
    let rig = Rig::new();
    let topic = rig.fake.topic(rig.forum, "Plans", &rig.ann);
    let created = only(&rig).await;
    assert_eq!(created["message"]["forum_topic_created"]["name"], "Plans");
    rig.ann.says(topic, "in it");
    let inside = only(&rig).await["message"].clone();
    assert_eq!((&inside["message_thread_id"], &inside["is_topic_message"]), (&json!(topic.topic), &json!(true)));
    assert_eq!(inside["reply_to_message"]["message_id"], json!(topic.topic));
    assert_eq!(inside["chat"]["is_forum"], true);
    let first = rig.ann.says(rig.forum, "in General");
    let general = only(&rig).await["message"].clone();
    assert_eq!((&general["message_thread_id"], &general["is_topic_message"]), (&Value::Null, &Value::Null));
    // An answer in General has the number of a thread, and is in no topic all the same.
    rig.ann.replies(rig.forum, first, "an answer");
    let answer = only(&rig).await["message"].clone();
    assert_eq!((&answer["message_thread_id"], &answer["is_topic_message"]), (&json!(first), &Value::Null));
    let sent =
        rig.done("sendMessage", json!({"chat_id": rig.forum.chat, "text": "x", "message_thread_id": topic.topic}));
    assert_eq!(sent.await["is_topic_message"], true);
    assert_eq!(rig.fake.next_message(topic).await.text, "x");
}

#[tokio::test]
async fn who_writes_may_be_hidden_behind_a_chat() {
    let rig = Rig::new();
    let channel = rig.fake.channel("News");
    rig.ann.says_anonymously(rig.group, "as the group");
    let update = only(&rig).await["message"].clone();
    assert_eq!((&update["from"]["id"], &update["from"]["is_bot"]), (&json!(1_087_968_824), &json!(true)));
    assert_eq!(update["sender_chat"]["id"], json!(rig.group.chat));
    rig.ann.says_as(rig.group, channel, "as a channel");
    let update = only(&rig).await["message"].clone();
    assert_eq!((&update["from"]["id"], &update["sender_chat"]["type"]), (&json!(136_817_688), &json!("channel")));
    rig.ann.linked_post(rig.group, channel, "passed on");
    let update = only(&rig).await["message"].clone();
    assert_eq!((&update["from"]["id"], &update["is_automatic_forward"]), (&json!(777_000), &json!(true)));
    rig.fake.with(channel, &rig.bot, Rights::Admin { deletes: false });
    rig.fake.posts(channel, "a post");
    let update = only(&rig).await["channel_post"].clone();
    assert_eq!((&update["from"], &update["sender_chat"]["id"]), (&Value::Null, &json!(channel.chat)));
}

#[tokio::test]
async fn edits_forwards_and_captions_say_what_they_are() {
    let rig = Rig::new();
    let ben = rig.fake.person(43, "Ben");
    let message = rig.ann.says(rig.dm, "/model opus");
    only(&rig).await;
    rig.ann.edits(rig.dm, message, "/model gpt");
    let update = only(&rig).await;
    assert_eq!(update["edited_message"]["text"], "/model gpt");
    assert!(update["edited_message"]["edit_date"].is_i64());
    rig.ann.forwards(rig.dm, &ben, "/model opus");
    let update = only(&rig).await;
    assert_eq!(update["message"]["forward_origin"]["sender_user"]["id"], 43);
    rig.ann.captions(rig.dm, "/model");
    let update = only(&rig).await["message"].clone();
    assert_eq!((&update["caption"], &update["text"]), (&json!("/model"), &Value::Null));
    assert_eq!(update["caption_entities"][0]["type"], "bot_command");
}

#[tokio::test]
async fn a_press_is_answered_once_and_in_time() {
    let rig = Rig::new();
    let markup =
        json!({"inline_keyboard": [[{"text": "One", "callback_data": "t1"}, {"text": "Two", "callback_data": "t2"}]]});
    let sent = rig.done("sendMessage", json!({"chat_id": 42, "text": "pick", "reply_markup": markup})).await;
    let message = sent["message_id"].as_i64().unwrap();
    let answer = |id: String, text: String| {
        rig.ask("answerCallbackQuery", json!({"callback_query_id": id, "text": text, "show_alert": true}))
    };
    let press = rig.ann.presses(rig.dm, message, "Two");
    let update = only(&rig).await["callback_query"].clone();
    assert_eq!((&update["data"], &update["id"]), (&json!("t2"), &json!(press)));
    assert_eq!(update["message"]["reply_markup"], markup);
    let too_long = answer(press.clone(), "x".repeat(201)).await;
    assert_eq!(too_long.1["description"], "Bad Request: MESSAGE_TOO_LONG");
    assert_eq!(answer(press.clone(), "x".repeat(200)).await.0, 200);
    let answered = rig.fake.answered(&press).await;
    assert!(answered.alert && answered.text.len() == 200);
    assert_eq!(answer(press, String::new()).await.0, 400);
    let press = rig.ann.presses_at(rig.dm, message, 0, 0);
    rig.fake.advance(std::time::Duration::from_secs(31));
    assert_eq!(answer(press.clone(), String::new()).await.0, 400);
    assert_eq!(rig.fake.press(&press), None);
    only(&rig).await;
    // Of what is gone a client may still show the buttons.
    rig.ann.deletes(rig.dm, message);
    rig.ann.sends_press(rig.dm, message, "t1");
    let update = only(&rig).await["callback_query"]["message"].clone();
    assert_eq!((&update["date"], &update["text"]), (&json!(0), &Value::Null));
}

#[tokio::test]
async fn a_bot_in_privacy_mode_is_told_what_concerns_it() {
    let rig = Rig::new();
    rig.fake.privacy(&rig.bot, true);
    let own = rig.done("sendMessage", json!({"chat_id": rig.group.chat, "text": "x"})).await["message_id"].clone();
    for (text, told) in [
        ("hello", false),
        ("/model", true),
        ("/model@first_bot", true),
        ("/model@Other_bot", false),
        ("@First_Bot hi", true),
    ] {
        rig.ann.says(rig.group, text);
        let updates = rig.updates(0).await;
        assert_eq!(!updates.is_empty(), told, "{text}");
        if told {
            only(&rig).await;
        }
    }
    rig.ann.replies(rig.group, own.as_i64().unwrap(), "an answer");
    only(&rig).await;
    rig.fake.with(rig.group, &rig.bot, Rights::Admin { deletes: false });
    rig.ann.says(rig.group, "hello");
    only(&rig).await;
}

#[tokio::test]
async fn a_bot_is_told_how_it_stands_and_where_a_group_went() {
    let rig = Rig::new();
    rig.ann.blocks(&rig.bot);
    let update = only(&rig).await["my_chat_member"].clone();
    assert_eq!((&update["new_chat_member"]["status"], &update["chat"]["type"]), (&json!("kicked"), &json!("private")));
    let group = rig.fake.group("Old");
    rig.fake.with(group, &rig.bot, Rights::Member);
    let supergroup = rig.fake.upgrades(group, &rig.ann);
    let updates = rig.updates(0).await;
    assert_eq!(updates[0]["message"]["migrate_to_chat_id"], json!(supergroup.chat));
    assert_eq!(updates[1]["message"]["migrate_from_chat_id"], json!(group.chat));
    let (status, answer) = rig.ask("sendMessage", json!({"chat_id": group.chat, "text": "x"})).await;
    assert_eq!(status, 400);
    assert_eq!(answer["description"], "Bad Request: group chat was upgraded to a supergroup chat");
    assert_eq!(answer["parameters"]["migrate_to_chat_id"], json!(supergroup.chat));
    rig.fake.sets(supergroup, &rig.bot, Rights::Kicked, &rig.ann);
    assert_eq!(rig.ask("sendMessage", json!({"chat_id": supergroup.chat, "text": "x"})).await.0, 403);
}

#[tokio::test(start_paused = true)]
async fn time_can_be_hurried_for_the_fake_and_the_runtime_alike() {
    let rig = Rig::new();
    let hurry = rig.fake.hurry(std::time::Duration::from_millis(500));
    let (began, before) = (tokio::time::Instant::now(), std::time::Instant::now());
    let updates = rig.done("getUpdates", json!({"timeout": 50})).await;
    assert_eq!(updates, json!([]));
    tokio::time::sleep(std::time::Duration::from_secs(50)).await;
    drop(hurry);
    assert!(began.elapsed() >= std::time::Duration::from_secs(99), "{:?}", began.elapsed());
    assert!(before.elapsed() < std::time::Duration::from_secs(20));
}
