//! What `/model opus@work` and a look-up cost on PostgreSQL, beside SQLite, and how that grows with the sessions (SPEC 11).
//!
//! `cargo bench --bench postgres` takes some minutes; with `-- --quick` a few seconds, to see that it runs. The server is
//! one of its own, on this machine and with everything synced to this disk, as it is set up by default.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a benchmark prints rounded figures, takes the time itself, and stops at the first surprise"
)]

#[path = "engine/bot.rs"]
#[allow(dead_code, reason = "another benchmark asks for the rest")]
mod bot;
#[path = "store/figures.rs"]
#[allow(dead_code, reason = "another benchmark asks for the rest")]
mod figures;
#[path = "engine/installation.rs"]
#[allow(dead_code, reason = "another benchmark asks for the rest")]
mod installation;
#[path = "postgres/outage.rs"]
mod outage;
#[path = "../tests/support/postgres.rs"]
#[allow(dead_code, reason = "the tests ask for the rest")]
mod postgres;
#[path = "store/tables.rs"]
#[allow(dead_code, reason = "another benchmark asks for the rest")]
mod tables;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::bot::{Bot, COMMAND};
use crate::figures::{Figures, verdict};
use crate::postgres::Server;
use crate::tables::{Dice, key};

/// Commands in flight in the sustained runs.
const IN_FLIGHT: usize = 64;

/// The rows of the one session there is, for as many more as are wanted.
const FILL: &str = "INSERT INTO modelpin.sessions (key, revision, conversation, created, updated, parent, state)
    SELECT 'agent:main:telegram:default:dm:' || lpad(n::TEXT, 9, '0'), revision, conversation, created, updated, parent, state
    FROM generate_series(1, {} - 1) AS n, modelpin.sessions WHERE key = 'agent:main:telegram:default:dm:000000000';
    VACUUM ANALYZE modelpin.sessions; CHECKPOINT";

/// What was measured of one store.
struct Row {
    pins: Figures,
    rate: f64,
    looks: Figures,
}

fn main() {
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    let (sizes, rounds, lasting): (&[usize], usize, u64) =
        if is_quick { (&[1_000, 5_000], 50, 100) } else { (&[1_000, 10_000, 100_000, 1_000_000], 1_000, 3_000) };
    let lasting = Duration::from_millis(lasting);
    let Some(server) = Server::start(&["-c", "fsync=on"]) else { return println!("NOT MEASURED") };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    println!("{COMMAND} one at a time and with {IN_FLIGHT} in flight, and look-ups of any session; times in µs\n");
    println!("             SQLite                                      PostgreSQL");
    println!("  sessions   pin: median       p99      per s  look: p99   pin: median       p99      per s  look: p99");
    let mut last = None;
    for sessions in sizes {
        let place = |name: &str| directory.path().join(format!("{name}-{sessions}"));
        let sqlite = runtime.block_on(async {
            let bot = Bot::with(&place("sqlite"), *sessions).await;
            measure(&Arc::new(bot), rounds, lasting).await
        });
        let shared = runtime.block_on(on_postgres(&server, &place("postgres"), *sessions, rounds, lasting));
        println!("  {sessions:>8}  {}  {}", line(&sqlite), line(&shared));
        last = Some(shared);
    }
    let Some(Row { pins: _, rate, looks }) = last else { return };
    println!("\non PostgreSQL, with the most sessions");
    println!("    {:<54} {rate:>8.0}/s   target ≥ 1,000/s: {}", COMMAND, verdict(rate >= 1_000.0));
    looks.print("look-up", Some((99, Duration::from_millis(2))));
    let away = Duration::from_secs(if is_quick { 1 } else { 30 });
    println!("\nPostgreSQL killed under load, and started again after {} s", away.as_secs());
    runtime.block_on(outage::measure(server, &directory.path().join("outage"), away));
}

async fn on_postgres(server: &Server, state_dir: &Path, sessions: usize, rounds: usize, lasting: Duration) -> Row {
    server.execute(&format!("CREATE DATABASE bench_{sessions}"));
    let url = server.url(&format!("bench_{sessions}"));
    let bot = Bot::on(state_dir, &url, sessions);
    // The first makes the tables, and the row that all the others are made of.
    bot.pin(0).await;
    for part in FILL.replace("{}", &sessions.to_string()).split(';') {
        postgres::execute(&url, part);
    }
    measure(&Arc::new(bot), rounds, lasting).await
}

async fn measure(bot: &Arc<Bot>, rounds: usize, lasting: Duration) -> Row {
    let mut dice = Dice::new();
    let (mut pins, mut looks) = (Figures::new(rounds), Figures::new(rounds));
    let store = bot.store();
    for round in 0..rounds + 20 {
        let took = bot.pin(dice.below(bot.sessions)).await;
        let key = key(dice.below(bot.sessions));
        let start = Instant::now();
        assert!(store.load(&key).await.unwrap().is_some());
        // The first few open connections, and make logs long enough.
        if round >= 20 {
            pins.add(took);
            looks.add(start.elapsed());
        }
    }
    let start = Instant::now();
    let chats: Vec<_> = (0..IN_FLIGHT)
        .map(|chat| {
            let bot = Arc::clone(bot);
            tokio::spawn(async move {
                let (mut dice, mut done) = (Dice::seeded(chat as u64), 0_usize);
                while start.elapsed() < lasting {
                    // Each has sessions of its own: conflicts are not what is measured.
                    bot.pin(dice.below(bot.sessions / IN_FLIGHT) * IN_FLIGHT + chat).await;
                    done += 1;
                }
                done
            })
        })
        .collect();
    let mut done = 0;
    for chat in chats {
        done += chat.await.unwrap();
    }
    Row { pins, rate: done as f64 / start.elapsed().as_secs_f64(), looks }
}

fn line(Row { pins, rate, looks }: &Row) -> String {
    let (median, p99) = (pins.percentile(50), pins.percentile(99));
    format!("{median:>11.0} {p99:>9.0} {rate:>10.0} {:>10.0}", looks.percentile(99))
}
