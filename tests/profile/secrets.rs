//! Secrets that are kept somewhere else: found at use, never in a message.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::Path;

use modelpin::config::{SecretPlace, SecretsConfig};
use modelpin::profile::{SecretRef, SecretSource, SecretTrouble, SecretValue, Secrets};
use secrecy::{ExposeSecret, SecretString};

use crate::profile::support::Home;

fn resolve(config: &SecretsConfig, home: &Path, reference: SecretRef) -> Result<String, SecretTrouble> {
    let env = |name: &str| (name == "TEST_KEY").then(|| SecretString::from(" sk-test-env\n"));
    let secrets = Secrets::new(config, Some(home), &env);
    secrets.resolve(&SecretValue::Ref(reference)).map(|found| found.expose_secret().to_owned())
}

fn reference(source: SecretSource, provider: Option<&str>, id: &str) -> SecretRef {
    SecretRef::new(source, provider, id).unwrap()
}

fn config(alias: &str, place: SecretPlace) -> SecretsConfig {
    let mut config = SecretsConfig::default();
    config.providers.insert(alias.to_owned(), place);
    config
}

fn script(home: &Home, text: &str) -> SecretsConfig {
    let path = home.path().join("program.sh");
    fs::write(&path, text).unwrap();
    let args = vec![path.to_str().unwrap().to_owned()];
    config("vault", SecretPlace::Exec { command: "/bin/sh".to_owned(), args })
}

#[test]
fn a_variable_is_asked_of_the_environment() {
    let home = Home::empty();
    let none = SecretsConfig::default();
    let found = |provider, id| resolve(&none, home.path(), reference(SecretSource::Env, provider, id));
    assert_eq!(found(None, "TEST_KEY").unwrap(), "sk-test-env");
    assert_eq!(found(Some("default"), "TEST_KEY").unwrap(), "sk-test-env");
    assert_eq!(found(None, "OTHER"), Err(SecretTrouble::Unset("OTHER".to_owned())));
    assert!(matches!(found(Some("vault"), "TEST_KEY"), Err(SecretTrouble::UnknownPlace { .. })));
}

#[test]
fn a_file_is_read_whole_or_by_a_pointer() {
    let home = Home::empty();
    fs::write(home.path().join("plain"), "sk-test-file\n").unwrap();
    fs::write(home.path().join("all.json"), r#"{"a/b": {"key": "sk-test-deep"}, "n": 5}"#).unwrap();
    let file = |path: &str, id: &str| {
        let config = config("vault", SecretPlace::File { path: path.to_owned() });
        resolve(&config, home.path(), reference(SecretSource::File, Some("vault"), id))
    };
    assert_eq!(file("~/plain", "value").unwrap(), "sk-test-file");
    assert_eq!(file("~/all.json", "/a~1b/key").unwrap(), "sk-test-deep");
    for id in ["/n", "/a~1b", "/ghost"] {
        assert!(matches!(file("~/all.json", id), Err(SecretTrouble::NotThere { .. })), "{id}");
    }
    assert!(matches!(file("~/ghost", "value"), Err(SecretTrouble::Unreadable { .. })));
    assert!(matches!(file("/dev/zero", "value"), Err(SecretTrouble::Unreadable { .. })));
    fs::write(home.path().join("big"), vec![b'x'; 1024 * 1024 + 1]).unwrap();
    assert_eq!(file("~/big", "value"), Err(SecretTrouble::TooLarge("vault".to_owned())));
}

#[test]
fn the_default_place_of_a_source_counts_for_references_that_name_none() {
    let home = Home::empty();
    fs::write(home.path().join("plain"), "sk-test-file").unwrap();
    let mut config = config("vault", SecretPlace::File { path: "~/plain".to_owned() });
    config.defaults.insert(SecretSource::File, "vault".to_owned());
    assert_eq!(resolve(&config, home.path(), reference(SecretSource::File, None, "value")).unwrap(), "sk-test-file");
    let other = resolve(&config, home.path(), reference(SecretSource::Exec, Some("vault"), "value"));
    assert!(matches!(other, Err(SecretTrouble::OtherKind { .. })));
}

#[test]
fn a_program_gets_the_id_as_its_last_argument_and_answers_in_json_or_plainly() {
    let home = Home::empty();
    let ask = |text: &str| {
        resolve(&script(&home, text), home.path(), reference(SecretSource::Exec, Some("vault"), "work/key"))
    };
    assert_eq!(ask("echo sk-test-$1").unwrap(), "sk-test-work/key");
    assert_eq!(ask(r#"echo '{"values": {"work/key": "sk-test-json"}}'"#).unwrap(), "sk-test-json");
    assert_eq!(ask(r#"echo '{"value": "sk-test-value"}'"#).unwrap(), "sk-test-value");
    assert_eq!(ask("echo 1234567890").unwrap(), "1234567890");
    assert!(matches!(ask(r#"echo '{"other": "sk-test-value"}'"#), Err(SecretTrouble::NotThere { .. })));
    assert!(matches!(ask("head -c 2000000 /dev/zero"), Err(SecretTrouble::TooLarge(_))));
}

#[test]
fn a_failing_program_is_named_and_what_it_said_is_not() {
    let home = Home::empty();
    let config = script(&home, "echo sk-test-leak; echo sk-test-leak >&2; exit 3");
    let reference = reference(SecretSource::Exec, Some("vault"), "work");
    let trouble = resolve(&config, home.path(), reference.clone()).unwrap_err();
    let text = trouble.to_string();
    assert!(text.contains("secrets.providers.vault") && text.contains('3') && !text.contains("sk-test"), "{text}");
    let gone = self::config("vault", SecretPlace::Exec { command: "/no/such/program".to_owned(), args: Vec::new() });
    assert!(matches!(resolve(&gone, home.path(), reference), Err(SecretTrouble::NotStarted { .. })));
}
