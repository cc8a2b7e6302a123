//! What becomes of confirmations when the server ends under load and is started again.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::IN_FLIGHT;
use crate::bot::Bot;
use crate::figures::verdict;
use crate::postgres::Server;
use crate::tables::key;

/// What one chat has seen.
#[derive(Default)]
struct Seen {
    /// How often the pin was confirmed.
    confirmed: u64,
    /// How often it was told that it was not saved.
    refused: u64,
    /// When it was last confirmed, each time that happened after a refusal.
    back: Option<Instant>,
}

/// [`IN_FLIGHT`] chats pin all the time, each in its own session, while the server is `away` for so long.
pub(crate) async fn measure(mut server: Server, state_dir: &Path, away: Duration) {
    server.execute("CREATE DATABASE outage");
    let bot = Arc::new(Bot::on(state_dir, &server.url("outage"), IN_FLIGHT));
    bot.pin(0).await;
    let is_over = Arc::new(AtomicBool::new(false));
    let chats: Vec<_> = (0..IN_FLIGHT)
        .map(|chat| {
            let (bot, is_over) = (Arc::clone(&bot), Arc::clone(&is_over));
            tokio::spawn(async move {
                let mut seen = Seen::default();
                while !is_over.load(Ordering::Acquire) {
                    if bot.try_pin(chat).await {
                        seen.confirmed += 1;
                        if seen.refused > 0 && seen.back.is_none() {
                            seen.back = Some(Instant::now());
                        }
                    } else {
                        seen.refused += 1;
                        // As a person does, but for the time it takes to read.
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                }
                seen
            })
        })
        .collect();
    tokio::time::sleep(away / 10).await;
    let restarted = tokio::task::spawn_blocking(move || {
        server.kill();
        thread::sleep(away);
        server.restart();
        (server, Instant::now())
    });
    let (server, restarted) = restarted.await.unwrap();
    tokio::time::sleep(Duration::from_secs(5)).await;
    is_over.store(true, Ordering::Release);
    let (mut confirmed, mut refused, mut lost, mut slowest, mut silent) = (0, 0, 0_u64, Duration::ZERO, 0);
    for (chat, seen) in chats.into_iter().enumerate() {
        let seen = seen.await.unwrap();
        confirmed += seen.confirmed;
        refused += seen.refused;
        match seen.back {
            Some(back) => slowest = slowest.max(back.saturating_duration_since(restarted)),
            None => silent += 1,
        }
        // Each confirmation raised the revision by one; so may have what was cut off before it was told.
        let stored = bot.store().load(&key(chat)).await.unwrap().map_or(0, |row| row.revision);
        lost += seen.confirmed.saturating_sub(stored);
    }
    println!("    {:<54} {confirmed:>8}, {refused} times told that it was not saved", "confirmed");
    println!("    {:<54} {lost:>8}   target 0: {}", "confirmed and not there", verdict(lost == 0));
    let is_back = silent == 0 && slowest <= Duration::from_secs(5);
    println!(
        "    {:<54} {:>6.2} s   target ≤ 5 s: {}",
        "until the last of the chats was confirmed again",
        slowest.as_secs_f64(),
        verdict(is_back)
    );
    drop(server);
}
