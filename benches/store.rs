//! How fast the state store is, beside what is asked of it (SPEC 12).
//!
//! `cargo bench --bench store` takes about a minute. `MODELPIN_BENCH_SESSIONS` is the size of the large table (1,000,000
//! unless set, 64 at least), `MODELPIN_BENCH_ROUNDS` the number of commits and look-ups timed (2,000 unless set): with
//! 5000 and 50 it is over in a few seconds, to see that it runs. Not a criterion benchmark, because p99, ratios between
//! two figures of the same run, and commits in flight are asked for.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a benchmark times the real thing, prints rounded figures, and stops at the first surprise"
)]

#[path = "store/figures.rs"]
mod figures;
#[path = "store/tables.rs"]
mod tables;

use std::fs::{self, File};
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use modelpin::store::{SessionTable, Sqlite};

use crate::figures::{Figures, ratio, verdict};
use crate::tables::{Dice, change, filled, key};

/// Commits in flight in the sustained run, and how long it runs.
const IN_FLIGHT: usize = 64;
const SUSTAINED: Duration = Duration::from_secs(3);

fn main() {
    let sessions = number("MODELPIN_BENCH_SESSIONS", 1_000_000);
    let rounds = number("MODELPIN_BENCH_ROUNDS", 2_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    runtime.block_on(async {
        let few = sessions.min(1_000);
        let some = sessions.min(100_000);
        println!(
            "state store: {few}, {some} and {sessions} sessions, {rounds} rounds, in {}",
            directory.path().display()
        );
        let small = durable(&directory.path().join("small"), few, rounds).await;
        let large = durable(&directory.path().join("large"), sessions, rounds).await;
        println!("\nflat: {sessions} sessions against {few}, target ≤ 1.2×");
        ratio("one commit at a time, against one sync each, median", large.latency, small.latency, 1.2);
        ratio("commits in flight, time of each", small.per_second, large.per_second, 1.2);
        undurable(some, rounds).await;
        look_ups(&directory.path().join("large"), sessions, rounds).await;
    });
}

fn number(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

/// What a run with synced commits gave.
struct Durable {
    /// Median of one commit at a time, in bare syncs.
    latency: f64,
    /// Commits per second with [`IN_FLIGHT`] at once.
    per_second: f64,
}

async fn durable(directory: &Path, sessions: usize, rounds: usize) -> Durable {
    let path = filled(directory, sessions).await;
    let store = Arc::new(Sqlite::open(&path).unwrap());
    let mut dice = Dice::new();
    println!("\n{sessions} sessions, commits synced");
    let mut bare = BareSync::new(&directory.join("bare"));
    let (mut syncs, mut commits) = (Figures::new(rounds), Figures::new(rounds));
    for round in 0..rounds + 20 {
        let row = store.load(&key(dice.below(sessions))).await.unwrap().unwrap();
        let sync = bare.time(round);
        let start = Instant::now();
        store.commit(change(&row)).await.unwrap();
        // The first few make the writer start and the log long enough.
        if round >= 20 {
            syncs.add(sync);
            commits.add(start.elapsed());
        }
    }
    syncs.print("one bare 4 KiB write + fdatasync", None);
    commits.print("one commit at a time", None);
    let latency = commits.percentile(50) / syncs.percentile(50);
    ratio("  median against the bare sync's, target ≤ 3×", commits.percentile(50), syncs.percentile(50), 3.0);
    ratio("  p99 against the bare sync's median, target ≤ 8×", commits.percentile(99), syncs.percentile(50), 8.0);
    ratio("  p99 against the bare sync's p99", commits.percentile(99), syncs.percentile(99), 8.0);
    let (per_second, waits) = sustained(&store, sessions, rounds).await;
    waits.print(&format!("each of {IN_FLIGHT} commits in flight"), None);
    let target = "target ≥ 10,000/s";
    println!("  sustained {per_second:>38.0} commits/s   {target} {}", verdict(per_second >= 10_000.0));
    Durable { latency, per_second }
}

async fn sustained(store: &Arc<Sqlite>, sessions: usize, rounds: usize) -> (f64, Figures) {
    let lasting = SUSTAINED.min(Duration::from_millis(10 * rounds as u64));
    let start = Instant::now();
    let mut askers = Vec::new();
    for asker in 0..IN_FLIGHT {
        let store = Arc::clone(store);
        askers.push(tokio::spawn(async move {
            let mut dice = Dice::seeded(asker as u64);
            let mut waits = Figures::new(0);
            while start.elapsed() < lasting {
                // Each asker has rows of its own: conflicts are not what is measured.
                let number = dice.below(sessions / IN_FLIGHT) * IN_FLIGHT + asker;
                let row = store.load(&key(number)).await.unwrap().unwrap();
                let begun = Instant::now();
                store.commit(change(&row)).await.unwrap();
                waits.add(begun.elapsed());
            }
            waits
        }));
    }
    let mut all = Figures::new(0);
    for asker in askers {
        all.join(asker.await.unwrap());
    }
    (all.count() as f64 / start.elapsed().as_secs_f64(), all)
}

/// The whole way through the writer, on a file system that has nothing to sync.
async fn undurable(sessions: usize, rounds: usize) {
    println!("\n{sessions} sessions, no sync (in /dev/shm)");
    let Ok(directory) = tempfile::tempdir_in("/dev/shm") else {
        println!("  NOT MEASURED: there is no /dev/shm here");
        return;
    };
    let store = Sqlite::open(&filled(&directory.path().join("db"), sessions).await).unwrap();
    let mut dice = Dice::new();
    let mut commits = Figures::new(rounds);
    for round in 0..rounds + 20 {
        let row = store.load(&key(dice.below(sessions))).await.unwrap().unwrap();
        let start = Instant::now();
        store.commit(change(&row)).await.unwrap();
        if round >= 20 {
            commits.add(start.elapsed());
        }
    }
    commits.print("one row update, there and back", Some((50, Duration::from_micros(20))));
}

async fn look_ups(directory: &Path, sessions: usize, rounds: usize) {
    println!("\n{sessions} sessions, look-ups");
    let store = Sqlite::open(&directory.join("modelpin.sqlite")).unwrap();
    let mut dice = Dice::new();
    let mut cold = Figures::new(rounds);
    for _ in 0..rounds {
        let key = key(dice.below(sessions));
        let start = Instant::now();
        black_box(store.load(&key).await.unwrap());
        cold.add(start.elapsed());
    }
    cold.print("cold: not in the cache of the store", Some((99, Duration::from_micros(50))));
    let warm_keys: Vec<_> = (0..sessions.min(1_000)).map(key).collect();
    for key in &warm_keys {
        store.load(key).await.unwrap();
    }
    let mut warm = Figures::new(rounds);
    for _ in 0..rounds.max(100) {
        let key = &warm_keys[dice.below(warm_keys.len())];
        let start = Instant::now();
        black_box(store.load(key).await.unwrap());
        warm.add(start.elapsed());
    }
    warm.print("warm: seen before, checked against the log", Some((50, Duration::from_micros(1))));
}

/// Writes over one page of a file after the other, and syncs each.
struct BareSync {
    file: File,
}

impl BareSync {
    const PAGES: usize = 2_000;

    fn new(path: &Path) -> Self {
        let mut file = File::create(path).unwrap();
        file.write_all(&vec![1; Self::PAGES * 4096]).unwrap();
        file.sync_all().unwrap();
        fs::metadata(path).unwrap();
        Self { file }
    }

    fn time(&mut self, round: usize) -> Duration {
        use std::os::unix::fs::FileExt;
        let page = [round.to_le_bytes()[0]; 4096];
        let start = Instant::now();
        self.file.write_all_at(&page, (round % Self::PAGES * 4096) as u64).unwrap();
        self.file.sync_data().unwrap();
        start.elapsed()
    }
}
