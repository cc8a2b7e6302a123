//! Who may do what, and what they are told when they may not.

use serde_json::json;

use crate::support::bot::{Bot, OPUS, SONNET};

fn bot() -> Bot {
    Bot::new().profiles("anthropic:default anthropic:work")
}

/// Commands that show or change something.
const COMMANDS: [&str; 11] = [
    "/model",
    "/model list",
    "/model status",
    "/model why",
    "/help",
    "/model opus",
    "/model opus@work",
    "/model default",
    "/model undo",
    "/opus",
    "/new",
];

#[test]
fn a_stranger_gets_nothing_but_their_own_id() {
    let only = json!({"channels": {"telegram": {"allowFrom": ["42"], "groupAllowFrom": ["42"]}}});
    let mut chat = bot().config(only).say("/model opus@work");
    for (number, text) in COMMANDS.into_iter().chain(["hi", "/opus what?", "/model opus please"]).enumerate() {
        let stranger = format!("43{number}");
        let chat_of = chat.dm("telegram", &stranger);
        chat = chat_of.refuses(text, "/whoami").replies(&format!("telegram:{stranger}")).says_nothing_of("anthropic");
    }
    chat.dm("telegram", "43")
        .say("/whoami")
        .replies("telegram:43")
        .dm("telegram", "42")
        .say("hi")
        .on_wire("anthropic:work", OPUS);
}

#[test]
fn an_empty_list_admits_nobody_but_the_owner() {
    let none = json!({
        "channels": {"telegram": {"allowFrom": [], "groupAllowFrom": null}},
        "commands": {"ownerAllowFrom": ["telegram:1"]},
    });
    bot()
        .config(none)
        .start()
        .refuses("hi", "/whoami")
        .dm("telegram", "43")
        .refuses("/model opus", "/whoami")
        .group("telegram", "-100")
        .refuses("/model", "/whoami")
        .by("1")
        .say("/model opus@work")
        .say("hi")
        .on_wire("anthropic:work", OPUS);
}

#[test]
fn a_group_has_a_list_of_its_own() {
    let lists = json!({"channels": {"telegram": {"allowFrom": ["42"], "groupAllowFrom": ["43"]}}});
    bot()
        .config(lists)
        .start()
        .group("telegram", "-100")
        .refuses("/model opus", "/whoami")
        .by("43")
        .say("hi")
        .on_wire("anthropic:default", SONNET)
        .dm("telegram", "43")
        .refuses("hi", "/whoami");
}

#[test]
fn commands_may_have_a_list_of_their_own_and_talking_stays() {
    let mut chat = bot().config(json!({"commands": {"allowFrom": {"telegram": ["1"]}}})).start();
    for text in COMMANDS {
        chat = chat.refuses(text, "/whoami");
        chat = chat.later(60);
    }
    chat.say("hi").on_wire("anthropic:default", SONNET).dm("telegram", "1").say("/model opus").chosen(OPUS);
}

#[test]
fn a_list_for_all_channels_counts_where_a_channel_has_none() {
    let lists = json!({"commands": {"allowFrom": {"*": ["1"], "discord": ["42"]}}});
    bot().config(lists).start().refuses("/model opus", "/whoami").dm("discord", "42").say("/model opus").chosen(OPUS);
}

#[test]
fn a_channel_that_is_not_configured_admits_nobody() {
    bot().start().dm("matrix", "42").refuses("hi", "/whoami").dm("matrix", "43").refuses("/model", "/whoami");
}

#[test]
fn the_person_at_the_terminal_is_the_owner() {
    bot().start().dm("terminal", "me").say("/model opus@work").say("hi").on_wire("anthropic:work", OPUS);
}

fn private() -> Bot {
    let grants =
        json!({"provider": "anthropic", "mode": "api_key", "grants": {"users": ["telegram:42"], "owners": false}});
    let every = |id: &str| json!({"provider": "anthropic", "mode": "api_key", "email": id});
    let profiles = json!({"anthropic:default": every("d"), "anthropic:work": every("w"), "anthropic:ann": grants});
    bot().profiles("anthropic:ann").config(json!({"auth": {"profiles": profiles}}))
}

/// The same command once with a profile that is somebody else's, once with one that nobody has: the answers are equal
/// byte for byte, but for the name.
#[test]
fn what_one_may_not_use_does_not_exist() {
    let there = |text: &str| private().start().dm("telegram", "43").refuses(text, "").text();
    let missing = |text: &str| {
        let chat = private().start().without_profile("anthropic:ann");
        chat.with_config(json!({"auth": {"profiles": {"anthropic:ann": null}}}))
            .dm("telegram", "43")
            .refuses(text, "")
            .text()
    };
    for text in
        ["/model opus@ann", "/model opus@anthropic:ann", "/model @ann", "/opus@ann", "/model opus@anthropic:ANN"]
    {
        assert_eq!(there(text), missing(text), "{text}");
        assert_eq!(
            there(text).replace("ann", "abc"),
            there(&text.replace("ann", "abc")).replace("ann", "abc"),
            "{text}"
        );
    }
    for text in ["/model", "/model status", "/model why", "/model list"] {
        private().start().dm("telegram", "43").say(text).says_nothing_of("ann");
    }
    let buttons = private().start().dm("telegram", "43").say("/model").heard();
    assert!(!format!("{buttons:?}").contains("ann"), "{buttons:?}");
}

#[test]
fn who_may_use_it_does() {
    private().say("/model opus@ann").say("hi").on_wire("anthropic:ann", OPUS);
}

#[test]
fn rotation_never_reaches_what_one_may_not_use() {
    let chat = private().start().dm("telegram", "43").fails("anthropic:default=429:600 anthropic:work=429:600");
    let chat = chat.say("hi").wire(&[("anthropic:default", SONNET), ("anthropic:work", SONNET)]);
    chat.says_nothing_of("anthropic:ann").dm("telegram", "42").say("hi").on_wire("anthropic:ann", SONNET);
}

#[test]
fn a_personal_pin_of_a_group_serves_nobody_else() {
    private()
        .start()
        .group("telegram", "-100")
        .say("/model opus@ann")
        .by("43")
        .say("hi")
        .on_wire("anthropic:default", OPUS)
        .by("42")
        .say("hi")
        .on_wire("anthropic:ann", OPUS);
}

#[test]
fn a_pin_ends_with_the_right_to_use_it() {
    let chat = private().say("/model opus@ann").say("hi").on_wire("anthropic:ann", OPUS);
    let grants = json!({"auth": {"profiles": {"anthropic:ann": {"grants": {"users": ["1"]}}}}});
    chat.with_config(grants)
        .say("hi")
        .nothing_sent()
        .replies("anthropic:ann, which you pinned here, is not yours to use any more")
        .chosen(OPUS)
        .say("hi")
        .on_wire("anthropic:default", OPUS)
        .says_nothing_of("not yours");
}
