//! Claude Code's login under Epiloop's name, and where it is not copied.

use std::fs;

use serde_json::{Value, json};

use crate::cli::support::{Home, store_in};

const TOKEN: &str = "sk-test-of-claude-code-5b1e77";

/// Claude Code is logged in.
fn log_in(home: &Home, expires: u64) {
    let login = json!({
        "accessToken": TOKEN, "refreshToken": "sk-test-refresh-of-claude-code",
        "expiresAt": expires, "scopes": ["user:inference"],
    });
    fs::create_dir_all(home.path().join(".claude")).unwrap();
    fs::write(home.path().join(".claude/.credentials.json"), json!({ "claudeAiOauth": login }).to_string()).unwrap();
}

fn row(home: &Home) -> Value {
    home.json(&["models", "auth", "list"])["profiles"][0].clone()
}

#[test]
fn epiloop_finds_a_copy_without_the_refresh_token_in_its_store() {
    let home = Home::of_program("epiloop");
    log_in(&home, 4_102_444_800_000);
    let store = store_in(&home.path().join(".epiloop"));
    let run = home.run(&["models", "auth", "list"]);
    assert!(run.err.contains(&format!("copied into {}", store.display())), "{}", run.err);
    assert!(run.out.contains("anthropic:claude-cli") && run.out.contains("managed by Claude Code"), "{}", run.out);
    let copy = fs::read_to_string(&store).unwrap();
    assert!(copy.contains(TOKEN) && !copy.contains("refresh"));
    let again = home.run(&["models", "auth", "list"]);
    assert!(!again.err.contains("copied"), "{}", again.err);
    assert_eq!(fs::read_to_string(&store).unwrap(), copy);
    // Who starts to serve finds a newer one, too; who looks at sessions copies nothing.
    log_in(&home, 4_102_444_900_000);
    home.run(&["sessions", "list"]);
    assert_eq!(fs::read_to_string(&store).unwrap(), copy);
    assert!(home.run(&["chat", "--jsonl"]).err.contains("copied into"));
    assert!(fs::read_to_string(&store).unwrap().contains("4102444900000"));
}

#[test]
fn nobody_else_gets_a_copy_unless_asked_for() {
    let home = Home::empty();
    log_in(&home, 4_102_444_800_000);
    let row_before = row(&home);
    assert_eq!(row_before["managedBy"], "Claude Code");
    assert_eq!(row_before["file"].as_str(), home.path().join(".claude/.credentials.json").to_str());
    assert!(!home.store().exists());
    let gone = home.run(&["models", "auth", "remove", "anthropic:claude-cli"]);
    assert_eq!(gone.code, 64, "{}", gone.err);
    assert!(gone.err.contains("managed by Claude Code; log out there"), "{}", gone.err);
    assert_eq!(fs::read_dir(home.path().join(".claude")).unwrap().count(), 1, "not even a lock");
    fs::create_dir_all(home.state()).unwrap();
    fs::write(home.state().join("modelpin.json"), "{ auth: { claudeCli: { sync: true } } }").unwrap();
    assert_eq!(row(&home), row_before);
    assert!(fs::read_to_string(home.store()).unwrap().contains(TOKEN));
}

#[test]
fn an_expired_one_says_whom_to_open() {
    let home = Home::empty();
    log_in(&home, 1_000);
    let row = row(&home);
    assert_eq!(row["state"], "expired");
    assert!(row["detail"].as_str().unwrap().contains("run `claude` once to renew it"), "{row}");
}
