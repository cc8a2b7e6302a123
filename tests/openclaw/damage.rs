//! What cannot be read, what is in the way, and what comes between.

use std::fs;

use rusqlite::Connection;
use serde_json::json;

use crate::cli::support::{Ended, Home, ended};
use crate::openclaw::support::{KEY, import, installed, read, sessions, store, store_of};
use crate::support::openclaw::OpenClaw;

/// An import that has to fail with nothing changed.
#[track_caller]
fn refused(home: &Home, openclaw: &OpenClaw, said: &str) -> Ended {
    let before = openclaw.bytes();
    let ended = import(home, &["--apply"]);
    assert_eq!((ended.code, ended.out.as_str()), (65, ""), "{}", ended.err);
    assert!(ended.err.contains(said), "{said}: {}", ended.err);
    assert!(!home.state().exists(), "nothing is half done");
    assert_eq!(openclaw.bytes(), before);
    ended
}

#[test]
fn a_newer_schema_is_left_alone() {
    let home = Home::empty();
    let mut openclaw = installed(&home);
    let shared = openclaw.shared_database();
    openclaw.change(&shared, "PRAGMA user_version = 999");
    let ended = refused(&home, &openclaw, "schema 999");
    assert!(ended.err.contains("newer modelpin"), "{}", ended.err);

    openclaw.change(&shared, "PRAGMA user_version = 18");
    let ops = openclaw.database_of("ops");
    openclaw.change(&ops, "PRAGMA user_version = 26");
    refused(&home, &openclaw, "openclaw-agent.sqlite has schema 26");
}

#[test]
fn a_damaged_or_encrypted_database_is_said_to_be_that() {
    let home = Home::empty();
    let mut openclaw = installed(&home);
    openclaw.stop();
    let shared = openclaw.shared_database();
    let bytes = fs::read(&shared).unwrap();
    let mut encrypted = bytes.clone();
    for byte in &mut encrypted {
        *byte = byte.wrapping_mul(31) ^ 0x5a;
    }
    fs::write(&shared, &encrypted).unwrap();
    refused(&home, &openclaw, "damaged or encrypted");
    fs::write(&shared, &bytes[..bytes.len() / 2]).unwrap();
    refused(&home, &openclaw, "damaged");
}

#[test]
fn a_document_that_is_none_is_named_without_its_content() {
    let home = Home::empty();
    let mut openclaw = installed(&home);
    let shared = openclaw.shared_database();
    let broken = format!(
        "UPDATE config_machine_state SET value_json = '{{\"profiles\": \"{KEY}' WHERE state_key = 'authProfiles.store'"
    );
    openclaw.change(&shared, &broken);
    refused(&home, &openclaw, "the document of its profiles is no JSON");
}

#[test]
fn where_nothing_of_openclaw_is_the_right_place_is_asked_for() {
    let home = Home::empty();
    let empty = OpenClaw::at(home.path().join(".openclaw"));
    refused(&home, &empty, "no state directory of OpenClaw");
}

#[test]
fn a_store_here_that_does_not_parse_is_left_alone() {
    let home = Home::empty();
    let _openclaw = installed(&home);
    let file = store_of(&home, "main");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "{\"profiles\": {").unwrap();
    let ended = import(&home, &["--apply"]);
    assert_eq!(ended.code, 65, "{}", ended.err);
    assert_eq!(fs::read_to_string(&file).unwrap(), "{\"profiles\": {");
    assert!(!store_of(&home, "ops").exists(), "nothing else is written either");
}

#[test]
fn an_older_layout_is_read_and_what_is_not_understood_is_said() {
    let home = Home::empty();
    let mut openclaw = OpenClaw::at(home.path().join(".openclaw"));
    fs::create_dir_all(openclaw.state_dir.join("state")).unwrap();
    let shared = openclaw.shared_database();
    openclaw.change(
        &shared,
        &format!(
            "PRAGMA user_version = 12;
             CREATE TABLE auth_profile_stores (store_key TEXT PRIMARY KEY, store_json TEXT, updated_at INTEGER);
             CREATE TABLE auth_profile_state (store_key TEXT PRIMARY KEY, state_json TEXT, updated_at INTEGER);
             INSERT INTO auth_profile_stores VALUES ('shared', '{}', 1), ('other', '{{}}', 1);",
            store()
        ),
    );
    fs::create_dir_all(openclaw.database_of("main").parent().unwrap()).unwrap();
    let main = openclaw.database_of("main");
    let entry = sessions()["agent:main:telegram:group:-100"].to_string();
    openclaw.change(
        &main,
        &format!(
            "PRAGMA user_version = 8;
             CREATE TABLE session_entries (session_key TEXT PRIMARY KEY, session_id TEXT, entry_json TEXT);
             INSERT INTO session_entries VALUES ('agent:main:telegram:group:-100', 'x', '{entry}'), ('odd', 'x', '[]');"
        ),
    );
    let done = home.json(&["import", "openclaw", "--apply"]);
    assert_eq!(read(&store_of(&home, "main"))["profiles"]["anthropic:default"]["key"], KEY);
    assert_eq!(done["pins"][0]["fate"], "taken");
    let left = done["left"].to_string();
    for said in ["the row `other`", "the session odd", "another shape"] {
        assert!(left.contains(said), "{said}: {left}");
    }
}

#[test]
fn a_database_that_is_written_to_meanwhile_gives_one_whole_picture() {
    let home = Home::empty();
    let mut openclaw = installed(&home);
    openclaw.stop();
    let (shared, done) = (openclaw.shared_database(), std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false)));
    let writer = std::thread::spawn({
        let done = done.clone();
        move || {
            let db = Connection::open(shared).unwrap();
            let put = "UPDATE config_machine_state SET value_json = ?1 WHERE state_key = 'authProfiles.store'";
            let mut number = 0_u32;
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                number += 1;
                // Two entries that belong together, in a document of several pages.
                let secret = format!("sk-test-written-{number:012}");
                let entry = json!({"type": "api_key", "provider": "xai", "key": secret, "pad": "x".repeat(9_000)});
                let document = json!({"profiles": {"xai:a": entry, "xai:b": entry}});
                db.execute(put, [document.to_string()]).unwrap();
                if number.is_multiple_of(50) {
                    db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
                    std::thread::sleep(std::time::Duration::from_millis(20));
                }
            }
        }
    });
    let mut seen = 0;
    for turn in 0..5 {
        let target = home.path().join(format!("target-{turn}"));
        let ended = import(&home, &["--state-dir", target.to_str().unwrap(), "--apply"]);
        assert_eq!(ended.code, 0, "{}", ended.err);
        let found = read(&target.join("agents/main/agent/auth-profiles.json"))["profiles"].clone();
        if found.get("xai:a").is_some() {
            assert_eq!(found["xai:a"], found["xai:b"]);
            seen += 1;
        }
    }
    assert!(seen > 0, "nothing was written meanwhile");
    done.store(true, std::sync::atomic::Ordering::Relaxed);
    writer.join().unwrap();
}

#[test]
fn a_full_disk_is_said_to_be_that_and_nothing_is_half_written() {
    let home = Home::empty();
    let mut openclaw = installed(&home);
    let full = || {
        let mut shell = std::process::Command::new("sh");
        let script = r#"trap "" XFSZ; ulimit -f 0; exec "$0" import openclaw --apply --agent ops"#;
        shell.args(["-c", script]).arg(env!("CARGO_BIN_EXE_modelpin")).env_clear().env("HOME", home.path());
        shell.env("PATH", "/usr/bin:/bin");
        ended(shell, b"")
    };
    let before = openclaw.bytes();
    let no_copy = full();
    assert_eq!((no_copy.code, no_copy.out.as_str()), (70, ""), "{}", no_copy.err);
    assert!(no_copy.err.contains("make room"), "{}", no_copy.err);
    assert_eq!(openclaw.bytes(), before);

    openclaw.stop();
    let before = openclaw.bytes();
    let unwritten = full();
    assert_eq!((unwritten.code, unwritten.out.as_str()), (70, ""), "{}", unwritten.err);
    assert!(unwritten.err.contains("no room to write"), "{}", unwritten.err);
    assert!(!store_of(&home, "ops").exists());
    assert_eq!(openclaw.bytes(), before);
    assert_eq!(import(&home, &["--apply"]).code, 0);
}

#[test]
fn two_at_once_leave_what_one_would() {
    let home = Home::empty();
    let _openclaw = installed(&home);
    let running: Vec<_> = (0..4)
        .map(|_| {
            let mut program = home.program();
            program.args(["import", "openclaw", "--apply"]);
            std::thread::spawn(move || ended(program, b""))
        })
        .collect();
    for ended in running {
        let ended = ended.join().unwrap();
        assert_eq!(ended.code, 0, "{}", ended.err);
    }
    assert_eq!(read(&store_of(&home, "main"))["profiles"].as_object().unwrap().len(), 4);
    assert_eq!(home.json(&["sessions", "list"]).as_array().unwrap().len(), 2);
}

#[test]
fn killed_at_any_moment_it_is_completed_by_the_next() {
    let home = Home::empty();
    let openclaw = installed(&home);
    let before = openclaw.bytes();
    for millis in [1, 4, 8, 12, 16, 24, 32, 48] {
        let mut child = home
            .program()
            .args(["import", "openclaw", "--apply"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(millis));
        child.kill().unwrap();
        child.wait().unwrap();
        // A store that is there is a whole one.
        if let Ok(bytes) = fs::read(store_of(&home, "main")) {
            let found: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(found["profiles"].as_object().unwrap().len(), 4);
        }
    }
    assert_eq!(import(&home, &["--apply"]).code, 0);
    assert_eq!(read(&store_of(&home, "main"))["profiles"]["anthropic:default"]["key"], KEY);
    assert_eq!(home.json(&["sessions", "list"]).as_array().unwrap().len(), 2);
    assert_eq!(openclaw.bytes(), before);
}
