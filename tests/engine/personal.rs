//! Credentials that are somebody's own, in a chat of many.

use rusqlite::Connection;
use serde_json::json;

use crate::support::bot::{Bot, Chat, HAIKU, OPUS, SONNET};

/// Ann's own credential, beside two that everybody may use. Ann is 42, Bob 43; both may choose credentials in groups.
fn bot() -> Bot {
    let own = json!({"provider": "anthropic", "mode": "api_key", "grants": {"users": ["telegram:42", "discord:42"], "owners": false}});
    let every = |id: &str| json!({"provider": "anthropic", "mode": "api_key", "email": id});
    Bot::new().profiles("anthropic:default anthropic:work anthropic:ann openai:team").config(
        json!({"auth": {"profiles": {
            "anthropic:default": every("d"), "anthropic:work": every("w"), "anthropic:ann": own,
            "openai:team": {"provider": "openai", "mode": "api_key"},
        }}}),
    )
}

/// A group in which Ann has pinned her own.
fn group() -> Chat {
    bot().start().group("telegram", "-100").say("/model opus@ann")
}

#[test]
fn a_pin_is_for_the_messages_of_those_who_may_use_it() {
    let mut chat = group();
    for _ in 0..3 {
        chat = chat.by("42").say("hi").on_wire("anthropic:ann", OPUS).says_nothing_of("Note");
        chat = chat.by("43").say("hi").on_wire("anthropic:default", OPUS).says_nothing_of("ann");
    }
    // It is Ann's choice all the same, and nothing else of it is to be seen.
    for text in ["/model", "/model status", "/model why", "/model list", "/model profiles", "/model anthropic"] {
        chat = chat.by("43").say(text).says_nothing_of("anthropic:ann");
        let buttons = format!("{:?}", chat.heard().iter().map(|reply| &reply.choices).collect::<Vec<_>>());
        assert!(!buttons.contains("anthropic:ann"), "{text}: {buttons}");
    }
    // Nor that it was hers that answered last.
    chat = chat.by("42").say("hi").on_wire("anthropic:ann", OPUS);
    chat = chat.by("43").say("/model status").replies("Last answer: ").says_nothing_of("anthropic:ann");
    chat.by("42").say("/model status").replies("anthropic:ann");
}

#[test]
fn where_it_is_wanted_so_nobody_else_is_answered() {
    let refuse = json!({"session": {"personalPin": "refuse"}});
    let chat = bot().config(refuse).start().group("telegram", "-100").say("/model opus@ann").by("43");
    let chat = chat.say("hi").nothing_sent().replies("answers them alone").says_nothing_of("anthropic:ann");
    // Who names a model for one message asks for nothing of Ann's.
    let chat = chat.say("/haiku hi").on_wire("anthropic:default", HAIKU);
    chat.by("42").say("hi").on_wire("anthropic:ann", OPUS);
}

#[test]
fn another_model_leaves_a_pin_to_whom_it_belongs() {
    let chat = group().by("43").say("/model haiku").says_nothing_of("anthropic:ann");
    let chat = chat.say("hi").on_wire("anthropic:default", HAIKU);
    let chat = chat.by("42").say("hi").on_wire("anthropic:ann", HAIKU);
    // Once more, and Ann's grant goes: it is she who is told, and Bob nothing.
    let gone = json!({"auth": {"profiles": {"anthropic:ann": {"grants": {"users": ["1"]}}}}});
    let chat = chat.by("43").say("/model opus").with_config(gone);
    let chat = chat.say("hi").on_wire("anthropic:default", OPUS).says_nothing_of("not yours");
    let chat = chat.by("42").say("hi").nothing_sent().replies("is not yours to use any more");
    chat.say("hi").on_wire("anthropic:default", OPUS);
}

#[test]
fn a_model_for_one_message_is_used_up_by_it_whoever_sends_it() {
    let chat = group().by("43").say("/model haiku once").say("hi").on_wire("anthropic:default", HAIKU);
    let chat = chat.say("hi").on_wire("anthropic:default", OPUS);
    chat.by("42").say("hi").on_wire("anthropic:ann", OPUS);
}

#[test]
fn who_may_choose_credentials_may_put_another_in_its_place_without_learning_of_it() {
    let chat = group().by("43").say("/model gpt").says_nothing_of("anthropic:ann");
    let chat = chat.say("hi").on_wire("openai:team", "openai/gpt-5.4");
    // And Ann can have it back.
    chat.by("42").say("/model undo").say("hi").on_wire("anthropic:ann", OPUS);
    let chat = group().by("43").say("/model default").says_nothing_of("anthropic:ann");
    chat.say("hi").on_wire("anthropic:default", SONNET);
    group().by("43").say("/model opus@work").by("42").say("hi").on_wire("anthropic:work", OPUS);
}

#[test]
fn who_may_not_choose_credentials_cannot_take_it_off() {
    let only = json!({"access": {"chats": {"*": {"chooseCredential": null}}, "roles": {"operator": ["telegram:42"]}}});
    let chat = bot().config(only).start().group("telegram", "-100").say("/model opus@ann").by("43");
    let chat = chat.refuses("/model gpt", "only an operator").refuses("/model default", "only an operator");
    let chat = chat.say("/model haiku").say("hi").on_wire("anthropic:default", HAIKU);
    chat.by("42").say("hi").on_wire("anthropic:ann", HAIKU);
}

#[test]
fn with_every_shared_credential_failing_nobody_is_answered_by_anothers() {
    let chat = bot().start().group("telegram", "-100").fails("anthropic:default=429:600 anthropic:work=401");
    let mut chat = chat.by("42").say("/model opus@ann");
    for round in 0..10 {
        chat = chat.by("43").say(&format!("bob {round}"));
        chat = chat.by("42").say(&format!("ann {round}")).on_wire("anthropic:ann", OPUS);
    }
    let seen = chat.provider().seen();
    assert!(seen.iter().any(|request| request.body.to_string().contains("ann 9")));
    for request in seen {
        let asked = request.body["messages"].as_array().unwrap().last().unwrap()["content"].to_string();
        let is_anns = request.profile.as_ref().is_some_and(|profile| profile.as_str() == "anthropic:ann");
        assert_eq!(is_anns, asked.contains("ann "), "{asked} came with {:?}", request.profile);
    }
}

#[test]
fn what_is_not_ones_own_is_as_good_as_missing_by_every_way() {
    let there = || bot().start().dm("discord", "43");
    let missing = || {
        let chat = bot().start().without_profile("anthropic:ann");
        chat.with_config(json!({"auth": {"profiles": {"anthropic:ann": null}}})).dm("discord", "43")
    };
    let form = [("model", "opus"), ("profile", "anthropic:ann")];
    assert_eq!(there().fill("model set", &form).text(), missing().fill("model set", &form).text());
    for typed in ["", "a", "ann", "anthropic:ann"] {
        let fields = [("model", "opus"), ("profile", typed)];
        assert_eq!(there().proposed("model set", &fields), missing().proposed("model set", &fields), "{typed}");
    }
    for text in ["/model opus@ann", "/opus@ann hi", "/model @ann", "/model profiles", "/model ann", "/models"] {
        let (there, missing) = (there().say(text), missing().say(text));
        assert_eq!(there.text(), missing.text(), "{text}");
        let buttons = |chat: &Chat| -> Vec<String> {
            let all = chat.heard();
            all.iter().flat_map(|reply| reply.choices.concat()).map(|choice| choice.label).collect()
        };
        assert_eq!(buttons(&there), buttons(&missing), "{text}");
    }
}

#[test]
fn a_pin_is_said_to_have_ended_when_it_is_written_and_not_before() {
    let gone = json!({"auth": {"profiles": {"anthropic:ann": {"grants": {"users": ["1"]}}}}});
    let pinned = format!("{OPUS}@anthropic:ann");
    let chat = group().with_config(gone);
    let database = chat.directory.path().join("modelpin.sqlite");
    let full = |pages: &str| {
        let database = Connection::open(&database).unwrap();
        database.execute_batch(pages).unwrap();
    };
    // As if the disk were full: nothing can be changed in the table of sessions.
    full("CREATE TRIGGER full BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END");
    let chat = chat.say("hi").nothing_sent().replies("Nothing was sent").says_nothing_of("has ended").chosen(&pinned);
    full("DROP TRIGGER full");
    let chat = chat.say("hi").nothing_sent().replies("has ended").chosen(OPUS);
    chat.say("hi").on_wire("anthropic:default", OPUS);
}

/// One that everybody is answered by, and only operators are told of.
#[test]
fn what_is_named_to_operators_only_answers_all_and_is_named_to_nobody_else() {
    let hidden = json!({"provider": "anthropic", "mode": "api_key", "visibility": "operators"});
    let every = json!({"provider": "anthropic", "mode": "api_key"});
    let bot = Bot::new().profiles("anthropic:vault anthropic:work").config(json!({
        "auth": {"profiles": {"anthropic:vault": hidden, "anthropic:work": every}},
        "access": {"roles": {"operator": ["telegram:44"]}},
    }));
    let mut chat = bot.start().dm("telegram", "42").say("hello").on_the_wire("anthropic:vault");
    for text in ["/model", "/model status", "/model why", "/model profiles", "/model list", "/model opus"] {
        chat = chat.say(text).says_nothing_of("vault");
        let told = format!("{:?}", chat.heard());
        assert!(!told.contains("anthropic:vault"), "{text}: {told}");
    }
    // The provider of the tests says itself who was on the wire; what goes along with its answer does not.
    chat = chat.say("hello").on_the_wire("anthropic:vault");
    assert!(!chat.receipt().to_string().contains("vault"), "{}", chat.receipt());
    // To name it is to name what is not there.
    let of_it = chat.say("/model opus@vault");
    let (text, rows) = (of_it.text().replace("vault", "noone"), of_it.rows());
    let of_none = of_it.say("/model opus@noone");
    assert_eq!((of_none.text(), of_none.rows()), (text, rows));
    // An operator names it, and where others read along it is not spelled out.
    let chat = of_none.group("telegram", "-100").by("44").say("/model opus@vault");
    let chat = chat.replies("a credential of the bot's").says_nothing_of("anthropic:vault");
    let chat = chat.by("42").say("hello").on_the_wire("anthropic:vault").says_nothing_of("Note");
    let chat = chat.dm("telegram", "44").say("/model opus@vault").replies("anthropic:vault");
    chat.say("hello").on_wire("anthropic:vault", OPUS);
}
