#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use modelpin_chat::{Conversation, Kind, Room, Thread};
use serde_json::{Value, json};

use crate::access::guild::slug;
use crate::access::{Action, Asker, Denied, authorize, is_switched_off, may_use, wants_mention};
use crate::config::{Config, from_value};
use crate::profile::ProfileId;

/// Somebody without a role, in the channel 20 (`general`) of the server 10 (`Friends of Pins!`), unless told otherwise.
#[derive(Clone, Copy)]
struct At {
    server: &'static str,
    server_name: &'static str,
    channel: &'static str,
    name: &'static str,
    thread: Option<&'static str>,
    person: &'static str,
    role: &'static str,
}

const HERE: At = At {
    server: "10",
    server_name: "Friends of Pins!",
    channel: "20",
    name: "general",
    thread: None,
    person: "5",
    role: "70",
};

fn discord(keys: &Value) -> Config {
    from_value(&json!({"channels": {"discord": keys}, "commands": {"ownerAllowFrom": ["discord:1"]}})).unwrap()
}

fn asked<T>(at: At, ask: impl FnOnce(&Asker<'_>) -> T) -> T {
    let conversation = Conversation {
        channel: "discord".to_owned(),
        account: "default".to_owned(),
        kind: Kind::Channel,
        peer: at.channel.to_owned(),
        thread: at.thread.map(|id| Thread::Thread(id.to_owned())),
    };
    let (server_name, name) = (Some(at.server_name.to_owned()), Some(at.name.to_owned()));
    let room = Room { server: at.server.to_owned(), server_name, name };
    ask(&Asker { conversation: &conversation, room: Some(&room), id: at.person, roles: &[at.role.to_owned()] })
}

fn talk(keys: &Value, at: At) -> Result<(), Denied> {
    let config = discord(keys);
    let talk = asked(at, |asker| authorize(&config, asker, Action::Talk, None, None));
    assert_eq!(asked(at, |asker| authorize(&config, asker, Action::SwitchModel, None, None)), talk, "commands alike");
    talk
}

#[test]
fn a_server_and_a_channel_are_listed_by_id_or_by_name_and_ids_win() {
    let (yes, no) = (Ok(()), Err(Denied::ChatNotListed));
    for (guilds, at, decision) in [
        (json!({"10": {}}), HERE, yes),
        (json!({"guild:10": {}}), HERE, yes),
        (json!({"friends-of-pins": {}}), HERE, yes),
        (json!({"x": {"slug": "friends-of-pins"}}), HERE, yes),
        (json!({"*": {}}), HERE, yes),
        (json!({}), HERE, no),
        (json!({"11": {}}), HERE, no),
        (json!({"11": {"slug": "friends-of-pins"}}), HERE, no),
        (json!({"11": {}}), At { server_name: "11", ..HERE }, no),
        (json!({"11": {}}), At { person: "1", ..HERE }, yes),
        (json!({"10": {"channels": {"20": {}}}}), HERE, yes),
        (json!({"10": {"channels": {"#General": {}}}}), HERE, yes),
        (json!({"10": {"channels": {"*": {}}}}), HERE, yes),
        (json!({"10": {"channels": {"21": {}}}}), HERE, no),
        (json!({"10": {"channels": {"21": {}}}}), At { name: "21", ..HERE }, no),
        (json!({"10": {"channels": {"20": {}}}}), At { thread: Some("30"), ..HERE }, yes),
        (json!({"10": {"channels": {"30": {}}}}), At { thread: Some("30"), ..HERE }, yes),
        (json!({"10": {"channels": {"21": {}}}}), At { thread: Some("30"), ..HERE }, no),
        (json!({"10": {"users": ["6"]}, "friends-of-pins": {}}), HERE, Err(Denied::Stranger)),
        (json!({"friends-of-pins": {}, "10": {"users": ["6"]}}), HERE, Err(Denied::Stranger)),
        (json!({"10": {"channels": {"general": {}, "20": {"users": []}}}}), HERE, Err(Denied::Stranger)),
    ] {
        assert_eq!(talk(&json!({"guilds": guilds}), at), decision, "{guilds}");
    }
}

#[test]
fn people_and_roles_are_let_in_by_the_nearest_entry_that_has_a_list() {
    let (yes, no) = (Ok(()), Err(Denied::Stranger));
    for (guild, decision) in [
        (json!({"users": ["5"]}), yes),
        (json!({"users": ["discord:5"]}), yes),
        (json!({"users": ["*"]}), yes),
        (json!({"users": ["6"]}), no),
        (json!({"users": ["Ann"]}), no),
        (json!({"users": []}), no),
        (json!({"roles": ["70"]}), yes),
        (json!({"roles": ["role:70"]}), yes),
        (json!({"roles": ["71"]}), no),
        (json!({"roles": ["*"]}), no),
        (json!({"roles": ["5"], "users": ["70"]}), no),
        (json!({"users": ["6"], "roles": ["70"]}), yes),
        (json!({"users": ["6"], "channels": {"20": {}}}), no),
        (json!({"users": ["6"], "channels": {"20": {"users": ["5"]}}}), yes),
        (json!({"users": ["5"], "channels": {"20": {"roles": ["71"]}}}), no),
    ] {
        assert_eq!(talk(&json!({"guilds": {"10": guild}}), HERE), decision, "{guild}");
    }
    let listed = json!({"guilds": {"10": {}}, "groupAllowFrom": ["6"]});
    assert_eq!(talk(&listed, HERE), no, "a list for all groups counts where no entry has one");
}

#[test]
fn the_policy_decides_where_there_is_no_entry() {
    let other = json!({"11": {}});
    assert_eq!(talk(&json!({"groupPolicy": "open", "guilds": other}), HERE), Ok(()));
    assert_eq!(talk(&json!({"groupPolicy": "allowlist", "guilds": other}), HERE), Err(Denied::ChatNotListed));
    assert_eq!(talk(&json!({"groupPolicy": "disabled", "guilds": {"10": {}}}), HERE), Err(Denied::SwitchedOff));
    assert_eq!(talk(&json!({"groupPolicy": "open"}), HERE), Ok(()));
    assert_eq!(talk(&json!({"groupPolicy": "open", "guilds": {"10": {"users": ["6"]}}}), HERE), Err(Denied::Stranger));
    assert_eq!(talk(&json!({}), HERE), Err(Denied::Stranger), "nothing is written at all");
    let accounts = json!({"guilds": {"11": {}}, "accounts": {"default": {"guilds": {"10": {}}}}});
    assert_eq!(talk(&accounts, HERE), Ok(()), "the account says something of its own");
}

#[test]
fn a_channel_can_be_switched_off() {
    for off in [json!({"enabled": false}), json!({"allow": false}), json!({"allow": true, "enabled": false})] {
        let config = discord(&json!({"guilds": {"10": {"channels": {"20": off, "*": {}}}}}));
        assert!(asked(HERE, |asker| is_switched_off(&config, asker)), "{off}");
        assert!(asked(At { thread: Some("30"), ..HERE }, |asker| is_switched_off(&config, asker)), "{off}");
        assert!(!asked(At { channel: "21", name: "x", ..HERE }, |asker| is_switched_off(&config, asker)));
    }
}

#[test]
fn a_mention_is_wanted_unless_the_nearest_entry_says_otherwise() {
    for (guilds, wanted) in [
        (json!({}), true),
        (json!({"10": {}}), true),
        (json!({"10": {"requireMention": false}}), false),
        (json!({"10": {"requireMention": false, "channels": {"20": {"requireMention": true}}}}), true),
        (json!({"10": {"channels": {"20": {"requireMention": false}}}}), false),
        (json!({"*": {"requireMention": false}}), false),
    ] {
        let config = discord(&json!({"guilds": guilds}));
        assert_eq!(asked(HERE, |asker| wants_mention(&config, asker)), wanted, "{guilds}");
    }
}

#[test]
fn a_credential_is_granted_to_who_has_the_role_there() {
    let profile = json!({"provider": "anthropic", "mode": "api_key", "grants": {"roles": ["70"]}});
    let config: Config = from_value(&json!({
        "channels": {"discord": {"guilds": {"10": {}}}},
        "auth": {"profiles": {"anthropic:team": profile}},
    }))
    .unwrap();
    let team = ProfileId::new("anthropic:team").unwrap();
    assert!(asked(HERE, |asker| may_use(&config, asker, &team)));
    assert!(!asked(At { role: "71", ..HERE }, |asker| may_use(&config, asker, &team)));
}

#[test]
fn a_slug_is_made_of_letters_and_digits() {
    for (name, made) in [
        ("Friends of Pins!", "friends-of-pins"),
        ("#general", "general"),
        ("--a__b  c--", "a-b-c"),
        ("Über Öl 2", "über-öl-2"),
        ("!!!", ""),
    ] {
        assert_eq!(slug(name), made);
    }
}
