//! What people see.

use serde_json::Value;

use crate::support::discord::{DiscordFake, Place, World};

/// A list to choose from: what it is called, its id, and its entries with their values.
pub(crate) type List = (String, String, Vec<(String, String)>);

/// A message of the bot's, as people see it.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) id: u64,
    /// Its text and that of its embeds, with the marks.
    pub(crate) text: String,
    /// The labels of its buttons, with their ids.
    pub(crate) buttons: Vec<(String, String)>,
    /// Its lists.
    pub(crate) lists: Vec<List>,
    /// Who alone sees it.
    pub(crate) only_for: Option<u64>,
}

impl Shown {
    pub(super) fn of(world: &World, id: u64) -> Self {
        let message = world.message(id);
        let text_of = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut text = text_of(&message.body["content"]);
        for embed in message.body["embeds"].as_array().into_iter().flatten() {
            for part in ["title", "description"] {
                text.push_str(&text_of(&embed[part]));
            }
        }
        let (mut buttons, mut lists) = (Vec::new(), Vec::new());
        for row in message.body["components"].as_array().into_iter().flatten() {
            for one in row["components"].as_array().into_iter().flatten() {
                let id = text_of(&one["custom_id"]);
                if one["type"] == 2 {
                    buttons.push((text_of(&one["label"]), id));
                } else {
                    let entries = one["options"].as_array().into_iter().flatten();
                    let entries = entries.map(|entry| (text_of(&entry["label"]), text_of(&entry["value"]))).collect();
                    lists.push((text_of(&one["placeholder"]), id, entries));
                }
            }
        }
        Self { id, text, buttons, lists, only_for: message.only_for }
    }
}

impl DiscordFake {
    /// What the bot has said in a place, in order, as it stands there now.
    pub(crate) fn answers(&self, place: Place) -> Vec<Shown> {
        self.shared.look(|world| {
            let own = world.messages.iter().filter(|message| message.channel == place.channel);
            let own = own.filter(|message| message.author == world.bot && !message.is_gone && !message.is_thinking);
            own.map(|message| Shown::of(world, message.id)).collect()
        })
    }

    /// Whether a message is still there.
    pub(crate) fn is_there(&self, message: u64) -> bool {
        self.shared.look(|world| !world.message(message).is_gone)
    }

    /// The answer with that number in a place, once there is one and it says something.
    pub(crate) async fn answer(&self, place: Place, number: usize) -> Shown {
        self.until("an answer", || self.answers(place).get(number).filter(|shown| !shown.text.is_empty()).cloned())
            .await
    }

    /// What the bot said last in a place, when it has said `many` things there.
    pub(crate) async fn said(&self, place: Place, many: usize) -> Shown {
        self.until("that many answers", || {
            let answers = self.answers(place);
            (answers.len() >= many).then(|| answers.last().cloned()).flatten()
        })
        .await
    }
}
