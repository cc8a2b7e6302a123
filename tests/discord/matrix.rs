//! The same decisions on Discord as everywhere, over the wire: whoever asks, and by whichever way.

use std::time::Duration;

use modelpin::clock::Clock as _;
use serde_json::json;

use crate::discord::account::{Account, on_discord_slowly};
use crate::discord::conversation::key;
use crate::support::bot::Bot;
use crate::support::discord::{Person, Place, Shown};
use crate::support::matrix::{Decision, MACHINES, PEOPLE, WAYS, Way, Who, decision};

/// One person who tries one thing in a channel of their own.
struct Case {
    who: Who,
    way: Way,
    owners_only: bool,
    person: Person,
    place: Place,
}

impl Case {
    fn profile(&self) -> &'static str {
        if self.owners_only { "anthropic:boss" } else { "anthropic:open" }
    }

    /// What the person saw, if it was not done.
    async fn tried(&self, account: &Account) -> Decision {
        let (fake, person, place) = (&account.fake, &self.person, self.place);
        let profile = self.profile();
        let form = ("model", Some("set"));
        match self.way {
            Way::Text => {
                person.says(place, &format!("{} /model opus@{profile}", fake.mention()));
            }
            Way::Command => {
                let slash = person.slash(place, form.0, form.1, &[("model", "opus"), ("profile", profile)]);
                self.is_seen_at_once(account, || slash.acknowledged_after()).await;
            }
            Way::Press => {
                let slash = person.slash(place, "model", Some("pick"), &[]);
                self.is_seen_at_once(account, || slash.acknowledged_after()).await;
                let picker = self.seen(account).await;
                let all = picker.lists.iter().flat_map(|(_, _, entries)| entries);
                let label = all.map(|(label, _)| label).find(|label| label.contains(profile)).cloned();
                match label {
                    Some(label) => {
                        let press = person.presses(place, &picker, &label);
                        self.is_seen_at_once(account, || press.acknowledged_after()).await;
                        // What takes the place of the picker.
                        fake.until("what became of the press", || {
                            fake.answers(place).into_iter().find(|shown| shown.text != picker.text)
                        })
                        .await;
                    }
                    None if picker.lists.is_empty() => return Decision::Refused,
                    None => return Decision::Hidden,
                }
            }
            Way::Completion => {
                let proposed = person.types(fake, place, form, &[("model", "opus")], ("profile", "")).await;
                return match &proposed[..] {
                    [] => Decision::Refused,
                    some if some.iter().any(|(label, _)| label.contains(profile)) => Decision::Done,
                    _ => Decision::Hidden,
                };
            }
        }
        let seen = self.seen(account).await;
        match (seen.text.contains("/whoami"), seen.text.contains("No ") || seen.text.contains("no ")) {
            (true, _) => Decision::Refused,
            (false, true) if !seen.text.contains("pinned") => Decision::Hidden,
            (false, _) => Decision::Done,
        }
    }

    async fn seen(&self, account: &Account) -> Shown {
        account.fake.answer(self.place, 0).await
    }

    /// Nobody waits for a sign, whatever is decided.
    async fn is_seen_at_once(&self, account: &Account, seen: impl Fn() -> Option<Duration>) {
        let after = account.fake.until("an acknowledgement", seen).await;
        assert!(after < Duration::from_secs(3), "{:?} {:?}: {after:?}", self.who, self.way);
    }
}

#[test]
fn the_same_person_is_told_the_same_by_every_way() {
    let lists = json!({"allowFrom": ["11", "12"], "groupAllowFrom": ["11", "12"]});
    let grants = json!({"provider": "anthropic", "mode": "api_key", "grants": {"owners": true}});
    let bot = Bot::new().profiles("anthropic:open anthropic:boss").config(json!({
        "channels": {"discord": lists},
        "commands": {"ownerAllowFrom": ["discord:11"]},
        "auth": {"profiles": {"anthropic:boss": grants}},
    }));
    let (chat, (tried, unheard)) = on_discord_slowly(bot, |account| async move {
        account.is_up().await;
        let fake = account.fake.clone();
        let guild = fake.guild(1, "Crew");
        let mut tried = Vec::new();
        for who in PEOPLE {
            for owners_only in [false, true] {
                for way in WAYS {
                    let number = tried.len() as u64;
                    let person = match who {
                        Who::Owner => fake.person(11, "Ann"),
                        Who::Allowed => fake.person(12, "Ben"),
                        // Somebody else each time: nobody is told no again and again.
                        Who::Other | Who::Bot | Who::Webhook => fake.person(100 + number, "Cem"),
                    };
                    fake.joins(&person, guild, &[]);
                    let place = fake.channel(guild, &format!("channel-{number}"));
                    let case = Case { who, way, owners_only, person, place };
                    let seen = case.tried(&account).await;
                    tried.push((case, seen));
                }
            }
        }
        let unheard = fake.channel(guild, "machines");
        let line = format!("{} /model opus@open", fake.mention());
        for who in MACHINES {
            assert_eq!(decision(who, false), Decision::Unheard);
            match who {
                Who::Bot => fake.bot_says(unheard, &line),
                _ => fake.webhook_says(unheard, &line),
            }
        }
        let ann = fake.person(11, "Ann");
        ann.says(unheard, &format!("{} /model status", fake.mention()));
        fake.said(unheard, 1).await;
        account.settled().await;
        assert_eq!(fake.answers(unheard).len(), 1, "only a person is answered");
        (account, (tried, key(unheard, &ann)))
    });
    for (case, seen) in tried {
        let Case { who, way, owners_only, person, place } = &case;
        let wanted = decision(*who, *owners_only);
        assert_eq!(seen, wanted, "{who:?} {way:?} {} in {place:?}", case.profile());
        if *way != Way::Completion {
            let row = chat.row_of(&key(*place, person));
            let chosen = row.and_then(|row| row.choice.effective(chat.clock.now()).cloned());
            let pinned = chosen.and_then(|chosen| chosen.pin).map(|pin| pin.profile.to_string());
            let expected = (wanted == Decision::Done).then(|| case.profile().to_owned());
            assert_eq!(pinned, expected, "{who:?} {way:?}");
        }
    }
    assert!(chat.row_of(&unheard).is_none_or(|row| row.choice.effective(chat.clock.now()).is_none()));
}
