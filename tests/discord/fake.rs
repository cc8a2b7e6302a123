//! What the fake takes, and what it does not, as Discord does.

mod gateway;
mod interactions;
mod limits;
mod rates;
mod refusals;
mod schema;

use serde_json::{Value, json};

use crate::support::discord::{DiscordFake, Place};

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
