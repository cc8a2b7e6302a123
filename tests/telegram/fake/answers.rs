//! What is refused, and in which words.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::telegram::Rights;
use crate::telegram::fake::rig::Rig;

const OK: &str = "ok";

fn keyboard(button: Value) -> Value {
    json!({"inline_keyboard": [[button]]})
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn requests_are_answered_as_over_there() {
    let rig = Rig::new();
    rig.fake.limits(None);
    let ben = rig.fake.person(43, "Ben");
    rig.fake.untouched(&ben, &rig.bot);
    let cat = rig.fake.person(44, "Cat");
    rig.fake.private(&cat, &rig.bot);
    cat.blocks(&rig.bot);
    let elsewhere = rig.fake.supergroup("Elsewhere").chat;
    let (left, out) = (rig.fake.supergroup("Left"), rig.fake.supergroup("Out"));
    rig.fake.with(left, &rig.bot, Rights::Left);
    rig.fake.with(out, &rig.bot, Rights::Kicked);
    let muted = rig.fake.supergroup("Quiet");
    rig.fake.with(muted, &rig.bot, Rights::Muted);
    let channel = rig.fake.channel("News");
    rig.fake.with(channel, &rig.bot, Rights::Member);
    let topic = rig.fake.topic(rig.forum, "Plans", &rig.ann).topic.unwrap();
    let closed = rig.fake.topic(rig.forum, "Past", &rig.ann);
    rig.fake.closes_topic(closed);
    let own = rig.sends("as it stands").await;
    let hers = rig.ann.says(rig.dm, "hers");
    let theirs = rig.ann.says(rig.group, "theirs");
    let (dm, group, forum) = (rig.dm.chat, rig.group.chat, rig.forum.chat);
    let long = "x".repeat(4097);
    let most = "😀".repeat(2048);
    let wide: Vec<Value> = (0..9).map(|n| json!({"text": n.to_string(), "callback_data": "x"})).collect();
    let rows: Vec<Value> = (0..101).map(|n| json!([{"text": n.to_string(), "callback_data": "x"}])).collect();
    let same = "message is not modified: specified new message content and reply markup are exactly the same as a \
                current content and reply markup of the message";
    let table: Vec<(&str, Value, u16, &str)> = vec![
        ("getMe", json!({}), 200, OK),
        ("GetMe", json!({}), 200, OK),
        ("sendMessage", json!({"chat_id": dm, "text": "x"}), 200, OK),
        ("sendMessage", json!({"chat_id": dm, "text": most}), 200, OK),
        ("sendMessage", json!({"chat_id": dm, "text": format!("{most}x")}), 400, "message is too long"),
        ("sendMessage", json!({"chat_id": dm, "text": long}), 400, "message is too long"),
        (
            "sendMessage",
            json!({"chat_id": dm, "text": format!("<b>{}</b>", &long[1..]), "parse_mode": "HTML"}),
            200,
            OK,
        ),
        ("sendMessage", json!({"chat_id": dm, "text": ""}), 400, "message text is empty"),
        ("sendMessage", json!({"chat_id": dm, "text": " \n "}), 400, "text must be non-empty"),
        ("sendMessage", json!({"chat_id": dm, "text": "<b></b>", "parse_mode": "HTML"}), 400, "text must be non-empty"),
        ("sendMessage", json!({"chat_id": 999, "text": "x"}), 400, "chat not found"),
        ("sendMessage", json!({"chat_id": elsewhere, "text": "x"}), 400, "chat not found"),
        ("sendMessage", json!({"chat_id": 43, "text": "x"}), 403, "bot can't initiate conversation with a user"),
        ("sendMessage", json!({"chat_id": 44, "text": "x"}), 403, "bot was blocked by the user"),
        ("sendMessage", json!({"chat_id": rig.bot.id, "text": "x"}), 403, "bot can't send messages to bots"),
        ("sendMessage", json!({"chat_id": left.chat, "text": "x"}), 403, "bot is not a member of the supergroup chat"),
        ("sendMessage", json!({"chat_id": out.chat, "text": "x"}), 403, "bot was kicked from the supergroup chat"),
        (
            "sendMessage",
            json!({"chat_id": muted.chat, "text": "x"}),
            400,
            "not enough rights to send text messages to the chat",
        ),
        (
            "sendMessage",
            json!({"chat_id": channel.chat, "text": "x"}),
            400,
            "need administrator rights in the channel chat",
        ),
        ("sendMessage", json!({"chat_id": dm, "text": "x", "message_thread_id": 3}), 400, "message thread not found"),
        ("sendMessage", json!({"chat_id": forum, "text": "x"}), 200, OK),
        ("sendMessage", json!({"chat_id": forum, "text": "x", "message_thread_id": topic}), 200, OK),
        // General is named only by naming nothing.
        (
            "sendMessage",
            json!({"chat_id": forum, "text": "x", "message_thread_id": 1}),
            400,
            "message thread not found",
        ),
        (
            "sendMessage",
            json!({"chat_id": forum, "text": "x", "message_thread_id": 77}),
            400,
            "message thread not found",
        ),
        ("sendMessage", json!({"chat_id": forum, "text": "x", "message_thread_id": closed.topic}), 400, "TOPIC_CLOSED"),
        ("sendMessage", json!({"chat_id": dm, "text": "x", "reply_parameters": {"message_id": hers}}), 200, OK),
        (
            "sendMessage",
            json!({"chat_id": dm, "text": "x", "reply_parameters": {"message_id": 999}}),
            400,
            "message to be replied not found",
        ),
        (
            "sendMessage",
            json!({"chat_id": dm, "text": "x",
                "reply_parameters": {"message_id": 999, "allow_sending_without_reply": true}}),
            200,
            OK,
        ),
        (
            "sendMessage",
            json!({"chat_id": dm, "text": "x",
                "reply_markup": keyboard(json!({"text": "y", "callback_data": "é".repeat(32)}))}),
            200,
            OK,
        ),
        (
            "sendMessage",
            json!({"chat_id": dm, "text": "x",
                "reply_markup": keyboard(json!({"text": "y", "callback_data": "é".repeat(33)}))}),
            400,
            "BUTTON_DATA_INVALID",
        ),
        (
            "sendMessage",
            json!({"chat_id": dm, "text": "x", "reply_markup": keyboard(json!({"text": "y", "callback_data": ""}))}),
            400,
            "BUTTON_DATA_INVALID",
        ),
        (
            "sendMessage",
            json!({"chat_id": dm, "text": "x", "reply_markup": keyboard(json!({"text": "y"}))}),
            400,
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            "sendMessage",
            json!({"chat_id": dm, "text": "x", "reply_markup": {"inline_keyboard": [wide]}}),
            400,
            "reply markup is too long",
        ),
        (
            "sendMessage",
            json!({"chat_id": dm, "text": "x", "reply_markup": {"inline_keyboard": rows}}),
            400,
            "reply markup is too long",
        ),
        ("editMessageText", json!({"chat_id": dm, "message_id": own, "text": "as it stands"}), 400, same),
        (
            "editMessageText",
            json!({"chat_id": dm, "message_id": own, "text": "as it <i></i>stands", "parse_mode": "HTML"}),
            400,
            same,
        ),
        ("editMessageReplyMarkup", json!({"chat_id": dm, "message_id": own}), 400, same),
        (
            "editMessageReplyMarkup",
            json!({"chat_id": dm, "message_id": own, "reply_markup": keyboard(json!({"text": "y", "callback_data": "z"}))}),
            200,
            OK,
        ),
        // The text is the same, and the buttons are gone.
        ("editMessageText", json!({"chat_id": dm, "message_id": own, "text": "as it stands"}), 200, OK),
        ("editMessageText", json!({"chat_id": dm, "message_id": 999, "text": "x"}), 400, "message to edit not found"),
        ("editMessageText", json!({"chat_id": dm, "message_id": hers, "text": "x"}), 400, "message can't be edited"),
        ("editMessageText", json!({"chat_id": dm, "message_id": own, "text": long}), 400, "MESSAGE_TOO_LONG"),
        ("editMessageText", json!({"chat_id": dm, "text": "x"}), 400, "message identifier is not specified"),
        ("deleteMessage", json!({"chat_id": dm, "message_id": hers}), 200, OK),
        ("deleteMessage", json!({"chat_id": dm, "message_id": hers}), 400, "message to delete not found"),
        ("deleteMessage", json!({"chat_id": group, "message_id": theirs}), 400, "message can't be deleted"),
        ("deleteMessages", json!({"chat_id": dm, "message_ids": [own, 999]}), 200, OK),
        ("sendChatAction", json!({"chat_id": dm, "action": "typing"}), 200, OK),
        ("sendChatAction", json!({"chat_id": forum, "action": "typing", "message_thread_id": 1}), 200, OK),
        ("sendChatAction", json!({"chat_id": dm, "action": "knitting"}), 400, "wrong parameter action in request"),
        ("getChat", json!({"chat_id": group}), 200, OK),
        ("getChatMember", json!({"chat_id": group, "user_id": 42}), 200, OK),
        ("getChatMember", json!({"chat_id": group, "user_id": 4242}), 400, "user not found"),
        (
            "answerCallbackQuery",
            json!({"callback_query_id": "1"}),
            400,
            "query is too old and response timeout expired or query ID is invalid",
        ),
        ("getWebhookInfo", json!({}), 200, OK),
    ];
    for (method, params, status, description) in table {
        let (came, answer) = rig.ask(method, params.clone()).await;
        assert_eq!(came, status, "{method} {params}: {answer}");
        if description == OK {
            assert_eq!(answer["ok"], true, "{method} {params}");
            continue;
        }
        let kind = if status == 403 { "Forbidden" } else { "Bad Request" };
        assert_eq!(answer["description"], format!("{kind}: {description}"), "{method} {params}");
        assert_eq!((&answer["ok"], &answer["error_code"]), (&json!(false), &json!(status)), "{method} {params}");
    }
}

#[tokio::test]
async fn a_wrong_token_is_unauthorized_and_a_wrong_path_is_nowhere() {
    let rig = Rig::new();
    for (path, status, description) in [
        ("/bot123456:TEST-other/getMe", 401, "Unauthorized"),
        ("/bot123456/getMe", 404, "Not Found"),
        ("/getMe", 404, "Not Found"),
    ] {
        let answer = rig.http.get(format!("{}{path}", rig.fake.url())).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
        assert_eq!(answer.json::<Value>().await.unwrap()["description"], description, "{path}");
    }
}

#[tokio::test]
async fn what_is_old_stays_unless_an_administrator_deletes_it() {
    let rig = Rig::new();
    let old = rig.sends("old").await;
    let theirs = rig.ann.says(rig.group, "theirs");
    rig.fake.advance(Duration::from_hours(49));
    let (status, answer) = rig.ask("deleteMessage", json!({"chat_id": rig.dm.chat, "message_id": old})).await;
    assert_eq!((status, &answer["description"]), (400, &json!("Bad Request: message can't be deleted for everyone")));
    rig.fake.with(rig.group, &rig.bot, Rights::Admin { deletes: true });
    rig.done("deleteMessage", json!({"chat_id": rig.group.chat, "message_id": theirs})).await;
    assert!(rig.fake.shown(rig.group, theirs).gone);
}

#[tokio::test]
async fn menus_have_scopes_and_limits() {
    let rig = Rig::new();
    let commands = |count: usize, summary: &str| -> Value {
        (0..count).map(|n| json!({"command": format!("c{n}"), "description": summary})).collect()
    };
    let chat = json!({"type": "chat", "chat_id": rig.dm.chat});
    for (params, description) in [
        (json!({"commands": commands(100, "short")}), OK),
        (json!({"commands": commands(2, "for one"), "scope": chat}), OK),
        (json!({"commands": commands(101, "short")}), "BOT_COMMANDS_TOO_MUCH"),
        (json!({"commands": commands(100, &"long ".repeat(20))}), "BOT_COMMANDS_TOO_MUCH"),
        (json!({"commands": commands(1, &"x".repeat(257))}), "BOT_COMMAND_DESCRIPTION_INVALID"),
        (json!({"commands": commands(1, "")}), "BOT_COMMAND_DESCRIPTION_INVALID"),
        (json!({"commands": [{"command": "Upper", "description": "x"}]}), "BOT_COMMAND_INVALID"),
        (json!({"commands": [{"command": "x".repeat(33), "description": "x"}]}), "BOT_COMMAND_INVALID"),
        (json!({"commands": commands(1, "x"), "scope": {"type": "chat", "chat_id": 999}}), "chat not found"),
        (json!({"commands": commands(1, "x"), "language_code": "eng"}), "invalid language code specified"),
    ] {
        let (_, answer) = rig.ask("setMyCommands", params.clone()).await;
        let came = if answer["ok"] == true { OK } else { answer["description"].as_str().unwrap() };
        assert_eq!(came.trim_start_matches("Bad Request: "), description, "{params}");
    }
    assert_eq!(rig.fake.menu(&rig.bot, "default").unwrap().len(), 100);
    assert_eq!(rig.fake.menu(&rig.bot, "chat:42").unwrap(), ["c0", "c1"]);
    rig.done("deleteMyCommands", json!({"scope": chat})).await;
    assert_eq!(rig.done("getMyCommands", json!({"scope": chat})).await, json!([]));
    assert_eq!(rig.fake.menu(&rig.bot, "chat:42"), None);
}
