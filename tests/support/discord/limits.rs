//! What a message may be.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// What is wrong with a message, as Discord says it: where, and in words.
pub(super) fn wrong(body: &Value, is_edit: bool) -> Option<Value> {
    let mut errors = Vec::new();
    let mut count = |place: &str, length: usize, most: usize| {
        if length > most {
            errors.push(format!("{place}: {length} of {most} at the most"));
        }
    };
    let characters = |value: &Value| value.as_str().unwrap_or_default().chars().count();
    count("content", characters(&body["content"]), 2_000);
    let embeds = body["embeds"].as_array().cloned().unwrap_or_default();
    count("embeds", embeds.len(), 10);
    let mut all = 0;
    for embed in &embeds {
        count("embed.description", characters(&embed["description"]), 4_096);
        count("embed.title", characters(&embed["title"]), 256);
        all += characters(&embed["description"]) + characters(&embed["title"]);
    }
    count("embeds in all", all, 6_000);
    let rows = body["components"].as_array().cloned().unwrap_or_default();
    count("components", rows.len(), 5);
    let mut ids = BTreeSet::new();
    let mut odd = Vec::new();
    for row in &rows {
        let within = row["components"].as_array().cloned().unwrap_or_default();
        let lists = within.iter().filter(|one| one["type"] == 3).count();
        if row["type"] != 1 || within.is_empty() || (lists > 0 && within.len() > 1) {
            odd.push(format!("a row of {} with {lists} lists", within.len()));
        }
        count("a row", within.len(), 5);
        for one in &within {
            let id = one["custom_id"].as_str().unwrap_or_default();
            count("custom_id", id.chars().count(), 100);
            if id.is_empty() || !ids.insert(id.to_owned()) {
                odd.push("an id is there twice, or empty".to_owned());
            }
            count("label", characters(&one["label"]), 80);
            count("placeholder", characters(&one["placeholder"]), 150);
            let options = one["options"].as_array().cloned().unwrap_or_default();
            count("options", options.len(), 25);
            if one["type"] == 3 && options.is_empty() || one["type"] == 2 && characters(&one["label"]) == 0 {
                odd.push("a list without entries, or a button without a label".to_owned());
            }
            let mut values = BTreeSet::new();
            for option in &options {
                count("option.label", characters(&option["label"]), 100);
                count("option.value", characters(&option["value"]), 100);
                if characters(&option["label"]) == 0 || !values.insert(option["value"].to_string()) {
                    odd.push("an entry without a label, or a value that is there twice".to_owned());
                }
            }
        }
    }
    errors.extend(odd);
    let is_empty = characters(&body["content"]) == 0 && embeds.is_empty() && rows.is_empty();
    if is_empty && !is_edit {
        return Some(json!({"code": 50_006, "message": "Cannot send an empty message"}));
    }
    (!errors.is_empty()).then(|| {
        json!({"code": 50_035, "message": "Invalid Form Body",
            "errors": {"content": {"_errors": [{"code": "BASE_TYPE_BAD_LENGTH", "message": errors.join("; ")}]}}})
    })
}
