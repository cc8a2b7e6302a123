//! The fake is as strict as Discord.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::discord::{DiscordFake, Place, World};

const TOKEN: &str = "MTAw.TEST-0.token";

/// A client that does what it likes.
struct Client {
    http: reqwest::Client,
    root: String,
}

impl Client {
    fn of(fake: &DiscordFake) -> Self {
        let http = reqwest::Client::builder().no_proxy().user_agent("DiscordBot (test, 1)").build().unwrap();
        Self { http, root: format!("{}/api/v10", fake.url()) }
    }

    /// The status, and Discord's number for what is wrong.
    async fn calls(&self, method: &str, path: &str, token: &str, body: Value) -> (u16, u64) {
        let request = self.http.request(method.parse().unwrap(), format!("{}{path}", self.root));
        let request = request.header("authorization", format!("Bot {token}"));
        let request = if body.is_null() { request } else { request.json(&body) };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let body: Value = response.json().await.unwrap_or_default();
        (status, body["code"].as_u64().unwrap_or(0))
    }

    async fn says(&self, place: Place, mut body: Value) -> (u16, u64) {
        body["allowed_mentions"] = json!({"parse": []});
        self.calls("POST", &format!("/channels/{}/messages", place.channel), TOKEN, body).await
    }
}

fn rows(buttons: usize) -> Value {
    let row = |row: usize| {
        let button = |at: usize| json!({"type": 2, "style": 2, "label": "x", "custom_id": format!("{row}.{at}")});
        json!({"type": 1, "components": (0..buttons).map(button).collect::<Vec<_>>()})
    };
    json!((0..5).map(row).collect::<Vec<_>>())
}

fn list(entries: usize) -> Value {
    let entry = |at: usize| json!({"label": "x", "value": at.to_string()});
    let all: Vec<Value> = (0..entries).map(entry).collect();
    json!([{"type": 1, "components": [{"type": 3, "custom_id": "list:0", "options": all}]}])
}

#[tokio::test]
async fn a_message_keeps_to_the_limits() {
    let fake = DiscordFake::start(TOKEN, "pinbot");
    let client = Client::of(&fake);
    let ann = fake.person(42, "Ann");
    let (text, embed) =
        (|length: usize| "x".repeat(length), |length: usize| json!([{"description": "x".repeat(length)}]));
    let cases = [
        (json!({"content": text(2_000)}), (200, 0)),
        (json!({"content": text(2_001)}), (400, 50_035)),
        (json!({"embeds": embed(4_096)}), (200, 0)),
        (json!({"embeds": embed(4_097)}), (400, 50_035)),
        (json!({"content": "", "embeds": []}), (400, 50_006)),
        (json!({"content": "x", "components": rows(5)}), (200, 0)),
        (json!({"content": "x", "components": rows(6)}), (400, 50_035)),
        (json!({"content": "x", "components": list(25)}), (200, 0)),
        (json!({"content": "x", "components": list(26)}), (400, 50_035)),
        (json!({"content": "x", "components": list(0)}), (400, 50_035)),
    ];
    let mut refused = 0;
    for (number, (body, wanted)) in cases.into_iter().enumerate() {
        // A channel takes five at once.
        fake.shared.clock.advance(Duration::from_secs(6));
        assert_eq!(client.says(fake.dm(&ann), body).await, wanted, "{number}");
        refused += usize::from(wanted.0 != 200);
    }
    assert!(fake.complaints().len() >= refused, "each of them is a complaint");
}

#[tokio::test]
async fn a_channel_takes_five_messages_in_five_seconds() {
    let fake = DiscordFake::start(TOKEN, "pinbot");
    let client = Client::of(&fake);
    fake.shared.clock.hold();
    let dm = fake.dm(&fake.person(42, "Ann"));
    for number in 0..6 {
        let wanted = if number < 5 { 200 } else { 429 };
        assert_eq!(client.says(dm, json!({"content": "x"})).await.0, wanted);
    }
    fake.shared.clock.advance(Duration::from_secs(5));
    assert_eq!(client.says(dm, json!({"content": "x"})).await.0, 200);
    assert_eq!(fake.overruns(), 1);
}

#[tokio::test]
async fn who_is_nobody_is_told_nothing_and_what_is_nothing_is_a_complaint() {
    let fake = DiscordFake::start(TOKEN, "pinbot");
    let client = Client::of(&fake);
    assert_eq!(client.calls("GET", "/users/@me", TOKEN, Value::Null).await, (200, 0));
    assert_eq!(client.calls("GET", "/users/@me", "other", Value::Null).await, (401, 0));
    assert_eq!(client.calls("GET", "/channels/1", TOKEN, Value::Null).await, (404, 10_003));
    assert_eq!(fake.complaints(), [""; 0]);
    client.calls("GET", "/nothing/here", TOKEN, Value::Null).await;
    let dm = fake.dm(&fake.person(42, "Ann"));
    let body = json!({"content": "x", "allowed_mentions": {"parse": ["users"]}});
    client.calls("POST", &format!("/channels/{}/messages", dm.channel), TOKEN, body).await;
    assert!(fake.complaints().len() >= 2);
}

#[tokio::test]
async fn commands_are_looked_at_and_counted() {
    let fake = DiscordFake::start(TOKEN, "pinbot");
    let client = Client::of(&fake);
    let path = "/applications/100000000000000002/commands";
    let good = json!([{"name": "help", "description": "Shows it", "type": 1}]);
    for _ in 0..3 {
        assert_eq!(client.calls("PUT", path, TOKEN, good.clone()).await.0, 200);
    }
    assert_eq!(fake.creates(), 1, "what is there already is not new");
    let long = "x".repeat(101);
    for wrong in [
        json!([{"name": "Help", "description": "Shows it", "type": 1}]),
        json!([{"name": "help", "description": long, "type": 1}]),
        json!([good[0], good[0]]),
    ] {
        assert_eq!(client.calls("PUT", path, TOKEN, wrong).await.0, 400);
    }
    assert!(fake.complaints().len() >= 3);
}

#[tokio::test]
async fn an_interaction_is_acknowledged_once_and_within_three_seconds() {
    let fake = DiscordFake::start(TOKEN, "pinbot");
    let client = Client::of(&fake);
    fake.shared.clock.hold();
    let path = "/applications/100000000000000002/commands";
    client.calls("PUT", path, TOKEN, json!([{"name": "help", "description": "Shows it", "type": 1}])).await;
    let ann = fake.person(42, "Ann");
    let dm = fake.dm(&ann);
    for (late, wanted) in [(0, (204, 0)), (3, (204, 0)), (4, (404, 10_062))] {
        ann.slash(dm, "help", None, &[]);
        let (id, token) = fake.shared.look(World::last_interaction);
        fake.shared.clock.advance(Duration::from_secs(late));
        let callback = format!("/interactions/{id}/{token}/callback");
        let seen = json!({"type": 5, "data": {"flags": 64}});
        assert_eq!(client.calls("POST", &callback, TOKEN, seen.clone()).await, wanted, "{late}");
        if wanted.0 == 204 {
            assert_eq!(client.calls("POST", &callback, TOKEN, seen).await, (400, 40_060));
            // The first thing that is said takes the place of the sign of thinking, and is seen by whom that was for.
            let follow_up = format!("/webhooks/100000000000000002/{token}");
            let body = json!({"content": "x", "allowed_mentions": {"parse": []}});
            assert_eq!(client.calls("POST", &follow_up, TOKEN, body.clone()).await.0, 200);
            assert_eq!(fake.answers(dm).last().unwrap().only_for, Some(42));
            fake.shared.clock.advance(Duration::from_mins(16));
            assert_eq!(client.calls("POST", &follow_up, TOKEN, body).await, (401, 50_027));
        }
    }
    assert_eq!(fake.complaints(), [""; 0]);
}
