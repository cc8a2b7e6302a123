//! Interactions have their time, and their answers are seen by whom they are for.

use std::time::Duration;

use serde_json::json;

use crate::discord::fake::{Client, TOKEN};
use crate::support::discord::{DiscordFake, Place, World};

/// The path of the bot's application, and what it is asked for.
const APPLICATION: &str = "100000000000000002";

async fn with_help(fake: &DiscordFake) -> (Client, Place) {
    let client = Client::of(fake);
    fake.shared.clock.hold();
    let path = format!("/applications/{APPLICATION}/commands");
    client.calls("PUT", &path, TOKEN, json!([{"name": "help", "description": "Shows it", "type": 1}])).await;
    (client, fake.dm(&fake.person(42, "Ann")))
}

#[tokio::test]
async fn an_interaction_is_acknowledged_once_and_within_three_seconds() {
    let fake = DiscordFake::start(TOKEN, "pinbot");
    let (client, dm) = with_help(&fake).await;
    let ann = fake.person(42, "Ann");
    for (late, wanted) in [(0, (204, 0)), (3, (204, 0)), (4, (404, 10_062))] {
        ann.slash(dm, "help", None, &[]);
        let (id, token) = fake.shared.look(World::last_interaction);
        fake.shared.clock.advance(Duration::from_secs(late));
        let callback = format!("/interactions/{id}/{token}/callback");
        let seen = json!({"type": 5, "data": {"flags": 64}});
        assert_eq!(client.calls("POST", &callback, TOKEN, seen.clone()).await, wanted, "{late}");
        if wanted.0 == 204 {
            assert_eq!(client.calls("POST", &callback, TOKEN, seen).await, (400, 40_060));
        }
    }
    assert_eq!(fake.complaints(), [""; 0]);
}

#[tokio::test]
async fn it_is_answered_for_fifteen_minutes_and_by_whom_it_was_for() {
    let fake = DiscordFake::start(TOKEN, "pinbot");
    let (client, dm) = with_help(&fake).await;
    let ann = fake.person(42, "Ann");
    ann.slash(dm, "help", None, &[]);
    let (id, token) = fake.shared.look(World::last_interaction);
    let answers = format!("/webhooks/{APPLICATION}/{token}");
    let body = json!({"content": "x", "allowed_mentions": {"parse": []}});
    assert_eq!(client.calls("POST", &answers, TOKEN, body.clone()).await, (404, 10_015), "it is not acknowledged");
    fake.shared.clock.advance(Duration::from_secs(2));
    let seen = json!({"type": 5, "data": {"flags": 64}});
    client.calls("POST", &format!("/interactions/{id}/{token}/callback"), TOKEN, seen).await;
    // The first thing that is said takes the place of the sign of thinking, and is seen by whom that was for.
    assert_eq!(client.calls("POST", &answers, TOKEN, body.clone()).await.0, 200);
    let shown = fake.answers(dm).last().unwrap().clone();
    assert_eq!(shown.only_for, Some(42));
    let over_channel = format!("/channels/{}/messages/{}", dm.channel, shown.id);
    assert_eq!(client.calls("PATCH", &over_channel, TOKEN, body.clone()).await, (404, 10_008));
    assert_eq!(client.calls("DELETE", &over_channel, TOKEN, json!(null)).await, (404, 10_008));
    client.says(dm, json!({"content": "something else"})).await;
    let other = fake.answers(dm).last().unwrap().id;
    let elsewhere = format!("{answers}/messages/{other}");
    assert_eq!(client.calls("PATCH", &elsewhere, TOKEN, body.clone()).await, (404, 10_008), "it answers nothing");
    // They begin with the interaction, and not with its acknowledgement.
    fake.shared.clock.advance(Duration::from_secs(15 * 60 - 2));
    assert_eq!(client.calls("POST", &answers, TOKEN, body.clone()).await.0, 200);
    fake.shared.clock.advance(Duration::from_secs(1));
    assert_eq!(client.calls("POST", &answers, TOKEN, body).await, (401, 50_027));
    assert_eq!(fake.complaints(), [""; 0]);
}
