//! The same decision for the same person, on every channel and by every way.

use modelpin::clock::Clock as _;
use serde_json::json;

use crate::support::bot::{Bot, Chat, OPUS};
use crate::support::matrix::{Decision, PEOPLE, WAYS, Way, Who, decision};

/// The channels, and whether anybody but the owner can be there.
const CHANNELS: [(&str, bool); 3] = [("telegram", true), ("discord", true), ("terminal", false)];

fn start() -> Chat {
    let lists = |ids: [&str; 2]| json!({"allowFrom": ids, "groupAllowFrom": ids});
    Bot::new()
        .profiles("anthropic:open anthropic:boss")
        .config(json!({
            "channels": {"telegram": lists(["1", "2"]), "discord": lists(["1", "2"])},
            "commands": {"ownerAllowFrom": ["telegram:1", "discord:1"]},
            "auth": {"profiles": {"anthropic:boss": {"provider": "anthropic", "mode": "api_key", "grants": {"owners": true}}}},
        }))
        .start()
}

fn person(who: Who) -> &'static str {
    match who {
        Who::Owner => "1",
        Who::Allowed => "2",
        Who::Other | Who::Bot | Who::Webhook => "3",
    }
}

/// What became of choosing `profile`.
fn decided(chat: Chat, way: Way, profile: &str) -> (Chat, Decision) {
    let id = format!("anthropic:{profile}");
    if way == Way::Completion {
        let proposed = chat.proposed("model set", &[("model", "opus"), ("profile", "")]);
        let decision = match &proposed[..] {
            [] => Decision::Refused,
            some if some.iter().any(|proposal| proposal.value == id) => Decision::Done,
            _ => Decision::Hidden,
        };
        return (chat, decision);
    }
    let chat = match way {
        Way::Text => chat.say(&format!("/model opus@{profile}")),
        Way::Command => chat.fill("model set", &[("model", "opus"), ("profile", &id)]),
        Way::Press | Way::Completion => {
            let chat = chat.say("/model opus").say("/model");
            let shown = chat.heard().iter().flat_map(|reply| reply.choices.concat()).collect::<Vec<_>>();
            let name = format!("@ {id}");
            match shown.iter().find(|choice| choice.label == name) {
                Some(choice) => chat.press_token(&choice.token),
                None if shown.is_empty() => return (chat, Decision::Refused),
                None => return (chat, Decision::Hidden),
            }
        }
    };
    let chosen = chat.row().and_then(|row| row.choice.effective(chat.clock.now()).cloned());
    let pinned = chosen.and_then(|selection| selection.pin).is_some_and(|pin| pin.profile.as_str() == id);
    let decision = match chat.text().contains("/whoami") {
        _ if pinned => Decision::Done,
        true => Decision::Refused,
        false => Decision::Hidden,
    };
    (chat, decision)
}

#[test]
fn the_same_person_is_told_the_same_by_every_way_on_every_channel() {
    for (channel, has_others) in CHANNELS {
        for who in PEOPLE {
            if who != Who::Owner && !has_others {
                continue;
            }
            for (profile, owners_only) in [("open", false), ("boss", true)] {
                for way in WAYS {
                    let chat = start().dm(channel, person(who));
                    let (_, found) = decided(chat, way, profile);
                    assert_eq!(found, decision(who, owners_only), "{channel} {who:?} {way:?} {profile}");
                }
            }
        }
    }
}

#[test]
fn what_is_chosen_by_a_form_is_what_goes_on_the_wire() {
    let chat = start().dm("discord", "1").fill("model set", &[("model", "opus"), ("profile", "boss")]);
    chat.say("hi").on_wire("anthropic:boss", OPUS);
}
