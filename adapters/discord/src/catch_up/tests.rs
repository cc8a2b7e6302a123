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

/// What is answered to who asks for what follows on a message, of a channel in which `all` were written.
fn page(all: &[u64], made: &Made) -> Value {
    let after: u64 = made.line.split(['=', '&']).nth(1).unwrap().parse().unwrap();
    let follow: Vec<u64> = all.iter().copied().filter(|id| *id > after).take(100).collect();
    // Discord tells the latest first.
    Value::Array(follow.into_iter().rev().map(|id| message(7, id, None)).collect())
}

#[tokio::test(start_paused = true)]
async fn a_channel_in_which_much_was_written_is_asked_page_by_page() {
    for (written, told, asked) in [(100, 100, 2), (250, 250, 3), (900, 500, 5)] {
        let inbox = Drawer::default();
        let mut catch_up = CatchUp::recall(&inbox, 0, 1, clock()).await;
        let heard = id(Duration::from_mins(5));
        catch_up.heard(&message(7, heard, None));
        let all: Vec<u64> = (1..=written).map(|number| heard + number).collect();
        let stage = Stage::new({
            let all = all.clone();
            move |made: &Made| Some(Answer::ok(page(&all, made)))
        });
        let missed = catch_up.missed(&stage.line).await;
        let ids: Vec<u64> = missed.iter().map(|message| message["id"].as_str().unwrap().parse().unwrap()).collect();
        assert_eq!(ids, all[..told]);
        assert_eq!(stage.discord.lines().len(), asked);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_missed_is_asked_for_again_and_not_for_ever() {
    let inbox = Drawer::default();
    let mut catch_up = CatchUp::recall(&inbox, 0, 1, clock()).await;
    let heard = id(Duration::from_mins(5));
    catch_up.heard(&message(7, heard, None));
    let stage = Stage::new(move |made: &Made| {
        Some(match made.nth {
            0..=3 => Answer::passing(),
            4 => Answer::busy(7),
            _ => Answer::ok(page(&[heard + 1], made)),
        })
    });
    assert_eq!(catch_up.missed(&stage.line).await.len(), 1, "Discord was away for some seconds");
    for answer in [Answer::passing as fn() -> Answer, || Answer::busy(86_400)] {
        let stage = Stage::new(move |_| Some(answer()));
        let begun = tokio::time::Instant::now();
        assert!(catch_up.missed(&stage.line).await.is_empty());
        assert!(begun.elapsed() <= super::PATIENCE, "{:?}", begun.elapsed());
    }
}
