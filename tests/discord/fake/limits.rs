//! What a message and a command may be: each limit at its edge, and one beyond.

use std::time::Duration;

use serde_json::{Value, json};

use crate::discord::fake::{Client, TOKEN};
use crate::support::discord::DiscordFake;

/// The path of the commands of the bot's application.
const COMMANDS: &str = "/applications/100000000000000002/commands";

fn text(length: usize) -> String {
    "x".repeat(length)
}

/// Rows of buttons.
fn rows(rows: usize, buttons: usize) -> Value {
    let button =
        |row: usize, at: usize| json!({"type": 2, "style": 2, "label": "x", "custom_id": format!("{row}.{at}")});
    let row = |row: usize| {
        let all: Vec<Value> = (0..buttons).map(|at| button(row, at)).collect();
        json!({"type": 1, "components": all})
    };
    (0..rows).map(row).collect()
}

/// A list of entries, with what else is said of it.
fn list(entries: usize, more: &Value) -> Value {
    let entry = |at: usize| json!({"label": "x", "value": at.to_string()});
    let mut one = json!({"type": 3, "custom_id": "list", "options": (0..entries).map(entry).collect::<Vec<_>>()});
    for (name, value) in more.as_object().unwrap() {
        one[name] = value.clone();
    }
    json!([{"type": 1, "components": [one]}])
}

/// A button, with what else is said of it.
fn button(more: &Value) -> Value {
    let mut one = json!({"type": 2, "style": 2, "label": "x", "custom_id": "one"});
    for (name, value) in more.as_object().unwrap() {
        one[name] = value.clone();
    }
    json!([{"type": 1, "components": [one]}])
}

fn with(components: Value) -> Value {
    json!({"content": "x", "components": components})
}

fn embed(embed: Value) -> Value {
    json!({ "embeds": [embed] })
}

fn fields(many: usize, name: usize, value: usize) -> Value {
    let field = json!({"name": text(name), "value": text(value)});
    embed(json!({"fields": vec![field; many]}))
}

#[tokio::test]
async fn a_message_keeps_to_the_limits() {
    let fake = DiscordFake::start(TOKEN, "pinbot");
    let client = Client::of(&fake);
    fake.shared.clock.hold();
    let dm = fake.dm(&fake.person(42, "Ann"));
    let taken = [
        json!({"content": text(2_000)}),
        embed(json!({"title": text(256)})),
        embed(json!({"description": text(4_096)})),
        embed(json!({"description": "x", "footer": {"text": text(2_048)}})),
        embed(json!({"description": "x", "author": {"name": text(256)}})),
        fields(25, 1, 1),
        fields(1, 256, 1_024),
        json!({"embeds": [{"description": text(4_000)}, {"description": text(2_000)}]}),
        json!({"embeds": vec![json!({"description": "x"}); 10]}),
        with(rows(5, 5)),
        with(list(25, &json!({}))),
        with(list(3, &json!({"min_values": 0, "max_values": 3}))),
        with(list(1, &json!({"placeholder": text(150)}))),
        with(button(&json!({"label": text(80)}))),
        with(button(&json!({"custom_id": text(100)}))),
    ];
    let refused = [
        (json!({"content": "", "embeds": []}), 50_006),
        (json!({"content": text(2_001)}), 50_035),
        (embed(json!({"title": text(257)})), 50_035),
        (embed(json!({"description": text(4_097)})), 50_035),
        (embed(json!({"description": "x", "footer": {"text": text(2_049)}})), 50_035),
        (embed(json!({"description": "x", "author": {"name": text(257)}})), 50_035),
        (fields(26, 1, 1), 50_035),
        (fields(1, 257, 1), 50_035),
        (fields(1, 1, 1_025), 50_035),
        (json!({"embeds": [{"description": text(4_000)}, {"description": text(2_001)}]}), 50_035),
        (json!({"embeds": vec![json!({"description": "x"}); 11]}), 50_035),
        (with(rows(6, 1)), 50_035),
        (with(rows(1, 6)), 50_035),
        (with(rows(1, 0)), 50_035),
        (with(json!([rows(1, 1)[0], rows(1, 1)[0]])), 50_035),
        (with(list(0, &json!({}))), 50_035),
        (with(list(26, &json!({}))), 50_035),
        (with(list(3, &json!({"max_values": 4}))), 50_035),
        (with(list(3, &json!({"min_values": 2}))), 50_035),
        (with(list(1, &json!({"placeholder": text(151)}))), 50_035),
        (with(button(&json!({"label": text(81)}))), 50_035),
        (with(button(&json!({"label": ""}))), 50_035),
        (with(button(&json!({"custom_id": text(101)}))), 50_035),
        (with(button(&json!({"style": 99}))), 50_035),
    ];
    for body in taken {
        // A channel takes five in five seconds.
        fake.shared.clock.advance(Duration::from_secs(2));
        assert_eq!(client.says(dm, body.clone()).await, (200, 0), "{body}");
        assert_eq!(fake.complaints(), [""; 0], "{body}");
    }
    for (body, code) in refused {
        fake.shared.clock.advance(Duration::from_secs(2));
        assert_eq!(client.says(dm, body.clone()).await, (400, code), "{body}");
        assert!(!fake.complaints().is_empty(), "nobody sends it without hearing of it: {body}");
    }
}

#[tokio::test]
async fn a_message_cannot_be_emptied() {
    let fake = DiscordFake::start(TOKEN, "pinbot");
    let client = Client::of(&fake);
    let dm = fake.dm(&fake.person(42, "Ann"));
    client.says(dm, json!({"content": "x"})).await;
    let id = fake.answers(dm)[0].id;
    let path = format!("/channels/{}/messages/{id}", dm.channel);
    let edit = |content: &str| json!({"content": content, "allowed_mentions": {"parse": []}});
    assert_eq!(client.calls("PATCH", &path, TOKEN, edit("y")).await, (200, 0));
    assert_eq!(client.calls("PATCH", &path, TOKEN, edit("")).await, (400, 50_006));
    assert_eq!(fake.answers(dm)[0].text, "y");
    assert!(!fake.complaints().is_empty());
}

fn command(options: &Value) -> Value {
    json!([{"name": "help", "description": "Shows it", "type": 1, "options": options}])
}

fn option(name: &str, more: &Value) -> Value {
    let mut one = json!({"type": 3, "name": name, "description": "x"});
    for (name, value) in more.as_object().unwrap() {
        one[name] = value.clone();
    }
    one
}

fn options(many: usize, description: usize) -> Value {
    (0..many).map(|at| option(&format!("o{at}"), &json!({"description": text(description)}))).collect()
}

fn choices(many: usize, length: usize) -> Value {
    let choice = |at: usize| json!({"name": format!("{at:02}"), "value": format!("{at:0length$}")});
    json!([option("o", &json!({"choices": (0..many).map(choice).collect::<Vec<_>>()}))])
}

#[tokio::test]
async fn commands_keep_to_the_limits() {
    let fake = DiscordFake::start(TOKEN, "pinbot");
    let client = Client::of(&fake);
    fake.shared.clock.hold();
    let required = json!({"required": true});
    let many = |commands: usize| -> Value {
        (0..commands).map(|at| json!({"name": format!("c{at}"), "description": "x", "type": 1})).collect()
    };
    // What ends the day's commands comes last.
    let cases = [
        (command(&options(25, 1)), true),
        (command(&options(25, 100)), true),
        (command(&options(26, 1)), false),
        (command(&options(1, 101)), false),
        (command(&choices(25, 100)), true),
        (command(&choices(26, 5)), false),
        (command(&choices(1, 101)), false),
        (command(&json!([option("o", &json!({})), option("o", &json!({}))])), false),
        (command(&json!([option("o", &required), option("p", &json!({}))])), true),
        (command(&json!([option("o", &json!({})), option("p", &required)])), false),
        (
            command(&json!([option("o", &json!({"autocomplete": true, "choices": [{"name": "x", "value": "x"}]}))])),
            false,
        ),
        (command(&json!([option("o", &json!({"type": 99}))])), false),
        (command(&json!([option("O", &json!({}))])), false),
        (json!([{"name": "Help", "description": "Shows it", "type": 1}]), false),
        (json!([{"name": "help", "description": text(101), "type": 1}]), false),
        (json!([{"name": "help", "description": "", "type": 1}]), false),
        (json!([{"name": text(33), "description": "x", "type": 1}]), false),
        (json!([{"name": "help", "description": "x", "type": 1, "contexts": [0, 3]}]), false),
        (json!([command(&json!([]))[0], command(&json!([]))[0]]), false),
        (many(101), false),
        (many(100), true),
    ];
    for (commands, is_taken) in cases {
        fake.shared.clock.advance(Duration::from_secs(5));
        let (status, _) = client.calls("PUT", COMMANDS, TOKEN, commands.clone()).await;
        let shown: String = commands.to_string().chars().take(300).collect();
        assert_eq!(status, if is_taken { 200 } else { 400 }, "{shown}");
        assert_eq!(fake.complaints().is_empty(), is_taken, "{shown}");
    }
}

#[tokio::test]
async fn a_command_has_eight_thousand_characters_in_all() {
    let fake = DiscordFake::start(TOKEN, "pinbot");
    let client = Client::of(&fake);
    let sub = |at: usize, options: &Value| json!({"type": 1, "name": format!("s{at}"), "description": "x", "options": options});
    let whole = |subs: usize| command(&(0..subs).map(|at| sub(at, &options(25, 100))).collect::<Vec<_>>().into());
    assert_eq!(client.calls("PUT", COMMANDS, TOKEN, whole(3)).await.0, 200);
    assert_eq!(client.calls("PUT", COMMANDS, TOKEN, whole(4)).await.0, 400);
    assert!(!fake.complaints().is_empty());
}

#[tokio::test]
async fn new_commands_are_counted_and_there_are_two_hundred_a_day() {
    let fake = DiscordFake::start(TOKEN, "pinbot");
    let client = Client::of(&fake);
    fake.shared.clock.hold();
    let named = |prefix: &str, many: usize| -> Value {
        (0..many).map(|at| json!({"name": format!("{prefix}{at}"), "description": "x", "type": 1})).collect()
    };
    for _ in 0..3 {
        assert_eq!(client.calls("PUT", COMMANDS, TOKEN, named("a", 100)).await.0, 200);
        fake.shared.clock.advance(Duration::from_secs(5));
    }
    assert_eq!(fake.creates(), 100, "what is there already is not new");
    assert_eq!(client.calls("PUT", COMMANDS, TOKEN, named("b", 100)).await.0, 200);
    fake.shared.clock.advance(Duration::from_secs(5));
    assert_eq!(client.calls("PUT", COMMANDS, TOKEN, named("c", 1)).await.0, 400);
    assert!(!fake.complaints().is_empty());
}
