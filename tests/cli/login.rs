//! `models auth login`: with a browser, with what a person brings, with another device.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use modelpin::profile::ProfileId;
use serde_json::{Value, json};
use url::Url;

use crate::cli::support::{Ended, Home, family, nowhere};
use crate::support::idp::{Idp, refresh_token};
use crate::support::leaks::Leaks;

fn access(number: u32) -> String {
    format!("at-test-{number}-3fE90cc17d55a2b4")
}

fn idp() -> Idp {
    Idp::start(access).0
}

/// A home whose configuration names `idp` as the provider acme.
fn home(idp: &Idp, more: &Value) -> Home {
    let home = Home::empty();
    let mut config = idp.login_config("acme");
    for (name, value) in more.as_object().into_iter().flatten() {
        config["auth"]["oauth"]["acme"][name] = value.clone();
    }
    configure(&home, &config);
    home
}

fn configure(home: &Home, config: &Value) {
    fs::create_dir_all(home.state()).unwrap();
    fs::write(home.state().join("modelpin.json"), config.to_string()).unwrap();
}

fn stored(home: &Home) -> Value {
    fs::read(home.store()).map(|bytes| serde_json::from_slice(&bytes).unwrap()).unwrap_or_default()
}

/// A login under way.
struct Login {
    child: Child,
    err: BufReader<std::process::ChildStderr>,
    said: String,
}

impl Login {
    fn start(home: &Home, arguments: &[&str]) -> Self {
        let mut command = home.program();
        command.args(["-vvv", "models", "auth", "login"]).args(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let err = BufReader::new(child.stderr.take().unwrap());
        Self { child, err, said: String::new() }
    }

    /// Reads on until a line holds `wanted`, and returns that.
    fn until(&mut self, wanted: &str) -> String {
        loop {
            let mut line = String::new();
            assert!(self.err.read_line(&mut line).unwrap() > 0, "no `{wanted}` in {}", self.said);
            self.said.push_str(&line);
            if line.contains(wanted) {
                return line.trim().to_owned();
            }
        }
    }

    /// The address to open.
    fn address(&mut self) -> Url {
        let address = Url::parse(&self.until("code_challenge=")).unwrap();
        // What is said last, so that nobody comes before it listens.
        self.until("Ctrl-C");
        address
    }

    fn types(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    fn end(mut self) -> Ended {
        self.err.read_to_string(&mut self.said).unwrap();
        let output = self.child.wait_with_output().unwrap();
        Ended { code: output.status.code().unwrap(), out: String::from_utf8(output.stdout).unwrap(), err: self.said }
    }
}

/// What a browser does with `address`: status, where it is sent to, and the page.
async fn visit(address: &Url) -> (u16, Option<Url>, String) {
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let answer = client.get(address.clone()).timeout(Duration::from_secs(10)).send().await.unwrap();
    let status = answer.status().as_u16();
    let location = answer.headers().get("location").map(|to| Url::parse(to.to_str().unwrap()).unwrap());
    (status, location, answer.text().await.unwrap())
}

/// Where the identity provider sends the browser that was sent to it.
async fn logged_in(address: &Url) -> Url {
    let (status, location, page) = visit(address).await;
    assert_eq!(status, 302, "{page}");
    location.unwrap()
}

/// That nobody listens where the browser was to come back to.
fn nobody_listens(redirect: &Url) {
    let port = redirect.port().unwrap();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "port {port} is still listened at");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_comes_back_and_the_login_is_stored() {
    let idp = idp();
    idp.is_used_by(Some("me@example.com"));
    let home = home(&idp, &json!({}));
    let mut login = Login::start(&home, &["--provider", "acme"]);
    let back = logged_in(&login.address()).await;
    assert_eq!((back.scheme(), back.host_str(), back.path()), ("http", Some("127.0.0.1"), "/callback"));

    // Whoever does not know the state neither logs in nor ends it, and nothing else is there.
    let mut forged = back.clone();
    forged.set_query(Some("code=forged&state=forged-state-0123456789"));
    assert_eq!(visit(&forged).await.0, 400);
    forged.set_query(Some("error=access_denied"));
    assert_eq!(visit(&forged).await.0, 400);
    forged.set_path("/other");
    assert_eq!(visit(&forged).await.0, 404);
    let (status, _, page) = visit(&back).await;
    assert!(status == 200 && page.contains("Go back to the terminal"), "{page}");

    let ended = login.end();
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.out.starts_with("acme:me@example.com stored: fingerprint "), "{}", ended.out);
    let entry = &stored(&home)["profiles"]["acme:me@example.com"];
    let expires = entry["expires"].as_i64().unwrap() / 1000 - jiff::Timestamp::now().as_second();
    assert!((3500..=3600).contains(&expires), "{expires}");
    for (name, value) in [
        ("type", "oauth"),
        ("access", &access(0)),
        ("refresh", &refresh_token(0)),
        ("clientId", "client-of-the-test"),
        ("email", "me@example.com"),
        ("accountId", "user-me@example.com"),
    ] {
        assert_eq!(entry[name], value, "{name}");
    }
    assert_eq!(idp.complaints(), [""; 0]);
    let leaks = Leaks::of([access(0), refresh_token(0), "code-test-1/7Qz44aab0b8f9c1f".to_owned()]);
    leaks.assert_none_in("standard output", &ended.out);
    leaks.assert_none_in("standard error", &ended.err);
    nobody_listens(&back);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_brings_what_the_browser_got() {
    for form in ["address", "query", "code and state", "code"] {
        let idp = idp();
        let home = home(&idp, &json!({"redirectUri": "https://example.com/shown?tenant=x"}));
        let mut login = Login::start(&home, &["--provider", "acme", "--json"]);
        let back = logged_in(&login.address()).await;
        let field = |wanted: &str| back.query_pairs().find(|(name, _)| name == wanted).unwrap().1.into_owned();
        for (wrong, told) in [
            ("http://127.0.0.1:1/callback?code=x&state=y", "no code in that"),
            ("code#of-another-login", "another login"),
            ("https://example.com/shown?code=x&state=y", "another login"),
        ] {
            login.types(wrong);
            let line = login.until("Not taken");
            assert!(line.contains(told), "{line}");
        }
        login.types("");
        login.types(&match form {
            "address" => format!("  {back}\r"),
            "query" => format!("?{}", back.query().unwrap()),
            "code and state" => format!("{}#{}", field("code"), field("state")),
            _ => field("code"),
        });
        let ended = login.end();
        assert_eq!(ended.code, 0, "{form}: {}", ended.err);
        let told: Value = serde_json::from_str(&ended.out).unwrap();
        assert_eq!((&told["id"], &told["type"]), (&json!("acme:default"), &json!("oauth")), "{form}");
        assert_eq!(stored(&home)["profiles"]["acme:default"]["access"], access(0), "{form}");
        assert_eq!(idp.complaints(), [""; 0], "{form}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_provider_refuses_is_told_and_nothing_is_stored() {
    let idp = idp();
    let home = home(&idp, &json!({}));
    let mut login = Login::start(&home, &["--provider", "acme"]);
    login.address();
    login.types("a-code-of-nobody-0123456789");
    let ended = login.end();
    assert_eq!((ended.code, ended.out.as_str()), (70, ""), "{}", ended.err);
    assert!(ended.err.contains("acme gave no login") && ended.err.contains("there is no such code"), "{}", ended.err);

    idp.declines();
    let mut login = Login::start(&home, &["--provider", "acme"]);
    let back = logged_in(&login.address()).await;
    assert_eq!(visit(&back).await.0, 200);
    let ended = login.end();
    assert_eq!(ended.code, 70);
    assert!(ended.err.contains("access_denied: not today"), "{}", ended.err);

    idp.answer(Some((200, "{}")));
    assert_eq!(stored(&home), Value::Null);
    nobody_listens(&back);
}

#[test]
fn whoever_gives_up_or_waits_too_long_has_nothing_stored() {
    let idp = idp();
    let home = home(&idp, &json!({"deviceUrl": idp.page("device")}));
    idp.polls(["authorization_pending"; 500]);
    for (arguments, said) in
        [(&["--provider", "acme"][..], "code_challenge="), (&["--provider", "acme", "--device"], "WXYZ")]
    {
        let mut login = Login::start(&home, arguments);
        let line = login.until(said);
        login.until("Ctrl-C");
        let pid = login.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        let ended = login.end();
        assert_eq!((ended.code, ended.out.as_str()), (64, ""), "{}", ended.err);
        assert!(ended.err.contains("given up, and nothing was stored"), "{}", ended.err);
        if let Ok(address) = Url::parse(&line) {
            let back = address.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
            nobody_listens(&Url::parse(&back).unwrap());
        }

        let ended = Login::start(&home, &[arguments, &["--wait", "1s"]].concat()).end();
        assert_eq!(ended.code, 70, "{}", ended.err);
        assert!(ended.err.contains("nothing came in 1s") && ended.err.contains("--wait"), "{}", ended.err);
    }
    assert_eq!(stored(&home), Value::Null);
}

#[test]
fn another_device_confirms_a_login() {
    let idp = idp();
    idp.is_used_by(Some("me@example.com"));
    let home = home(&idp, &json!({"deviceUrl": idp.page("device")}));
    idp.polls(["authorization_pending", "authorization_pending"]);
    let login = ["models", "auth", "login", "--provider", "acme", "--device", "--profile-id", "acme:phone"];
    let ended = home.run(&login);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains("open https://id.example.com/device on any device"), "{}", ended.err);
    assert!(ended.err.contains("WXYZ-␛[2J1234") && !ended.err.contains('\u{1b}'), "{}", ended.err);
    assert_eq!(stored(&home)["profiles"]["acme:phone"]["refresh"], refresh_token(0));
    assert_eq!(idp.calls(), 3);
    let before = fs::read(home.store()).unwrap();
    for (error, told) in [("access_denied", "declined on the other device"), ("expired_token", "begin anew")] {
        idp.polls([error]);
        let ended = home.run(&login);
        assert_eq!(ended.code, 70, "{error}");
        assert!(ended.err.contains(told), "{error}: {}", ended.err);
    }
    assert_eq!(fs::read(home.store()).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openrouter_gives_a_key_to_whoever_logs_in() {
    let idp = idp();
    idp.is_used_by(Some("a"));
    let home = Home::empty();
    let urls = json!({"authorizeUrl": idp.page("auth"), "tokenUrl": idp.page("keys")});
    configure(&home, &json!({"auth": {"oauth": {"openrouter": urls}}}));
    let log_in = async || {
        let mut login = Login::start(&home, &["--provider", "openrouter"]);
        let back = logged_in(&login.address()).await;
        assert_eq!(back.host_str(), Some("localhost"));
        // The state is in the path: without it there is nothing.
        let mut forged = back.clone();
        forged.set_path("/callback");
        assert_eq!(visit(&forged).await.0, 404);
        assert_eq!(visit(&back).await.0, 200);
        login.end()
    };
    // A key that was pasted before is not lost to a login.
    let pasted = home.run_with(&["models", "auth", "add", "--provider", "openrouter"], b"sk-test-pasted-0123456789");
    assert_eq!(pasted.code, 0, "{}", pasted.err);
    let ended = log_in().await;
    assert_eq!(ended.code, 0, "{}", ended.err);
    let profiles = stored(&home)["profiles"].clone();
    assert_eq!(profiles["openrouter:default"]["key"], "sk-test-pasted-0123456789");
    let expected = json!({"type": "api_key", "provider": "openrouter", "key": access(0), "accountId": "user-a"});
    assert_eq!(profiles["openrouter:default-2"], expected);
    // The same account again takes its own place, another one does not.
    assert!(log_in().await.out.starts_with("openrouter:default-2 "));
    idp.is_used_by(Some("b"));
    assert!(log_in().await.out.starts_with("openrouter:default-3 "));
    assert_eq!(idp.complaints(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logging_in_anew_replaces_the_login_and_says_what_becomes_of_pins() {
    let idp = idp();
    let home = home(&idp, &json!({"userinfoUrl": idp.page("userinfo")}));
    let log_in = async |more: &[&str]| {
        let mut login = Login::start(&home, &[&["--provider", "acme"], more].concat());
        let back = logged_in(&login.address()).await;
        visit(&back).await;
        login.end()
    };
    // Whose it is is asked for where the answer itself does not say.
    assert!(log_in(&[]).await.out.starts_with("acme:of-userinfo@example.com stored"));
    let again = log_in(&[]).await;
    assert_eq!(again.code, 0);
    assert!(again.err.contains("Pins on acme:of-userinfo@example.com stay, and use the new login"), "{}", again.err);
    let other = log_in(&["--profile-id", "acme:new"]).await;
    let told = "To have them follow to acme:new: modelpin models auth remove acme:of-userinfo@example.com";
    assert!(other.err.contains("is the same account's") && other.err.contains(told), "{}", other.err);
    idp.is_used_by(Some("ann@example.com"));
    let taken = log_in(&["--profile-id", "acme:new"]).await;
    assert!(taken.err.contains("acme:new was of-userinfo@example.com's before"), "{}", taken.err);
    assert_eq!(stored(&home)["profiles"].as_object().unwrap().len(), 2);
}

#[test]
fn without_a_client_of_ones_own_it_says_what_is_possible() {
    let home = Home::empty();
    for (provider, told) in [
        (
            "anthropic",
            &["models auth setup-token", "add --provider anthropic", "claude /login", "auth.oauth.anthropic"][..],
        ),
        ("openai-codex", &["add --provider openai-codex", "codex login", "auth.oauth.openai-codex"]),
        ("acme", &["add --provider acme", "auth.oauth.acme"]),
    ] {
        let ended = home.run(&["models", "auth", "login", "--provider", provider]);
        assert_eq!((ended.code, ended.out.as_str()), (64, ""), "{provider}");
        for told in told {
            assert!(ended.err.contains(told), "{provider}: {}", ended.err);
        }
        assert!(!ended.err.contains("9d1c250a"), "no other program's client");
    }
    let ended = home.run(&["models", "auth", "login"]);
    assert!(ended.code == 64 && ended.err.contains("login --provider openrouter"), "{}", ended.err);
    let ended = home.run(&["models", "auth", "login", "--provider", "openrouter", "--device"]);
    assert!(ended.code == 64 && ended.err.contains("deviceUrl"), "{}", ended.err);
    assert!(!home.store().exists());
}

#[test]
fn what_keeps_a_login_from_being_stored_is_told_before_it_begins() {
    let idp = idp();
    let (mine, taken) = (home(&idp, &json!({})), std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = mine.run(&["models", "auth", "login", "--provider", "acme", "--port", &port]);
    assert_eq!(ended.code, 70);
    assert!(ended.err.contains(&format!("port {port}")) && ended.err.contains("--port"), "{}", ended.err);

    let other = Home::empty();
    family(&other.state(), "modelpin.json", nowhere);
    let before = fs::read(other.store()).unwrap();
    let id = ProfileId::new("openai:team").unwrap();
    let ended = other.run(&["models", "auth", "login", "--provider", "openrouter", "--profile-id", id.as_str()]);
    assert_eq!(ended.code, 64);
    assert!(ended.err.contains("an API key of openai") && ended.err.contains("--yes"), "{}", ended.err);
    assert_eq!(fs::read(other.store()).unwrap(), before);
    assert_eq!(idp.calls(), 0);
}
