//! A bot that is nothing but a client of HTTP.

use serde_json::{Value, json};

use crate::support::telegram::{BotName, Person, Rights, Room, TelegramFake};

pub(super) const TOKEN: &str = "123456:TEST-first-of-the-fake";

/// A fake with one bot, one person, and a chat of every kind.
pub(super) struct Rig {
    pub(super) fake: TelegramFake,
    pub(super) bot: BotName,
    pub(super) ann: Person,
    pub(super) dm: Room,
    pub(super) group: Room,
    pub(super) forum: Room,
    pub(super) http: reqwest::Client,
}

impl Rig {
    pub(super) fn new() -> Self {
        let fake = TelegramFake::start();
        let bot = fake.bot(TOKEN, "first_bot");
        let ann = fake.person(42, "Ann");
        let dm = fake.private(&ann, &bot);
        let (group, forum) = (fake.supergroup("Crew"), fake.forum("Themes"));
        for room in [group, forum] {
            fake.with(room, &bot, Rights::Member);
        }
        Self { fake, bot, ann, dm, group, forum, http: client() }
    }

    pub(super) fn url(&self, method: &str) -> String {
        format!("{}/bot{TOKEN}/{method}", self.fake.url())
    }

    /// Asks, and gives the status with the whole answer.
    pub(super) async fn ask(&self, method: &str, params: Value) -> (u16, Value) {
        let sent = self.http.post(self.url(method)).json(&params).send().await.unwrap();
        let status = sent.status().as_u16();
        (status, sent.json().await.unwrap())
    }

    /// Asks for what has to be done, and gives the result.
    #[track_caller]
    pub(super) fn done(&self, method: &str, params: Value) -> impl Future<Output = Value> {
        let asked = format!("{method} {params}");
        async move {
            let (status, answer) = self.ask(method, params).await;
            assert!(status == 200 && answer["ok"] == true, "{asked}: {answer}");
            answer["result"].clone()
        }
    }

    /// Sends a text to the private chat, and gives the number of the message.
    pub(super) async fn sends(&self, text: &str) -> i64 {
        let sent = self.done("sendMessage", json!({"chat_id": self.dm.chat, "text": text})).await;
        sent["message_id"].as_i64().unwrap()
    }

    /// Fetches updates from that number on.
    pub(super) async fn updates(&self, offset: i64) -> Vec<Value> {
        let updates = self.done("getUpdates", json!({"offset": offset})).await;
        updates.as_array().unwrap().clone()
    }
}

pub(super) fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}
