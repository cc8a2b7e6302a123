//! The text in an event, in which secrets are looked for before it is kept.

use serde_json::Value;

/// Where Discord keeps what people attach; addresses there are signed with long random numbers.
const FILES: [&str; 2] = ["https://cdn.discordapp.com/", "https://media.discordapp.net/"];

/// All text in an event: what somebody wrote or filled in, what he replied to or passed on, how people call themselves and
/// their files. `None` where there is none.
///
/// All of it, and not only what the engine is given: it is the whole event that is kept. Pieces are told apart by a blank
/// line, so that the end of one and the beginning of the next are not taken for one thing.
pub(crate) fn written(data: &Value) -> Option<String> {
    let mut pieces = Vec::new();
    collect(data, &mut pieces);
    (!pieces.is_empty()).then(|| pieces.join("\n\n"))
}

fn collect<'a>(value: &'a Value, pieces: &mut Vec<&'a str>) {
    match value {
        Value::String(text) if text.is_empty() || FILES.iter().any(|files| text.starts_with(files)) => {}
        Value::String(text) => pieces.push(text),
        Value::Array(values) => values.iter().for_each(|value| collect(value, pieces)),
        Value::Object(fields) => {
            for (name, value) in fields {
                if !is_made_by_discord(name, value) {
                    collect(value, pieces);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What Discord calls things is no text of anybody's, and its long random ids may look like anything. Nobody writes a
/// list of ids either.
fn is_made_by_discord(name: &str, value: &Value) -> bool {
    let is_one_text = value.is_string();
    match name {
        "id"
        | "token"
        | "type"
        | "nonce"
        | "avatar"
        | "banner"
        | "icon"
        | "asset"
        | "discriminator"
        | "locale"
        | "guild_locale"
        | "timestamp"
        | "edited_timestamp"
        | "joined_at"
        | "premium_since"
        | "permissions"
        | "app_permissions"
        | "content_type"
        | "waveform"
        | "placeholder"
        | "proxy_url"
        | "last_pin_timestamp"
        | "communication_disabled_until" => is_one_text,
        "roles"
        | "mention_roles"
        | "features"
        | "entitlements"
        | "entitlement_sku_ids"
        | "authorizing_integration_owners" => true,
        _ => is_one_text && name != "custom_id" && name.ends_with("_id"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use serde_json::json;

    use super::written;

    #[test]
    fn every_text_counts_wherever_it_stands_and_what_discord_makes_does_not() {
        let data = json!({
            "id": "900", "channel_id": "100", "guild_id": "500", "nonce": "77", "timestamp": "2026-01-01T00:00:00+00:00",
            "content": "one",
            "author": {"id": "42", "username": "two", "avatar": "0123456789abcdef0123456789abcdef"},
            "member": {"nick": "three", "roles": ["61"], "joined_at": "2025-01-01T00:00:00+00:00"},
            "attachments": [{
                "id": "7", "filename": "four.txt", "content_type": "text/plain",
                "url": "https://cdn.discordapp.com/attachments/1/7/four.txt?ex=66a1&hm=0123456789abcdef",
                "proxy_url": "https://media.discordapp.net/attachments/1/7/four.txt?ex=66a1"
            }],
            "embeds": [{"type": "link", "url": "https://five.example", "title": "six"}],
            "referenced_message": {"content": "seven\nlines", "embeds": []},
            "message_snapshots": [{"message": {"content": "eight"}}],
            "something_new": {"deep": [[{"down": "nine"}]], "id": {"inside": "ten"}},
        });
        let text = written(&data).unwrap();
        let pieces: Vec<&str> = text.split("\n\n").collect();
        let wanted =
            ["one", "two", "three", "four.txt", "https://five.example", "six", "seven\nlines", "eight", "nine", "ten"];
        assert_eq!(pieces, wanted);
    }

    #[test]
    fn what_was_filled_in_counts_and_the_right_to_answer_does_not() {
        let data = json!({
            "id": "900", "application_id": "7000", "token": "aW50ZXJhY3Rpb246OTAw.TEST-0123456789", "type": 2,
            "data": {"id": "3", "name": "model", "type": 1, "options": [
                {"type": 1, "name": "set", "options": [{"type": 3, "name": "model", "value": "opus"}]}
            ]},
        });
        assert_eq!(written(&data).unwrap(), "model\n\nset\n\nmodel\n\nopus");
    }

    #[test]
    fn an_event_without_text_has_none() {
        assert_eq!(written(&json!({"id": "7", "channel_id": "5", "content": "", "embeds": [], "x": null})), None);
    }
}
