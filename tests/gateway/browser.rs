//! The operator's page in a real browser, which is driven over its own protocol.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_websockets::{ClientBuilder, MaybeTlsStream, Message, WebSocketStream};

use crate::gateway::page::office;
use crate::gateway::support::{LONG, ONE, run};

/// Browsers, by what they are called.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// One tab of a browser without a screen.
struct Tab {
    child: Child,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    session: Option<String>,
    number: u64,
    /// What the page complained of.
    complaints: Vec<String>,
    _profile: TempDir,
}

impl Drop for Tab {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Tab {
    /// `None` where there is no browser.
    async fn open() -> Option<Self> {
        let profile = tempfile::tempdir().unwrap();
        let spawn = |name: &&str| {
            let mut command = Command::new(name);
            command.args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--remote-debugging-port=0",
            ]);
            command.args(["--disable-background-networking", "--disable-component-update", "--no-proxy-server"]);
            // Nothing but this machine is reached.
            command.arg("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1");
            command.arg(format!("--user-data-dir={}", profile.path().display())).arg("about:blank");
            command
                .env("HOME", profile.path())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .ok()
        };
        let mut child = NAMES.iter().find_map(spawn)?;
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines.find_map(|line| Some(line.ok()?.split_once("listening on ")?.1.to_owned())).unwrap();
        // What it says further is nobody's concern, and must not stop it.
        std::thread::spawn(move || lines.for_each(drop));
        let (socket, _) = ClientBuilder::new().uri(&address).unwrap().connect().await.unwrap();
        let mut tab = Self { child, socket, session: None, number: 0, complaints: Vec::new(), _profile: profile };
        let target = tab.call("Target.createTarget", json!({"url": "about:blank"})).await["targetId"].clone();
        let attached = tab.call("Target.attachToTarget", json!({"targetId": target, "flatten": true})).await;
        tab.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            tab.call(domain, json!({})).await;
        }
        tab.width(1200).await;
        Some(tab)
    }

    async fn width(&mut self, width: u32) {
        let metrics = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    async fn call(&mut self, method: &str, params: Value) -> Value {
        self.number += 1;
        let mut request = json!({"id": self.number, "method": method, "params": params});
        if let Some(session) = &self.session {
            request["sessionId"] = json!(session);
        }
        self.socket.send(Message::text(request.to_string())).await.unwrap();
        loop {
            let message = tokio::time::timeout(LONG, self.socket.next()).await.unwrap().unwrap().unwrap();
            let Some(text) = message.as_text() else { continue };
            let answer: Value = serde_json::from_str(text).unwrap();
            if matches!(answer["method"].as_str(), Some("Runtime.exceptionThrown" | "Log.entryAdded")) {
                self.complaints.push(answer["params"].to_string());
            }
            if answer["id"] == self.number {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }

    async fn goes_to(&mut self, address: &str) {
        self.call("Page.navigate", json!({ "url": address })).await;
    }

    async fn evaluates(&mut self, script: &str) -> Value {
        let params = json!({"expression": script, "returnByValue": true, "awaitPromise": true});
        self.call("Runtime.evaluate", params).await["result"]["value"].clone()
    }

    /// Waits until the text of the page holds `words`.
    async fn shows(&mut self, words: &str) {
        let begun = Instant::now();
        loop {
            let text = self.evaluates("document.body ? document.body.innerText : ''").await;
            if text.as_str().is_some_and(|text| text.contains(words)) {
                return;
            }
            assert!(begun.elapsed() < LONG, "`{words}` is never shown: {text}");
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Keeps a picture of all of it, to be looked at.
    async fn picture(&mut self, name: &str) -> PathBuf {
        let shot = self.call("Page.captureScreenshot", json!({"captureBeyondViewport": true})).await;
        let bytes = base64::engine::general_purpose::STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_looks_after_the_bot_in_a_browser_with_and_without_scripts() {
    let Some(mut tab) = Tab::open().await else {
        println!("SKIPPED: there is no Chromium here; Debian's package `chromium` has it");
        return;
    };
    let (api, home, mut gateway, _browser, token) = office().await;
    let root = gateway.address().await;
    tab.goes_to(&root).await;
    tab.shows("Token of this gateway").await;
    tab.picture("page-login").await;
    tab.evaluates(&format!("document.querySelector('#token').value = '{token}'; document.forms[0].submit()")).await;
    tab.shows("A message can be answered.").await;
    // What is done elsewhere comes into the open page by itself.
    let pinned = run(&home, &["sessions", "pin", "agent:main:telegram:one:dm:43", "opus@work"]);
    assert_eq!(pinned.code, 0, "{}", pinned.err);
    assert_eq!(run(&home, &["models", "auth", "disable", "anthropic:default"]).code, 0);
    tab.shows("agent:main:telegram:one:dm:43").await;
    tab.shows("disabled by an operator").await;
    api.says(ONE, 42, "hello");
    tab.shows("agent:main:telegram:one:dm:42").await;
    tab.picture("page").await;
    // Nothing is cut off where there is little room: what is wide is scrolled in its own place.
    tab.width(360).await;
    let overflow = tab.evaluates("document.documentElement.scrollWidth <= window.innerWidth").await;
    tab.picture("page-narrow").await;
    assert_eq!(overflow, true, "the page is wider than a telephone");
    tab.width(1200).await;
    // Without any script the same is done by forms alone.
    tab.call("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
    tab.goes_to(&root).await;
    let click = "[...document.querySelectorAll('button')].find(button => button.textContent === 'Enable').click()";
    tab.shows("Enable").await;
    tab.evaluates(click).await;
    tab.shows("anthropic:default answers again.").await;
    tab.picture("page-without-scripts").await;
    assert_eq!(tab.complaints, [""; 0], "the page is against its own policy, or something in it broke");
}
