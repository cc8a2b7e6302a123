//! Looking after where the state is kept: `store check`, `store gc`, `store migrate`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::cli::support::{Home, SECRETS, family, nowhere};
use crate::support::leaks::Leaks;

const BOB: &str = "agent:main:telegram:default:dm:43";
const ANN: &str = "agent:main:telegram:default:dm:44";

fn home(config: &Value) -> Home {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let path = home.state().join("modelpin.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen('{', &format!("{{ store: {config},"), 1)).unwrap();
    home
}

fn database(home: &Home) -> Connection {
    Connection::open(home.state().join("modelpin.sqlite")).unwrap()
}

/// One session with a pin and one from which it was taken again, both of long ago.
fn filled(home: &Home) {
    assert_eq!(home.run(&["sessions", "pin", BOB, "opus@spare"]).code, 0);
    assert_eq!(home.run(&["sessions", "pin", ANN, "opus@work"]).code, 0);
    assert_eq!(home.run(&["models", "auth", "disable", "work"]).code, 0);
}

/// As if all of it had been a long time ago, and nothing were chosen in one of the sessions.
const AGED: &str = "UPDATE sessions SET updated = 1000000000;
    UPDATE sessions SET state = NULL WHERE key LIKE '%:44';
    INSERT INTO history (session, conversation, at, role, text)
        VALUES ('agent:main:telegram:default:dm:44', 0, 1000000000, 'user', 'long ago')";

/// All files, with what is in them.
fn files(folder: &Path) -> BTreeMap<String, Option<Vec<u8>>> {
    let file = |entry: fs::DirEntry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).ok());
    fs::read_dir(folder).unwrap().map(|entry| file(entry.unwrap())).collect()
}

fn rows(report: &Value, table: &str) -> u64 {
    let tables = report["tables"].as_array().or_else(|| report["state"]["tables"].as_array()).unwrap();
    tables.iter().find(|row| row["name"] == table).unwrap()["rows"].as_u64().unwrap()
}

#[test]
fn where_nothing_was_kept_nothing_is_made() {
    let home = home(&json!({}));
    let before = files(&home.state());
    for (arguments, told) in [
        (&["store", "check"][..], "Nothing was ever kept"),
        (&["store", "check", "--at", "sqlite:elsewhere.sqlite"], "Nothing was ever kept in elsewhere.sqlite"),
        (&["store", "gc"], "Nothing was ever kept"),
        (&["store", "gc", "--dry-run"], "Nothing was ever kept"),
    ] {
        let ended = home.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (0, ""), "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains(told), "{arguments:?}: {}", ended.err);
    }
    assert_eq!(home.json(&["store", "check"])["state"], Value::Null);
    assert_eq!(home.json(&["store", "gc"])["tables"], json!([]));
    for from in ["sqlite", "sqlite:elsewhere.sqlite"] {
        let ended = home.run(&["store", "migrate", "--from", from, "--to", "sqlite:other.sqlite"]);
        assert_eq!(ended.code, 65, "{}", ended.err);
        assert!(ended.err.contains("there is no state to carry") && ended.err.contains("--from"), "{}", ended.err);
    }
    assert!(files(&home.state()) == before, "something was made");
    assert!(!home.path().join("other.sqlite").exists() && !home.path().join("elsewhere.sqlite").exists());
}

#[test]
fn a_whole_state_is_told_and_what_is_damaged_is_named() {
    let home = home(&json!({}));
    filled(&home);
    let before = files(&home.state());
    let ended = home.run(&["store", "check"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains("is whole") && ended.out.contains("schema 3"), "{} {}", ended.out, ended.err);
    assert!(ended.out.lines().all(|line| line.chars().count() <= 80), "{}", ended.out);
    let report = home.json(&["store", "check"]);
    assert_eq!((&report["whole"], rows(&report, "sessions"), rows(&report, "audit")), (&json!(true), 2, 3));
    assert!(files(&home.state()) == before, "something was changed");

    let secret = SECRETS[1].1;
    database(&home)
        .execute_batch(&format!(
            "UPDATE sessions SET state = '{{\"lasting\":\"{secret}\"}}' WHERE key LIKE '%:43';
            UPDATE audit SET body = replace(body, 'spare', 'other') WHERE number = 1"
        ))
        .unwrap();
    let ended = home.run(&["store", "check"]);
    assert_eq!(ended.code, 78);
    assert!(ended.out.contains(&format!("sessions {BOB}: ")), "{}", ended.out);
    assert!(ended.out.contains("audit: row 1 was changed"), "{}", ended.out);
    assert!(ended.err.contains("not whole") && ended.err.contains("modelpin store check"), "{}", ended.err);
    let told = home.run(&["store", "check", "--json"]);
    let report: Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!((told.code, &report["whole"], &report["state"]["flaws"][0]["key"]), (78, &json!(false), &json!([BOB])));
    Leaks::of([secret]).assert_none_in("what is printed", ended.out + &ended.err + &told.out + &told.err);
}

#[test]
fn a_file_that_is_no_state_is_65_and_stays_as_it_is() {
    let home = home(&json!({}));
    let path = home.state().join("modelpin.sqlite");
    fs::write(&path, vec![0xff; 4096]).unwrap();
    for arguments in [&["store", "check"][..], &["store", "gc"], &["store", "gc", "--dry-run"]] {
        let ended = home.run(arguments);
        assert_eq!(ended.code, 65, "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains("modelpin.sqlite"), "{}", ended.err);
    }
    assert_eq!(fs::read(&path).unwrap(), vec![0xff; 4096]);
    Connection::open(home.path().join("newer.sqlite"))
        .unwrap()
        .execute_batch("PRAGMA application_id = 1836083566; CREATE TABLE sessions (x); PRAGMA user_version = 99")
        .unwrap();
    let ended = home.run(&["store", "check", "--at", "sqlite:newer.sqlite"]);
    assert_eq!(ended.code, 65);
    assert!(ended.err.contains("update modelpin"), "{}", ended.err);
}

#[test]
fn what_is_old_goes_and_a_pin_stays() {
    let home = home(&json!({}));
    filled(&home);
    database(&home).execute_batch(AGED).unwrap();
    let before = files(&home.state());
    let foreseen = home.json(&["store", "gc", "--dry-run"]);
    let shown = home.run(&["store", "gc", "--dry-run"]);
    assert!(
        shown.out.contains("would go") && shown.out.lines().all(|line| line.chars().count() <= 80),
        "{}",
        shown.out
    );
    assert!(files(&home.state()) == before, "something was changed");
    let gone = home.json(&["store", "gc"]);
    assert_eq!((&foreseen["dryRun"], &gone["dryRun"]), (&json!(true), &json!(false)));
    assert_eq!((rows(&foreseen, "sessions"), rows(&foreseen, "history")), (1, 1));
    assert_eq!((rows(&gone, "sessions"), rows(&gone, "history")), (1, 1));
    let left = home.json(&["sessions", "list"]);
    assert!(left.to_string().contains(BOB) && left.to_string().contains("anthropic:spare"), "{left}");
    assert_eq!(home.run(&["audit", "--verify"]).code, 0);
    let report = home.json(&["store", "check"]);
    assert_eq!((&report["whole"], rows(&report, "sessions"), rows(&report, "history")), (&json!(true), 1, 0));
}

#[test]
fn what_is_kept_for_ever_does_not_go() {
    let home = home(&json!({"retention": {"sessions": "never", "history": "never", "receipts": "1d", "usage": "32d"}}));
    filled(&home);
    database(&home).execute_batch(AGED).unwrap();
    let gone = home.json(&["store", "gc"]);
    assert_eq!((rows(&gone, "sessions"), rows(&gone, "history")), (0, 0));
    let kept = |table: &str| {
        gone["tables"].as_array().unwrap().iter().find(|row| row["name"] == table).unwrap()["kept"].clone()
    };
    assert_eq!(kept("sessions"), Value::Null);
    assert!(kept("receipts").is_string() && kept("usage").as_str().unwrap().len() == 10, "{gone}");
}

#[test]
fn a_time_that_makes_no_sense_is_refused_with_its_key() {
    for (key, value) in
        [("sessions", "180 days"), ("history", "0d"), ("receipts", "90m"), ("usage", "7d"), ("history", "forever")]
    {
        let home = home(&json!({"retention": {key: value}}));
        let ended = home.run(&["store", "gc"]);
        assert_eq!(ended.code, 65, "{key}: {}", ended.err);
        assert!(ended.err.contains(&format!("store.retention.{key}")) && ended.err.contains("never"), "{}", ended.err);
    }
}

#[test]
fn from_file_to_file_and_nothing_else_is_made() {
    let home = home(&json!({}));
    filled(&home);
    let carried = home.json(&["store", "migrate", "--to", "sqlite:copy.sqlite"]);
    assert_eq!((rows(&carried, "sessions"), rows(&carried, "audit")), (2, 3));
    let report = home.json(&["store", "check", "--at", "sqlite:copy.sqlite"]);
    assert_eq!((&report["whole"], rows(&report, "sessions")), (&json!(true), 2));
    let again = home.run(&["store", "migrate", "--to", "sqlite:copy.sqlite"]);
    assert_eq!(again.code, 64);
    assert!(again.err.contains("copy.sqlite") && again.err.contains("take an empty one"), "{}", again.err);
    let same = home.run(&["store", "migrate", "--from", "sqlite:a", "--to", "sqlite:a"]);
    assert_eq!(same.code, 64);
    assert!(same.err.contains("the same database"), "{}", same.err);
}

#[test]
fn an_address_on_the_command_line_is_refused_and_not_repeated() {
    let home = home(&json!({}));
    let secret = "sk-test-in-an-address-77aa0c";
    let address = format!("postgres://ann:{secret}@db.example/bot");
    for arguments in [
        &["store", "migrate", "--to", &address][..],
        &["store", "migrate", "--from", &address],
        &["store", "check", "--at", &address],
    ] {
        let ended = home.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (64, ""));
        assert!(ended.err.contains("store.url"), "{}", ended.err);
        Leaks::of([secret]).assert_none_in("what is said", ended.err);
    }
}

#[test]
fn what_to_write_is_said_where_no_database_is_named() {
    let home = home(&json!({}));
    filled(&home);
    for arguments in [
        &["store", "migrate"][..],
        &["store", "migrate", "--from", "postgres", "--to", "sqlite:new.sqlite"],
        &["store", "check", "--at", "postgres"],
    ] {
        let ended = home.run(arguments);
        assert_eq!(ended.code, 65, "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains("store.url: it is not set: write the address"), "{}", ended.err);
    }
    assert!(!home.path().join("new.sqlite").exists());
}

#[test]
fn nothing_is_carried_while_a_gateway_works_on_it() {
    let home = home(&json!({}));
    filled(&home);
    let lock = fs::File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(home.state().join("modelpin-gateway.lock"))
        .unwrap();
    lock.try_lock().unwrap();
    let refused = home.run(&["store", "migrate", "--to", "sqlite:copy.sqlite"]);
    assert_eq!(refused.code, 64);
    assert!(refused.err.contains("gateway") && refused.err.contains("end it first"), "{}", refused.err);
    assert!(!home.path().join("copy.sqlite").exists());
    // The others work beside it.
    assert_eq!((home.run(&["store", "check"]).code, home.run(&["store", "gc"]).code), (0, 0));
    drop(lock);
    assert_eq!(home.run(&["store", "migrate", "--to", "sqlite:copy.sqlite"]).code, 0);
}

#[cfg(feature = "postgres")]
mod postgres {
    use std::fs;

    use secrecy::ExposeSecret as _;
    use serde_json::json;

    use crate::cli::store::{AGED, BOB, filled, home, rows};
    use crate::cli::support::Home;
    use crate::support::leaks::Leaks;
    use crate::support::postgres::{Database, PASSWORD, database};

    /// A machine that has its state in the database.
    fn machine(database: &Database) -> Home {
        home(&json!({"url": database.url().expose_secret()}))
    }

    #[test]
    fn a_state_goes_into_the_database_and_back() {
        let Some(database) = database() else { return };
        // Filled before the database is named.
        let plain = home(&json!({}));
        filled(&plain);
        let home = machine(&database);
        fs::copy(plain.state().join("modelpin.sqlite"), home.state().join("modelpin.sqlite")).unwrap();
        let missing = home.run(&["store", "migrate", "--from", "postgres", "--to", "sqlite:new.sqlite"]);
        assert_eq!(missing.code, 65);
        assert!(missing.err.contains("there is no state to carry"), "{}", missing.err);
        assert!(!home.path().join("new.sqlite").exists());
        let carried = home.run(&["store", "migrate"]);
        assert_eq!(carried.code, 0, "{}", carried.err);
        assert!(carried.err.contains("the same in both"), "{}", carried.err);
        let pinned = home.run(&["sessions", "show", BOB]);
        assert!(pinned.out.contains("anthropic:spare"), "{}", pinned.out);
        assert_eq!(home.run(&["audit", "--verify"]).code, 0);
        assert_eq!(home.json(&["store", "check"])["whole"], true);
        let full = home.run(&["store", "migrate"]);
        assert_eq!(full.code, 64);
        assert!(full.err.contains("take an empty one"), "{}", full.err);
        let back = home.json(&["store", "migrate", "--from", "postgres", "--to", "sqlite:back.sqlite"]);
        assert_eq!((rows(&back, "sessions"), rows(&back, "audit")), (2, 3));
        let [one, other] =
            ["sqlite", "sqlite:back.sqlite"].map(|at| home.json(&["store", "check", "--at", at])["state"].clone());
        assert_eq!(one, other);
        let said = [missing, carried, full].map(|ended| ended.out + &ended.err).concat() + &back.to_string();
        Leaks::of([PASSWORD]).assert_none_in("what is said", said);
    }

    #[test]
    fn it_is_checked_and_collected_where_it_is() {
        let Some(database) = database() else { return };
        let home = machine(&database);
        let nothing = home.run(&["store", "check"]);
        assert_eq!(nothing.code, 0);
        assert!(nothing.err.contains("Nothing was ever kept in postgres://"), "{}", nothing.err);
        assert!(home.run(&["store", "gc"]).err.contains("Nothing was ever kept"));
        filled(&home);
        database.execute(&format!("SET search_path TO modelpin; {}", AGED.replace("'long ago'", "'\"long ago\"'")));
        let foreseen = home.json(&["store", "gc", "--dry-run"]);
        let gone = home.json(&["store", "gc"]);
        for report in [&foreseen, &gone] {
            assert_eq!((rows(report, "sessions"), rows(report, "history")), (1, 1), "{report}");
        }
        assert!(home.run(&["sessions", "show", BOB]).out.contains("anthropic:spare"));
        let whole = home.run(&["store", "check"]);
        assert_eq!(whole.code, 0, "{}", whole.out);
        database.execute("UPDATE modelpin.audit SET body = '{}' WHERE number = 2");
        let found = home.run(&["store", "check"]);
        assert_eq!(found.code, 78);
        assert!(found.out.contains("audit 2: ") && found.out.contains("audit: row 2 was changed"), "{}", found.out);
        assert!(!home.state().join("modelpin.sqlite").exists(), "nothing is made beside it");
        Leaks::of([PASSWORD]).assert_none_in("what is said", nothing.err + &whole.err + &found.out + &found.err);
    }

    #[test]
    fn a_database_that_is_away_is_told() {
        // Bound and let go: nobody listens there.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let home = home(&json!({"url": format!("postgres://ann:{PASSWORD}@127.0.0.1:{port}/bot")}));
        for arguments in
            [&["store", "check"][..], &["store", "gc"], &["store", "migrate", "--from", "postgres", "--to", "sqlite"]]
        {
            let ended = home.run(arguments);
            assert_eq!(ended.code, 70, "{arguments:?}: {}", ended.err);
            assert!(ended.err.contains("cannot be reached"), "{}", ended.err);
            Leaks::of([PASSWORD]).assert_none_in("what is said", ended.err);
        }
        assert!(!home.state().join("modelpin.sqlite").exists(), "nothing is made");
    }
}
