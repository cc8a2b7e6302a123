//! How much is taken, and what is said beyond that.

use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};

use crate::discord::fake::{Client, TOKEN};
use crate::support::discord::{DiscordFake, World};

impl Client {
    async fn asks(&self, method: &str, path: &str, body: Value) -> Response {
        let request = self.http.request(method.parse().unwrap(), format!("{}{path}", self.root));
        let request = request.header("authorization", format!("Bot {TOKEN}"));
        let request = if body.is_null() { request } else { request.json(&body) };
        request.send().await.unwrap()
    }
}

fn header(response: &Response, name: &str) -> Option<String> {
    Some(response.headers().get(name)?.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn each_kind_of_call_has_its_limit_and_tells_it() {
    let fake = DiscordFake::start(TOKEN, "pinbot");
    let client = Client::of(&fake);
    fake.shared.clock.hold();
    let commands = "/applications/100000000000000002/commands";
    let help = json!([{"name": "help", "description": "x", "type": 1}]);
    client.asks("PUT", commands, help.clone()).await;
    fake.shared.clock.advance(Duration::from_secs(20));
    let ann = fake.person(42, "Ann");
    let dm = fake.dm(&ann);
    let channel = format!("/channels/{}", dm.channel);
    let said = json!({"content": "x", "allowed_mentions": {"parse": []}});
    client.asks("POST", &format!("{channel}/messages"), said.clone()).await;
    let message = fake.answers(dm)[0].id;
    fake.shared.clock.advance(Duration::from_secs(5));
    ann.slash(dm, "help", None, &[]);
    let (id, token) = fake.shared.look(World::last_interaction);
    client.asks("POST", &format!("/interactions/{id}/{token}/callback"), json!({"type": 5})).await;
    let answers = format!("/webhooks/100000000000000002/{token}");
    for (method, path, body, seconds) in [
        ("POST", format!("{channel}/messages"), said.clone(), 5_u32),
        ("PATCH", format!("{channel}/messages/{message}"), said.clone(), 5_u32),
        ("POST", format!("{channel}/typing"), Value::Null, 5),
        ("PUT", commands.to_owned(), help.clone(), 20),
        ("POST", answers.clone(), said.clone(), 2),
        ("PATCH", format!("{answers}/messages/@original"), said.clone(), 2),
    ] {
        for call in 0..6 {
            let response = client.asks(method, &path, body.clone()).await;
            assert_eq!(response.status() == 429, call == 5, "{method} {path}, {call}");
            let left = 4_usize.saturating_sub(call).to_string();
            assert_eq!(header(&response, "x-ratelimit-remaining"), Some(left), "{method} {path}");
            assert_eq!(header(&response, "x-ratelimit-reset-after"), Some(format!("{seconds}.000")));
            assert_eq!(header(&response, "retry-after"), (call == 5).then(|| seconds.to_string()));
            assert_eq!(header(&response, "x-ratelimit-scope").as_deref(), (call == 5).then_some("user"));
            if call == 5 {
                let body: Value = response.json().await.unwrap();
                assert_eq!((&body["retry_after"], &body["global"]), (&json!(f64::from(seconds)), &json!(false)));
            }
        }
        fake.shared.clock.advance(Duration::from_secs(seconds.into()));
        assert!(client.asks(method, &path, body).await.status().is_success(), "{method} {path} again");
    }
    assert_eq!(fake.overruns(), ["messages", "edits", "typing", "commands", "follow-ups", "answers"]);
}

#[tokio::test]
async fn all_calls_of_a_second_are_counted_but_those_that_answer_an_interaction() {
    let fake = DiscordFake::start(TOKEN, "pinbot");
    let client = Client::of(&fake);
    fake.shared.clock.hold();
    for call in 0..51 {
        let response = client.asks("GET", "/users/@me", Value::Null).await;
        assert_eq!(response.status() == 429, call == 50, "{call}");
        if call == 50 {
            assert_eq!(header(&response, "x-ratelimit-global").as_deref(), Some("true"));
            assert_eq!(header(&response, "x-ratelimit-scope").as_deref(), Some("global"));
            let body: Value = response.json().await.unwrap();
            assert_eq!(body["global"], true);
        }
    }
    let response = client.asks("POST", "/interactions/1/none/callback", json!({"type": 5})).await;
    assert_eq!(response.status(), 404, "it is not too much, but nothing");
    fake.shared.clock.advance(Duration::from_secs(1));
    assert_eq!(client.asks("GET", "/users/@me", Value::Null).await.status(), 200);
}

#[tokio::test]
async fn a_limit_that_is_made_up_is_told_like_any_other() {
    let fake = DiscordFake::start(TOKEN, "pinbot");
    let client = Client::of(&fake);
    fake.fails("GET", "/users/@me", 429, 1);
    let response = client.asks("GET", "/users/@me", Value::Null).await;
    assert_eq!((response.status().as_u16(), header(&response, "retry-after").as_deref()), (429, Some("3")));
    assert_eq!(client.asks("GET", "/users/@me", Value::Null).await.status(), 200);
    assert_eq!(fake.overruns(), [""; 0], "nobody is to blame for it");
}
