//! Updates that are brought.

use std::net::TcpListener;

use serde_json::json;

use crate::cli::support::Home;
use crate::gateway::bot_api::BotApi;
use crate::gateway::support::{Gateway, ONE, accounts, configure};

const SECRET: &str = "sk-test-webhook-5c1e90";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_with_the_secret_is_answered_and_nothing_else() {
    let api = BotApi::start(&[(ONE, "onebot")]).await;
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}/hook");
    let home = Home::empty();
    let mut config = accounts(&api, &[("a", ONE)]);
    let account = &mut config["channels"]["telegram"]["accounts"]["a"];
    account["webhookUrl"] = json!(url);
    account["webhookSecret"] = json!(SECRET);
    account["webhookPort"] = json!(port);
    configure(&home, &config);
    let mut gateway = Gateway::start(&home, &[], &[]);
    gateway.is_ready().await;
    let told = api.call(ONE, "setwebhook", 0).await.body;
    assert_eq!((&told["url"], &told["secret_token"]), (&json!(url), &json!(SECRET)));
    let update = json!({"update_id": 1, "message": {
        "message_id": 1, "date": 1_700_000_000, "text": "/model",
        "chat": {"id": 42, "type": "private", "first_name": "Ann"},
        "from": {"id": 42, "is_bot": false, "first_name": "Ann"},
        "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
    }});
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let bring = |secret: &'static str| {
        let request = client.post(&url).header("X-Telegram-Bot-Api-Secret-Token", secret).json(&update);
        async move { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(bring("another").await, 401);
    assert_eq!(bring(SECRET).await, 200);
    assert!(api.answer(ONE, 0).await.contains("claude-sonnet-4-6"));
    assert_eq!((api.count(ONE, "getupdates"), api.count(ONE, "sendmessage")), (0, 1));
    assert!(!gateway.log().contains(SECRET), "{}", gateway.log());
}
