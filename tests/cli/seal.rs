//! `models auth seal` and `unseal`, and what a sealed store is to the other commands and to a chat.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use modelpin::demo::LoopbackProvider;
use serde_json::{Value, json};

use crate::cli::support::{Ended, Home, SECRETS, ended, family, nowhere, provider};
use crate::support::leaks::Leaks;

const PASSPHRASE: &str = "correct horse battery";
const NEW: &str = "sk-test-stored-later-6a0c1fd2e8";

/// A home whose configuration seals with the passphrase in `~/pass`.
fn home(base_url: impl Fn(&str) -> String) -> Home {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", base_url);
    let path = config(&home);
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replacen('{', "{\n  auth: {seal: \"passphrase\", sealPassphraseFile: \"~/pass\"},", 1);
    fs::write(path, text).unwrap();
    give(&home, PASSPHRASE);
    home
}

fn config(home: &Home) -> PathBuf {
    home.state().join("modelpin.json")
}

fn pass(home: &Home) -> PathBuf {
    home.path().join("pass")
}

fn give(home: &Home, passphrase: &str) {
    fs::write(pass(home), format!("{passphrase}\n")).unwrap();
    fs::set_permissions(pass(home), fs::Permissions::from_mode(0o600)).unwrap();
}

/// A home whose store is sealed.
fn sealed(base_url: impl Fn(&str) -> String) -> Home {
    let home = home(base_url);
    let ended = home.run(&["models", "auth", "seal"]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
    home
}

fn stored(home: &Home) -> Value {
    serde_json::from_slice(&fs::read(home.store()).unwrap()).unwrap()
}

fn listed(home: &Home) -> Vec<Value> {
    home.json(&["models", "auth", "list"])["profiles"].as_array().unwrap().clone()
}

/// No file below the home holds a secret.
fn nothing_is_open(home: &Home, secrets: &[&str]) {
    let leaks = Leaks::of(secrets);
    let mut folders = vec![home.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                leaks.assert_none_in(&path.display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
}

fn canaries() -> Vec<&'static str> {
    SECRETS.iter().map(|(_, secret)| *secret).chain([NEW, PASSPHRASE]).collect()
}

async fn server() -> LoopbackProvider {
    provider().start().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sealed_store_serves_as_before_and_no_file_holds_a_secret() {
    let server = server().await;
    let home = home(|provider| server.base_url(provider));
    let before = stored(&home);
    let fingerprints =
        |home: &Home| -> Vec<Value> { listed(home).iter().map(|row| row["fingerprint"].clone()).collect() };
    let printed = fingerprints(&home);
    let warned = home.run(&["models", "auth", "list"]);
    assert!(warned.err.contains("4 credentials are stored as written, although `auth.seal`"), "{}", warned.err);

    let Ended { code, out, err } = home.run(&["models", "auth", "seal"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, format!("{}: 4 secrets sealed\n", home.store().display()));
    let bytes = fs::read(home.store()).unwrap();
    let again = home.run(&["models", "auth", "seal"]);
    assert_eq!((again.code, again.out), (0, format!("{}: 4 secrets sealed already\n", home.store().display())));
    assert_eq!(fs::read(home.store()).unwrap(), bytes);
    assert_eq!(fs::metadata(home.store()).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fingerprints(&home), printed);
    assert!(listed(&home).iter().all(|row| row["sealed"] == true));

    let mut chat = home.chat(None, &["-vv"]);
    chat.says("/model opus@work");
    let answer = chat.send(&json!({"text": "hello"}));
    assert_eq!(answer[0]["receipt"]["profile"], "anthropic:work");
    // Stored while the chat runs, and served by it.
    let add = ["models", "auth", "add", "--provider", "openai", "--profile-id", "openai:later"];
    assert_eq!(home.run_with(&add, NEW.as_bytes()).code, 0);
    assert!(chat.says("/model gpt@later").contains("openai:later"));
    chat.says("hello");
    // A provider that answers with the very key it was sent, which stands in no file as it is.
    let body = json!({"type": "error", "error": {"type": "authentication_error", "message": format!("bad key {}", SECRETS[1].1)}});
    server.script(None, None, modelpin::demo::Script::raw(401, "application/json", [body.to_string()]));
    chat.says("/model opus@work");
    assert!(chat.says("hello").contains("anthropic:work"));
    let leaks = Leaks::of(canaries());
    leaks.assert_none_in("standard output", &chat.said);
    leaks.assert_none_in("standard error", chat.err());
    assert_eq!(chat.end(), 0);
    let on_the_wire: Vec<String> =
        server.seen().iter().map(|seen| seen.fingerprint.as_ref().unwrap().to_string()).collect();
    let of = |text: &str| modelpin::profile::Fingerprint::of(&text.into()).to_string();
    assert_eq!(on_the_wire, [of(SECRETS[1].1), of(NEW), of(SECRETS[1].1)]);

    fs::remove_file(pass(&home)).unwrap();
    nothing_is_open(&home, &canaries());
    give(&home, PASSPHRASE);
    assert_eq!(home.run(&["models", "auth", "remove", "openai:later"]).code, 0);
    let undone = home.run(&["models", "auth", "unseal"]);
    assert_eq!(undone.code, 0, "{}", undone.err);
    assert!(
        undone.err.contains("`auth.seal` is \"passphrase\"") && undone.err.contains("take it out"),
        "{}",
        undone.err
    );
    assert_eq!(stored(&home).to_string(), before.to_string());
}

/// Remove the key: the profile and the place of its key are named, and nothing reaches the provider.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_key_nothing_is_sent_and_everything_says_which_and_where() {
    let server = server().await;
    let home = sealed(|provider| server.base_url(provider));
    let mut chat = home.chat(None, &[]);
    chat.says("/model opus@work");
    assert_eq!(chat.end(), 0);

    fs::remove_file(pass(&home)).unwrap();
    let mut chat = home.chat(None, &[]);
    let said = chat.says("hello");
    for part in ["Nothing was sent", "anthropic:work", "~/pass (named by `auth.sealPassphraseFile`)", "/model @auto"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let status = chat.says("/model status");
    assert!(status.contains("anthropic:work") && status.contains("is sealed") && status.contains("~/pass"), "{status}");
    assert!(chat.says("/model opus@spare").contains("Nothing was changed"));
    chat.says("/model @auto");
    let said = chat.says("hello");
    assert!(said.contains("Nothing was sent") && said.contains("~/pass"), "{said}");
    assert_eq!(server.seen().len(), 0, "not one request");
    for row in listed(&home) {
        assert_eq!((&row["state"], &row["fingerprint"]), (&json!("sealed"), &Value::Null), "{row}");
        assert!(row["detail"].as_str().unwrap().contains("~/pass"), "{row}");
    }

    // What needs no secret works; what would have to be sealed is not stored, and nothing is lost.
    let before = stored(&home);
    assert_eq!(home.run(&["models", "auth", "order", "set", "--provider", "anthropic", "work"]).code, 0);
    assert_eq!(stored(&home)["profiles"], before["profiles"]);
    let bytes = fs::read(home.store()).unwrap();
    let refused = home.run_with(&["models", "auth", "add", "--provider", "mistral"], NEW.as_bytes());
    assert_eq!((refused.code, refused.out.as_str()), (65, ""));
    assert!(refused.err.contains("cannot be sealed") && refused.err.contains("~/pass"), "{}", refused.err);
    let stuck = home.run(&["models", "auth", "unseal"]);
    assert_eq!(stuck.code, 65);
    assert!(stuck.err.contains("anthropic:work is sealed with a passphrase, and ~/pass"), "{}", stuck.err);
    let again = home.run(&["models", "auth", "seal"]);
    assert_eq!(again.code, 65, "{}", again.err);
    assert_eq!(fs::read(home.store()).unwrap(), bytes);

    // The running chat needs no restart when the key is back.
    give(&home, PASSPHRASE);
    let answer = chat.send(&json!({"text": "hello"}));
    assert_eq!(answer[0]["receipt"]["profile"], "anthropic:work");
    assert_eq!(chat.end(), 0);
    nothing_is_open(&home, &canaries()[..canaries().len() - 1]);
}

#[test]
fn a_wrong_passphrase_is_named_and_a_mistake_is_easily_mended() {
    let home = sealed(nowhere);
    let bytes = fs::read(home.store()).unwrap();
    give(&home, "wrong");
    for command in ["unseal", "seal"] {
        let ended = home.run(&["models", "auth", command]);
        assert_eq!(ended.code, 65, "{command}: {}", ended.err);
        assert!(
            ended.err.contains("openai:team is sealed with another passphrase than the one in ~/pass"),
            "{}",
            ended.err
        );
        assert_eq!(fs::read(home.store()).unwrap(), bytes, "{command}");
    }
    give(&home, PASSPHRASE);
    assert_eq!(listed(&home)[0]["state"], "cooling");
}

#[test]
fn what_another_program_wrote_is_served_and_completed() {
    let home = sealed(nowhere);
    let mut value = stored(&home);
    let theirs = json!({"type": "api_key", "provider": "openai", "key": NEW});
    value["profiles"]["openai:theirs"] = theirs.clone();
    fs::write(home.store(), value.to_string()).unwrap();
    assert_eq!(home.run(&["models", "auth", "order", "set", "--provider", "openai", "theirs", "team"]).code, 0);
    assert_eq!(stored(&home)["profiles"]["openai:theirs"], theirs, "nobody asked for it to be sealed");
    let told = home.run(&["models", "auth", "list"]);
    assert!(told.err.contains("1 credential is stored as written"), "{}", told.err);
    let done = home.json(&["models", "auth", "seal"]);
    assert_eq!((&done["files"][0]["converted"], &done["files"][0]["already"]), (&json!(1), &json!(4)));
    fs::remove_file(pass(&home)).unwrap();
    nothing_is_open(&home, &canaries());
}

#[test]
fn the_passphrase_is_changed_by_naming_the_next_one() {
    let home = sealed(nowhere);
    fs::write(home.path().join("next"), "another one\n").unwrap();
    fs::set_permissions(home.path().join("next"), fs::Permissions::from_mode(0o600)).unwrap();
    let change = ["models", "auth", "seal", "--passphrase-file", "next"];
    let ended = home.run(&change);
    assert_eq!((ended.code, ended.out), (0, format!("{}: 4 secrets sealed\n", home.store().display())));
    let next = home.path().join("next").display().to_string();
    let line = json!({"auth": {"seal": "passphrase", "sealPassphraseFile": next}}).to_string();
    assert!(ended.err.contains(&line) && ended.err.contains("old passphrase"), "{}", ended.err);
    assert!(home.run(&change).out.contains("4 secrets sealed already"));
    assert!(listed(&home).iter().all(|row| row["state"] == "sealed"), "the configuration names the old one");
    fs::rename(home.path().join("next"), pass(&home)).unwrap();
    assert!(listed(&home).iter().all(|row| row["fingerprint"] != Value::Null));
}

#[test]
fn what_is_missing_is_said_before_anything_is_done() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let bytes = fs::read(home.store()).unwrap();
    let seal = |more: &[&str]| {
        let mut command = home.program();
        // Nobody's real keyring.
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/modelpin-test");
        command.args(["models", "auth", "seal"]).args(more);
        ended(command, b"")
    };
    for (more, code, parts) in [
        (&[][..], 64, &["seal --with keyring", "seal --with passphrase"][..]),
        (&["--with", "hope"], 64, &["keyring"]),
        (&["--with", "keyring", "--passphrase-file", "x"], 64, &["leave --passphrase-file out"]),
        (&["--with", "keyring"], 65, &["the keyring does not keep a key", "Use `--with passphrase`"]),
        (&["--with", "passphrase"], 65, &["no passphrase is given", "MODELPIN_SEAL_PASSPHRASE_FILE"]),
        (&["--with", "passphrase", "--passphrase-file", "gone"], 65, &["gone cannot be read: No such file"]),
    ] {
        let ended = seal(more);
        assert_eq!((ended.code, ended.out.as_str()), (code, ""), "{more:?}: {}", ended.err);
        assert!(parts.iter().all(|part| ended.err.contains(part)), "{more:?}: {}", ended.err);
        assert_eq!(fs::read(home.store()).unwrap(), bytes, "{more:?}");
    }
    // Without a configuration it is done, and said what is missing.
    give(&home, PASSPHRASE);
    fs::write(home.store().with_file_name("auth-profiles.json.corrupt-0123456789ab"), "{").unwrap();
    let mut command = home.program();
    command.env("MODELPIN_SEAL_PASSPHRASE_FILE", pass(&home)).args(["models", "auth", "seal", "--with", "passphrase"]);
    let ended = ended(command, b"");
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(
        ended.err.contains(r#"or what is stored from now on is not sealed: {"auth":{"seal":"passphrase"}}"#),
        "{}",
        ended.err
    );
    assert!(
        ended.err.contains("auth-profiles.json.corrupt-0123456789ab may hold secrets as they are"),
        "{}",
        ended.err
    );
}

#[test]
fn a_sealed_value_is_no_key_to_be_stored() {
    let home = sealed(nowhere);
    let value = stored(&home)["profiles"]["openai:team"]["key"].as_str().unwrap().to_owned();
    let ended = home.run_with(&["models", "auth", "add", "--provider", "mistral"], value.as_bytes());
    assert_eq!(ended.code, 64, "{}", ended.err);
    assert!(ended.err.contains("sealed value"), "{}", ended.err);
}

/// A reference into a sealed store, and a variable that somebody copied out of one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sealed_value_is_not_sent_wherever_it_comes_from() {
    let server = server().await;
    let home = sealed(|provider| server.base_url(provider));
    let mut value = stored(&home);
    let text = value["profiles"]["openai:team"]["key"].as_str().unwrap().to_owned();
    for (id, source, at) in [("openai:file", "file", "/profiles/openai:team/key"), ("openai:env", "env", "COPIED")] {
        let reference = json!({"source": source, "provider": "default", "id": at});
        value["profiles"][id] = json!({"type": "api_key", "provider": "openai", "keyRef": reference});
    }
    fs::write(home.store(), value.to_string()).unwrap();
    let places = format!(r#"{{ secrets: {{providers: {{default: {{source: "file", path: {:?}}}}}}},"#, home.store());
    let configured = fs::read_to_string(config(&home)).unwrap().replacen('{', &places, 1);
    for (id, configured) in [("file", configured.clone()), ("env", configured.replace("secrets:", "unused:"))] {
        fs::write(config(&home), configured).unwrap();
        fs::write(home.state().join(".env"), format!("COPIED={text}\n")).unwrap();
        let mut chat = home.chat(None, &[]);
        assert!(chat.says(&format!("/model gpt@{id}")).contains("Model set to gpt"));
        let said = chat.says("hello");
        assert!(said.contains("leads to a sealed value") && !said.contains(&text), "{said}");
        assert_eq!(chat.end(), 0);
    }
    assert_eq!(server.seen().len(), 0);
}

/// The limit on the size of files does for one file what a full disk does for all.
#[test]
fn without_room_nothing_is_half_sealed() {
    let home = home(nowhere);
    let before = fs::read(home.store()).unwrap();
    let mut command = Command::new("sh");
    let script = r#"trap "" XFSZ; ulimit -f 0; exec "$0" models auth seal"#;
    command.args(["-c", script, env!("CARGO_BIN_EXE_modelpin")]).env_clear().env("HOME", home.path());
    let ended = ended(command, b"");
    assert_eq!(ended.code, 70, "{}", ended.err);
    assert!(ended.err.contains("no room"), "{}", ended.err);
    assert_eq!(fs::read(home.store()).unwrap(), before);
    let names = fs::read_dir(home.store().parent().unwrap()).unwrap().count();
    assert_eq!(names, 2, "the store and our lock file");
}

/// An agent of its own: its store and main's, each named.
#[test]
fn both_stores_of_an_agent_are_sealed() {
    let home = home(nowhere);
    let own = home.state().join("agents/helper/agent/auth-profiles.json");
    fs::create_dir_all(own.parent().unwrap()).unwrap();
    let key = json!({"type": "api_key", "provider": "openai", "key": NEW});
    fs::write(&own, json!({"profiles": {"openai:own": key}}).to_string()).unwrap();
    let done = home.json(&["models", "auth", "seal", "--agent", "helper"]);
    let files: Vec<(&str, &Value)> = done["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["file"].as_str().unwrap(), &file["converted"]))
        .collect();
    let main = home.store();
    assert_eq!(files, [(own.to_str().unwrap(), &json!(1)), (main.to_str().unwrap(), &json!(4))]);
    fs::remove_file(pass(&home)).unwrap();
    nothing_is_open(&home, &canaries());
}
