//! People.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::discord::interaction::{COMMAND, COMPLETION, COMPONENT};
use crate::support::discord::{DiscordFake, Place, Shared, Shown};

/// A person.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: u64,
    shared: Arc<Shared>,
}

/// Something that a person did, which waits for its answer.
pub(crate) struct Slash {
    id: u64,
    begun: Duration,
    shared: Arc<Shared>,
}

impl Slash {
    /// How long it took until it was acknowledged; `None` as long as it is not.
    pub(crate) fn acknowledged_after(&self) -> Option<Duration> {
        self.shared.look(|world| world.interactions[&self.id].acknowledged.map(|at| at.saturating_sub(self.begun)))
    }

    /// What stands for the answer now, if that is more than the sign of thinking.
    pub(crate) fn original(&self) -> Option<Shown> {
        self.shared.look(|world| {
            let original = world.interactions[&self.id].original?;
            let message = world.message(original);
            (!message.is_thinking && !message.is_gone).then(|| Shown::of(world, original))
        })
    }
}

impl Person {
    pub(super) fn new(shared: &Arc<Shared>, id: u64) -> Self {
        Self { id, shared: Arc::clone(shared) }
    }

    /// Writes; the number of the message.
    pub(crate) fn says(&self, place: Place, text: &str) -> u64 {
        self.shared.change(|world| world.post(place.channel, self.id, json!({"content": text}), None))
    }

    /// Writes in reply to a message.
    pub(crate) fn replies(&self, place: Place, to: u64, text: &str) -> u64 {
        self.shared.change(|world| world.post(place.channel, self.id, json!({"content": text}), Some(to)))
    }

    /// Writes something else in place of what it wrote. Discord itself does so too, for what a link leads to: then the text
    /// is the same.
    pub(crate) fn edits(&self, message: u64, text: &str) {
        self.shared.change(|world| {
            let own = world.message_mut(message).expect("it is there");
            assert_eq!(own.author, self.id, "it is somebody else's");
            own.body["content"] = json!(text);
            world.tell_of(message, "MESSAGE_UPDATE");
        });
    }

    /// Deletes what it wrote.
    pub(crate) fn deletes(&self, message: u64) {
        self.shared.change(|world| {
            let own = world.message_mut(message).expect("it is there");
            assert_eq!(own.author, self.id, "it is somebody else's");
            own.is_gone = true;
            let channel = own.channel;
            let guild = world.channels[&channel].guild;
            let mut told = json!({"id": message.to_string(), "channel_id": channel.to_string()});
            if let Some(guild) = guild {
                told["guild_id"] = json!(guild.to_string());
            }
            world.emit(guild, "MESSAGE_DELETE", told);
        });
    }

    /// Fills in a command that the bot has registered.
    pub(crate) fn slash(&self, place: Place, command: &str, sub: Option<&str>, values: &[(&str, &str)]) -> Slash {
        let data = self.form(place, command, sub, values, None);
        self.does(place, COMMAND, data, None)
    }

    /// Types into a field of a command; what is proposed.
    pub(crate) async fn types(
        &self,
        fake: &DiscordFake,
        place: Place,
        (command, sub): (&str, Option<&str>),
        values: &[(&str, &str)],
        focused: (&str, &str),
    ) -> Vec<(String, String)> {
        let data = self.form(place, command, sub, values, Some(focused));
        let asked = self.does(place, COMPLETION, data, None);
        fake.until("proposals", || self.shared.look(|world| world.interactions[&asked.id].proposals.clone())).await
    }

    /// Presses the button with that label, or takes the entry with that label from a list.
    pub(crate) fn presses(&self, place: Place, shown: &Shown, label: &str) -> Slash {
        let button = shown.buttons.iter().find(|(printed, _)| printed == label);
        let entry = shown.lists.iter().find_map(|(_, list, entries)| {
            entries.iter().find(|(printed, _)| printed == label).map(|(_, value)| (list, value))
        });
        let data = match (button, entry) {
            (Some((_, id)), _) => json!({"component_type": 2, "custom_id": id, "id": 1}),
            (None, Some((list, value))) => {
                json!({"component_type": 3, "custom_id": list, "values": [value], "id": 1})
            }
            (None, None) => panic!("nothing is called `{label}` on {shown:#?}"),
        };
        self.does(place, COMPONENT, data, Some(shown.id))
    }

    fn does(&self, place: Place, kind: u64, data: Value, message: Option<u64>) -> Slash {
        if let Some(message) = message {
            let only_for = self.shared.look(|world| world.message(message).only_for);
            assert!(only_for.is_none_or(|only_for| only_for == self.id), "nobody presses what is shown to another");
        }
        let id = self.shared.change(|world| world.interact(self.id, place.channel, kind, data, message));
        Slash { id, begun: self.shared.clock.now(), shared: Arc::clone(&self.shared) }
    }

    /// What is sent of a command that was filled in. The client refuses what the bot has not registered so.
    fn form(
        &self,
        place: Place,
        command: &str,
        sub: Option<&str>,
        values: &[(&str, &str)],
        focused: Option<(&str, &str)>,
    ) -> Value {
        let registered = self.shared.look(|world| {
            let within = |server: u64| world.commands.get(&server).cloned().unwrap_or_default();
            let all = place.guild.map(within).unwrap_or_default().into_iter().chain(within(0));
            all.into_iter().find(|one| one["name"] == command)
        });
        let registered = registered.unwrap_or_else(|| panic!("no command `{command}` is registered"));
        let options = |of: &Value| of["options"].as_array().cloned().unwrap_or_default();
        let named = |all: &[Value], name: &str| {
            all.iter().find(|one| one["name"] == name).cloned().unwrap_or_else(|| panic!("no option `{name}`"))
        };
        let form = sub.map_or_else(|| registered.clone(), |sub| named(&options(&registered), sub));
        let fields = options(&form);
        let filled = |name: &str, value: &str, is_focused: bool| {
            let kind = named(&fields, name)["type"].as_u64().unwrap();
            // What is being typed is sent as text, whatever it will be.
            let value = match (kind, is_focused) {
                (4, false) => json!(value.parse::<u64>().expect("a number")),
                _ => json!(value),
            };
            let mut option = json!({"name": name, "type": kind, "value": value});
            if is_focused {
                option["focused"] = json!(true);
            }
            option
        };
        let mut all: Vec<Value> = values.iter().map(|(name, value)| filled(name, value, false)).collect();
        if let Some((name, value)) = focused {
            all.push(filled(name, value, true));
        } else {
            for field in fields.iter().filter(|field| field["required"] == true) {
                assert!(all.iter().any(|one| one["name"] == field["name"]), "{} has to be filled in", field["name"]);
            }
        }
        let all = match sub {
            Some(sub) => json!([{"name": sub, "type": 1, "options": all}]),
            None => json!(all),
        };
        json!({"id": registered["id"], "name": command, "type": 1, "options": all})
    }
}
