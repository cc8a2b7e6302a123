//! The text in an update, in which secrets are looked for before it is kept.

use serde_json::Value;

/// All text in an update: what somebody wrote, what he replied to or quoted, what stands behind a link, how people call
/// themselves and their files. `None` where there is none.
///
/// All of it, and not only what the engine is given: it is the whole update that is kept. Pieces are told apart by a blank
/// line, so that the end of one and the beginning of the next are not taken for one thing.
pub(crate) fn written(update: &Value) -> Option<String> {
    let mut pieces = Vec::new();
    collect(update, &mut pieces);
    (!pieces.is_empty()).then(|| pieces.join("\n\n"))
}

fn collect<'a>(value: &'a Value, pieces: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => pieces.push(text),
        Value::Array(values) => values.iter().for_each(|value| collect(value, pieces)),
        Value::Object(fields) => {
            for (name, value) in fields {
                if !is_made_by_telegram(name) {
                    collect(value, pieces);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What Telegram calls things is no text of anybody's, and its long random ids may look like anything.
fn is_made_by_telegram(name: &str) -> bool {
    matches!(name, "type" | "language_code" | "chat_instance")
        || name.ends_with("file_id")
        || name.ends_with("file_unique_id")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use serde_json::json;

    use super::written;

    #[test]
    fn every_text_counts_wherever_it_stands_and_what_telegram_makes_does_not() {
        let update = json!({"update_id": 7, "edited_message": {
            "text": "one",
            "entities": [{"type": "text_link", "offset": 0, "length": 3, "url": "https://two.example"}],
            "reply_to_message": {"caption": "three", "photo": [{"file_id": "AAA", "file_unique_id": "BBB", "width": 1}]},
            "quote": {"text": "four\nlines"},
            "document": {"file_name": "five.txt", "thumbnail": {"file_id": "CCC"}, "big_file_id": "DDD"},
            "something_new": {"deep": [[{"down": "six"}]]},
        }});
        let text = written(&update).unwrap();
        let pieces: Vec<&str> = text.split("\n\n").collect();
        assert_eq!(pieces, ["one", "https://two.example", "three", "four\nlines", "five.txt", "six"]);
    }

    #[test]
    fn an_update_without_text_has_none() {
        assert_eq!(written(&json!({"update_id": 7, "message": {"date": 5, "photo": [], "x": null}})), None);
    }
}
