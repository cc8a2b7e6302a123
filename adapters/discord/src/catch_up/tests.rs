#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{CHANNELS, CatchUp, EPOCH};
use crate::Clock;
use crate::scripted::{Answer, Drawer, Made, Stage};

/// Two hours after Discord's ids begin.
const NOW: Duration = Duration::from_hours(2);

fn clock() -> Clock {
    Clock(Arc::new(|| Duration::from_millis(EPOCH) + NOW))
}

/// The id of what was written so long ago.
fn id(ago: Duration) -> u64 {
    u64::try_from(NOW.checked_sub(ago).unwrap().as_millis()).unwrap() << 22
}

fn message(channel: u64, id: u64, server: Option<u64>) -> Value {
    let mut message = json!({"id": id.to_string(), "channel_id": channel.to_string(), "content": "hello"});
    if let Some(server) = server {
        message["guild_id"] = json!(server.to_string());
    }
    message
}

#[tokio::test(start_paused = true)]
async fn what_was_missed_comes_as_the_gateway_would_have_told_it() {
    let inbox = Drawer::default();
    let mut catch_up = CatchUp::recall(&inbox, 0, 1, clock()).await;
    let heard = id(Duration::from_mins(5));
    catch_up.heard(&message(7, heard, Some(50)));
    catch_up.heard(&json!({"id": (heard + 9).to_string(), "channel_id": "7", "data": {"name": "x"}}));
    catch_up.write(&inbox).await;
    let catch_up = CatchUp::recall(&inbox, 0, 1, clock()).await;
    let stage = Stage::new(move |made: &Made| {
        let author = json!({"id": "42", "username": "ann"});
        if made.line == format!("GET /channels/7/messages?after={heard}&limit=100") {
            let (mut later, mut first) = (message(7, heard + 2, None), message(7, heard + 1, None));
            (later["author"], first["author"]) = (author.clone(), author);
            return Some(Answer::ok(json!([later, first])));
        }
        Some(Answer::ok(json!({"roles": ["61"], "nick": null})))
    });
    let missed = catch_up.missed(&stage.line).await;
    let ids: Vec<&Value> = missed.iter().map(|message| &message["id"]).collect();
    assert_eq!(ids, [&json!((heard + 1).to_string()), &json!((heard + 2).to_string())]);
    assert!(missed.iter().all(|message| message["guild_id"] == "50" && message["member"]["roles"] == json!(["61"])));
    let members = stage.discord.made_at("GET /guilds/50/members/42");
    assert_eq!(members.len(), 1, "each person is asked for once");
}

#[tokio::test(start_paused = true)]
async fn what_is_old_is_not_caught_up_on_and_few_channels_are_remembered() {
    let inbox = Drawer::default();
    let mut catch_up = CatchUp::recall(&inbox, 0, 1, clock()).await;
    for channel in 1..=CHANNELS as u64 + 5 {
        catch_up.heard(&message(channel, id(Duration::from_mins(90)) + channel, None));
    }
    let stage = Stage::new(|_| Some(Answer::ok(json!([]))));
    assert!(catch_up.missed(&stage.line).await.is_empty());
    let asked = stage.discord.lines();
    assert_eq!(asked.len(), CHANNELS);
    let oldest = id(Duration::from_hours(1));
    assert!(asked.iter().all(|line| line.contains(&format!("after={oldest}&"))), "{asked:?}");
    assert!(!asked.iter().any(|line| line.starts_with("GET /channels/5/")), "the least recent are forgotten");
}
