//! Credentials that people bring for themselves.

use modelpin::demo::LoopbackProvider;
use reqwest::header::{HOST, ORIGIN};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::cli::support::Home;
use crate::gateway::bot_api::BotApi;
use crate::gateway::support::{Gateway, KEY, ONE, accounts, configure, run};
use crate::support::leaks::Leaks;

const OWN: &str = "sk-test-anns-own-1c83e07d55b2";
const NEXT: &str = "sk-test-anns-next-90aa4be6f1c7";
const ANN: u64 = 42;
const BOB: u64 = 43;

/// A bot that Ann and Bob may write to.
struct Town {
    api: BotApi,
    home: Home,
    gateway: Gateway,
    provider: LoopbackProvider,
    client: reqwest::Client,
    said: usize,
}

impl Town {
    async fn new(more: Value) -> Self {
        let id = "anthropic:own-telegram-42".parse().unwrap();
        let builder = LoopbackProvider::builder();
        let builder = [KEY, OWN, NEXT]
            .into_iter()
            .fold(builder, |builder, key| builder.profile("anthropic", &id, &SecretString::from(key)));
        let provider = builder.start().await.unwrap();
        let api = BotApi::start(&[(ONE, "onebot")]).await;
        let home = Home::empty();
        let mut config = accounts(&api, &[("one", ONE)]);
        config["channels"]["telegram"]["allowFrom"] = json!(["42", "43"]);
        config["models"]["providers"]["anthropic"]["baseUrl"] = json!(provider.base_url("anthropic"));
        config["models"]["providers"]["anthropic"]["models"] = json!([]);
        for (key, value) in more.as_object().unwrap() {
            config[key] = value.clone();
        }
        configure(&home, &config);
        let mut gateway = Gateway::start(&home, &[], &[]);
        gateway.is_ready().await;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { api, home, gateway, provider, client, said: 0 }
    }

    /// What the bot answers to that.
    async fn says(&mut self, person: u64, text: &str) -> String {
        self.api.says(ONE, person, text);
        self.said += 1;
        self.api.answer(ONE, self.said - 1).await
    }

    /// The page that Ann is given.
    async fn page(&mut self) -> String {
        let text = self.says(ANN, "/auth add anthropic").await;
        let (_, link) = text.split_once("<code>").unwrap();
        link.split_once("</code>").unwrap().0.to_owned()
    }

    async fn brings(&self, page: &str, secret: &str) -> (u16, String) {
        let answer = self.client.post(page).form(&[("secret", secret)]).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The fingerprint that was on the wire last.
    fn wire(&self) -> String {
        self.provider.seen().last().unwrap().fingerprint.as_ref().unwrap().to_string()
    }
}

fn print(secret: &str) -> String {
    modelpin::profile::Fingerprint::of(&SecretString::from(secret)).to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_brought_on_a_page_used_by_its_owner_alone_replaced_and_taken_out() {
    let mut town = Town::new(json!({})).await;
    let page = town.page().await;
    let shown = town.client.get(&page).send().await.unwrap().text().await.unwrap();
    assert!(shown.contains("answers you alone") && shown.contains("anthropic"), "{shown}");
    // What is no key is not taken, and the page stays good.
    assert_eq!(town.brings(&page, "two words in it é").await.0, 422);
    assert_eq!(town.brings(&page, "").await.0, 422);
    let (status, text) = town.brings(&page, &format!(" {OWN}\r\n")).await;
    assert!(status == 200 && text.contains("anthropic:own-telegram-42") && !text.contains(OWN), "{text}");
    // Good once.
    assert_eq!(town.brings(&page, NEXT).await.0, 410);
    assert_eq!(town.client.get(&page).send().await.unwrap().status(), 410);

    let listed = town.says(ANN, "/auth").await;
    assert!(listed.contains("anthropic:own-telegram-42") && listed.contains(&print(OWN)), "{listed}");
    town.says(ANN, "/model opus@own-telegram-42").await;
    town.says(ANN, "hello").await;
    assert_eq!(town.wire(), print(OWN));

    // For Bob it is not there, to the byte, and it never answers him.
    let same = |text: String| text.replace("own-telegram-42", "NAME").replace("own-telegram-99", "NAME");
    for command in ["/model opus@own-telegram-42", "/auth remove own-telegram-42", "/model @anthropic:own-telegram-42"]
    {
        let of_ann = same(town.says(BOB, command).await);
        let of_nobody = same(town.says(BOB, &command.replace("42", "99")).await);
        assert_eq!(of_ann, of_nobody, "{command}");
    }
    assert!(!town.says(BOB, "/auth").await.contains("own-telegram-42"));
    assert!(!town.says(BOB, "/model status").await.contains("own-telegram-42"));
    for _ in 0..3 {
        town.says(BOB, "hello").await;
        assert_eq!(town.wire(), print(KEY));
    }

    let page = town.page().await;
    assert_eq!(town.brings(&page, NEXT).await.0, 200);
    town.says(ANN, "hello").await;
    assert_eq!(town.wire(), print(NEXT));
    let removed = town.says(ANN, "/auth remove own-telegram-42").await;
    assert!(removed.contains("taken out of the store"), "{removed}");
    let next = town.says(ANN, "hello").await;
    assert_eq!(town.wire(), print(KEY));
    assert!(next.contains("operator has taken") || next.contains("here"), "{next}");

    let rows: Value = serde_json::from_str(&run(&town.home, &["audit", "--json"]).out).unwrap();
    let credentials: Vec<String> = rows
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["kind"] == "credential")
        .map(|row| {
            format!(
                "{}:{} {} {}",
                row["actor"]["channel"].as_str().unwrap(),
                row["actor"]["id"].as_str().unwrap(),
                row["subject"].as_str().unwrap(),
                row["reason"].as_str().unwrap()
            )
        })
        .collect();
    let who = "telegram:42 anthropic:own-telegram-42";
    assert_eq!(
        credentials,
        [
            format!("{who} brought for themselves alone"),
            format!("{who} brought for themselves alone"),
            format!("{who} taken out by whose it was")
        ]
    );
    Leaks::of([OWN, NEXT, KEY, ONE]).assert_none_in("the log and the audit", town.gateway.log() + &rows.to_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_for_one_person_for_a_while_and_from_where_it_is() {
    let mut town = Town::new(json!({"gateway": {"publicUrl": "https://bot.example.org/"}})).await;
    let public = town.page().await;
    assert!(public.starts_with("https://bot.example.org/own/"), "{public}");
    let root = town.gateway.address().await;
    let page = public.replace("https://bot.example.org", &root);
    // The proxy says by which name it was asked for; only this page is for all.
    let get = |path: &str, host: &str| town.client.get(path).header(HOST, host.to_owned()).send();
    assert_eq!(get(&page, "bot.example.org").await.unwrap().status(), 200);
    assert_eq!(get(&page, "evil.example").await.unwrap().status(), 421);
    assert_eq!(get(&root, "bot.example.org").await.unwrap().status(), 421);
    let foreign = town.client.post(&page).header(ORIGIN, "https://evil.example").form(&[("secret", OWN)]).send().await;
    assert_eq!(foreign.unwrap().status(), 403);
    // A newer one ends it.
    let newer = town.page().await.replace("https://bot.example.org", &root);
    assert_eq!(town.brings(&page, OWN).await.0, 410);
    assert_eq!(town.brings(&newer, OWN).await.0, 200);
    assert_eq!(town.client.get(format!("{root}/own/{}", "0".repeat(48))).send().await.unwrap().status(), 410);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_may_not_want_it() {
    let mut town = Town::new(json!({"access": {"bringOwn": false}})).await;
    let text = town.says(ANN, "/auth add anthropic").await;
    assert!(!text.contains("/own/"), "{text}");
    let help = town.says(ANN, "/help").await;
    assert!(!help.contains("/auth add"), "{help}");
}
