#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::{Instant, sleep};

use super::Limits;
use crate::api::Route;
use crate::scripted::command;

fn head(fields: &[(&'static str, &str)]) -> HeaderMap {
    fields.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())).collect()
}

fn told(bucket: &str, remaining: &str, reset_after: &str) -> HeaderMap {
    head(&[
        ("x-ratelimit-bucket", bucket),
        ("x-ratelimit-remaining", remaining),
        ("x-ratelimit-reset-after", reset_after),
    ])
}

/// Sends one message to `channel` which is answered so.
fn send(limits: &Limits, channel: u64, status: u16, head: &HeaderMap) -> Result<(), Duration> {
    let pass = limits.enter(&Method::POST, &Route::Messages(channel))?;
    pass.answered(status, head);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn where_nothing_is_left_nothing_is_sent_until_there_is() {
    let limits = Limits::default();
    send(&limits, 7, 200, &told("a", "0", "1.5")).unwrap();
    assert_eq!(send(&limits, 7, 200, &HeaderMap::new()), Err(Duration::from_millis(1_500)));
    send(&limits, 8, 200, &told("a", "4", "1.5")).unwrap();
    sleep(Duration::from_millis(1_500)).await;
    send(&limits, 7, 200, &told("a", "4", "1.5")).unwrap();
}

#[tokio::test(start_paused = true)]
async fn those_under_way_are_counted() {
    let limits = Limits::default();
    send(&limits, 7, 200, &told("a", "2", "5")).unwrap();
    let route = Route::Messages(7);
    let one = limits.enter(&Method::POST, &route).unwrap();
    let two = limits.enter(&Method::POST, &route).unwrap();
    assert!(limits.enter(&Method::POST, &route).is_err());
    one.answered(200, &told("a", "1", "5"));
    drop(one);
    assert!(limits.enter(&Method::POST, &route).is_err(), "the second one is still to be counted");
    two.answered(200, &told("a", "0", "5"));
    drop(two);
    assert!(limits.enter(&Method::POST, &route).is_err());
}

#[tokio::test(start_paused = true)]
async fn calls_that_discord_counts_together_are_counted_together() {
    let limits = Limits::default();
    let deletion = Route::Message { channel: 7, message: 1 };
    limits.enter(&Method::PATCH, &deletion).unwrap().answered(200, &told("same", "3", "5"));
    send(&limits, 7, 200, &told("same", "0", "5")).unwrap();
    assert!(limits.enter(&Method::PATCH, &deletion).is_err());
    assert!(limits.enter(&Method::DELETE, &deletion).is_ok(), "that is another kind");
}

#[tokio::test(start_paused = true)]
async fn too_much_of_one_kind_stops_that_kind_and_too_much_of_all_stops_all() {
    let limits = Limits::default();
    send(&limits, 7, 429, &head(&[("retry-after", "2")])).unwrap();
    assert_eq!(send(&limits, 7, 200, &HeaderMap::new()), Err(Duration::from_secs(2)));
    send(&limits, 8, 429, &head(&[("retry-after", "3"), ("x-ratelimit-global", "true")])).unwrap();
    assert_eq!(send(&limits, 9, 200, &HeaderMap::new()), Err(Duration::from_secs(3)));
    let way = command(modelpin_chat::Visibility::Chat);
    let callback = Route::Callback(way.interaction.as_ref().unwrap().into());
    assert!(limits.enter(&Method::POST, &callback).is_ok(), "interactions are not counted among all");
}

#[tokio::test(start_paused = true)]
async fn an_account_never_calls_faster_than_discord_allows() {
    let limits = Limits::default();
    let begin = Instant::now();
    let mut at = Vec::new();
    for channel in 1..=200 {
        while let Err(wait) = send(&limits, channel, 200, &HeaderMap::new()) {
            sleep(wait).await;
        }
        at.push(begin.elapsed());
    }
    let within = |from: &Duration| at.iter().filter(|at| *at >= from && **at < *from + Duration::from_secs(1)).count();
    assert!(at.iter().all(|from| within(from) <= 50), "{at:?}");
    assert!(at.last().unwrap() < &Duration::from_secs(6), "{at:?}");
}

#[tokio::test(start_paused = true)]
async fn what_nothing_is_to_be_known_of_is_forgotten() {
    let limits = Limits::default();
    for channel in 1..=3_000 {
        while let Err(wait) = send(&limits, channel, 200, &told("a", "4", "0.1")) {
            sleep(wait).await;
        }
    }
    assert!(limits.locked().buckets.len() < 1_100, "{}", limits.locked().buckets.len());
}

#[tokio::test(start_paused = true)]
async fn a_head_that_makes_no_sense_stops_nothing() {
    let limits = Limits::default();
    for (remaining, reset) in [("-1", "NaN"), ("x", "1"), ("0", "-5"), ("0", "inf"), ("", "")] {
        send(&limits, 7, 200, &told("a", remaining, reset)).unwrap();
    }
    send(&limits, 7, 429, &head(&[("retry-after", "Thu, 26 Nov 2026")])).unwrap();
    send(&limits, 7, 200, &HeaderMap::new()).unwrap();
}
