//! How long a chat message takes to be read.
//!
//! `cargo bench --bench directive`. Criterion's own report comes first; the last lines are the figures of the contract,
//! medians of this run beside their targets.

#![allow(clippy::print_stdout, reason = "a bench prints what it found")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion};
use modelpin::directive::{COMMAND_NAMES, Message, read};

const BOT: &str = "mybot";
/// What a message that is no command may cost, whatever its length.
const PLAIN_TARGET: Duration = Duration::from_nanos(50);
/// What parsing and resolving a command may cost together.
const COMMAND_TARGET: Duration = Duration::from_micros(5);

/// Messages that are no command, of one length each.
fn plain() -> Vec<(&'static str, String)> {
    let words = "have you tried /model opus yet? ";
    vec![
        ("10 B", "just a few".to_owned()),
        ("1 kB", words.repeat(32)),
        ("100 kB", words.repeat(3_200)),
        ("100 kB, not Latin", "а вы пробовали модель опус? ".repeat(2_000)),
        ("100 kB, a path", format!("/usr/share/{}", words.repeat(3_200))),
    ]
}

/// A word that is one of 20 aliases or of none; the grammar is not told of aliases, so that they cost nothing here.
fn aliases() -> Vec<String> {
    (0..20).map(|n| format!("alias{n}")).filter(|alias| !COMMAND_NAMES.contains(&alias.as_str())).collect()
}

/// The median of many runs of `call`, each of them long enough for the clock.
fn median(mut call: impl FnMut()) -> Duration {
    const ROUNDS: usize = 101;
    const CALLS: u32 = 2_000;
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..CALLS {
                call();
            }
            start.elapsed() / CALLS
        })
        .collect();
    times.sort_unstable();
    times.get(ROUNDS / 2).copied().unwrap_or_default()
}

fn figure(what: &str, target: Duration, call: impl FnMut()) {
    let took = median(call);
    let verdict = if took <= target { "met" } else { "NOT MET" };
    println!("{what:<58} {:>9.4} µs   target ≤ {:.2} µs   {verdict}", micros(took), micros(target));
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn main() {
    let quick = Criterion::default().warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(1));
    let mut criterion = quick.configure_from_args();
    let plain = plain();
    let aliases = aliases();
    for (length, message) in &plain {
        assert_eq!(read(message, BOT), Ok(Message::Plain), "{length}");
        criterion.bench_function(&format!("no command, {length}"), |bencher| {
            bencher.iter(|| read(black_box(message), black_box(BOT)));
        });
    }
    criterion.bench_function("an alias", |bencher| {
        let mut next = aliases.iter().cycle();
        bencher.iter_batched(
            || format!("/{}", next.next().map_or("", String::as_str)),
            |message| read(black_box(&message), black_box(BOT)),
            BatchSize::SmallInput,
        );
    });
    for command in ["/model", "/model opus@work", "/model\u{a0}“opus”@'my key' for 1h30m", "/model opus please"] {
        criterion.bench_function(command, |bencher| bencher.iter(|| read(black_box(command), black_box(BOT))));
    }
    criterion.final_summary();

    println!("\nread a chat message that is no command, any length, {} aliases configured", aliases.len());
    for (length, message) in &plain {
        figure(&format!("  {length}"), PLAIN_TARGET, || {
            let _ = black_box(read(black_box(message), black_box(BOT)));
        });
    }
    println!("parse a command (the target is that of parsing and resolving)");
    figure("  /model opus@work", COMMAND_TARGET, || {
        let _ = black_box(read(black_box("/model opus@work"), black_box(BOT)));
    });
}
