//! The gateway as a process: one for each state, what the service manager is told, and how it ends.

use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

use crate::cli::support::Home;
use crate::gateway::bot_api::BotApi;
use crate::gateway::support::{Gateway, LONG, ONE, accounts, configure, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_one_is_told_which_process_serves_already() {
    let api = BotApi::start(&[(ONE, "onebot")]).await;
    let home = Home::empty();
    configure(&home, &accounts(&api, &[("one", ONE)]));
    let mut gateway = Gateway::start(&home, &[], &[]);
    gateway.is_ready().await;
    let second = run(&home, &["gateway", "--health", "off"]);
    assert_eq!(second.code, 70);
    assert!(second.err.contains(&format!("process {}", gateway.child.id())), "{}", second.err);
    let check = run(&home, &["gateway", "--check"]);
    assert_eq!(check.code, 0, "a check disturbs nobody: {}", check.err);
    gateway.signal("-TERM");
    assert_eq!(gateway.ends().await, 0);
    let mut next = Gateway::start(&home, &[], &[]);
    next.is_ready().await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_bot_is_served_by_one_program_whatever_their_state_directories() {
    let api = BotApi::start(&[(ONE, "onebot")]).await;
    let (home, other) = (Home::empty(), Home::empty());
    configure(&home, &accounts(&api, &[("one", ONE)]));
    configure(&other, &accounts(&api, &[("one", ONE)]));
    let mut gateway = Gateway::start(&home, &[], &[]);
    gateway.is_ready().await;
    let mut second = Gateway::start(&other, &[], &[]);
    let (_, state) = second.stands(|state| state["channels"][0]["state"] == "down").await;
    let why = state["channels"][0]["why"].as_str().unwrap();
    assert!(why.contains(&format!("process {}", gateway.child.id())), "{why}");
    gateway.signal("-TERM");
    assert_eq!(gateway.ends().await, 0);
    second.is_ready().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_ends_it_cleanly_and_a_hangup_does_not() {
    let api = BotApi::start(&[(ONE, "onebot")]).await;
    for signal in ["-TERM", "-INT"] {
        let home = Home::empty();
        configure(&home, &accounts(&api, &[("one", ONE)]));
        let mut gateway = Gateway::start(&home, &[], &[]);
        gateway.is_ready().await;
        gateway.signal("-HUP");
        gateway.is_ready().await;
        let begun = Instant::now();
        gateway.signal(signal);
        assert_eq!(gateway.ends().await, 0, "{signal}: {}", gateway.log());
        assert!(begun.elapsed() < Duration::from_secs(5), "{signal}: nothing was under way");
        assert!(!home.state().join("modelpin.sqlite-wal").exists(), "{signal}: the database is put away");
        let left: Vec<String> = std::fs::read_dir(home.state())
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".sock"))
            .collect();
        assert_eq!(left, [""; 0]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_service_manager_is_told_how_it_stands() {
    let api = BotApi::start(&[(ONE, "onebot")]).await;
    let home = Home::empty();
    configure(&home, &accounts(&api, &[("one", ONE)]));
    let path = home.path().join("notify.sock");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(LONG)).unwrap();
    let mut gateway = Gateway::start(&home, &[], &[("NOTIFY_SOCKET", path.to_str().unwrap())]);
    let mut told = String::new();
    let hears = |told: &mut String, wanted: &str| {
        let mut bytes = [0; 4_096];
        while !told.contains(wanted) {
            let length = socket.recv(&mut bytes).unwrap_or_else(|fault| panic!("never `{wanted}`: {fault}; {told}"));
            told.push_str(&String::from_utf8_lossy(&bytes[..length]));
            told.push('\n');
        }
    };
    hears(&mut told, "READY=1");
    hears(&mut told, "STATUS=telegram:one up as @onebot");
    hears(&mut told, "WATCHDOG=1");
    gateway.signal("-TERM");
    hears(&mut told, "STOPPING=1");
    assert_eq!(gateway.ends().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_log_can_be_json() {
    let api = BotApi::start(&[(ONE, "onebot")]).await;
    let home = Home::empty();
    configure(&home, &accounts(&api, &[("one", ONE)]));
    let mut gateway = Gateway::start(&home, &["--log-format", "json"], &[]);
    gateway.is_ready().await;
    gateway.logs("\"message\":\"up\"").await;
    let log = gateway.log();
    let records = log.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let up = records.filter(|record| record["message"] == "up" && record["account"] == "one");
    assert!(up.count() > 0, "{log}");
}
