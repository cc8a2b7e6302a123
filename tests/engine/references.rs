//! Secrets that are kept somewhere else: followed by turns, kept by nobody.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::profile::support::tree;
use crate::support::bot::{Bot, Chat, SONNET, invented};
use crate::support::leaks::Leaks;

const KEY: &str = "anthropic:kept-elsewhere";

/// The secret is in a file that is no business of the store.
fn vault(chat: &Chat) -> std::path::PathBuf {
    let path = chat.directory.path().join("home/vault.json");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, json!({"llm": {"a/b": invented(KEY, 0)}}).to_string()).unwrap();
    path
}

fn entry(field: &str, reference: &Value) -> Value {
    let kind = if field.starts_with("token") { "token" } else { "api_key" };
    json!({"type": kind, "provider": "anthropic", field: reference})
}

/// A program that prints what is in the file.
fn script(chat: &Chat, before: &str) -> Value {
    let path = chat.directory.path().join("home/program.sh");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, format!("{before}\necho '{}'", json!({"values": {"llm/key": invented(KEY, 0)}}))).unwrap();
    json!({"source": "exec", "command": "/bin/sh", "args": [path]})
}

fn with_places(chat: Chat) -> Chat {
    vault(&chat);
    let program = script(&chat, "");
    chat.with_config(json!({"secrets": {"defaults": {"file": "vault"}, "providers": {
        "vault": {"source": "file", "path": "~/vault.json"}, "program": program,
    }}}))
}

#[test]
fn each_kind_is_followed_and_nobody_writes_down_what_was_found() {
    let bot = Bot::new().known(KEY, "anthropic").profiles("anthropic:default openai:a");
    let mut chat = with_places(bot.start());
    let forms = [
        ("anthropic:file", entry("keyRef", &json!({"source": "file", "provider": "vault", "id": "/llm/a~1b"}))),
        ("anthropic:older", entry("key", &json!({"source": "file", "id": "/llm/a~1b"}))),
        ("anthropic:program", entry("tokenRef", &json!({"source": "exec", "provider": "program", "id": "llm/key"}))),
    ];
    let entries = forms.clone();
    chat = chat.with_auth(move |auth| {
        for (id, entry) in entries {
            auth["profiles"][id] = entry;
        }
    });
    for (id, _) in &forms {
        chat = chat.say(&format!("/model sonnet@{id}")).say("hi").wire(&[(KEY, SONNET)]).outcome("ok");
        assert_eq!(chat.receipt()["profile"], *id);
        chat = chat.say("/model status").restart();
    }
    for (id, entry) in &forms {
        assert_eq!(chat.auth()["profiles"][id], *entry, "as it was");
    }
    nowhere_but_in_the_vault(chat.directory.path());
}

fn nowhere_but_in_the_vault(folder: &Path) {
    let leaks = Leaks::of([invented(KEY, 0)]);
    for (path, bytes) in tree(folder) {
        if !path.starts_with(folder.join("home")) {
            leaks.assert_none_in(&path.display().to_string(), bytes);
        }
    }
}

/// Twelve chats want an answer at once; only so many programs are started as the family would.
#[test]
fn no_more_than_four_programs_run_at_once() {
    let bot = Bot::new().known(KEY, "anthropic").profiles("anthropic:default");
    let chat = bot.start();
    let folder = chat.directory.path().join("home");
    let at = folder.display();
    let program = script(
        &chat,
        &format!("mkdir '{at}'/in.$$; ls -d '{at}'/in.* | wc -l >> '{at}/counts'; sleep 0.05; rmdir '{at}'/in.$$"),
    );
    let reference = json!({"source": "exec", "provider": "program", "id": "llm/key"});
    let chat = chat.with_config(json!({"secrets": {"providers": {"program": program}}}));
    let mut chat = chat.with_auth(|auth| auth["profiles"] = json!({KEY: entry("keyRef", &reference)}));
    for person in 0..12 {
        chat = chat.dm("telegram", &format!("10{person}")).begin_unsent("hi");
    }
    for _ in 0..12 {
        chat = chat.finish().outcome("ok");
    }
    let counts = fs::read_to_string(folder.join("counts")).unwrap();
    let counts: Vec<u32> = counts.lines().map(|line| line.trim().parse().unwrap()).collect();
    assert_eq!(counts.len(), 12);
    assert!(counts.iter().all(|count| *count <= 4), "{counts:?}");
}
