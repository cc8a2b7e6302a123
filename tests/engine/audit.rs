//! Who changed what, as it is kept.

use modelpin::audit::{Entry, Verifier};
use rusqlite::Connection;
use serde_json::json;

use crate::support::bot::{Bot, Chat, HAIKU, OPUS, SONNET};

fn bot() -> Bot {
    Bot::new().profiles("anthropic:default anthropic:work openai:team")
}

/// The rows, after a look whether they are whole.
fn rows(chat: &Chat) -> Vec<Entry> {
    chat.run(async {
        let store = chat.app().store();
        // What is noted of the configuration comes when it comes.
        let (head, links) = loop {
            let head = store.head().await.unwrap();
            let links = store.links(0, None, 10_000).await.unwrap();
            if links.last().map(|link| link.number) == head.as_ref().map(|head| head.number) {
                break (head, links);
            }
        };
        let mut verifier = Verifier::new(None);
        for link in &links {
            verifier.take(link);
        }
        assert_eq!(verifier.end(head).flaws, []);
        links.iter().map(|link| link.entry().unwrap()).collect()
    })
}

/// Each row of a change of what is chosen, in one line.
fn told(chat: &Chat) -> Vec<String> {
    let line = |entry: Entry| {
        let [before, after] = [&entry.before, &entry.after].map(|text| text.as_deref().unwrap_or("-"));
        format!("{} {}: {before} > {after} ({})", entry.actor.id, entry.surface.as_str(), entry.reason)
    };
    rows(chat).into_iter().filter(|entry| entry.session.is_some()).map(line).collect()
}

#[test]
fn every_change_of_what_is_chosen_is_one_row_and_nothing_else_is() {
    let chat = bot().say("/model opus@work").say("/model status").say("hello").say("/model").say("/model nosuch");
    let chat = chat.say("/model list").say("/model 2").say("/model").press("haiku");
    let chat = chat.fill("model set", &[("model", "opus"), ("lifetime", "once")]).say("hello").say("/model default");
    assert_eq!(
        told(&chat),
        [
            format!("42 text: - > {OPUS}@anthropic:work (chosen)"),
            format!("42 text: {OPUS}@anthropic:work > {SONNET}@anthropic:work (chosen)"),
            format!("42 press: {SONNET}@anthropic:work > {HAIKU}@anthropic:work (chosen)"),
            format!("42 command: {HAIKU}@anthropic:work > {HAIKU}@anthropic:work; {OPUS}@anthropic:work once (chosen)"),
            format!("42 text: {HAIKU}@anthropic:work > - (dropped)"),
        ]
    );
}

#[test]
fn what_is_refused_has_no_row() {
    let usual = json!({"access": {"chats": {"*": {"chooseCredential": null, "switchModel": "operator"}}}});
    let chat = bot().config(usual).start().group("telegram", "-100").by("666");
    let chat = chat.say("/model opus@work").say("/model opus").say("/model @auto").say("/model default").say("/new");
    assert_eq!(told(&chat), [""; 0]);
}

/// Waits until so many rows tell of the configuration; nobody who writes a message waits for them.
fn until_noted(chat: Chat, count: usize) -> Chat {
    let is_of_file = |entry: &Entry| entry.surface.as_str() == "file";
    let begun = std::time::Instant::now();
    while rows(&chat).iter().filter(|entry| is_of_file(entry)).count() < count {
        assert!(begun.elapsed() < std::time::Duration::from_secs(10), "the change is not noted");
        chat.run(tokio::task::yield_now());
    }
    chat
}

/// The rows of the settings: each change of the configuration once, however many programs see it.
#[test]
fn who_may_do_what_is_told_when_it_changes() {
    let chat = until_noted(bot().say("/model"), 1).beside();
    let patch = json!({
        "access": {"roles": {"operator": ["telegram:7"]}},
        "auth": {"profiles": {"anthropic:work": {"provider": "anthropic", "mode": "api_key", "grants": {"users": ["7"]}}}},
    });
    let chat = chat.with_config(patch).later(3).engine(0).say("/model").engine(1).say("/model");
    let chat = until_noted(chat, 3);
    let chat =
        chat.with_config(json!({"access": {"roles": {"operator": null}}})).later(3).engine(1).say("/model").engine(0);
    let chat = until_noted(chat.say("/model").restart().say("/model"), 4);
    let settings: Vec<(String, String, Option<String>, Option<String>)> = rows(&chat)
        .into_iter()
        .filter(|entry| entry.surface.as_str() == "file" && entry.subject.is_some())
        .map(|entry| (entry.kind.as_str().to_owned(), entry.subject.unwrap(), entry.before, entry.after))
        .collect();
    let operator = "access.roles.operator".to_owned();
    let list = Some(r#"["telegram:7"]"#.to_owned());
    assert_eq!(
        settings,
        [
            ("policy".to_owned(), operator.clone(), None, list.clone()),
            (
                "grant".to_owned(),
                "auth.profiles.anthropic:work.grants".to_owned(),
                None,
                Some(r#"{"users":["7"]}"#.to_owned())
            ),
            ("policy".to_owned(), operator, list, None),
        ]
    );
}

/// Has every row of the audit fail, as a damaged table would.
fn break_audit(chat: &Chat) {
    let db = Connection::open(chat.app().places().database()).unwrap();
    db.execute_batch("CREATE TRIGGER broken BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no room'); END").unwrap();
    // Closing it would take the locks of the program away.
    std::mem::forget(db);
}

#[test]
fn a_row_that_cannot_be_written_is_loud_and_no_obstacle() {
    let chat = bot().say("/model");
    break_audit(&chat);
    let chat = chat.say("/model opus@work").replies("missing from the audit").chosen(&format!("{OPUS}@anthropic:work"));
    chat.say("hello").on_wire("anthropic:work", OPUS);
}

#[test]
fn where_it_is_required_nothing_is_changed_without_its_row() {
    let chat = bot().config(json!({"audit": {"required": true}})).say("/model sonnet@work");
    break_audit(&chat);
    let before = chat.row();
    let chat = chat.say("/model opus@default").replies("Not saved").replies("audit");
    assert_eq!(chat.row(), before);
    let chat = chat.with_config(json!({"access": {"roles": {"operator": ["telegram:42"]}}})).later(3);
    let chat = chat.say("/auth disable anthropic:work").replies("audit");
    chat.say("hello").on_wire("anthropic:work", SONNET);
}

#[test]
fn no_secret_is_in_it() {
    // Every test looks through what is kept for the secrets that were planted; this one has something to look through.
    let chat = bot().say("/model opus@work");
    let secret = chat.auth()["profiles"]["anthropic:work"]["key"].as_str().unwrap().to_owned();
    let chat =
        chat.say(&format!("/model {secret}")).say(&format!("/pin {secret} opus")).say(&format!("/audit {secret}"));
    assert!(!format!("{:?}", rows(&chat)).contains(&secret));
}
