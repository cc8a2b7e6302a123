//! Credentials that the programs of several machines share in one database.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::cli::postgres::machine;
use crate::cli::support::{Home, SECRETS, nowhere, provider};
use crate::support::leaks::Leaks;
use crate::support::postgres::{Database, PASSWORD, database};

const NEW: &str = "sk-test-stored-later-6a0c1fd2e8";

/// Puts `auth` into the configuration.
fn configure(home: &Home, auth: &Value) {
    let config = home.state().join("modelpin.json");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, text.replacen('{', &format!("{{ auth: {auth},"), 1)).unwrap();
}

/// A machine whose credentials are in the database, once it is there, with the passphrase in `~/pass`.
fn sharing(database: &Database, base_url: impl Fn(&str) -> String) -> Home {
    let home = machine(database.url().expose_secret(), base_url);
    configure(&home, &json!({"store": "database", "seal": "passphrase", "sealPassphraseFile": "~/pass"}));
    fs::write(home.path().join("pass"), "correct horse battery\n").unwrap();
    fs::set_permissions(home.path().join("pass"), fs::Permissions::from_mode(0o600)).unwrap();
    home
}

fn leaks() -> Leaks {
    Leaks::of(SECRETS.map(|(_, secret)| secret).into_iter().chain([PASSWORD, NEW]))
}

fn ids(home: &Home) -> Vec<String> {
    let listed = home.json(&["models", "auth", "list"]);
    let profiles = listed["profiles"].as_array().unwrap().iter();
    profiles.map(|profile| profile["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_stored_on_one_machine_is_used_on_the_other() {
    let Some(database) = database() else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let provider = provider().profile("anthropic", &"anthropic:new".parse().unwrap(), &NEW.to_owned().into());
    let server = runtime.block_on(provider.start()).unwrap();
    let (one, other) = (
        sharing(&database, |provider| server.base_url(provider)),
        sharing(&database, |provider| server.base_url(provider)),
    );
    fs::remove_file(other.store()).unwrap();
    assert!(ids(&one).is_empty(), "the file is not looked at");
    let mut said = String::new();
    let mut run = |home: &Home, arguments: &[&str], code: i32| {
        let ended = home.run(arguments);
        assert_eq!(ended.code, code, "{arguments:?}: {} {}", ended.out, ended.err);
        said.push_str(&ended.out);
        said.push_str(&ended.err);
        ended.out + &ended.err
    };
    let taken = run(&one, &["store", "import"], 0);
    assert!(taken.contains("4 profiles taken from") && taken.contains("#main"), "{taken}");
    assert!(taken.contains("left as it is, with its secrets"), "{taken}");
    for home in [&one, &other] {
        assert_eq!(ids(home), SECRETS.map(|(id, _)| id));
    }
    let mut chat = other.chat(None, &[]);
    let pinned = chat.says("/model opus@spare");
    assert!(pinned.contains("anthropic:spare"), "{pinned}");
    chat.send(&json!({"text": "hello"}));
    assert_eq!(server.seen().last().unwrap().profile.as_ref().unwrap().as_str(), "anthropic:spare");

    // A key that is stored while the other machine's chat runs answers there.
    let ended = one.run_with(
        &["models", "auth", "add", "--provider", "anthropic", "--profile-id", "anthropic:new"],
        NEW.as_bytes(),
    );
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.out.contains("postgres://") && ended.out.contains("#main"), "{}", ended.out);
    said_and(&mut chat, "/model opus@new");
    chat.send(&json!({"text": "hello again"}));
    assert_eq!(server.seen().last().unwrap().profile.as_ref().unwrap().as_str(), "anthropic:new");
    let whole = chat.said.clone() + &chat.err();
    assert_eq!(chat.end(), 0);

    run(&other, &["models", "auth", "order", "set", "--provider", "anthropic", "work", "spare"], 0);
    let order = run(&one, &["models", "auth", "order", "get", "--provider", "anthropic"], 0);
    assert!(order.contains("#main"), "{order}");
    run(&one, &["models", "auth", "remove", "anthropic:new"], 0);
    assert!(!ids(&other).contains(&"anthropic:new".to_owned()));
    let status = run(&one, &["models", "status"], 0);
    assert!(status.contains("is not read: `auth.store` is \"database\""), "{status}");
    let status = other.json(&["models", "status"]);
    assert!(status["auth"]["storePath"].as_str().unwrap().ends_with("#main"), "{}", status["auth"]["storePath"]);
    assert!(status.to_string().contains("\"database\"") && !status.to_string().contains("legacy"), "{status}");
    run(&other, &["models", "auth", "seal"], 0);
    let refused = run(&other, &["models", "auth", "unseal"], 64);
    assert!(refused.contains("store export --unsealed"), "{refused}");
    let copy = one.path().join("copy.sqlite").display().to_string();
    let migrated = one.run(&["store", "migrate", "--from", "postgres", "--to", &format!("sqlite:{copy}")]);
    assert!(
        migrated.code == 0 && migrated.err.contains("were not carried: `modelpin store export"),
        "{}",
        migrated.err
    );
    let doctor = other.run(&["doctor"]);
    // 1 or 78: there is something to be mended, with what the family has left.
    assert!(doctor.code < 64 || doctor.code == 78, "{} {}", doctor.code, doctor.err);
    assert_eq!(one.run(&["audit", "--verify"]).code, 0);
    let audit = run(&one, &["audit"], 0);
    assert!(audit.contains("imported from a file"), "{audit}");
    assert!(!other.store().exists(), "nothing was written into a file");
    let kept = database.ask("SELECT string_agg(profiles::TEXT, ' ') FROM modelpin.profiles").unwrap();
    for (place, text) in
        [("the chat", whole), ("what is printed", said + &doctor.out + &doctor.err), ("the table", kept)]
    {
        leaks().assert_none_in(place, text);
    }
}

/// Another machine has a second to see a change.
fn said_and(chat: &mut crate::cli::support::Chat, text: &str) {
    let begun = std::time::Instant::now();
    loop {
        let told = chat.says(text);
        if told.contains("anthropic:new") && !told.contains("unknown") && !told.contains("no profile") {
            return;
        }
        assert!(begun.elapsed() < std::time::Duration::from_secs(2), "{told}");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[test]
fn a_file_that_was_taken_in_comes_out_as_it_was() {
    let Some(database) = database() else { return };
    let home = sharing(&database, nowhere);
    let file: Value = serde_json::from_slice(&fs::read(home.store()).unwrap()).unwrap();
    assert_eq!(home.json(&["store", "import"])["added"].as_array().unwrap().len(), 4);
    let again = home.json(&["store", "import"]);
    assert_eq!((&again["changed"], again["present"].as_array().unwrap().len()), (&json!(false), 4));

    let (sealed, open) = (home.path().join("sealed.json"), home.path().join("new/open.json"));
    let out = home.json(&["store", "export", "sealed.json"]);
    assert_eq!((&out["profiles"], &out["sealed"]), (&json!(4), &json!(true)));
    home.json(&["store", "export", "--unsealed", "new/open.json"]);
    leaks().assert_none_in("the sealed file", fs::read(&sealed).unwrap());
    let read: Value = serde_json::from_slice(&fs::read(&open).unwrap()).unwrap();
    assert_eq!(read.to_string(), file.to_string(), "every field, in its place");
    for path in [&sealed, &open] {
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let before = fs::read(path).unwrap();
        let refused = home.run(&["store", "export", path.to_str().unwrap()]);
        assert!(refused.code == 64 && refused.err.contains("there already"), "{}", refused.err);
        assert_eq!(fs::read(path).unwrap(), before);
    }
    // What was exported sealed goes in again where there is nothing.
    database.execute("DELETE FROM modelpin.profiles");
    assert_eq!(home.json(&["store", "import", "sealed.json"])["added"].as_array().unwrap().len(), 4);
}

#[test]
fn another_content_is_not_overwritten_unless_that_is_said() {
    let Some(database) = database() else { return };
    let home = sharing(&database, nowhere);
    home.json(&["store", "import"]);
    let mut file: Value = serde_json::from_slice(&fs::read(home.store()).unwrap()).unwrap();
    file["profiles"]["openai:team"]["key"] = json!(NEW);
    file["profiles"]["openai:more"] = json!({"type": "api_key", "provider": "openai", "key": NEW});
    fs::write(home.store(), file.to_string()).unwrap();
    let revision = || database.ask("SELECT revision::TEXT FROM modelpin.profiles");
    let before = revision();
    let refused = home.run(&["store", "import"]);
    assert_eq!(refused.code, 64, "{}", refused.err);
    assert!(refused.err.contains("openai:team") && refused.err.contains("store import --replace"), "{}", refused.err);
    assert_eq!(revision(), before, "and not the other one either");
    let done = home.json(&["store", "import", "--replace"]);
    assert_eq!((&done["replaced"], &done["added"]), (&json!(["openai:team"]), &json!(["openai:more"])));
    leaks().assert_none_in("what is said", refused.err);
}

#[test]
fn what_is_missing_is_named() {
    let Some(database) = database() else { return };
    let url = database.url();
    let home = machine(url.expose_secret(), nowhere);
    let refused = home.run(&["store", "import"]);
    assert!(refused.code == 64 && refused.err.contains("seal: \"passphrase\""), "{}", refused.err);
    configure(&home, &json!({"store": "database", "seal": "keyring"}));
    let faulty = home.run(&["models", "auth", "list"]);
    assert!(faulty.code == 65 && faulty.err.contains("auth.seal: expected `passphrase`"), "{}", faulty.err);
    let alone = Home::empty();
    let refused = alone.run(&["store", "export"]);
    assert!(refused.code == 64 && refused.err.contains("store: { url:"), "{}", refused.err);
    // Without the passphrase nothing goes in, and nothing is lost.
    let home = sharing(&database, nowhere);
    fs::remove_file(home.path().join("pass")).unwrap();
    let refused = home.run(&["store", "import"]);
    assert!(refused.code != 0 && refused.err.contains("~/pass"), "{}", refused.err);
    assert_eq!(database.ask("SELECT count(*)::TEXT FROM modelpin.profiles").as_deref(), Some("0"));
}

#[test]
fn while_the_database_is_away_the_credentials_are_not_taken_from_a_file() {
    // Bound and let go: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let home = machine(&format!("postgres://ann:{PASSWORD}@127.0.0.1:{port}/bot"), nowhere);
    configure(&home, &json!({"store": "database", "seal": "passphrase", "sealPassphraseFile": "~/pass"}));
    let mut said = String::new();
    for arguments in [
        &["models", "auth", "list"][..],
        &["models", "status", "--check"],
        &["models", "auth", "remove", "anthropic:work"],
        &["doctor"],
    ] {
        let ended = home.run(arguments);
        assert_ne!(ended.code, 0, "{arguments:?}");
        let told = ended.out + &ended.err;
        assert!(
            told.contains(&format!("postgres://127.0.0.1:{port}/bot#main cannot be reached")),
            "{arguments:?}: {told}"
        );
        assert!(!told.contains("anthropic:spare"), "{told}");
        said.push_str(&told);
    }
    leaks().assert_none_in("what is said", said);
}
