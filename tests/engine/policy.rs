//! Who may choose what where, by whichever way: the roles of people and the policies of chats.

use modelpin::clock::Clock as _;
use serde_json::{Value, json};

use crate::support::bot::{Bot, Chat, HAIKU, OPUS};
use crate::support::matrix::{WAYS, Way};

/// Somebody in a group, by id and by the role that the platform gives them.
const PEOPLE: [(&str, &str, &str); 4] =
    [("1", "", "owner"), ("2", "", "operator"), ("3", "70", "operator"), ("4", "", "member")];

fn bot(chats: Value) -> Bot {
    let roles = json!({"operator": ["telegram:2", "discord:2", "role:70"]});
    Bot::new().profiles("anthropic:default anthropic:work openai:team").config(json!({
        "commands": {"ownerAllowFrom": ["telegram:1", "discord:1"]},
        "access": {"roles": roles, "chats": chats},
    }))
}

/// A group on that channel, and who writes there.
fn group(chats: &Value, channel: &str, (id, role, _): (&str, &str, &str)) -> Chat {
    let chat = bot(chats.clone()).start();
    let chat = if channel == "discord" { chat.channel("20", None) } else { chat.group("telegram", "-100") };
    let chat = chat.by(id);
    if role.is_empty() { chat } else { chat.with_role(role) }
}

/// Whether that person can choose that model and credential there by that way; nothing is changed by a refusal.
fn can_choose(chat: Chat, way: Way, model: &str, profile: &str) -> bool {
    let before = chat.rows();
    let label = if profile.is_empty() { model.to_owned() } else { format!("@ {profile}") };
    let chat = match way {
        Way::Text if profile.is_empty() => chat.say(&format!("/model {model}")),
        Way::Text => chat.say(&format!("/model {model}@{profile}")),
        Way::Command if profile.is_empty() => chat.fill("model set", &[("model", model)]),
        Way::Command => chat.fill("model set", &[("model", model), ("profile", profile)]),
        Way::Completion => {
            let fields = [("model", if profile.is_empty() { "" } else { model }), ("profile", "")];
            let fields = if profile.is_empty() { &fields[..1] } else { &fields[..] };
            return !chat.proposed("model set", fields).is_empty();
        }
        Way::Press => {
            let chat = chat.say("/model");
            let shown: Vec<_> = chat.heard().iter().flat_map(|reply| reply.choices.concat()).collect();
            let Some(choice) = shown.iter().find(|choice| choice.label == label) else { return false };
            chat.press_token(&choice.token)
        }
    };
    let chosen = chat.row().and_then(|row| row.choice.effective(chat.clock.now()).cloned());
    let is_done = chosen.is_some_and(|chosen| {
        let pin = chosen.pin.map(|pin| pin.profile.to_string()).unwrap_or_default();
        pin == profile || profile.is_empty()
    });
    if !is_done {
        assert_eq!(chat.rows(), before, "what is refused changes nothing");
        assert!(chat.text().to_lowercase().contains("only an o"), "{}", chat.text());
    }
    is_done
}

#[test]
fn in_a_group_everybody_chooses_the_model_and_operators_the_credential_by_every_way() {
    let usual = json!({"*": {"chooseCredential": null}});
    for (chats, model_by, credential_by) in [
        (usual, "member", "operator"),
        (json!({"*": {"chooseCredential": "member"}}), "member", "member"),
        (json!({"*": {"switchModel": "operator", "chooseCredential": "owner"}}), "operator", "owner"),
        (
            json!({
                "*": {"switchModel": "owner", "chooseCredential": "owner"},
                "telegram:-100": {"switchModel": "member", "chooseCredential": "operator"},
                "discord:10": {"switchModel": "member", "chooseCredential": "operator"},
            }),
            "member",
            "operator",
        ),
    ] {
        let rank = |name: &str| ["member", "operator", "owner"].iter().position(|of| *of == name).unwrap();
        for channel in ["telegram", "discord"] {
            for person in PEOPLE {
                for way in WAYS {
                    let enough = |least: &str| rank(person.2) >= rank(least);
                    let what = format!("{person:?} {way:?} on {channel} by {chats}");
                    // On the button stands an alias.
                    let model = if way == Way::Press { "opus" } else { OPUS };
                    let model = can_choose(group(&chats, channel, person), way, model, "");
                    assert_eq!(model, enough(model_by), "the model: {what}");
                    // A menu and a form choose a model with it, or keep the one there is.
                    let profile = can_choose(group(&chats, channel, person), way, "sonnet", "anthropic:work");
                    assert_eq!(profile, enough(credential_by), "the credential: {what}");
                }
            }
        }
    }
}

#[test]
fn in_private_members_choose_both() {
    let chats = json!({"*": {"chooseCredential": null}});
    bot(chats).start().dm("telegram", "4").say("/model opus@work").chosen(&format!("{OPUS}@anthropic:work"));
}

#[test]
fn who_may_not_choose_a_credential_may_not_take_one_off_either() {
    let chats = json!({"*": {"chooseCredential": null}});
    let pinned = format!("{OPUS}@anthropic:work");
    let chat = group(&chats, "telegram", PEOPLE[1]).say("/model opus@work").chosen(&pinned);
    let mut chat = chat.by("4");
    for line in ["/model default", "/model gpt", "/model opus@auto", "/model undo"] {
        chat = chat.refuses(line, "only an operator").chosen(&pinned);
    }
    // For one message nothing is taken off.
    let chat = chat.say("/gpt hi").on_wire("openai:team", "openai/gpt-5.4").chosen(&pinned);
    let chat = chat.say("/model gpt once").say("hi").on_wire("openai:team", "openai/gpt-5.4").chosen(&pinned);
    let chat = chat.refuses("/model gpt for 2h", "only an operator").chosen(&pinned);
    // With the credential that is there, the model is theirs to choose, and a conversation to begin.
    let chat = chat.say("/model haiku").chosen(&format!("{HAIKU}@anthropic:work"));
    let chat = chat.say("/new").chosen(&format!("{HAIKU}@anthropic:work"));
    chat.by("2").say("/model default").chosen("-");
}

#[test]
fn a_chat_answers_with_its_pairs_alone_also_when_nobody_has_chosen() {
    let only = json!({"telegram:-100": {"pairs": ["anthropic/*@anthropic:work"], "chooseCredential": "member"}});
    let chat = group(&only, "telegram", PEOPLE[3]);
    // Anthropic's default would be tried first.
    let chat = chat.say("hi").on_wire("anthropic:work", crate::support::bot::SONNET);
    let missing = chat.refuses("/model opus@missing", "has no profile").text();
    let hidden = group(&only, "telegram", PEOPLE[3]).refuses("/model opus@default", "has no profile").text();
    assert_eq!(missing.replace("missing", "default"), hidden, "what no pair names is not there");
    let chat = group(&only, "telegram", PEOPLE[3]).refuses("/model gpt", "in this chat");
    chat.by("1").say("/model opus@default").chosen(&format!("{OPUS}@anthropic:default"));
    // The owner's choice does not answer who may not have it.
    let chat = group(&only, "telegram", PEOPLE[0]).say("/model opus@default").by("4").say("hi");
    chat.on_wire("anthropic:work", OPUS).by("1").say("hi").on_wire("anthropic:default", OPUS);
}

#[test]
fn what_somebody_is_is_said_to_who_asks() {
    for person in PEOPLE {
        for channel in ["telegram", "discord"] {
            group(&json!({}), channel, person).say("/whoami").replies(&format!("({})", person.2));
        }
    }
}
