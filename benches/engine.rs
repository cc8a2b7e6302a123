//! How long `/model opus@work` takes, from text to the confirmation of what is on disk, beside what is asked (SPEC 12).
//!
//! `cargo bench --bench engine` takes about a minute; with `-- --quick` a few seconds, to see that it runs: with so few
//! rounds the figures mean little. The disk of the target directory is what is measured, in multiples of a bare sync of
//! the same moment: bare sync, few sessions and many take turns.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a benchmark prints rounded figures, takes the time itself, and stops at the first surprise"
)]

#[path = "engine/bot.rs"]
mod bot;
#[path = "store/figures.rs"]
mod figures;
#[path = "engine/installation.rs"]
mod installation;
#[path = "engine/log_sync.rs"]
mod log_sync;
#[path = "store/tables.rs"]
mod tables;

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use modelpin::directive::{Directive, Message, read};

use crate::bot::{Bot, COMMAND};
use crate::figures::{Figures, ratio, verdict};
use crate::installation::{Installation, MANY};
use crate::log_sync::LogSync;
use crate::tables::Dice;

/// How much is measured.
struct Size {
    few: usize,
    many: usize,
    /// Commands timed one by one.
    rounds: usize,
    /// How long commands are kept in flight, each time.
    lasting: Duration,
}

const WHOLE: Size = Size { few: 1_000, many: 1_000_000, rounds: 3_000, lasting: Duration::from_secs(2) };
const QUICK: Size = Size { few: 1_000, many: 5_000, rounds: 100, lasting: Duration::from_millis(100) };

/// Commands in flight in the sustained runs, and how many of these there are of each kind.
const IN_FLIGHT: usize = 64;
const TURNS: usize = 3;

fn main() {
    let size = if std::env::args().any(|argument| argument == "--quick") { QUICK } else { WHOLE };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    println!("{COMMAND} with {MANY} models and {MANY} profiles, in {}", directory.path().display());
    reading(&directory.path().join("reading"), size.rounds);
    runtime.block_on(async {
        let few = Arc::new(Bot::with(&directory.path().join("few"), size.few).await);
        let many = Arc::new(Bot::with(&directory.path().join("many"), size.many).await);
        one_by_one(directory.path(), &few, &many, size.rounds).await;
        in_flight(&few, &many, size.lasting).await;
        without_disk(size.few, size.rounds).await;
    });
}

/// A headline, with how busy the machine is: no figure means much without it.
fn headline(what: &str) {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("\n{what} [load {}]", load.split(' ').next().unwrap_or("unknown"));
}

/// Parsing and resolving alone. The clock is too coarse for one at a time.
fn reading(state_dir: &Path, rounds: usize) {
    const CALLS: u32 = 100;
    let installation = Installation::write(state_dir);
    let (catalog, profiles) = (installation.catalog(), installation.profiles());
    let seen = profiles.seen_by(|_| true);
    let current = catalog.default_model();
    let mut times = Figures::new(rounds);
    for _ in 0..rounds {
        let start = Instant::now();
        for _ in 0..CALLS {
            let message = read(black_box(COMMAND), "modelpin").unwrap();
            let Message::Command(command) = message else { panic!("not a command: {message:?}") };
            let Directive::Select { wanted, .. } = command.directive else { panic!("not a selection: {command:?}") };
            black_box(catalog.read(&wanted, current, &seen).unwrap());
        }
        times.add(start.elapsed() / CALLS);
    }
    headline("read and resolved, nothing written");
    times.print("parsed, model and profile found", Some((50, Duration::from_micros(5))));
}

/// One command at a time: bare sync, few sessions, many sessions, in turns.
async fn one_by_one(directory: &Path, few: &Bot, many: &Bot, rounds: usize) {
    let mut log = LogSync::new(&directory.join("log"));
    let mut dice = Dice::new();
    let (mut syncs, mut at_few, mut at_many) = (Figures::new(rounds), Figures::new(rounds), Figures::new(rounds));
    for round in 0..rounds + 20 {
        let sync = log.append();
        let took_few = few.pin(dice.below(few.sessions)).await;
        let took_many = many.pin(dice.below(many.sessions)).await;
        // The first few start the writers and make their logs long enough.
        if round >= 20 {
            syncs.add(sync);
            at_few.add(took_few);
            at_many.add(took_many);
        }
    }
    headline("from text to confirmation, one at a time");
    syncs.print("one bare log frame + fdatasync", None);
    for (bot, times) in [(few, &at_few), (many, &at_many)] {
        times.print(&format!("{COMMAND}, {} sessions", bot.sessions), None);
        let sync = syncs.percentile(50);
        ratio("median, in medians of the bare sync", times.percentile(50) / sync, 3.0);
        ratio("p99, in medians of the bare sync", times.percentile(99) / sync, 8.0);
    }
    println!("    (the p99 of the bare sync itself: {:.2}×)", syncs.percentile(99) / syncs.percentile(50));
    let what = format!("{} sessions against {}, median", many.sessions, few.sessions);
    ratio(&what, at_many.percentile(50) / at_few.percentile(50), 1.2);
}

/// Many commands at a time, few sessions and many in turns.
async fn in_flight(few: &Arc<Bot>, many: &Arc<Bot>, lasting: Duration) {
    let mut runs = [(few, Figures::new(0), Duration::ZERO), (many, Figures::new(0), Duration::ZERO)];
    for turn in 0..TURNS {
        for (bot, waits, spent) in &mut runs {
            let start = Instant::now();
            waits.join(sustained(bot, lasting, turn).await);
            *spent += start.elapsed();
        }
    }
    headline(&format!("from text to confirmation, {IN_FLIGHT} in flight, 2 threads"));
    let rates = runs.map(|(bot, waits, spent)| {
        waits.print(&format!("{COMMAND}, {} sessions", bot.sessions), None);
        let rate = waits.count() as f64 / spent.as_secs_f64();
        println!("    {:<54} {rate:>8.0}/s   target ≥ 10,000/s: {}", "sustained", verdict(rate >= 10_000.0));
        rate
    });
    let what = format!("{} sessions against {}, time of each", many.sessions, few.sessions);
    ratio(&what, rates[0] / rates[1], 1.2);
}

async fn sustained(bot: &Arc<Bot>, lasting: Duration, turn: usize) -> Figures {
    let start = Instant::now();
    let chats: Vec<_> = (0..IN_FLIGHT)
        .map(|chat| {
            let bot = Arc::clone(bot);
            tokio::spawn(async move {
                let mut dice = Dice::seeded((turn * IN_FLIGHT + chat) as u64);
                let mut waits = Figures::new(0);
                while start.elapsed() < lasting {
                    // Each has sessions of its own: conflicts are not what is measured.
                    waits.add(bot.pin(dice.below(bot.sessions / IN_FLIGHT) * IN_FLIGHT + chat).await);
                }
                waits
            })
        })
        .collect();
    let mut all = Figures::new(0);
    for chat in chats {
        all.join(chat.await.unwrap());
    }
    all
}

/// The program's own share of it: the same on a file system that has nothing to sync.
async fn without_disk(sessions: usize, rounds: usize) {
    headline("from text to confirmation, nothing to sync (in /dev/shm)");
    let Ok(directory) = tempfile::tempdir_in("/dev/shm") else {
        println!("  NOT MEASURED: there is no /dev/shm here");
        return;
    };
    let bot = Bot::with(directory.path(), sessions).await;
    let mut dice = Dice::new();
    let mut times = Figures::new(rounds);
    for _ in 0..rounds {
        times.add(bot.pin(dice.below(sessions)).await);
    }
    times.print(&format!("{COMMAND}, {sessions} sessions"), None);
}
