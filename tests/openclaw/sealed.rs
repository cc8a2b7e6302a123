//! What is taken over is sealed where secrets are sealed, for each agent.

use std::fs;

use serde_json::{Value, json};

use crate::cli::support::Home;
use crate::openclaw::support::{ACCESS, KEY, OPS, REFRESH, TOKEN, import, installed, store_of};
use crate::support::leaks::Leaks;

/// A home with that configuration and the passphrase in `~/pass`.
fn configured(config: &Value) -> Home {
    let home = Home::empty();
    fs::create_dir_all(home.state()).unwrap();
    fs::write(home.state().join("modelpin.json"), config.to_string()).unwrap();
    fs::write(home.path().join("pass"), "correct horse battery\n").unwrap();
    home
}

fn ids(home: &Home, agent: &str) -> Vec<String> {
    let listed = home.json(&["models", "auth", "list", "--agent", agent]);
    let profiles = listed["profiles"].as_array().unwrap().iter();
    profiles.map(|profile| profile["id"].as_str().unwrap().to_owned()).collect()
}

#[track_caller]
fn nothing_is_open(place: &str, text: impl AsRef<[u8]>) {
    Leaks::of([KEY, TOKEN, ACCESS, REFRESH, OPS]).assert_none_in(place, text);
}

#[test]
fn in_files() {
    let home = configured(&json!({"auth": {"seal": "passphrase", "sealPassphraseFile": "~/pass"}}));
    let _openclaw = installed(&home);
    let done = import(&home, &["--apply"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.err.contains("read back and found the same"), "{}", done.err);
    for agent in ["main", "ops"] {
        nothing_is_open(agent, fs::read(store_of(&home, agent)).unwrap());
    }
    assert!(ids(&home, "ops").contains(&"anthropic:work".to_owned()));
    let again = import(&home, &["--apply", "--json"]);
    let again: Value = serde_json::from_str(&again.out).unwrap();
    assert!(!again.to_string().contains("\"taken\"") && !again.to_string().contains("\"kept\""), "{again}");
}

#[cfg(all(feature = "postgres", unix))]
#[test]
fn in_a_database() {
    use secrecy::ExposeSecret as _;

    let Some(database) = crate::support::postgres::database() else { return };
    let home = configured(&json!({
        "store": {"url": database.url().expose_secret()},
        "auth": {"store": "database", "seal": "passphrase", "sealPassphraseFile": "~/pass"},
    }));
    let _openclaw = installed(&home);
    let done = import(&home, &["--apply"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("#ops") || done.err.contains("#ops"), "{} {}", done.out, done.err);
    assert!(ids(&home, "ops").contains(&"anthropic:work".to_owned()));
    assert_eq!(database.ask("SELECT string_agg(name, ' ' ORDER BY name) FROM modelpin.profiles").unwrap(), "main ops");
    nothing_is_open(
        "the table",
        database.ask("SELECT string_agg(profiles::TEXT, ' ') FROM modelpin.profiles").unwrap(),
    );
    assert!(!store_of(&home, "main").exists() && !store_of(&home, "ops").exists());
}
