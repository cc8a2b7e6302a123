//! The operator's page of a running gateway.

use modelpin::demo::LoopbackProvider;
use reqwest::header::{CONTENT_SECURITY_POLICY, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::cli::support::Home;
use crate::gateway::bot_api::BotApi;
use crate::gateway::support::{Gateway, KEY, ONE, accounts, configure, run};
use crate::support::leaks::Leaks;

const BOB: &str = "agent:main:telegram:one:dm:43";

/// A browser without any script.
pub(super) struct Browser {
    client: Client,
    root: String,
    cookie: String,
    _provider: LoopbackProvider,
}

impl Browser {
    async fn get(&self, path: &str) -> Response {
        self.as_itself(self.client.get(format!("{}{path}", self.root))).send().await.unwrap()
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.as_itself(self.client.post(format!("{}{path}", self.root))).form(fields).send().await.unwrap()
    }

    fn as_itself(&self, request: RequestBuilder) -> RequestBuilder {
        if self.cookie.is_empty() { request } else { request.header(COOKIE, &self.cookie) }
    }

    async fn text(&self) -> String {
        let answer = self.get("/").await;
        assert_eq!(answer.status(), 200);
        answer.text().await.unwrap()
    }

    /// What every form of the page holds.
    async fn csrf(&self) -> String {
        let text = self.text().await;
        let (_, after) = text.split_once("name=\"csrf\" value=\"").unwrap();
        after.split_once('"').unwrap().0.to_owned()
    }

    /// Does one thing, and returns the page that is shown after it.
    async fn does(&self, act: &str, fields: &[(&str, &str)]) -> String {
        let csrf = self.csrf().await;
        let answer = self.post("/act", &[&[("csrf", csrf.as_str()), ("act", act)], fields].concat()).await;
        assert_eq!((answer.status().as_u16(), &answer.headers()[LOCATION]), (303, &"/".parse().unwrap()));
        self.text().await
    }
}

/// A gateway with two profiles, and the token of its page.
pub(super) async fn office() -> (BotApi, Home, Gateway, Browser, String) {
    let api = BotApi::start(&[(ONE, "onebot")]).await;
    let home = Home::empty();
    let provider = LoopbackProvider::builder().start().await.unwrap();
    let mut config = accounts(&api, &[("one", ONE)]);
    config["models"]["providers"]["anthropic"]["baseUrl"] = json!(provider.base_url("anthropic"));
    config["models"]["providers"]["anthropic"]["models"] = json!([]);
    configure(&home, &config);
    for (id, key) in [("anthropic:default", "sk-test-page-default-77f0"), ("anthropic:work", "sk-test-page-work-19ab")]
    {
        let mut add = crate::gateway::support::program(&home, &["models", "auth", "add", "--provider", "anthropic"]);
        add.args(["--profile-id", id, "--no-config", "-"]);
        assert_eq!(crate::cli::support::ended(add, key.as_bytes()).code, 0);
    }
    let mut gateway = Gateway::start(&home, &[], &[]);
    gateway.is_ready().await;
    let root = gateway.address().await;
    let client = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    let token = std::fs::read_to_string(home.state().join("modelpin-page.token")).unwrap().trim().to_owned();
    (api, home, gateway, Browser { client, root, cookie: String::new(), _provider: provider }, token)
}

/// The same, logged in.
async fn inside() -> (BotApi, Home, Gateway, Browser) {
    let (api, home, gateway, browser, token) = office().await;
    let answer = browser.post("/login", &[("token", &token)]).await;
    assert_eq!((answer.status().as_u16(), &answer.headers()[LOCATION]), (303, &"/".parse().unwrap()));
    let cookie = answer.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    (api, home, gateway, Browser { cookie, ..browser })
}

fn audit(home: &Home) -> Vec<Value> {
    let rows: Value = serde_json::from_str(&run(home, &["audit", "--json"]).out).unwrap();
    rows.as_array().unwrap().iter().filter(|row| row["surface"] == "page").cloned().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_let_in_without_the_token_or_kept_in_without_the_cookie() {
    let (_api, home, gateway, browser, token) = office().await;
    for path in ["/", "/part", "/events"] {
        let answer = browser.get(path).await;
        assert!(matches!(answer.status().as_u16(), 303 | 401), "{path}: {}", answer.status());
    }
    assert_eq!(browser.get("/login").await.status(), 200);
    // What is done without being in is not done.
    let act = [("csrf", "x"), ("act", "disable"), ("profile", "anthropic:work")];
    assert_eq!(browser.post("/act", &act).await.headers()[LOCATION], "/login");
    for _ in 0..5 {
        assert_eq!(browser.post("/login", &[("token", "not-the-token")]).await.status(), 403);
    }
    // Now not even the right one, for a minute.
    assert_eq!(browser.post("/login", &[("token", &token)]).await.status(), 429);
    assert!(audit(&home).is_empty());
    Leaks::of([token.as_str(), KEY, ONE]).assert_none_in("the log", gateway.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_of_another_site_changes_nothing() {
    let (_api, home, _gateway, browser) = inside().await;
    let csrf = browser.csrf().await;
    let act =
        |csrf: &str| vec![("csrf", csrf.to_owned()), ("act", "disable".to_owned()), ("profile", "work".to_owned())];
    let post = |csrf: &str| browser.as_itself(browser.client.post(format!("{}/act", browser.root))).form(&act(csrf));
    assert_eq!(post("").send().await.unwrap().status(), 403);
    assert_eq!(post(&csrf).header(ORIGIN, "https://evil.example").send().await.unwrap().status(), 403);
    // A name of somebody else's that leads to this machine.
    let answer = browser.as_itself(browser.client.get(&browser.root)).header(HOST, "evil.example:18789").send().await;
    assert_eq!(answer.unwrap().status(), 421);
    assert!(audit(&home).is_empty());
    let answer = browser.get("/").await;
    let policy = answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    // Who has left is out.
    assert_eq!(browser.post("/logout", &[("csrf", &csrf)]).await.headers()[LOCATION], "/login");
    assert_eq!(browser.get("/").await.status(), 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_is_offered_is_done_and_written_into_the_audit() {
    let (_api, home, gateway, browser) = inside().await;
    let text = browser.text().await;
    assert!(text.contains("A message can be answered.") && text.contains("telegram:one"), "{text}");
    let text = browser.does("pin", &[("session", BOB), ("selection", "opus@work for 2h")]).await;
    assert!(text.contains("told so with its next answer") && text.contains(BOB), "{text}");
    let text = browser.does("unpin", &[("session", BOB)]).await;
    assert!(text.contains("The credential is taken off"), "{text}");
    browser.does("pin", &[("session", BOB), ("selection", "@work")]).await;
    let text = browser.does("unpin-profile", &[("profile", "anthropic:work")]).await;
    assert!(text.contains("is taken off 1 session(s)"), "{text}");
    let text = browser.does("disable", &[("profile", "anthropic:work")]).await;
    assert!(text.contains("disabled by an operator"), "{text}");
    let text = browser.does("pin", &[("session", BOB), ("selection", "@work")]).await;
    assert!(text.contains("Not done: anthropic:work is switched off"), "{text}");
    browser.does("enable", &[("profile", "anthropic:work")]).await;
    let text = browser.does("order", &[("provider", "anthropic"), ("order", "work default")]).await;
    assert!(text.contains("Order of anthropic: anthropic:work, anthropic:default."), "{text}");
    let text = browser.does("clear", &[("profile", "anthropic:work")]).await;
    assert!(text.contains("was not benched"), "{text}");
    let text = browser.does("order", &[("provider", "anthropic"), ("clear", "yes")]).await;
    assert!(text.contains("no order of its own"), "{text}");
    let text = browser.does("pin", &[("session", "<b>nobody</b>"), ("selection", "opus")]).await;
    assert!(text.contains("&lt;b&gt;nobody&lt;/b&gt;") && !text.contains("<b>nobody"), "{text}");
    let kinds: Vec<String> = audit(&home).iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["pin", "pin", "pin", "pin", "credential", "credential", "order", "order"]);
    assert_eq!(run(&home, &["audit", "--verify"]).code, 0);
    let secrets = ["sk-test-page-default-77f0", "sk-test-page-work-19ab", KEY, ONE];
    Leaks::of(secrets).assert_none_in("the page", browser.text().await + &gateway.log());
}

/// An open page hears of what others do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_page_is_told_that_something_has_changed() {
    let (_api, home, _gateway, browser) = inside().await;
    let mut events = browser.get("/events").await;
    let mut heard = String::new();
    while !heard.contains("event: seen") {
        heard += &String::from_utf8_lossy(&events.chunk().await.unwrap().unwrap());
    }
    assert_eq!(run(&home, &["models", "auth", "disable", "work"]).code, 0);
    while !heard.contains("event: changed") {
        heard += &String::from_utf8_lossy(&events.chunk().await.unwrap().unwrap());
    }
    assert!(browser.get("/part").await.text().await.unwrap().contains("disabled by an operator"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_token_may_be_configured() {
    let api = BotApi::start(&[(ONE, "onebot")]).await;
    let home = Home::empty();
    let mut config = accounts(&api, &[("one", ONE)]);
    let token = "sk-test-token-of-the-page-5d1c";
    config["gateway"] = json!({"auth": {"token": token}});
    configure(&home, &config);
    let mut gateway = Gateway::start(&home, &[], &[]);
    let root = gateway.address().await;
    let client = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    let login = client.post(format!("{root}/login")).form(&[("token", token)]).send().await.unwrap();
    assert_eq!(login.status(), 303);
    assert!(!home.state().join("modelpin-page.token").exists());
    Leaks::of([token]).assert_none_in("the log", gateway.log());
}
