//! Requests are looked at as the published description has them.

use serde_json::{Value, json};

use crate::support::discord::schema;

const MESSAGES: &str = "/channels/7/messages";
const CALLBACK: &str = "/interactions/7/token/callback";
const COMMANDS: &str = "/applications/7/commands";

fn button(style: u64) -> Value {
    json!({"components": [{"type": 1, "components": [{"type": 2, "style": style, "label": "x", "custom_id": "x"}]}]})
}

#[test]
fn what_is_described_is_taken_and_nothing_else() {
    if !schema::is_there() {
        // It was said aloud that nothing is checked.
        return;
    }
    let command = |more: Value| {
        let mut one = json!({"name": "help", "description": "x", "type": 1});
        for (name, value) in more.as_object().unwrap() {
            one[name] = value.clone();
        }
        json!([one])
    };
    let taken = [
        ("POST", MESSAGES, "", json!({"content": "x", "allowed_mentions": {"parse": [], "replied_user": false}})),
        ("POST", MESSAGES, "", json!({"content": "x", "nonce": "12", "enforce_nonce": true, "flags": 4})),
        ("POST", MESSAGES, "", json!({"embeds": [{"description": "x", "color": 255}]})),
        ("POST", MESSAGES, "", json!({"content": "x", "message_reference": {"message_id": "7"}})),
        ("POST", MESSAGES, "", button(1)),
        ("GET", MESSAGES, "after=7&limit=100", Value::Null),
        ("POST", CALLBACK, "", json!({"type": 5, "data": {"flags": 64}})),
        ("POST", CALLBACK, "", json!({"type": 6})),
        ("POST", CALLBACK, "", json!({"type": 8, "data": {"choices": [{"name": "x", "value": "y"}]}})),
        ("PUT", COMMANDS, "", command(json!({"contexts": [0, 1], "integration_types": [0]}))),
        (
            "PUT",
            COMMANDS,
            "",
            command(json!({"options": [{"type": 4, "name": "x", "description": "x", "min_value": 1}]})),
        ),
    ];
    for (method, path, query, body) in taken {
        assert_eq!(schema::request(method, path, query, &body), [""; 0], "{method} {path} {body}");
    }
    let refused = [
        ("POST", "/nothing/here", "", Value::Null, "no such path"),
        ("DELETE", MESSAGES, "", Value::Null, "no DELETE"),
        ("POST", MESSAGES, "", json!({"contents": "x"}), "has no `contents`"),
        ("POST", MESSAGES, "", json!({"content": 7}), "is integer, and not string"),
        ("POST", MESSAGES, "", json!({"content": "x", "flags": 1.5}), "is number, and not integer"),
        ("POST", MESSAGES, "", json!({"content": "x", "allowed_mentions": {"parse": ["all"]}}), "parse[0] is"),
        ("POST", MESSAGES, "", json!({"content": "x", "allowed_mentions": {"parse": ["users", "users"]}}), "twice"),
        (
            "POST",
            MESSAGES,
            "",
            json!({"content": "x", "message_reference": {"message_id": 7}}),
            "message_id is integer",
        ),
        ("POST", MESSAGES, "", json!({"content": "x", "message_reference": {"message_id": "07"}}), "is no"),
        ("POST", MESSAGES, "", json!({"embeds": [{"description": "x", "color": 16_777_216}]}), "color is"),
        ("POST", MESSAGES, "", json!({"embeds": [{"url": "nowhere"}]}), "is no"),
        ("POST", MESSAGES, "", button(99), "style is 99"),
        ("POST", MESSAGES, "", json!({"components": [{"type": 99, "components": []}]}), "type is 99"),
        ("GET", MESSAGES, "limit=101", Value::Null, "?limit is 101"),
        ("GET", MESSAGES, "since=7", Value::Null, "no parameter `since`"),
        ("GET", MESSAGES, "", json!({}), "takes no body"),
        ("POST", CALLBACK, "", Value::Null, "lacks its body"),
        ("POST", CALLBACK, "", json!({"type": 99}), "type is 99"),
        ("POST", CALLBACK, "", json!({"data": {"flags": 64}}), "lacks `type`"),
        ("PUT", COMMANDS, "", command(json!({"contexts": [3]})), "contexts[0] is 3"),
        ("PUT", COMMANDS, "", command(json!({"integration_types": ["guild"]})), "integration_types[0] is"),
        (
            "PUT",
            COMMANDS,
            "",
            command(json!({"options": [{"type": 99, "name": "x", "description": "x"}]})),
            "type is 99",
        ),
        ("PUT", COMMANDS, "", command(json!({"options": [{"type": 3, "name": "", "description": "x"}]})), "is of 0"),
        ("PUT", COMMANDS, "", json!([{"description": "x"}]), "lacks `name`"),
    ];
    for (method, path, query, body, wanted) in refused {
        let faults = schema::request(method, path, query, &body);
        assert!(faults.iter().any(|fault| fault.contains(wanted)), "{method} {path} {body}: {faults:?}");
    }
}

#[test]
fn an_answer_is_looked_at_too() {
    if !schema::is_there() {
        return;
    }
    let gateway = json!({"url": "wss://gateway.example", "shards": 1, "session_start_limit": {
        "total": 1, "remaining": 1, "reset_after": 1, "max_concurrency": 1,
    }});
    assert_eq!(schema::answer("GET", "/gateway/bot", 200, &gateway), [""; 0]);
    assert!(!schema::answer("GET", "/gateway/bot", 200, &json!({"url": "wss://gateway.example"})).is_empty());
    assert!(!schema::answer("GET", "/gateway/bot", 201, &gateway).is_empty());
    assert_eq!(schema::answer("GET", "/gateway/bot", 403, &json!({"code": 50_001, "message": "no"})), [""; 0]);
    assert!(!schema::answer("GET", "/gateway/bot", 403, &json!({"message": "no"})).is_empty());
}
