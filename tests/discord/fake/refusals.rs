//! What is not there, what is not the bot's, and what it may not.

use std::time::Duration;

use serde_json::{Value, json};

use crate::discord::fake::{Client, TOKEN};
use crate::support::discord::{DiscordFake, Right, World};

fn said() -> Value {
    json!({"content": "x", "allowed_mentions": {"parse": []}})
}

#[tokio::test]
async fn who_is_nobody_is_told_nothing_and_what_is_nothing_is_a_complaint() {
    let fake = DiscordFake::start(TOKEN, "pinbot");
    let client = Client::of(&fake);
    assert_eq!(client.calls("GET", "/users/@me", TOKEN, Value::Null).await, (200, 0));
    assert_eq!(client.calls("GET", "/users/@me", "other", Value::Null).await, (401, 0));
    assert_eq!(client.calls("GET", "/channels/1", TOKEN, Value::Null).await, (404, 10_003));
    assert_eq!(client.calls("GET", "/guilds/1", TOKEN, Value::Null).await, (404, 10_004));
    assert_eq!(client.calls("GET", "/guilds/1/members/2", TOKEN, Value::Null).await, (404, 10_007));
    assert_eq!(client.calls("GET", "/channels/1/messages", TOKEN, Value::Null).await, (404, 10_003));
    assert_eq!(client.calls("POST", "/channels/1/messages", TOKEN, said()).await, (404, 10_003));
    assert_eq!(fake.complaints(), [""; 0]);
    client.calls("GET", "/nothing/here", TOKEN, Value::Null).await;
    assert!(!fake.complaints().is_empty());
    client.calls("PUT", "/applications/7/commands", TOKEN, json!([])).await;
    assert!(!fake.complaints().is_empty(), "another application is nothing of the bot's");
    let dm = fake.dm(&fake.person(42, "Ann"));
    let body = json!({"content": "x", "allowed_mentions": {"parse": ["users"]}});
    client.calls("POST", &format!("/channels/{}/messages", dm.channel), TOKEN, body).await;
    assert!(!fake.complaints().is_empty(), "nobody is mentioned");
}

#[tokio::test]
async fn a_message_is_in_its_channel_and_its_authors() {
    let fake = DiscordFake::start(TOKEN, "pinbot");
    let client = Client::of(&fake);
    let (ann, guild) = (fake.person(42, "Ann"), fake.guild(1, "Crew"));
    fake.joins(&ann, guild, &[]);
    let (dm, channel) = (fake.dm(&ann), fake.channel(guild, "general"));
    client.says(channel, json!({"content": "x"})).await;
    let own = fake.answers(channel)[0].id;
    let (hers, secret) = (ann.says(channel, "hello"), ann.says(dm, "hello"));
    let path = |place: u64, message: u64| format!("/channels/{place}/messages/{message}");
    for (method, at, wanted) in [
        ("PATCH", path(channel.channel, own), (200, 0)),
        ("PATCH", path(dm.channel, own), (404, 10_008)),
        ("PATCH", path(channel.channel, 7), (404, 10_008)),
        ("PATCH", path(channel.channel, hers), (403, 50_005)),
        ("DELETE", path(dm.channel, own), (404, 10_008)),
        ("DELETE", path(dm.channel, secret), (403, 50_003)),
        ("DELETE", path(channel.channel, hers), (204, 0)),
        ("DELETE", path(channel.channel, hers), (404, 10_008)),
    ] {
        let body = if method == "PATCH" { said() } else { Value::Null };
        assert_eq!(client.calls(method, &at, TOKEN, body).await, wanted, "{method} {at}");
    }
    let reference = |message: u64| json!({"content": "x", "message_reference": {"message_id": message.to_string()}});
    assert_eq!(client.says(channel, reference(hers)).await, (400, 50_035), "what is gone is not replied to");
    let mut forgiving = reference(hers);
    forgiving["message_reference"]["fail_if_not_exists"] = json!(false);
    assert_eq!(client.says(channel, forgiving).await, (200, 0));
    assert_eq!(fake.complaints(), [""; 0]);
}

#[tokio::test]
async fn what_the_bot_may_not_is_refused() {
    let fake = DiscordFake::start(TOKEN, "pinbot");
    let client = Client::of(&fake);
    let (ann, guild) = (fake.person(42, "Ann"), fake.guild(1, "Crew"));
    fake.joins(&ann, guild, &[]);
    let card = json!({"embeds": [{"description": "x"}]});
    let none = (200, 0);
    for (right, reads, lists, says, shows, deletes, types) in [
        (None, none, none, none, none, (204, 0), (204, 0)),
        (Some(Right::View), (403, 50_001), (403, 50_001), (403, 50_001), (403, 50_001), (403, 50_001), (403, 50_001)),
        (Some(Right::Send), none, none, (403, 50_013), (403, 50_013), (204, 0), (403, 50_013)),
        (Some(Right::Embed), none, none, none, (403, 50_013), (204, 0), (204, 0)),
        (Some(Right::Manage), none, none, none, none, (403, 50_013), (204, 0)),
        (Some(Right::History), none, none, none, none, (204, 0), (204, 0)),
    ] {
        let channel = fake.channel(guild, "general");
        // What holds in a channel holds in its threads.
        for place in [channel, fake.thread(channel, "a thread")] {
            fake.shared.clock.advance(Duration::from_secs(6));
            let hers = ann.says(place, "hello");
            if let Some(right) = right {
                fake.denies(channel, right);
            }
            let path = format!("/channels/{}", place.channel);
            let messages = format!("{path}/messages");
            assert_eq!(client.calls("GET", &path, TOKEN, Value::Null).await, reads, "{right:?}");
            assert_eq!(client.calls("GET", &messages, TOKEN, Value::Null).await, lists, "{right:?}");
            assert_eq!(client.says(place, json!({"content": "x"})).await, says, "{right:?}");
            assert_eq!(client.says(place, card.clone()).await, shows, "{right:?}");
            let deletion = client.calls("DELETE", &format!("{messages}/{hers}"), TOKEN, Value::Null).await;
            assert_eq!(deletion, deletes, "{right:?}");
            assert_eq!(client.calls("POST", &format!("{path}/typing"), TOKEN, Value::Null).await, types, "{right:?}");
        }
    }
    assert_eq!(fake.complaints(), [""; 0]);
}

#[tokio::test]
async fn messages_are_told_as_the_bot_may_read_them() {
    let fake = DiscordFake::start(TOKEN, "pinbot");
    let client = Client::of(&fake);
    let (ann, guild) = (fake.person(42, "Ann"), fake.guild(1, "Crew"));
    fake.joins(&ann, guild, &[]);
    let (dm, channel) = (fake.dm(&ann), fake.channel(guild, "general"));
    let first = ann.says(channel, "to nobody");
    let second = ann.says(channel, &format!("{} to the bot", fake.mention()));
    client.says(channel, json!({"content": "an answer"})).await;
    ann.says(dm, "in private");
    let list = async |place: u64, query: &str| -> Vec<String> {
        let url = format!("{}/channels/{place}/messages{query}", client.root);
        let response = client.http.get(url).header("authorization", format!("Bot {TOKEN}")).send().await.unwrap();
        let all: Value = response.json().await.unwrap();
        all.as_array().unwrap().iter().map(|message| message["content"].as_str().unwrap().to_owned()).collect()
    };
    let to_the_bot = format!("{} to the bot", fake.mention());
    assert_eq!(list(channel.channel, "").await, ["an answer", &to_the_bot, "to nobody"]);
    assert_eq!(list(channel.channel, &format!("?after={first}&limit=1")).await, [to_the_bot.as_str()]);
    assert_eq!(list(channel.channel, &format!("?before={second}")).await, ["to nobody"]);
    assert_eq!(list(channel.channel, "?limit=1").await, ["an answer"]);
    fake.may_read(false);
    assert_eq!(list(channel.channel, "").await, ["an answer", &to_the_bot, ""]);
    assert_eq!(list(dm.channel, "").await, ["in private"]);
    fake.denies(channel, Right::History);
    assert_eq!(list(channel.channel, "").await, [""; 0]);
    assert_eq!(fake.shared.look(World::guild_ids), [guild]);
}
