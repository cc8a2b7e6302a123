//! The gateway as a process, with bots on a Bot API and a Discord on loopback: how soon it is ready, how much memory it takes
//! while nobody writes, how long it is from what somebody types to the confirmation there (SPEC 12), and how soon a command of
//! Discord's is acknowledged while the disk and the provider take ten seconds.
//!
//! `cargo bench --bench gateway` is over in a minute. `MODELPIN_BENCH_ROUNDS` is how many texts are sent (300 unless set),
//! `MODELPIN_BENCH_STARTS` how often the gateway is started (20 unless set).
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
#[path = "../tests/gateway/discord_api.rs"]
#[expect(dead_code, reason = "shared with the tests of the gateway")]
mod discord_api;
#[path = "store/figures.rs"]
#[expect(dead_code, reason = "shared with the bench of the store")]
mod figures;

use std::fs;
use std::net::TcpListener;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bot_api::BotApi;
use crate::discord_api::DiscordApi;
use crate::figures::{Figures, verdict};

const TOKEN: &str = "123456:TEST-bench-0a1b2c3d";
const SECOND: &str = "654321:TEST-bench-3d2c1b0a";
const DISCORD: &str = "MTAwMDAwMDAwMDAwMDAwMDAx.TEST-1.bench-3d2c1b0a";
const DISCORD_ID: u64 = 100_000_000_000_000_001;

/// The most memory that it may take while nobody writes, in MiB.
const MEMORY: f64 = 20.0;

/// Between two texts: a bot sends at most thirty messages a second, and is not to be held up by that.
const GAP: Duration = Duration::from_millis(50);

/// How long the disk and the provider take where they are made to.
const DELAY: Duration = Duration::from_secs(10);

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() {
    let (starts, rounds) = (number("MODELPIN_BENCH_STARTS", 20), number("MODELPIN_BENCH_ROUNDS", 300));
    println!("the gateway with bots on loopback, {starts} starts, {rounds} texts");
    let api = BotApi::start(&[(TOKEN, "benchbot"), (SECOND, "benchbot2")]).await;
    let discord = DiscordApi::start(&[(DISCORD, DISCORD_ID, "benchbot")]).await;
    // Before anybody has written: with a state of its own, this gateway would be handed all that again.
    let both =
        home(&json!({"telegram": on_telegram(&api, &[("default", TOKEN)]), "discord": on_discord(&discord)}), None);
    let (looks, sessions) = (api.count(TOKEN, "getupdates"), discord.count(DISCORD, "OP 2"));
    let gateway = Gateway::start(both.path());
    api.call(TOKEN, "getupdates", looks).await;
    discord.call(DISCORD, "OP 2", sessions).await;
    gateway.idles("memory, idle, both channels").await;
    gateway.end();
    telegram(&api, starts, rounds).await;
    slash(&discord, starts, rounds).await;
    acknowledged(&discord).await;
}

/// One bot of Telegram's, and two.
async fn telegram(api: &BotApi, starts: usize, rounds: usize) {
    let home = home(&json!({"telegram": on_telegram(api, &[("default", TOKEN)])}), None);
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
    let two = self::home(&json!({"telegram": on_telegram(api, &[("one", TOKEN), ("two", SECOND)])}), None);
    let before = api.count(TOKEN, "getupdates");
    let gateway = Gateway::start(two.path());
    api.call(TOKEN, "getupdates", before).await;
    gateway.idles("memory, idle, two bots").await;
    gateway.end();
    let before = api.count(TOKEN, "getupdates");
    let gateway = Gateway::start(home.path());
    api.call(TOKEN, "getupdates", before).await;
    gateway.idles("memory, idle").await;
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

/// One bot of Discord's: how soon it is there, and a command that is filled in.
async fn slash(api: &DiscordApi, starts: usize, rounds: usize) {
    let home = home(&json!({"discord": on_discord(api)}), None);
    let mut up = Figures::new(starts);
    for start in 0..starts {
        // A start that follows another goes on with its session.
        let what = if start == 0 { "OP 2" } else { "OP 6" };
        let (before, begun) = (api.count(DISCORD, what), Instant::now());
        let gateway = Gateway::start(home.path());
        up.add(api.call(DISCORD, what, before).await.at - begun);
        // Once it is in, it can be gone on with.
        tokio::time::sleep(GAP).await;
        gateway.end();
    }
    up.print("Discord: from its start to its session", None);
    let gateway = Gateway::start(home.path());
    gateway.idles("Discord: memory, idle").await;
    let (mut acknowledged, mut confirmed) = (Figures::new(rounds), Figures::new(rounds));
    for round in 0..rounds {
        let before = (api.count(DISCORD, "POST /callback"), api.count(DISCORD, "PATCH /messages/@original"));
        let begun = Instant::now();
        api.fills_in(DISCORD, 1_000 + round as u64, "model", "set", &[("model", "opus"), ("profile", "work")]);
        acknowledged.add(api.call(DISCORD, "POST /callback", before.0).await.at - begun);
        let call = api.call(DISCORD, "PATCH /messages/@original", before.1).await;
        confirmed.add(call.at - begun);
        assert!(call.body.to_string().contains("anthropic:work"), "{:?}", call.body);
        tokio::time::sleep(GAP).await;
    }
    acknowledged.print("Discord: `/model set`, to the acknowledgement", Some((99, Duration::from_millis(500))));
    confirmed.print("Discord: `/model set`, to the confirmation", Some((99, Duration::from_millis(20))));
    println!("    {:<56} {:>8.1} MiB", "Discord: memory, afterwards", gateway.memory());
    gateway.end();
}

/// How soon a command is acknowledged while nothing can be written and no provider answers.
async fn acknowledged(api: &DiscordApi) {
    // It takes every call, and never says a word.
    let hung = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = home(&json!({"discord": on_discord(api)}), Some(&format!("http://{}/v1", hung.local_addr().unwrap())));
    let gateway = Gateway::start(home.path());
    gateway.idles("Discord: memory, before the delays").await;
    let rounds = usize::try_from(DELAY.as_millis() / GAP.as_millis()).unwrap();
    let mut acknowledged = Figures::new(rounds);
    let state = Connection::open(home.path().join(".modelpin/modelpin.sqlite")).unwrap();
    // Whoever wants to write waits for as long as this is not over.
    state.execute_batch("BEGIN IMMEDIATE").unwrap();
    for round in 0..rounds {
        let (before, person) = (api.count(DISCORD, "POST /callback"), 100_000 + round as u64);
        api.says(DISCORD, person, "who is there?");
        let begun = Instant::now();
        api.fills_in(DISCORD, person, "model", "set", &[("model", "opus")]);
        acknowledged.add(api.call(DISCORD, "POST /callback", before).await.at - begun);
        tokio::time::sleep(GAP).await;
    }
    state.execute_batch("ROLLBACK").unwrap();
    let what = format!("Discord: to the acknowledgement, all else takes {DELAY:?}");
    acknowledged.print(&what, Some((99, Duration::from_millis(500))));
    gateway.end();
}

fn number(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

fn on_telegram(api: &BotApi, bots: &[(&str, &str)]) -> Value {
    let accounts: serde_json::Map<String, Value> =
        bots.iter().map(|(name, token)| ((*name).to_owned(), json!({"botToken": token}))).collect();
    json!({"accounts": accounts, "apiRoot": api.root(), "allowFrom": ["*"], "dmPolicy": "open"})
}

fn on_discord(api: &DiscordApi) -> Value {
    json!({"token": DISCORD, "apiRoot": api.root(), "allowFrom": ["*"], "dmPolicy": "open"})
}

/// A home with these channels, an alias and a key for the provider at `base_url`.
fn home(channels: &Value, base_url: Option<&str>) -> TempDir {
    let home = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let agent = home.path().join(".modelpin/agents/main/agent");
    fs::create_dir_all(&agent).unwrap();
    let mut config = json!({
        "agents": {"defaults": {
            "model": {"primary": "anthropic/claude-sonnet-4-6"},
            "models": {"anthropic/claude-opus-4-6": {"alias": "opus"}, "anthropic/claude-sonnet-4-6": {}},
        }},
        "channels": channels,
    });
    if let Some(base_url) = base_url {
        config["models"] =
            json!({"providers": {"anthropic": {"baseUrl": base_url, "api": "anthropic-messages", "models": []}}});
    }
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

    /// Prints what it takes while nobody writes.
    async fn idles(&self, what: &str) {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let idle = self.memory();
        println!("    {what:<56} {idle:>8.1} MiB   target ≤ {MEMORY}: {}", verdict(idle <= MEMORY));
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
