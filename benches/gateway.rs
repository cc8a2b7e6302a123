//! The gateway as a process, with a bot on a Bot API on loopback: how soon it is ready, how much memory it takes while
//! nobody writes, and how long it is from a text at the Bot API to the confirmation there (SPEC 12).
//!
//! `cargo bench --bench gateway` is over in half a minute. `MODELPIN_BENCH_ROUNDS` is how many texts are sent (300 unless
//! set), `MODELPIN_BENCH_STARTS` how often the gateway is started (20 unless set).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a benchmark prints rounded figures, makes files and clocks of its own, and stops at the first surprise"
)]

#[path = "../tests/gateway/bot_api.rs"]
#[expect(dead_code, reason = "shared with the tests of the gateway")]
mod bot_api;
#[path = "store/figures.rs"]
#[expect(dead_code, reason = "shared with the bench of the store")]
mod figures;

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::bot_api::BotApi;
use crate::figures::{Figures, verdict};

const TOKEN: &str = "123456:TEST-bench-0a1b2c3d";
const SECOND: &str = "654321:TEST-bench-3d2c1b0a";

/// The most memory that it may take while nobody writes, in MiB.
const MEMORY: f64 = 20.0;

/// Between two texts: a bot sends at most thirty messages a second, and is not to be held up by that.
const GAP: Duration = Duration::from_millis(50);

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() {
    let (starts, rounds) = (number("MODELPIN_BENCH_STARTS", 20), number("MODELPIN_BENCH_ROUNDS", 300));
    println!("the gateway with one bot on loopback, {starts} starts, {rounds} texts");
    let api = BotApi::start(&[(TOKEN, "benchbot"), (SECOND, "benchbot2")]).await;
    let home = home(&api, &[("default", TOKEN)]);
    let (mut ready, mut up) = (Figures::new(starts), Figures::new(starts));
    for start in 0..starts {
        let before = api.count(TOKEN, "getupdates");
        let begun = Instant::now();
        let gateway = Gateway::start(home.path());
        ready.add(begun.elapsed());
        up.add(api.call(TOKEN, "getupdates", before).await.at - begun);
        gateway.end();
        assert!(api.count(TOKEN, "getme") > start);
    }
    ready.print("from its start to ready", Some((50, Duration::from_millis(300))));
    up.print("from its start to the first look for messages", None);
    let both = self::home(&api, &[("one", TOKEN), ("two", SECOND)]);
    idle(&api, both.path(), "memory, idle, two bots").await.end();
    let gateway = idle(&api, home.path(), "memory, idle").await;
    let mut confirmed = Figures::new(rounds);
    for round in 0..rounds {
        let before = api.count(TOKEN, "sendmessage");
        let begun = Instant::now();
        // Somebody else each time: nobody is answered more often than once a second for long.
        api.says(TOKEN, 1_000 + round as u64, "/model opus@work");
        let call = api.call(TOKEN, "sendmessage", before).await;
        confirmed.add(call.at - begun);
        assert!(call.body["text"].as_str().unwrap().contains("anthropic:work"), "{:?}", call.body);
        tokio::time::sleep(GAP).await;
    }
    confirmed.print("`/model opus@work`, from the text to the confirmation", Some((99, Duration::from_millis(20))));
    println!("    {:<56} {:>8.1} MiB", "memory, afterwards", gateway.memory());
    gateway.end();
}

/// A gateway that has begun to ask for messages; prints what it takes while nobody writes.
async fn idle(api: &BotApi, home: &Path, what: &str) -> Gateway {
    let before = api.count(TOKEN, "getupdates");
    let gateway = Gateway::start(home);
    api.call(TOKEN, "getupdates", before).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let idle = gateway.memory();
    println!("    {what:<56} {idle:>8.1} MiB   target ≤ {MEMORY}: {}", verdict(idle <= MEMORY));
    gateway
}

fn number(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

/// A home with bots at `api`, an alias and a key.
fn home(api: &BotApi, bots: &[(&str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let agent = home.path().join(".modelpin/agents/main/agent");
    fs::create_dir_all(&agent).unwrap();
    let accounts: serde_json::Map<String, serde_json::Value> =
        bots.iter().map(|(name, token)| ((*name).to_owned(), json!({"botToken": token}))).collect();
    let config = json!({
        "agents": {"defaults": {
            "model": {"primary": "anthropic/claude-sonnet-4-6"},
            "models": {"anthropic/claude-opus-4-6": {"alias": "opus"}, "anthropic/claude-sonnet-4-6": {}},
        }},
        "channels": {"telegram": {"accounts": accounts, "apiRoot": api.root(), "allowFrom": ["*"], "dmPolicy": "open"}},
    });
    fs::write(home.path().join(".modelpin/modelpin.json"), config.to_string()).unwrap();
    let key = json!({"type": "api_key", "provider": "anthropic", "key": "sk-test-bench-of-the-gateway"});
    let store = json!({"version": 1, "profiles": {"anthropic:work": key}});
    fs::write(agent.join("auth-profiles.json"), store.to_string()).unwrap();
    home
}

/// A gateway that is ready.
struct Gateway(Child);

impl Gateway {
    fn start(home: &Path) -> Self {
        let path = home.join("notify.sock");
        let _ = fs::remove_file(&path);
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_modelpin"));
        command.args(["gateway", "--health", "127.0.0.1:0"]).env_clear().env("HOME", home);
        // Whatever does not go to loopback goes nowhere.
        command.env("HTTPS_PROXY", "http://127.0.0.1:9").env("NO_PROXY", "127.0.0.1").env("NOTIFY_SOCKET", &path);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let gateway = Self(command.spawn().unwrap());
        let mut bytes = [0; 4_096];
        loop {
            let length = socket.recv(&mut bytes).unwrap();
            if String::from_utf8_lossy(&bytes[..length]).contains("READY=1") {
                return gateway;
            }
        }
    }

    /// What of its memory is in use, in MiB.
    fn memory(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").trim().parse::<f64>().unwrap() / 1024.0
    }

    fn end(mut self) {
        assert!(Command::new("kill").arg(self.0.id().to_string()).status().unwrap().success());
        assert!(self.0.wait().unwrap().success());
    }
}
