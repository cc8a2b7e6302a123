//! Messages as Discord wants them written.

use serde::Serialize;
use serde_json::{Value, json};
use serenity::model::id::MessageId;

use crate::outbound::Message;

/// The longest text of a message, counted as whatever counts most.
const LONGEST: usize = 2_000;

/// A new message.
pub(super) fn new(message: &Message) -> Value {
    let Message { content, embeds, components } = message;
    let mut body = json!({});
    if !content.is_empty() {
        body["content"] = content.as_str().into();
    }
    if !embeds.is_empty() {
        body["embeds"] = written(embeds);
    }
    if !components.is_empty() {
        body["components"] = written(components);
    }
    body
}

/// A new message in a channel: it answers `asked`, if that is still there, and is taken once under `mark`.
pub(super) fn below(message: &Message, asked: Option<MessageId>, mark: &str) -> Value {
    let mut body = new(message);
    if let Some(asked) = asked {
        body["message_reference"] = json!({"message_id": asked.to_string(), "fail_if_not_exists": false});
    }
    body["nonce"] = mark.into();
    body["enforce_nonce"] = true.into();
    body
}

/// What a message is changed to: whatever it held before goes.
pub(super) fn edit(message: &Message) -> Value {
    let Message { content, embeds, components } = message;
    json!({"content": content, "embeds": written(embeds), "components": written(components)})
}

/// What a message says, and nothing but that: for when Discord does not take it as it is. `None` where it says nothing, or
/// is plain as it is.
pub(super) fn plain(message: &Message) -> Option<Message> {
    let Message { content, embeds, components } = message;
    let embeds: Vec<Value> = embeds.iter().map(written).collect();
    let mut lines = vec![content.as_str()];
    for embed in &embeds {
        lines.extend([&embed["title"], &embed["description"]].into_iter().filter_map(Value::as_str));
        for field in embed["fields"].as_array().into_iter().flatten() {
            lines.extend([&field["name"], &field["value"]].into_iter().filter_map(Value::as_str));
        }
        lines.extend(embed["footer"]["text"].as_str());
    }
    lines.retain(|line| !line.trim().is_empty());
    let text = lines.join("\n");
    let text = cut(&text);
    let is_plain = text == content && embeds.is_empty() && components.is_empty();
    let plain = Message { content: text.to_owned(), embeds: Vec::new(), components: Vec::new() };
    (!text.is_empty() && !is_plain).then_some(plain)
}

/// What serenity builds is always something that can be written.
fn written(built: &impl Serialize) -> Value {
    serde_json::to_value(built).unwrap_or_default()
}

fn cut(text: &str) -> &str {
    let mut length = 0;
    let end = text.char_indices().find(|(_, c)| {
        length += c.len_utf16();
        length > LONGEST
    });
    end.map_or(text, |(end, _)| text.get(..end).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use serenity::builder::{CreateActionRow, CreateButton, CreateEmbed, CreateEmbedFooter};

    use super::*;

    fn message(content: &str) -> Message {
        Message { content: content.to_owned(), embeds: Vec::new(), components: Vec::new() }
    }

    fn row() -> CreateActionRow {
        CreateActionRow::Buttons(vec![CreateButton::new("go").label("Go")])
    }

    #[test]
    fn an_edit_leaves_nothing_of_what_was_there() {
        assert_eq!(edit(&message("x")), json!({"content": "x", "embeds": [], "components": []}));
        assert_eq!(new(&message("x")), json!({"content": "x"}));
    }

    #[test]
    fn what_is_built_is_written() {
        let embed = CreateEmbed::new().title("Status");
        let body = new(&Message { embeds: vec![embed], components: vec![row()], ..message("") });
        assert!(body.get("content").is_none(), "{body}");
        assert_eq!(body["embeds"][0]["title"], "Status");
        assert_eq!(body["components"][0]["components"][0]["custom_id"], "go");
    }

    #[test]
    fn what_is_plain_says_all_that_the_message_says() {
        let embed = CreateEmbed::new()
            .title("Status")
            .description("a/b")
            .field("profile", "work", false)
            .footer(CreateEmbedFooter::new("end"));
        let plain = plain(&Message { embeds: vec![embed], components: vec![row()], ..message("above") }).unwrap();
        assert_eq!(plain, message("above\nStatus\na/b\nprofile\nwork\nend"));
    }

    #[test]
    fn what_is_plain_fits_and_is_made_once() {
        let cut = plain(&message(&"😀".repeat(1_500))).unwrap();
        assert_eq!(cut.content.chars().count(), 1_000);
        assert_eq!(plain(&cut), None);
        assert_eq!(plain(&Message { components: vec![row()], ..message("") }), None);
    }
}
