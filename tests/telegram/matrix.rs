//! The same decisions on Telegram as everywhere, over the wire: whoever asks, and by whichever way there is.

use std::time::Duration;

use modelpin::agent::AgentId;
use modelpin::clock::Clock as _;
use modelpin::session::SessionKey;
use modelpin_chat::Kind;
use serde_json::json;

use crate::support::bot::{Bot, conversation};
use crate::support::matrix::{Decision, MACHINES, PEOPLE, Way, Who, decision};
use crate::support::telegram::{Fault, Person, Rights, Room};
use crate::telegram::account::{Account, Pace, Stage, on_telegram, served, started};

/// There are no forms there, and nothing is proposed.
const WAYS: [Way; 2] = [Way::Text, Way::Press];

/// What a person saw who tried to choose that profile.
async fn tried(account: &Account, person: &Person, room: Room, way: Way, profile: &str) -> Decision {
    let fake = &account.fake;
    let said = if way == Way::Text {
        person.says(room, &format!("/model opus@{profile}"));
        fake.next_message(room).await.text
    } else {
        person.says(room, "/model opus");
        let said = fake.next_message(room).await;
        if said.text.contains("/whoami") {
            return Decision::Refused;
        }
        person.says(room, "/model");
        let menu = fake.next_message(room).await;
        let label = format!("@ {profile}");
        let Some(button) = menu.keyboard.iter().flatten().find(|button| button.label == label) else {
            return Decision::Hidden;
        };
        let press = person.presses(room, menu.id, &button.label);
        fake.answered(&press).await;
        fake.becomes(room, menu.id, |shown| shown.text != menu.text).await.text
    };
    match (said.contains("/whoami"), said.contains(profile) && said.contains("pinned")) {
        (true, _) => Decision::Refused,
        (false, true) => Decision::Done,
        (false, false) => Decision::Hidden,
    }
}

#[test]
fn the_same_person_is_told_the_same_by_every_way() {
    let lists = json!({"allowFrom": ["11", "12"], "groupAllowFrom": ["11", "12"]});
    let grants = json!({"provider": "anthropic", "mode": "api_key", "grants": {"owners": true}});
    let bot = Bot::new().profiles("anthropic:open anthropic:boss").config(json!({
        "channels": {"telegram": lists},
        "commands": {"ownerAllowFrom": ["telegram:11"]},
        "auth": {"profiles": {"anthropic:boss": grants}},
    }));
    let (chat, (tries, unheard)) = on_telegram(bot, Pace::Real, |account| async move {
        let fake = &account.fake;
        let group = |name: &str| {
            let room = fake.supergroup(name);
            fake.with(room, &account.bot, Rights::Member);
            room
        };
        let mut tries = Vec::new();
        for who in PEOPLE {
            for owners_only in [false, true] {
                for way in WAYS {
                    let number = tries.len();
                    let person = match who {
                        Who::Owner => fake.person(11, "Ann"),
                        Who::Allowed => fake.person(12, "Ben"),
                        // Somebody else each time: nobody is told no again and again.
                        _ => fake.person(100 + i64::try_from(number).unwrap(), "Cem"),
                    };
                    let profile = if owners_only { "anthropic:boss" } else { "anthropic:open" };
                    let room = group(&format!("group {number}"));
                    let seen = tried(&account, &person, room, way, profile).await;
                    tries.push((who, way, profile, owners_only, room.chat.to_string(), seen));
                }
            }
        }
        let unheard = group("machines");
        let ann = fake.person(11, "Ann");
        for who in MACHINES {
            assert_eq!(decision(who, false), Decision::Unheard);
            if who == Who::Bot {
                let from = json!({"id": 900, "is_bot": true, "first_name": "Another", "username": "another_bot"});
                let message = json!({
                    "message_id": 1, "date": 1, "from": from, "text": "/model opus@open",
                    "chat": {"id": unheard.chat, "type": "supergroup", "title": "machines"},
                });
                fake.injects(&account.bot, json!({ "message": message }));
            } else {
                // A post of a channel, in the group that is linked with it.
                let channel = fake.supergroup("news");
                ann.linked_post(unheard, channel, "/model opus@open");
            }
        }
        account.settled().await;
        assert_eq!(fake.answers(unheard), [], "only a person is answered");
        (account, (tries, unheard.chat.to_string()))
    });
    let pinned = |room: &str| {
        let place = conversation("telegram", Kind::Group, room, None);
        let row = chat.row_of(&SessionKey::of(&AgentId::main(), &place, false));
        let chosen = row.and_then(|row| row.choice.effective(chat.clock.now()).cloned());
        chosen.and_then(|chosen| chosen.pin).map(|pin| pin.profile.to_string())
    };
    for (who, way, profile, owners_only, room, seen) in &tries {
        let wanted = decision(*who, *owners_only);
        assert_eq!(*seen, wanted, "{who:?} {way:?} {profile}");
        let expected = (wanted == Decision::Done).then(|| (*profile).to_owned());
        assert_eq!(pinned(room), expected, "{who:?} {way:?} {profile}");
    }
    assert_eq!(pinned(&unheard), None);
}

#[test]
fn who_administers_a_group_is_an_operator_there_and_nowhere_else() {
    let bot = Bot::new().profiles("anthropic:default anthropic:work").config(json!({
        "access": {"chats": {"*": {"chooseCredential": null}}, "roles": {"operator": ["telegram:admin"]}},
    }));
    let chat = started(bot);
    served(&chat, Stage { admins: true, ..Stage::new() }, Pace::Hurried, |account| async move {
        let fake = &account.fake;
        let (ann, ben) = (fake.person(42, "Ann"), fake.person(43, "Ben"));
        let rooms = ["mine", "theirs"].map(|name| {
            let room = fake.supergroup(name);
            fake.with(room, &account.bot, Rights::Member);
            room
        });
        let [mine, theirs] = rooms;
        fake.grants(mine, &ann, Rights::Admin { deletes: false });
        for (person, room, is_done) in [(&ann, mine, true), (&ben, mine, false), (&ann, theirs, false)] {
            person.says(room, "/model opus@work");
            let said = fake.next_message(room).await.text;
            assert_eq!(said.contains("pinned"), is_done, "{said}");
            assert_eq!(said.contains("only an operator"), !is_done, "{said}");
        }
        // Who writes as the group is one of its administrators.
        ben.says_anonymously(mine, "/model haiku@default");
        let said = fake.next_message(mine).await.text;
        assert!(said.contains("pinned") && said.contains("anthropic:default"), "{said}");
        // It is asked once in a while, and counts anew then.
        let asked = || fake.calls_of("getChatMember").len();
        assert_eq!(asked(), 3);
        ann.says(mine, "/model opus@work");
        fake.next_message(mine).await;
        assert_eq!(asked(), 3, "it is remembered");
        fake.grants(mine, &ann, Rights::Member);
        tokio::time::sleep(Duration::from_mins(6)).await;
        ann.says(mine, "/model opus@default");
        let said = fake.next_message(mine).await.text;
        assert!(said.contains("only an operator"), "{said}");
        // What is written while it is asked waits for its turn.
        fake.grants(theirs, &ben, Rights::Admin { deletes: false });
        fake.fails("getChatMember", Fault::Late(Duration::from_secs(2)), 1);
        ben.says(theirs, "/model opus@work");
        ann.says(theirs, "/model haiku");
        let said = [fake.next_message(theirs).await.text, fake.next_message(theirs).await.text];
        assert!(said[0].contains("pinned") && said[1].contains("haiku"), "{said:?}");
        // Of whom it is not told is none.
        fake.fails("getChatMember", Fault::Status(500), 1);
        let cem = fake.person(44, "Cem");
        fake.grants(theirs, &cem, Rights::Admin { deletes: false });
        let before = asked();
        let tries = async |words: &str| {
            cem.says(theirs, "/model sonnet@default");
            let said = fake.next_message(theirs).await.text;
            assert!(said.contains(words), "{said}");
        };
        tries("only an operator").await;
        fake.fails("getChatMember", Fault::Status(500), 1);
        tries("only an operator").await;
        assert_eq!(asked(), before + 1, "it is not asked again with every message");
        tokio::time::sleep(Duration::from_secs(12)).await;
        tries("only an operator").await;
        tokio::time::sleep(Duration::from_secs(12)).await;
        tries("pinned").await;
        assert_eq!(asked(), before + 3);
        (account, ())
    });
}
