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
    reason = "a benchmark prints rounded figures, makes files and clocks of its own, and stops at the first surprise"
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

/// Commits in flight in the sustained run, and how long it runs: the tables take turns.
const IN_FLIGHT: usize = 64;
const SLICES: usize = 6;
const SLICE: Duration = Duration::from_secs(1);

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
        let mut tables = [
            Table::open(&directory.path().join("small"), few, rounds).await,
            Table::open(&directory.path().join("large"), sessions, rounds).await,
        ];
        one_at_a_time(&mut tables, &directory.path().join("bare"), rounds).await;
        in_flight(&mut tables, rounds).await;
        drop(tables);
        undurable(some, rounds).await;
        look_ups(&directory.path().join("large"), sessions, rounds).await;
    });
}

fn number(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

/// A headline, with how busy the machine is: no figure means much without it.
fn headline(what: &str) {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("\n{what} [load {}]", load.split(' ').next().unwrap_or("unknown"));
}

/// A table under test, and what it took so far. The tables take turns, so that a disk or a machine that changes its pace
/// does so to all of them.
struct Table {
    store: Arc<Sqlite>,
    sessions: usize,
    dice: Dice,
    /// One write with a sync, just before each commit.
    syncs: Figures,
    commits: Figures,
    waits: Figures,
    /// How long there were commits in flight.
    busy: Duration,
}

impl Table {
    async fn open(directory: &Path, sessions: usize, rounds: usize) -> Self {
        Self {
            store: Arc::new(Sqlite::open(&filled(directory, sessions).await).unwrap()),
            sessions,
            dice: Dice::new(),
            syncs: Figures::new(rounds),
            commits: Figures::new(rounds),
            waits: Figures::new(0),
            busy: Duration::ZERO,
        }
    }

    /// Median of one commit at a time, in bare syncs.
    fn latency(&self) -> f64 {
        self.commits.percentile(50) / self.syncs.percentile(50)
    }

    fn per_second(&self) -> f64 {
        self.waits.count() as f64 / self.busy.as_secs_f64()
    }
}

async fn one_at_a_time(tables: &mut [Table; 2], bare: &Path, rounds: usize) {
    headline("one commit at a time, each synced, beside a bare write of 4 KiB with fdatasync");
    let mut bare = BareSync::new(bare);
    for round in 0..rounds + 20 {
        for table in &mut *tables {
            let row = table.store.load(&key(table.dice.below(table.sessions))).await.unwrap().unwrap();
            let sync = bare.time();
            let start = Instant::now();
            table.store.commit(change(&row)).await.unwrap();
            // The first few make the writer start and the log long enough.
            if round >= 20 {
                table.commits.add(start.elapsed());
                table.syncs.add(sync);
            }
        }
    }
    for table in &*tables {
        let (syncs, commits) = (&table.syncs, &table.commits);
        let (usual, worst) = (syncs.percentile(50), syncs.percentile(99));
        syncs.print(&format!("{:>9} sessions: bare sync", table.sessions), None);
        commits.print(&format!("{:>9} sessions: commit", table.sessions), None);
        ratio("median, in medians of the bare sync", table.latency(), 3.0);
        ratio("p99, in medians of the bare sync", commits.percentile(99) / usual, 8.0);
        println!("    (the bare sync's own p99 is {:.2}× its median;", worst / usual);
        println!("     the commit's p99 is {:.2}× the bare sync's p99)", commits.percentile(99) / worst);
    }
    let [small, large] = tables;
    ratio("flat: median in bare syncs, large table against small", large.latency() / small.latency(), 1.2);
}

async fn in_flight(tables: &mut [Table; 2], rounds: usize) {
    headline(&format!("{IN_FLIGHT} commits in flight, each synced"));
    let slice = SLICE.min(Duration::from_millis(rounds as u64));
    for _ in 0..SLICES {
        for table in &mut *tables {
            sustained(table, slice).await;
        }
    }
    for table in &*tables {
        table.waits.print(&format!("{:>9} sessions: each commit", table.sessions), None);
        let per_second = table.per_second();
        let verdict = verdict(per_second >= 10_000.0);
        println!("    {:<56} {per_second:>8.0}    target ≥ 10,000: {verdict}", "commits per second");
    }
    let [small, large] = tables;
    ratio("flat: time of each, large table against small", small.per_second() / large.per_second(), 1.2);
}

async fn sustained(table: &mut Table, lasting: Duration) {
    let start = Instant::now();
    let mut askers = Vec::new();
    for asker in 0..IN_FLIGHT {
        let (store, sessions) = (Arc::clone(&table.store), table.sessions);
        let mut dice = Dice::seeded(table.dice.below(1 << 31) as u64);
        askers.push(tokio::spawn(async move {
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
    for asker in askers {
        table.waits.join(asker.await.unwrap());
    }
    table.busy += start.elapsed();
}

/// The whole way through the writer, on a file system that has nothing to sync.
async fn undurable(sessions: usize, rounds: usize) {
    headline(&format!("{sessions} sessions, no sync (in /dev/shm)"));
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
    headline(&format!("{sessions} sessions, look-ups"));
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
    writes: usize,
}

impl BareSync {
    const PAGES: usize = 2_000;

    fn new(path: &Path) -> Self {
        let mut file = File::create(path).unwrap();
        file.write_all(&vec![1; Self::PAGES * 4096]).unwrap();
        file.sync_all().unwrap();
        Self { file, writes: 0 }
    }

    fn time(&mut self) -> Duration {
        use std::os::unix::fs::FileExt;
        let page = [self.writes.to_le_bytes()[0]; 4096];
        let start = Instant::now();
        self.file.write_all_at(&page, (self.writes % Self::PAGES * 4096) as u64).unwrap();
        self.file.sync_data().unwrap();
        self.writes += 1;
        start.elapsed()
    }
}
