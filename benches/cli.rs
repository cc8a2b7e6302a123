//! How long an operator's commands take as whole processes, and how much memory, beside what is asked of them (SPEC 12).
//!
//! `cargo bench --bench cli` is over in a few seconds. `MODELPIN_BENCH_PROFILES` is the size of the store (1,000 unless
//! set), `MODELPIN_BENCH_ROUNDS` how often each command is run (60 unless set).
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a benchmark prints rounded figures, makes files and clocks of its own, and stops at the first surprise"
)]

#[path = "store/figures.rs"]
#[expect(dead_code, reason = "shared with the bench of the store")]
mod figures;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use serde_json::{Map, Value, json};

use crate::figures::{Figures, verdict};

/// The most memory that a command may take, in MiB.
const MEMORY: f64 = 12.0;

fn main() {
    let (profiles, rounds) = (number("MODELPIN_BENCH_PROFILES", 1_000), number("MODELPIN_BENCH_ROUNDS", 60));
    println!("whole processes, {profiles} profiles, {rounds} rounds");
    let home = home(profiles);
    let twice = ["anthropic:p1", "anthropic:p2"];
    // The memory of children is the most that any has taken so far: the smallest command comes first.
    let status = ["models", "status", "--check"];
    let set = ["models", "auth", "order", "set", "--provider", "anthropic"];
    measure(home.path(), rounds, "modelpin --version", |_| vec!["--version"], None);
    measure(home.path(), rounds, "models status --check", |_| status.to_vec(), Some(Duration::from_millis(15)));
    measure(
        home.path(),
        rounds,
        "models auth order set",
        |round| {
            // Another order each time, so that there is something to write.
            [&set[..], &[twice[round % 2], twice[(round + 1) % 2]]].concat()
        },
        Some(Duration::from_millis(20)),
    );
    clear_order(home.path());
    measure(home.path(), rounds, "models status --check --json", |_| [&status[..], &["--json"]].concat(), None);
}

fn number(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

/// A home whose state directory holds a store of so many keys.
fn home(profiles: usize) -> tempfile::TempDir {
    let home = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let entry = |number: usize| {
        let profile = json!({"type": "api_key", "provider": "anthropic", "key": format!("sk-test-{number:024x}")});
        (format!("anthropic:p{number}"), profile)
    };
    let profiles: Map<String, Value> = (0..profiles).map(entry).collect();
    let agent = home.path().join(".modelpin/agents/main/agent");
    fs::create_dir_all(&agent).unwrap();
    let config = json!({"agents": {"defaults": {"model": {"primary": "anthropic/claude-sonnet-4-6"}}}});
    fs::write(home.path().join(".modelpin/modelpin.json"), config.to_string()).unwrap();
    fs::write(agent.join("auth-profiles.json"), json!({"version": 1, "profiles": profiles}).to_string()).unwrap();
    home
}

fn clear_order(home: &Path) {
    let clear = ["models", "auth", "order", "clear", "--provider", "anthropic"];
    assert!(command(home, &clear).status().unwrap().success());
}

fn command(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_modelpin"));
    command.args(arguments).env_clear().env("HOME", home).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Runs the command so often, and prints how long it took and how much memory any command has taken so far.
fn measure<'a>(
    home: &Path,
    rounds: usize,
    what: &str,
    arguments: impl Fn(usize) -> Vec<&'a str>,
    target: Option<Duration>,
) {
    let mut figures = Figures::new(rounds);
    for round in 0..rounds + 3 {
        let arguments = arguments(round);
        let begun = Instant::now();
        let ended = command(home, &arguments).status().unwrap();
        let took = begun.elapsed();
        assert!(ended.success(), "{arguments:?}");
        // The first few bring the program and the files into memory.
        if round >= 3 {
            figures.add(took);
        }
    }
    figures.print(what, target.map(|target| (50, target)));
    // In KiB, of the largest child so far.
    let most = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss() as f64 / 1024.0;
    let asked =
        if target.is_some() { format!("   target ≤ {MEMORY}: {}", verdict(most <= MEMORY)) } else { String::new() };
    println!("    {:<56} {most:>8.1} MiB{asked}", "memory, at the most");
}
