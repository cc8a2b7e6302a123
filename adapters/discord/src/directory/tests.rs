#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use serde_json::{Value, json};

use crate::directory::{Directory, Found, Missing};

fn server() -> Value {
    json!({
        "id": "500", "name": "Pinworks", "unavailable": false,
        "roles": [
            {"id": "500", "name": "@everyone"},
            {"id": "61", "name": "Boosters", "tags": {"premium_subscriber": null}},
            {"id": "55", "name": "PinBot", "tags": {"bot_id": "7001"}},
            {"id": "56", "name": "OtherBot", "tags": {"bot_id": "7002", "integration_id": "9"}},
        ],
        "channels": [
            {"id": "90", "type": 4, "name": "Rooms"},
            {"id": "100", "type": 0, "name": "general", "parent_id": "90"},
            {"id": "spoilt", "type": 0, "name": "spoilt"},
            {"id": "110", "type": 15, "name": "help", "parent_id": "90"},
        ],
        "threads": [{"id": "210", "type": 11, "guild_id": "500", "parent_id": "110", "name": "How?"}],
    })
}

fn filled() -> Directory {
    let directory = Directory::new();
    directory.note("GUILD_CREATE", &server());
    directory
}

#[expect(clippy::unnecessary_wraps, reason = "what is looked for may not be there")]
fn found(kind: u64, parent: Option<u64>, name: Option<&str>) -> Option<Found> {
    Some(Found { server: Some(500), kind, parent, name: name.map(str::to_owned) })
}

#[test]
fn a_server_comes_with_its_channels_threads_and_roles() {
    let directory = filled();
    assert_eq!(directory.server_name(500).as_deref(), Some("Pinworks"));
    assert_eq!(directory.channel(100), found(0, None, Some("general")));
    assert_eq!(directory.channel(110), found(15, None, Some("help")));
    assert_eq!(directory.channel(210), found(11, Some(110), None));
    assert_eq!(directory.channel(90), None, "nobody writes in a heading");
    let roles = [(55, 7001), (56, 7002), (55, 7002), (61, 7001), (500, 7001)];
    let ours = roles.map(|(role, bot)| directory.is_role_of(500, role, bot));
    assert_eq!(ours, [true, true, false, false, false]);
    assert!(!directory.is_role_of(501, 55, 7001), "a role counts where it is");
}

#[test]
fn a_server_that_goes_takes_all_with_it_and_nothing_else() {
    let directory = filled();
    directory.learn(Missing::Channel(900), &json!({"id": "900", "type": 0, "guild_id": "501", "name": "next door"}));
    directory.note("GUILD_DELETE", &json!({"id": "500"}));
    let gone = [100, 110, 210].map(|id| directory.channel(id));
    assert_eq!(gone, [None, None, None]);
    assert_eq!(directory.server_name(500), None);
    assert!(!directory.is_role_of(500, 55, 7001));
    assert!(directory.channel(900).is_some());
}

#[test]
fn a_server_that_comes_again_has_only_what_it_has_now() {
    let directory = filled();
    let mut again = server();
    again["channels"] = json!([{"id": "120", "type": 0, "name": "new"}]);
    again["threads"] = json!([]);
    directory.note("GUILD_CREATE", &again);
    assert_eq!([100, 110, 210].map(|id| directory.channel(id)), [None, None, None]);
    assert_eq!(directory.channel(120), found(0, None, Some("new")));
}

#[test]
fn a_server_that_cannot_be_reached_says_nothing_of_itself() {
    let directory = filled();
    directory.note("GUILD_CREATE", &json!({"id": "500", "unavailable": true}));
    assert_eq!(directory.channel(100), found(0, None, Some("general")));
}

#[test]
fn new_names_are_seen() {
    let directory = filled();
    directory.note("GUILD_UPDATE", &json!({"id": "500", "name": "Pinfactory", "roles": []}));
    directory.note("CHANNEL_UPDATE", &json!({"id": "100", "type": 5, "guild_id": "500", "name": "news"}));
    assert_eq!(directory.server_name(500).as_deref(), Some("Pinfactory"));
    assert!(!directory.is_role_of(500, 55, 7001));
    assert_eq!(directory.channel(100), found(5, None, Some("news")));
}

#[test]
fn channels_and_threads_come_and_go() {
    let directory = filled();
    directory.note("CHANNEL_CREATE", &json!({"id": "101", "type": 2, "guild_id": "500", "name": "lounge"}));
    directory.note("THREAD_CREATE", &json!({"id": "201", "type": 12, "guild_id": "500", "parent_id": "100"}));
    let threads = json!([{"id": "202", "type": 11, "parent_id": "100"}, 7, {"id": "203"}]);
    directory.note("THREAD_LIST_SYNC", &json!({"guild_id": "500", "threads": threads}));
    assert_eq!(directory.channel(101), found(2, None, Some("lounge")));
    assert_eq!(directory.channel(201), found(12, Some(100), None));
    assert_eq!(directory.channel(202), found(11, Some(100), None));
    assert_eq!(directory.channel(203), None);
    directory.note("CHANNEL_DELETE", &json!({"id": "101", "type": 2, "guild_id": "500"}));
    directory.note("THREAD_DELETE", &json!({"id": "201", "type": 12, "guild_id": "500", "parent_id": "100"}));
    assert_eq!([101, 201].map(|id| directory.channel(id)), [None, None]);
}

#[test]
fn a_role_may_be_given_later() {
    let directory = filled();
    let role = json!({"guild_id": "500", "role": {"id": "57", "tags": {"bot_id": "7003"}}});
    for _ in 0..3 {
        directory.note("GUILD_ROLE_CREATE", &role);
    }
    assert!(directory.is_role_of(500, 57, 7003));
    assert!(directory.is_role_of(500, 55, 7001));
    let known = directory.known();
    assert_eq!(known.servers.values().map(|server| server.roles.len()).sum::<usize>(), 3);
}

#[test]
fn a_private_chat_is_in_no_server() {
    let directory = Directory::new();
    directory.learn(Missing::Channel(1042), &json!({"id": "1042", "type": 1, "recipients": [{"id": "42"}]}));
    assert_eq!(directory.channel(1042), Some(Found { server: None, kind: 1, parent: None, name: None }));
}

#[test]
fn there_is_room_for_ten_thousand_channels_and_an_end_to_it() {
    let channel = |id: u64| json!({"id": id.to_string(), "type": 0, "guild_id": "500", "name": "general"});
    let directory = Directory::new();
    for id in 1..=10_000 {
        directory.learn(Missing::Channel(id), &channel(id));
    }
    assert!((1..=10_000).all(|id| directory.channel(id).is_some()));

    let small = Directory { most: 10, ..Directory::new() };
    for id in 1..=50 {
        small.learn(Missing::Channel(id), &channel(id));
        small.learn(Missing::Channel(id), &channel(id));
        assert!(small.channel(id).is_some(), "the newest one is always there");
        assert_eq!(small.known().channels.len(), usize::try_from(id.min(10)).unwrap());
    }
}

#[test]
fn what_cannot_be_read_changes_nothing() {
    let directory = filled();
    for event in ["GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE", "GUILD_ROLE_CREATE", "CHANNEL_UPDATE"] {
        for data in
            [json!(null), json!([]), json!({}), json!({"id": 500}), json!({"id": "x", "guild_id": 5, "role": 7})]
        {
            directory.note(event, &data);
        }
    }
    directory.note("CHANNEL_UPDATE", &json!({"id": "100", "type": "text", "name": "spoilt"}));
    directory.note("MESSAGE_CREATE", &json!({"id": "100", "type": 0}));
    assert_eq!(directory.channel(100), found(0, None, Some("general")));
    assert_eq!(directory.server_name(500).as_deref(), Some("Pinworks"));
}

#[test]
fn what_is_not_told_has_no_name_and_is_not_missing_any_more() {
    let directory = Directory::new();
    assert!(!directory.has_server(500));
    directory.untold(Missing::Server(500));
    directory.untold(Missing::Channel(100));
    assert!(directory.has_server(500));
    assert_eq!((directory.server_name(500), directory.channel(100).unwrap().name), (None, None));
    // Should it be told after all, it counts.
    directory.note("GUILD_CREATE", &server());
    assert_eq!(directory.server_name(500).as_deref(), Some("Pinworks"));
}

#[test]
fn a_server_that_was_asked_for_has_its_name_and_its_roles() {
    let directory = Directory::new();
    let mut answer = server();
    answer.as_object_mut().unwrap().retain(|name, _| name != "channels" && name != "threads");
    directory.learn(Missing::Server(500), &answer);
    assert_eq!(directory.server_name(500).as_deref(), Some("Pinworks"));
    assert!(directory.is_role_of(500, 55, 7001));
}
