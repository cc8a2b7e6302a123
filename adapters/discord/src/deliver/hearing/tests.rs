#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::Hearing;
use crate::api::Code;
use crate::inbound::{Heard, Me};
use crate::scripted::{Answer, Made, Stage};

const EVENT: &str = "MESSAGE_CREATE";

fn hearing(stage: &Stage) -> Arc<Hearing> {
    let me = Me { id: 7001, username: "PinBot".to_owned(), application: 7000 };
    Arc::new(Hearing::new(Arc::clone(&stage.line), me, Vec::new()))
}

fn message(channel: u64, id: u64) -> Value {
    json!({
        "id": id.to_string(), "channel_id": channel.to_string(), "guild_id": "500", "content": "hello", "type": 0,
        "author": {"id": "42", "username": "ann"}, "member": {"roles": []},
    })
}

/// A thread in a channel of a server, of which each has to be asked for.
fn thread(made: &Made) -> Answer {
    match made.line.as_str() {
        "GET /channels/7" => Answer::ok(json!({"id": "7", "type": 11, "guild_id": "500", "parent_id": "6"})),
        "GET /channels/6" => Answer::ok(json!({"id": "6", "type": 0, "guild_id": "500", "name": "general"})),
        "GET /guilds/500" => Answer::ok(json!({"id": "500", "name": "Crew", "roles": []})),
        other => panic!("{other}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_thread_its_channel_and_its_server_are_asked_for_once_and_as_long_as_it_takes() {
    let stage = Stage::new(|made| {
        Some(match made.nth {
            0 => Answer::passing(),
            1 => Answer::busy(40),
            _ => thread(made),
        })
    });
    let hearing = hearing(&stage);
    let said = hearing.place(7, EVENT, &message(7, 1)).await.unwrap();
    let room = said.inbound.room.unwrap();
    assert_eq!((room.server_name.as_deref(), room.name.as_deref()), (Some("Crew"), Some("general")));
    assert_eq!(said.inbound.conversation.peer, "6");
    assert_eq!(stage.discord.lines().len(), 9, "three questions, three times each");
    assert!(matches!(hearing.hear(EVENT, &message(7, 2)), Some(Heard::Said(_))), "now it is known");
}

#[tokio::test(start_paused = true)]
async fn what_discord_does_not_tell_has_no_name_but_a_channel_that_is_none_is_passed_over() {
    let refused = |line: &'static str| {
        Stage::new(move |made| {
            Some(if made.line == line { Answer::refused(403, Code::MissingAccess) } else { thread(made) })
        })
    };
    for (line, names) in [
        ("GET /guilds/500", Some((None, Some("general")))),
        ("GET /channels/6", Some((Some("Crew"), None))),
        ("GET /channels/7", None),
    ] {
        let stage = refused(line);
        let said = hearing(&stage).place(7, EVENT, &message(7, 1)).await;
        let found = said.map(|said| said.inbound.room.unwrap());
        let found = found.as_ref().map(|room| (room.server_name.as_deref(), room.name.as_deref()));
        assert_eq!(found, names, "{line}");
        assert_eq!(stage.discord.made_at(line).len(), 1, "{line} is asked once");
    }
}

#[tokio::test(start_paused = true)]
async fn what_comes_while_it_is_asked_waits_for_its_turn_and_other_channels_do_not() {
    let stage = Stage::new(|made| Some(thread(made).after(Duration::from_secs(1))));
    let hearing = hearing(&stage);
    let begun = Instant::now();
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut works = Vec::new();
    for (number, after, channel, is_placed) in
        [(1, 0, 7, false), (2, 500, 7, false), (3, 900, 7, true), (9, 900, 8, true)]
    {
        let (hearing, order) = (Arc::clone(&hearing), Arc::clone(&order));
        works.push(tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(after)).await;
            if is_placed {
                hearing.in_order(channel).await;
            } else {
                hearing.place(channel, EVENT, &message(channel, number)).await.unwrap();
            }
            order.lock().unwrap().push((number, begun.elapsed().as_millis() / 1_000));
        }));
    }
    for work in works {
        work.await.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), [(9, 0), (1, 3), (2, 3), (3, 3)]);
}
