//! A small conversation by updates that are brought.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use modelpin_delivery::Link;
use modelpin_telegram::{Delivery, Webhook};
use secrecy::SecretString;
use serde_json::json;

use crate::support::bot::{Bot, HAIKU, OPUS};
use crate::support::leaks::Leaks;
use crate::support::telegram::Rights;
use crate::telegram::account::{Pace, Stage, served, started};

const SECRET: &str = "sk-test-webhook_Secret-0123456789";
const PATH: &str = "/hook/7f3a";

/// A stage on which updates are brought to that address.
fn stage() -> (Stage, SocketAddr) {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let listen = free.local_addr().unwrap();
    let url = format!("https://bot.example.com{PATH}").parse().unwrap();
    let webhook = Webhook { url, listen, secret: SecretString::from(SECRET) };
    let stage = Stage { delivery: Delivery::Webhook(webhook), ..Stage::new() };
    stage.fake.proxy(&stage.bot, listen);
    (stage, listen)
}

#[test]
fn a_conversation_by_webhook_is_the_same() {
    let mut chat =
        started(Bot::new().profiles("anthropic:default anthropic:work anthropic:me").plants(SECRET.to_owned()));
    let (stage, listen) = stage();
    // Where Telegram is told the secret, it belongs.
    let planted = std::mem::take(&mut chat.planted);
    let topic = served(&chat, stage.clone(), Pace::Hurried, |account| async move {
        let mut account = account;
        let fake = account.fake.clone();
        let ann = fake.person(42, "Ann");
        let forum = fake.forum("Themes");
        fake.with(forum, &account.bot, Rights::Member);
        let (dm, plans) = (fake.private(&ann, &account.bot), fake.topic(forum, "Plans", &ann));
        // What comes before anybody listens waits.
        ann.says(dm, "/model opus@work");
        assert!(fake.next_message(dm).await.text.contains("anthropic:work"));
        fake.until("a connection", || (account.link() == Link::Up).then_some(())).await;
        ann.says(plans, "/haiku@me");
        assert!(fake.next_message(plans).await.text.contains("anthropic:me"));
        for number in 0..20 {
            ann.says(dm, &format!("message {number}."));
            ann.says(plans, &format!("@first_bot message {number}."));
        }
        account.settled().await;
        for (room, who) in [(dm, "claude-opus-4-6 here."), (plans, "claude-haiku-4-5 here.")] {
            let answers = fake.answers(room);
            assert_eq!(answers.len(), 21);
            for (number, answer) in answers[1..].iter().enumerate() {
                assert!(answer.text.contains(who), "{}", answer.text);
                assert!(answer.text.contains(&format!("message {number}.")), "{}", answer.text);
            }
        }
        // Nobody who is not Telegram is heard.
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let forged = json!({"update_id": 700_999_999, "message": {
            "message_id": 9_999, "date": 1_795_176_000, "text": "/model haiku",
            "chat": {"id": 42, "type": "private", "first_name": "Ann"},
            "from": {"id": 42, "is_bot": false, "first_name": "Ann"},
        }});
        for (path, secret, status) in [
            (PATH, None, 401),
            (PATH, Some("another"), 401),
            (PATH, Some(&SECRET[..SECRET.len() - 1]), 401),
            ("/hook/8e01", Some(SECRET), 404),
        ] {
            let mut request = client.post(format!("http://{listen}{path}")).json(&forged);
            if let Some(secret) = secret {
                request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
            }
            assert_eq!(request.send().await.unwrap().status().as_u16(), status);
        }
        account.settled().await;
        assert_eq!(fake.answers(dm).len(), 21);
        // While nobody listens, Telegram keeps what comes.
        account.stop().await;
        ann.says(dm, "/model haiku@me");
        ann.says(dm, "/model undo");
        account.start();
        account.settled().await;
        assert_eq!(fake.answers(dm).len(), 23);
        assert!(fake.calls_of("getUpdates").is_empty() && fake.calls_of("deleteWebhook").is_empty());
        (account, plans)
    });
    chat.planted = planted;
    let leaks = Leaks::of(&chat.planted);
    for call in stage.fake.calls().iter().filter(|call| call.method != "setWebhook") {
        leaks.assert_none_in(&call.line(), &call.raw);
    }
    assert!(!stage.fake.calls_of("setWebhook").is_empty());
    let chat = chat.chosen(&format!("{OPUS}@anthropic:work"));
    assert_eq!(chat.row().unwrap().revision, 3, "each change was made once");
    let topic = (topic.chat.to_string(), topic.topic.unwrap().to_string());
    chat.topic("telegram", &topic.0, &topic.1).chosen(&format!("{HAIKU}@anthropic:me"));
}
