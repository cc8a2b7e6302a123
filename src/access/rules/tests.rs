#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use modelpin_chat::{Conversation, Kind, Thread};
use serde_json::{Value, json};

use crate::access::{Action, Asker, Denied, authorize, is_switched_off, wants_mention};
use crate::config::{Config, from_value};

fn telegram(keys: &Value) -> Config {
    from_value(&json!({"channels": {"telegram": keys}, "commands": {"ownerAllowFrom": ["telegram:1"]}})).unwrap()
}

fn dm(person: &str) -> Conversation {
    let (channel, account) = ("telegram".to_owned(), "default".to_owned());
    Conversation { channel, account, kind: Kind::Dm, peer: person.to_owned(), thread: None }
}

fn group(id: &str, topic: Option<&str>) -> Conversation {
    let thread = topic.map(|topic| Thread::Topic(topic.to_owned()));
    Conversation { kind: Kind::Group, thread, ..dm(id) }
}

fn at_place<'a>(conversation: &'a Conversation, id: &'a str) -> Asker<'a> {
    Asker { conversation, room: None, id, roles: &[] }
}

fn talk(config: &Config, place: &Conversation, id: &str) -> Result<(), Denied> {
    authorize(config, &at_place(place, id), Action::Talk, None, None)
}

#[test]
fn groups_are_a_list_of_chats() {
    let config = telegram(&json!({"groupAllowFrom": ["*"], "groups": {"-100": {}, "telegram:-200": {}}}));
    assert_eq!(talk(&config, &group("-100", None), "2"), Ok(()));
    assert_eq!(talk(&config, &group("-200", Some("7")), "2"), Ok(()));
    assert_eq!(talk(&config, &group("-300", None), "2"), Err(Denied::ChatNotListed));
    assert_eq!(talk(&config, &group("-300", None), "1"), Ok(()), "an owner");
    assert_eq!(talk(&config, &dm("2"), "2"), Err(Denied::Stranger), "a private chat is no group");
}

#[test]
fn a_star_lists_every_chat_and_no_entry_at_all_none() {
    let every = telegram(&json!({"groupAllowFrom": ["2"], "groups": {"*": {"requireMention": false}}}));
    assert_eq!(talk(&every, &group("-300", None), "2"), Ok(()));
    assert_eq!(talk(&every, &group("-300", None), "3"), Err(Denied::Stranger), "the list of people counts as well");
    let none = telegram(&json!({"groupAllowFrom": ["*"], "groups": {}}));
    assert_eq!(talk(&none, &group("-300", None), "2"), Err(Denied::ChatNotListed));
    let unsaid = telegram(&json!({"groupAllowFrom": ["*"]}));
    assert_eq!(talk(&unsaid, &group("-300", None), "2"), Ok(()));
}

#[test]
fn the_nearest_list_of_people_counts() {
    let config = telegram(&json!({
        "allowFrom": ["2"],
        "groups": {"-100": {"allowFrom": ["3"], "topics": {"7": {"allowFrom": ["4"]}, "8": {"allowFrom": []}}}, "-200": {}},
    }));
    let admitted = |place: &Conversation| -> Vec<&str> {
        ["2", "3", "4"].into_iter().filter(|id| talk(&config, place, id).is_ok()).collect()
    };
    assert_eq!(admitted(&group("-200", None)), ["2"]);
    assert_eq!(admitted(&group("-100", None)), ["3"]);
    assert_eq!(admitted(&group("-100", Some("9"))), ["3"]);
    assert_eq!(admitted(&group("-100", Some("7"))), ["4"]);
    assert_eq!(admitted(&group("-100", Some("8"))), [""; 0]);
}

#[test]
fn an_open_group_is_open_unless_it_has_a_list() {
    let config = telegram(&json!({
        "groupPolicy": "open",
        "groupAllowFrom": ["2"],
        "groups": {"-100": {}, "-200": {"allowFrom": ["2"]}, "-300": {"groupPolicy": "allowlist"}},
    }));
    assert_eq!(talk(&config, &group("-100", None), "9"), Ok(()));
    assert_eq!(talk(&config, &group("-200", None), "9"), Err(Denied::Stranger));
    assert_eq!(talk(&config, &group("-300", None), "9"), Err(Denied::Stranger));
    assert_eq!(talk(&config, &dm("9"), "9"), Err(Denied::Stranger));
}

#[test]
fn private_chats_go_by_the_list_whatever_the_policy_is_called() {
    for policy in ["pairing", "allowlist", "open"] {
        let config = telegram(&json!({"dmPolicy": policy, "allowFrom": ["tg:2"]}));
        assert_eq!(talk(&config, &dm("2"), "2"), Ok(()), "{policy}");
        assert_eq!(talk(&config, &dm("3"), "3"), Err(Denied::Stranger), "{policy}");
    }
    let open = telegram(&json!({"dmPolicy": "open", "allowFrom": ["*"]}));
    assert_eq!(talk(&open, &dm("3"), "3"), Ok(()));
}

#[test]
fn what_is_switched_off_is_so_for_everybody() {
    let config = telegram(&json!({
        "dmPolicy": "disabled", "allowFrom": ["*"],
        "groups": {
            "-100": {"enabled": false},
            "-200": {"topics": {"7": {"enabled": false}}},
            "-300": {"groupPolicy": "disabled"},
        },
    }));
    for (place, off) in [
        (dm("1"), true),
        (group("-100", None), true),
        (group("-100", Some("7")), true),
        (group("-200", None), false),
        (group("-200", Some("7")), true),
        (group("-300", None), true),
    ] {
        assert_eq!(is_switched_off(&config, &at_place(&place, "2")), off, "{place:?}");
        assert_eq!(talk(&config, &place, "1"), if off { Err(Denied::SwitchedOff) } else { Ok(()) }, "{place:?}");
    }
    let config = from_value(&json!({"channels": {"defaults": {"groupPolicy": "disabled"}, "telegram": {}}})).unwrap();
    assert!(
        is_switched_off(&config, &at_place(&group("-100", None), "2"))
            && !is_switched_off(&config, &at_place(&dm("2"), "2"))
    );
}

#[test]
fn a_mention_is_wanted_in_groups_unless_it_is_said_that_it_is_not() {
    let config = telegram(&json!({"groups": {
        "*": {"requireMention": false},
        "-100": {"requireMention": true, "topics": {"7": {"requireMention": false}}},
        "-200": {"topics": {"7": {"requireMention": true}}},
    }}));
    for (place, wanted) in [
        (dm("2"), false),
        (group("-100", None), true),
        (group("-100", Some("7")), false),
        (group("-100", Some("8")), true),
        (group("-200", None), false),
        (group("-200", Some("7")), true),
        (group("-300", None), false),
    ] {
        assert_eq!(wants_mention(&config, &at_place(&place, "2")), wanted, "{place:?}");
    }
    let unsaid = telegram(&json!({}));
    assert!(
        wants_mention(&unsaid, &at_place(&group("-100", None), "2"))
            && !wants_mention(&unsaid, &at_place(&dm("2"), "2"))
    );
    let channel = Conversation { kind: Kind::Channel, ..dm("-100") };
    assert!(wants_mention(&unsaid, &at_place(&channel, "2")));
}

#[test]
fn an_account_differs_where_it_says_so() {
    let config = telegram(&json!({
        "allowFrom": ["2"], "groups": {"-100": {}},
        "accounts": {"Team": {"allowFrom": ["3"]}, "alone": {"groups": {"-200": {"requireMention": false}}},
            "my bot": {"allowFrom": ["4"]}},
    }));
    let at = |account: &str, place: Conversation| Conversation { account: account.to_owned(), ..place };
    let may = |account: &str, id: &str| talk(&config, &at(account, dm(id)), id).is_ok();
    assert!(may("default", "2") && !may("default", "3"));
    assert!(may("team", "3") && !may("team", "2"));
    assert!(may("my-bot", "4") && !may("my-bot", "2"), "as it stands in session keys");
    assert!(may("alone", "2") && !may("alone", "3"));
    assert_eq!(talk(&config, &at("alone", group("-100", None)), "2"), Err(Denied::ChatNotListed));
    assert_eq!(talk(&config, &at("alone", group("-200", None)), "2"), Ok(()));
    assert_eq!(talk(&config, &at("team", group("-100", None)), "3"), Ok(()));
    assert!(!wants_mention(&config, &at_place(&at("alone", group("-200", None)), "2")));
}

#[test]
fn who_writes_in_the_name_of_the_group_is_called_like_the_group() {
    let config = telegram(&json!({"groups": {"-100": {"allowFrom": ["-100"]}}}));
    assert_eq!(talk(&config, &group("-100", None), "-100"), Ok(()));
    assert_eq!(talk(&config, &group("-100", None), "2"), Err(Denied::Stranger));
}

#[test]
fn a_list_for_commands_opens_no_chat_that_is_not_listed() {
    let config = from_value(&json!({
        "channels": {"telegram": {"groups": {"-100": {}}}}, "commands": {"allowFrom": {"telegram": ["2"]}},
    }));
    let config = config.unwrap();
    let see = |chat: &str| {
        let place = group(chat, None);
        authorize(&config, &at_place(&place, "2"), Action::See, None, None)
    };
    assert_eq!(see("-100"), Ok(()));
    assert_eq!(see("-200"), Err(Denied::ChatNotListed));
}
