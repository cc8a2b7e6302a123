//! `import openclaw`, from the databases to the answer.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::cli::support::Home;
use crate::openclaw::support::{
    KEY, OPS, REFRESH, TOKEN, assert_no_leak, import, installed, read, sessions, state, store, store_of,
};
use crate::support::openclaw::{OpenClaw, bytes_below};

fn pins(home: &Home) -> Vec<String> {
    let rows = home.json(&["sessions", "list"]);
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let row = |row: &Value| format!("{} {} {}", word(&row["key"]), word(&row["model"]), word(&row["profile"]));
    rows.as_array().unwrap().iter().map(row).collect()
}

#[test]
fn nothing_is_written_until_told() {
    let home = Home::empty();
    let openclaw = installed(&home);
    let before = openclaw.bytes();
    assert!(before.keys().any(|path| path.ends_with("openclaw.sqlite-wal")), "there is a log to be read: {before:?}");
    let shown = import(&home, &[]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    assert!(shown.err.contains("5 of 5 profiles and 2 of 3 pins would be taken over"), "{}", shown.err);
    assert!(shown.err.contains("modelpin import openclaw --apply"), "{}", shown.err);
    assert!(!home.state().exists(), "a look makes no directory");
    assert_eq!(openclaw.bytes(), before);

    for line in shown.out.lines() {
        let heading = line.starts_with("Agent ");
        assert!(heading || line.chars().count() <= 80, "{line}");
    }
    for said in [
        "+  anthropic:default",
        "expires 2100-01-01",
        "rate_limit",
        "groq:kept",
        "chosen by rotation",
        "kept elsewhere",
    ] {
        assert!(shown.out.contains(said), "{said}: {}", shown.out);
    }
}

#[test]
fn everything_comes_along_secret_for_secret_and_the_source_stays_as_it_is() {
    let home = Home::empty();
    let openclaw = installed(&home);
    let before = openclaw.bytes();
    let done = import(&home, &["--apply", "--json"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert_eq!(openclaw.bytes(), before, "companions included");

    let mut expected = store();
    expected["profiles"].as_object_mut().unwrap().shift_remove("groq:kept");
    let main = read(&store_of(&home, "main"));
    assert_eq!(main["profiles"], expected["profiles"]);
    for section in ["order", "lastGood", "usageStats"] {
        assert_eq!(main[section], state()[section], "{section}");
    }
    assert_eq!(store_of(&home, "main").metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let ops = read(&store_of(&home, "ops"));
    let own = json!({"anthropic:work": {"type": "api_key", "provider": "anthropic", "key": OPS}});
    assert_eq!(ops["profiles"], own, "nothing of what main has");

    let report: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(report["files"][0]["verified"], json!(4), "a key, a token, two of a grant: {report}");
    assert_eq!(report["files"][1]["verified"], json!(1));
    let left = report["left"].to_string();
    assert!(left.contains("groq:kept") && left.contains("secret reference"), "{left}");
    let imported = [
        "agent:main:telegram:default:dm:42 openai/gpt-5.4 -",
        "agent:main:telegram:default:group:-100 anthropic/claude-opus-4-6 anthropic:work",
    ];
    assert_eq!(pins(&home), imported);
    assert!(done.err.contains("serves one program"), "{}", done.err);

    // What was noted by OpenClaw is honoured here.
    let listed = home.run(&["models", "auth", "list"]);
    assert!(listed.out.contains("cooling until 2100-01-01"), "{}", listed.out);
    assert_no_leak(&listed);
}

#[test]
fn done_twice_it_changes_nothing_more() {
    let home = Home::empty();
    let _openclaw = installed(&home);
    import(&home, &["--apply"]);
    let stores = || ["main", "ops"].map(|agent| fs::read(store_of(&home, agent)).unwrap());
    let (first, rows) = (stores(), home.json(&["sessions", "list"]));
    for more in [&["--apply"][..], &["--apply", "--replace"]] {
        let again = import(&home, more);
        assert_eq!(again.code, 0);
        assert!(again.err.contains("Nothing to take over"), "{}", again.err);
        assert_eq!(stores(), first);
        assert_eq!(home.json(&["sessions", "list"]), rows);
    }
}

#[test]
fn one_that_was_stopped_is_read_where_it_lies() {
    let home = Home::empty();
    let mut openclaw = installed(&home);
    openclaw.stop();
    let before = openclaw.bytes();
    assert!(!before.keys().any(|path| path.to_string_lossy().contains("-wal")));
    assert_eq!(import(&home, &["--apply"]).code, 0);
    assert_eq!(openclaw.bytes(), before);
    assert_eq!(read(&store_of(&home, "main"))["profiles"]["anthropic:work"]["token"], TOKEN);
}

#[test]
fn a_directory_that_must_not_be_written_can_be_read() {
    let home = Home::empty();
    let mut openclaw = installed(&home);
    openclaw.stop();
    for folder in ["state", "agents/main/agent"] {
        let mode = fs::Permissions::from_mode(0o500);
        fs::set_permissions(openclaw.state_dir.join(folder), mode).unwrap();
    }
    assert_eq!(import(&home, &["--apply"]).code, 0);
    for folder in ["state", "agents/main/agent"] {
        fs::set_permissions(openclaw.state_dir.join(folder), fs::Permissions::from_mode(0o700)).unwrap();
    }
    assert_eq!(read(&store_of(&home, "main"))["profiles"]["anthropic:default"]["key"], KEY);
}

#[test]
fn it_can_be_brought_into_the_file_store_of_openclaw_itself() {
    let home = Home::empty();
    let mut openclaw = installed(&home);
    openclaw.stop();
    let databases = [openclaw.shared_database(), openclaw.database_of("main"), openclaw.database_of("ops")];
    let bytes = || databases.clone().map(|path| fs::read(path).unwrap());
    let before = bytes();
    let done = import(&home, &["--layout", "openclaw", "--apply"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.err.contains("openclaw doctor"), "{}", done.err);
    assert_eq!(bytes(), before);
    let file = openclaw.state_dir.join("agents/main/agent/auth-profiles.json");
    assert_eq!(read(&file)["profiles"]["openai:me+x@example.com"]["refresh"], REFRESH);
}

#[test]
fn a_leftover_beside_the_database_and_a_renamed_one_are_not_read() {
    let home = Home::empty();
    let openclaw = installed(&home);
    let folder = openclaw.state_dir.join("agents/main/agent");
    let stale =
        json!({"profiles": {"xai:stale": {"type": "api_key", "provider": "xai", "key": "sk-test-stale-00000000"}}});
    for name in ["auth-profiles.json", "auth-profiles.json.migrated-1760000000-3f0e"] {
        fs::write(folder.join(name), stale.to_string()).unwrap();
    }
    let done = import(&home, &["--apply"]);
    assert!(!done.out.contains("xai:stale") && done.out.contains("leftover"), "{}", done.out);
    assert!(read(&store_of(&home, "main"))["profiles"].get("xai:stale").is_none());
}

#[test]
fn an_older_openclaw_is_taken_over_from_its_files() {
    let home = Home::empty();
    let openclaw = OpenClaw::at(home.path().join("older"));
    let agent = openclaw.state_dir.join("agents/main");
    fs::create_dir_all(agent.join("agent")).unwrap();
    fs::create_dir_all(agent.join("sessions")).unwrap();
    let mut file = store();
    file["usageStats"] = state()["usageStats"].clone();
    fs::write(agent.join("agent/auth-profiles.json"), file.to_string()).unwrap();
    fs::write(agent.join("sessions/sessions.json"), sessions().to_string()).unwrap();
    let before = openclaw.bytes();
    let done = import(&home, &[openclaw.state_dir.to_str().unwrap(), "--apply"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert_eq!(openclaw.bytes(), before);
    assert_eq!(read(&store_of(&home, "main"))["usageStats"], state()["usageStats"]);
    assert!(pins(&home).iter().any(|row| row.ends_with("anthropic:work")), "{:?}", pins(&home));
}

#[test]
fn sessions_of_the_file_of_before_count_where_the_database_has_none() {
    let home = Home::empty();
    let openclaw = installed(&home);
    let folder = openclaw.state_dir.join("agents/main/sessions");
    fs::create_dir_all(&folder).unwrap();
    let pinned = json!({"modelOverride": "openai/gpt-5.4"});
    let older = json!({
        "agent:main:telegram:group:-300": pinned, "agent:main:telegram:group:-400": pinned,
    });
    fs::write(folder.join("sessions.json"), older.to_string()).unwrap();
    import(&home, &["--apply"]);
    let pins = pins(&home);
    assert!(pins.iter().any(|row| row.contains(":-400 openai/gpt-5.4")), "{pins:?}");
    assert!(!pins.iter().any(|row| row.contains(":-300")), "the database says that nothing is chosen there: {pins:?}");
}

#[test]
fn one_agent_alone_can_be_meant() {
    let home = Home::empty();
    let _openclaw = installed(&home);
    assert_eq!(import(&home, &["--agent", "ops", "--apply"]).code, 0);
    assert!(store_of(&home, "ops").exists() && !store_of(&home, "main").exists());
    assert_eq!(pins(&home), [""; 0]);
}

#[test]
fn no_copy_of_a_database_is_left_anywhere() {
    let home = Home::empty();
    let _openclaw = installed(&home);
    let temporary = home.path().join("tmp");
    fs::create_dir(&temporary).unwrap();
    let mut program = home.program();
    program.args(["import", "openclaw", "--apply"]).env("TMPDIR", &temporary);
    assert_eq!(crate::cli::support::ended(program, b"").code, 0);
    assert_eq!(bytes_below(&temporary).len(), 0);
}
