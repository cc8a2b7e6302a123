//! What a message may be.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// What is wrong with a message, as Discord says it: where, and in words.
pub(super) fn wrong(message: &Value) -> Option<Value> {
    let embeds = list(message, "embeds");
    let rows = list(message, "components");
    if length(&message["content"]) == 0 && embeds.is_empty() && rows.is_empty() {
        return Some(json!({"code": 50_006, "message": "Cannot send an empty message"}));
    }
    let mut look = Look::default();
    look.text("content", &message["content"], 2_000);
    look.embeds(embeds);
    look.rows(rows);
    let errors = look.errors;
    (!errors.is_empty()).then(|| {
        json!({"code": 50_035, "message": "Invalid Form Body",
            "errors": {"content": {"_errors": [{"code": "BASE_TYPE_BAD_LENGTH", "message": errors.join("; ")}]}}})
    })
}

/// A look at a message, and what is wrong with it.
#[derive(Default)]
struct Look {
    errors: Vec<String>,
    /// What the buttons and lists are called so far.
    ids: BTreeSet<String>,
}

impl Look {
    fn count(&mut self, place: &str, length: usize, most: usize) {
        if length > most {
            self.errors.push(format!("{place}: {length} of {most} at the most"));
        }
    }

    fn text(&mut self, place: &str, text: &Value, most: usize) -> usize {
        let length = length(text);
        self.count(place, length, most);
        length
    }

    fn embeds(&mut self, embeds: &[Value]) {
        self.count("embeds", embeds.len(), 10);
        let mut all = 0;
        for embed in embeds {
            all += self.text("embed.title", &embed["title"], 256);
            all += self.text("embed.description", &embed["description"], 4_096);
            all += self.text("embed.footer", &embed["footer"]["text"], 2_048);
            all += self.text("embed.author", &embed["author"]["name"], 256);
            let fields = list(embed, "fields");
            self.count("embed.fields", fields.len(), 25);
            for field in fields {
                let (name, value) = (length(&field["name"]), length(&field["value"]));
                self.count("embed.field.name", name, 256);
                self.count("embed.field.value", value, 1_024);
                if name == 0 || value == 0 {
                    self.errors.push("a field without a name or a value".to_owned());
                }
                all += name + value;
            }
        }
        self.count("embeds in all", all, 6_000);
    }

    fn rows(&mut self, rows: &[Value]) {
        self.count("components", rows.len(), 5);
        for row in rows {
            let within = list(row, "components");
            let lists = within.iter().filter(|one| one["type"] == 3).count();
            if row["type"] != 1 || within.is_empty() || (lists > 0 && within.len() > 1) {
                self.errors.push(format!("a row of {} with {lists} lists", within.len()));
            }
            self.count("a row", within.len(), 5);
            for one in within {
                let id = one["custom_id"].as_str().unwrap_or_default();
                self.count("custom_id", id.chars().count(), 100);
                if id.is_empty() || !self.ids.insert(id.to_owned()) {
                    self.errors.push("an id is there twice, or empty".to_owned());
                }
                match one["type"].as_u64() {
                    Some(2) => self.button(one),
                    Some(3) => self.list(one),
                    _ => self.errors.push(format!("a row holds something of type {}", one["type"])),
                }
            }
        }
    }

    fn button(&mut self, button: &Value) {
        if self.text("label", &button["label"], 80) == 0 {
            self.errors.push("a button without a label".to_owned());
        }
        if !matches!(button["style"].as_u64(), Some(1..=6)) {
            self.errors.push(format!("a button of style {}", button["style"]));
        }
    }

    fn list(&mut self, one: &Value) {
        self.text("placeholder", &one["placeholder"], 150);
        let options = list(one, "options");
        self.count("options", options.len(), 25);
        let (least, most) = (one["min_values"].as_u64().unwrap_or(1), one["max_values"].as_u64().unwrap_or(1));
        let marked = options.iter().filter(|option| option["default"] == true).count();
        if options.is_empty() || least > most || most as usize > options.len() || marked > most as usize {
            self.errors.push(format!("a list of {} of which {least} to {most} are to be taken", options.len()));
        }
        let mut values = BTreeSet::new();
        for option in options {
            let label = self.text("option.label", &option["label"], 100);
            let value = self.text("option.value", &option["value"], 100);
            self.text("option.description", &option["description"], 100);
            if label == 0 || value == 0 || !values.insert(option["value"].to_string()) {
                self.errors.push("an entry without a label, or a value that is there twice".to_owned());
            }
        }
    }
}

fn list<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of[name].as_array().map_or(&[], Vec::as_slice)
}

/// In UTF-16, as Discord counts.
fn length(text: &Value) -> usize {
    text.as_str().unwrap_or_default().encode_utf16().count()
}
