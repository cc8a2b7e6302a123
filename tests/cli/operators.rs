//! What operators do at the command line, and the record of it.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::cli::support::{Home, SECRETS, family};
use crate::support::leaks::Leaks;

const BOB: &str = "agent:main:telegram:default:dm:43";

fn nowhere(_: &str) -> String {
    "http://127.0.0.1:9".to_owned()
}

fn home() -> Home {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    home
}

fn database(home: &Home) -> Connection {
    Connection::open(home.state().join("modelpin.sqlite")).unwrap()
}

/// Some changes, and what is said of the record after somebody was at the rows.
fn after(change: &str) -> (i32, String) {
    let home = home();
    for profile in ["work", "spare", "anthropic:default"] {
        assert_eq!(home.run(&["models", "auth", "disable", profile]).code, 0);
    }
    assert_eq!(home.run(&["models", "auth", "order", "set", "--provider", "anthropic", "work", "spare"]).code, 0);
    assert_eq!(home.run(&["sessions", "pin", BOB, "sonnet"]).code, 0);
    database(&home).execute_batch(change).unwrap();
    let looked = home.run(&["audit", "--verify"]);
    let told: Value = serde_json::from_str(&home.run(&["audit", "--verify", "--json"]).out).unwrap();
    assert_eq!(told["whole"] == true, looked.code == 0, "{told}");
    (looked.code, looked.out)
}

#[test]
fn a_record_that_somebody_was_at_is_found_out() {
    let (code, out) = after("");
    assert!(code == 0 && out.starts_with("5 rows, whole; the end: 5:"), "{out}");
    for (change, said) in [
        ("DELETE FROM audit WHERE number = 3", "row 3 is missing\n"),
        ("DELETE FROM audit WHERE number = 1", "row 1 is missing\n"),
        ("DELETE FROM audit WHERE number > 3", "rows 4 to 5 are missing\n"),
        ("DELETE FROM audit", "rows 1 to 5 are missing\n"),
        (
            "UPDATE audit SET body = replace(body, 'anthropic:work', 'anthropic:spare') WHERE number = 1",
            "row 1 was changed after it was written\n",
        ),
        (
            "UPDATE audit SET body = replace(body, 'switched off', 'switched on') WHERE number = 2",
            "row 2 was changed after it was written\n",
        ),
        (
            "UPDATE audit_head SET hash = replace(hash, substr(hash, 1, 4), 'beef')",
            "row 5 was changed after it was written\n",
        ),
        ("DELETE FROM audit_head", "row 5 was changed after it was written\n"),
    ] {
        assert_eq!(after(change), (78, said.to_owned()), "{change}");
    }
}

#[test]
fn who_noted_the_end_elsewhere_finds_out_a_record_that_was_written_anew() {
    let home = home();
    assert_eq!(home.run(&["models", "auth", "disable", "work"]).code, 0);
    let noted = home.json(&["audit", "--verify"])["head"].clone();
    let head = format!("{}:{}", noted["number"], noted["hash"].as_str().unwrap());
    assert_eq!(home.run(&["models", "auth", "enable", "work"]).code, 0);
    assert_eq!(home.run(&["audit", "--verify", "--head", &head]).code, 0);
    database(&home).execute_batch("DELETE FROM audit; DELETE FROM audit_head").unwrap();
    let found = home.run(&["audit", "--verify", "--head", &head]);
    assert_eq!((found.code, found.out.as_str()), (78, "row 1 is missing\n"));
    assert_eq!(home.run(&["models", "auth", "disable", "spare"]).code, 0);
    let found = home.run(&["audit", "--verify", "--head", &head]);
    assert_eq!((found.code, found.out.as_str()), (78, "row 1 is not the one that was noted\n"));
    assert_eq!(home.run(&["audit", "--verify", "--head", "1:abc"]).code, 64);
}

#[test]
fn a_session_is_pinned_shown_and_unpinned() {
    let home = home();
    let pinned = home.json(&["sessions", "pin", BOB, "opus@work", "for", "2h"]);
    assert_eq!(pinned, json!({"session": BOB, "model": "anthropic/claude-opus-4-6", "profile": "anthropic:work"}));
    let shown = home.run(&["sessions", "show", BOB]).out;
    assert!(shown.contains("for a while   anthropic/claude-opus-4-6 with anthropic:work"), "{shown}");
    for (selection, told) in [
        ("nosuch", "no model is called `nosuch`"),
        ("opus@nosuch", "anthropic has no profile `nosuch`"),
        ("opus maybe", "is no selection"),
        ("gpt@work", "openai has no profile `work`"),
    ] {
        let refused = home.run(&["sessions", "pin", BOB, selection]);
        assert_eq!(refused.code, 64, "{selection}: {}", refused.err);
        assert!(refused.err.contains(told), "{selection}: {}", refused.err);
    }
    assert_eq!(home.run(&["sessions", "pin", "43", "sonnet@spare"]).code, 0, "by the end of its key");
    assert_eq!(home.json(&["sessions", "unpin", "--of-profile", "spare"]), json!({"sessions": [BOB]}));
    assert_eq!(home.json(&["sessions", "unpin", BOB]), json!({"sessions": []}), "what held for a while went with it");
    home.json(&["sessions", "pin", BOB, "opus@work", "for", "2h"]);
    assert_eq!(home.json(&["sessions", "unpin", BOB]), json!({"sessions": [BOB]}));
    assert_eq!(home.run(&["sessions", "show", "agent:main:telegram:default:dm:9"]).code, 64);
}

#[test]
fn what_is_disabled_is_said_with_what_takes_it_back() {
    let home = home();
    assert_eq!(home.run(&["models", "auth", "disable", "spare"]).code, 0);
    let status = home.run(&["models", "status"]).out;
    assert!(status.contains("disabled: anthropic:spare: switched off by an operator"), "{status}");
    assert!(status.contains("models auth enable anthropic:spare"), "{status}");
    // It was somebody's wish, so no monitor is told.
    assert_eq!(home.run(&["models", "status", "--check"]).code, 0);
    assert_eq!(home.json(&["models", "auth", "enable", "spare"])["changed"], true);
    assert_eq!(home.json(&["models", "auth", "enable", "spare"])["changed"], false);
    let refused = home.run(&["models", "auth", "disable", "nosuch"]);
    assert!(refused.code == 64 && refused.err.contains("there is no profile `nosuch`"), "{}", refused.err);
}

#[test]
fn where_the_audit_is_required_nothing_is_changed_without_it() {
    let home = home();
    let config = home.state().join("modelpin.json");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replacen('{', "{ audit: { required: true },", 1)).unwrap();
    assert_eq!(home.run(&["models", "auth", "disable", "spare"]).code, 0);
    database(&home)
        .execute_batch("CREATE TRIGGER broken BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no room'); END")
        .unwrap();
    let before = std::fs::read(home.store()).unwrap();
    for command in [
        &["models", "auth", "disable", "work"][..],
        &["models", "auth", "remove", "anthropic:work"],
        &["models", "auth", "order", "set", "--provider", "anthropic", "work"],
        &["sessions", "pin", BOB, "opus@work"],
    ] {
        let refused = home.run(command);
        assert_eq!(refused.code, 65, "{command:?}: {}", refused.err);
        assert!(refused.err.contains("audit.required"), "{command:?}: {}", refused.err);
    }
    assert!(std::fs::read(home.store()).unwrap() == before, "a file was changed");
    assert_eq!(home.json(&["sessions", "list"]), json!([]));
    let enabled = home.json(&["models", "auth", "enable", "work"]);
    assert_eq!(enabled["changed"], false, "what was refused was not done");
}

#[test]
fn tables_fit_into_80_columns_and_hold_no_secret() {
    let home = home();
    home.run(&["models", "auth", "disable", "work"]);
    home.run(&["sessions", "pin", BOB, "opus@spare"]);
    let usage = home.run(&["usage"]);
    assert_eq!((usage.code, usage.out.as_str()), (0, ""));
    let out = usage.out + &home.run(&["audit"]).out + &home.run(&["sessions", "show", BOB]).out;
    Leaks::of(SECRETS.map(|(_, secret)| secret)).assert_none_in("what is printed", out);
}
