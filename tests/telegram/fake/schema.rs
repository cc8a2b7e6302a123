//! Requests that Telegram's own description does not know.

use serde_json::json;

use crate::telegram::fake::rig::Rig;

#[tokio::test]
async fn what_is_not_in_the_description_is_complained_of() {
    let rig = Rig::new();
    rig.fake.limits(None);
    let described =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/schemas/telegram-bot-api.json").exists();
    for (method, params, complaint) in [
        (
            "sendMessage",
            json!({"chat_id": 42, "text": "x", "colour": "red"}),
            "sendMessage.colour: there is no such field",
        ),
        ("sendMessage", json!({"chat_id": 42, "text": "x", "disable_notification": 1}), "is no Boolean: 1"),
        ("sendMessage", json!({"chat_id": 42}), "sendMessage.text is missing"),
        (
            "sendMessage",
            json!({"chat_id": 42, "text": "x", "reply_parameters": {"message_id": "1"}}),
            "sendMessage.reply_parameters.message_id is no Integer",
        ),
    ] {
        let _ = rig.ask(method, params.clone()).await;
        let complaints = rig.fake.complaints();
        if described {
            assert!(complaints.iter().any(|found| found.contains(complaint)), "{params}: {complaints:?}");
        }
    }
    // What the fake does not know at all is one of its own.
    let (status, _) = rig.ask("sendDice", json!({"chat_id": 42})).await;
    assert_eq!(status, 404);
    assert_eq!(rig.fake.complaints(), ["sendDice was asked for, and the fake does not know it"]);
}
