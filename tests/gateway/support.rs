//! A gateway as a process, and what is asked of it.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cli::support::{Ended, Home, ended};
use crate::gateway::bot_api::BotApi;

/// Tokens of bots, all invented.
pub(super) const ONE: &str = "111111:TEST-one-4f9b1c77ae02";
pub(super) const TWO: &str = "222222:TEST-two-8d03e61b95fc";
pub(super) const THREE: &str = "333333:TEST-three-c7a5209e4d18";

/// A key of the configuration, invented.
pub(super) const KEY: &str = "sk-test-of-the-gateway-5b1e07c94d2a";

/// Nothing is asked of a real server: whatever does not go to loopback goes to a proxy that is not there.
const NOWHERE: [(&str, &str); 4] = [
    ("HTTPS_PROXY", "http://127.0.0.1:9"),
    ("HTTP_PROXY", "http://127.0.0.1:9"),
    ("ALL_PROXY", "http://127.0.0.1:9"),
    ("NO_PROXY", "127.0.0.1,localhost"),
];

/// Everything here is over in a fraction of it, on any machine.
pub(super) const LONG: Duration = Duration::from_secs(30);

/// `modelpin` of `home`, cut off from the world.
pub(super) fn program(home: &Home, arguments: &[&str]) -> Command {
    let mut command = home.program();
    command.args(arguments).envs(NOWHERE);
    command
}

/// Runs it to its end.
pub(super) fn run(home: &Home, arguments: &[&str]) -> Ended {
    ended(program(home, arguments), b"")
}

/// Writes the configuration.
pub(super) fn configure(home: &Home, config: &Value) {
    fs::create_dir_all(home.state()).unwrap();
    fs::write(home.state().join("modelpin.json"), config.to_string()).unwrap();
}

/// A configuration with these accounts at `api`, for everybody, with a key for the default model.
pub(super) fn accounts(api: &BotApi, accounts: &[(&str, &str)]) -> Value {
    let accounts: serde_json::Map<String, Value> =
        accounts.iter().map(|(name, token)| ((*name).to_owned(), json!({"botToken": token}))).collect();
    json!({
        "agents": {"defaults": {"model": {"primary": "anthropic/claude-sonnet-4-6"}}},
        "models": {"providers": {"anthropic": {"apiKey": KEY}}},
        "channels": {"telegram": {"apiRoot": api.root(), "allowFrom": ["42"], "dmPolicy": "allowlist", "accounts": accounts}},
    })
}

/// A running gateway. It is killed when it is dropped.
pub(super) struct Gateway {
    pub(super) child: Child,
    log: PathBuf,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Gateway {
    /// Starts one over the state of `home`, its state to be asked for at any port.
    pub(super) fn start(home: &Home, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = program(home, &["gateway", "--health", "127.0.0.1:0"]);
        command.args(arguments).envs(environment.iter().copied());
        Self::of(home, command)
    }

    /// One that is started by `command`.
    pub(super) fn of(home: &Home, mut command: Command) -> Self {
        let log = home.path().join(format!("gateway-{}.log", fs::read_dir(home.path()).unwrap().count()));
        let written = fs::File::create(&log).unwrap();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(written).spawn().unwrap();
        Self { child, log }
    }

    /// What it wrote so far.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Waits until what it wrote holds `text`.
    pub(super) async fn logs(&mut self, text: &str) {
        let begun = Instant::now();
        while !self.log().contains(text) {
            assert!(self.child.try_wait().unwrap().is_none(), "it ended: {}", self.log());
            assert!(begun.elapsed() < LONG, "it never says `{text}`: {}", self.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The address at which its state can be asked for.
    pub(super) async fn address(&mut self) -> String {
        self.logs("/healthz").await;
        let log = self.log();
        let before = &log[..log.find("/healthz").unwrap()];
        before[before.rfind("http://").unwrap()..].to_owned()
    }

    /// Waits until its state is as wanted, and returns it with the status of `/readyz`.
    pub(super) async fn stands(&mut self, wanted: impl Fn(&Value) -> bool) -> (u16, Value) {
        let address = self.address().await;
        let begun = Instant::now();
        loop {
            let answer = reqwest::Client::builder().no_proxy().build().unwrap();
            let answer = answer.get(format!("{address}/readyz")).send().await.unwrap();
            let status = answer.status().as_u16();
            let state: Value = answer.json().await.unwrap();
            if wanted(&state) {
                return (status, state);
            }
            assert!(begun.elapsed() < LONG, "it never stands so: {state}\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until all of its accounts are up.
    pub(super) async fn is_ready(&mut self) -> Value {
        let (status, state) = self.stands(|state| state["ready"] == true).await;
        assert_eq!(status, 200);
        state
    }

    /// Sends it a signal.
    pub(super) fn signal(&self, name: &str) {
        assert!(Command::new("kill").arg(name).arg(self.child.id().to_string()).status().unwrap().success());
    }

    /// Waits for its end.
    pub(super) async fn ends(&mut self) -> i32 {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code().unwrap();
            }
            assert!(begun.elapsed() < LONG, "it never ends: {}", self.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// How the account stands in what `/healthz` says.
pub(super) fn account<'a>(state: &'a Value, name: &str) -> &'a Value {
    let accounts = state["channels"].as_array().unwrap();
    accounts.iter().find(|account| account["account"] == name).unwrap_or(&Value::Null)
}
