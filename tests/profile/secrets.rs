//! Secrets that are kept somewhere else: found at use, never in a message.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use modelpin::config::{SecretPlace, SecretProgram, SecretsConfig};
use modelpin::profile::{SecretRef, SecretSource, SecretTrouble, SecretValue, Secrets};
use rstest::rstest;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::profile::support::Home;

fn resolve(config: &SecretsConfig, home: &Path, reference: SecretRef) -> Result<String, SecretTrouble> {
    let env = |name: &str| match name {
        "TEST_KEY" => Some(SecretString::from(" sk-test-env\n")),
        "VAULT_ADDR" => Some(SecretString::from("https://vault.example.com")),
        "PATH" => Some(SecretString::from("/usr/bin:/bin")),
        _ => None,
    };
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

/// A shell script that is asked for secrets.
fn program(home: &Home, text: &str) -> SecretProgram {
    let path = home.path().join("program.sh");
    fs::write(&path, text).unwrap();
    let args = vec![path.to_str().unwrap().to_owned()];
    SecretProgram { command: "/bin/sh".to_owned(), args, ..SecretProgram::default() }
}

fn ask(home: &Home, program: SecretProgram) -> Result<String, SecretTrouble> {
    let config = config("vault", SecretPlace::Exec(program));
    resolve(&config, home.path(), reference(SecretSource::Exec, Some("vault"), "work/key"))
}

fn file(path: &str) -> SecretPlace {
    SecretPlace::File { path: path.to_owned(), patience: None }
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
        let config = config("vault", file(path));
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
fn what_a_reference_leads_to_is_known_from_then_on() {
    let home = Home::empty();
    fs::write(home.path().join("plain"), "sk-test-behind-a-reference-4d0c\n").unwrap();
    let config = config("vault", file("~/plain"));
    resolve(&config, home.path(), reference(SecretSource::File, Some("vault"), "value")).unwrap();
    assert!(modelpin::redact::contains_secret("sk-test-behind-a-reference-4d0c"));
}

#[test]
fn the_default_place_of_a_source_counts_for_references_that_name_none() {
    let home = Home::empty();
    fs::write(home.path().join("plain"), "sk-test-file").unwrap();
    let mut config = config("vault", file("~/plain"));
    config.defaults.insert(SecretSource::File, "vault".to_owned());
    assert_eq!(resolve(&config, home.path(), reference(SecretSource::File, None, "value")).unwrap(), "sk-test-file");
    let other = resolve(&config, home.path(), reference(SecretSource::Exec, Some("vault"), "value"));
    assert!(matches!(other, Err(SecretTrouble::OtherKind { .. })));
}

#[test]
fn only_the_variables_of_an_allowlist_are_given_out() {
    let home = Home::empty();
    let of = |names: &[&str]| {
        let allowlist = Some(names.iter().map(|name| (*name).to_owned()).collect());
        let config = config("ours", SecretPlace::Env { allowlist });
        resolve(&config, home.path(), reference(SecretSource::Env, Some("ours"), "TEST_KEY"))
    };
    assert_eq!(of(&["TEST_KEY"]).unwrap(), "sk-test-env");
    let trouble = of(&["OTHER"]).unwrap_err().to_string();
    assert!(trouble.contains("secrets.providers.ours.allowlist") && trouble.contains("TEST_KEY"), "{trouble}");
}

/// Nobody may write into a pipe, and then it would be waited for without end.
#[test]
fn a_pipe_in_the_place_of_a_file_keeps_nobody_waiting() {
    let home = Home::empty();
    let pipe = home.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let begun = Instant::now();
    let config = config("vault", file("~/pipe"));
    let trouble = resolve(&config, home.path(), reference(SecretSource::File, Some("vault"), "value")).unwrap_err();
    assert!(trouble.to_string().contains("not a regular file"), "{trouble}");
    assert!(begun.elapsed() < Duration::from_secs(4), "not even until it times out");
}

#[rstest]
#[case::file(file("keys.json"), SecretSource::File, "path")]
#[case::program(SecretPlace::Exec(SecretProgram { command: "vault".to_owned(), ..SecretProgram::default() }), SecretSource::Exec, "command")]
fn what_depends_on_the_folder_or_on_a_search_path_is_refused(
    #[case] place: SecretPlace,
    #[case] source: SecretSource,
    #[case] key: &str,
) {
    let home = Home::empty();
    fs::write(home.path().join("keys.json"), "sk-test").unwrap();
    let trouble = resolve(&config("vault", place), home.path(), reference(source, Some("vault"), "value"));
    let said = trouble.unwrap_err().to_string();
    assert!(said.contains(&format!("secrets.providers.vault.{key}")) && said.contains("absolute"), "{said}");
}

#[test]
fn a_program_is_asked_on_its_standard_input_which_then_ends() {
    let home = Home::empty();
    let request = home.path().join("request");
    let text = format!("cat > '{}'; echo sk-test-asked", request.display());
    assert_eq!(ask(&home, program(&home, &text)).unwrap(), "sk-test-asked");
    let asked: Value = serde_json::from_slice(&fs::read(request).unwrap()).unwrap();
    assert_eq!(asked, json!({"protocolVersion": 1, "provider": "vault", "ids": ["work/key"]}));
}

#[rstest]
#[case::of_the_family(r#"echo '{"protocolVersion": 1, "values": {"work/key": "sk-test-json"}}'"#, Some("sk-test-json"))]
#[case::under_its_name(r#"echo '{"work/key": "sk-test-named"}'"#, Some("sk-test-named"))]
#[case::value(r#"echo '{"value": "sk-test-value"}'"#, Some("sk-test-value"))]
#[case::json_text(r#"echo '"sk-test-text"'"#, Some("sk-test-text"))]
#[case::plain("echo; echo ' sk-test-plain'", Some("sk-test-plain"))]
#[case::digits("echo 1234567890", Some("1234567890"))]
#[case::without_a_shell(r"echo sk-test-$#", Some("sk-test-0"))]
#[case::another(r#"echo '{"other": "sk-test-value"}'"#, None)]
#[case::not_found(r#"echo '{"values": {}, "errors": {"work/key": {"message": "x"}}, "value": "sk-test"}'"#, None)]
#[case::talk("echo warning: sk-test-old; echo sk-test-new", None)]
#[case::nothing("", None)]
fn a_program_answers_in_json_or_in_one_line(#[case] script: &str, #[case] found: Option<&str>) {
    let home = Home::empty();
    match (ask(&home, program(&home, script)), found) {
        (Ok(secret), Some(found)) => assert_eq!(secret, found),
        (Err(SecretTrouble::NotThere { .. }), None) => {}
        (other, found) => panic!("{other:?}, not {found:?}"),
    }
}

#[test]
fn where_only_json_counts_a_line_does_not() {
    let home = Home::empty();
    let json_only = |text| ask(&home, SecretProgram { json_only: true, ..program(&home, text) });
    assert!(matches!(json_only("echo sk-test-plain"), Err(SecretTrouble::NotThere { .. })));
    assert_eq!(json_only(r#"echo '{"values": {"work/key": "sk-test-json"}}'"#).unwrap(), "sk-test-json");
}

#[test]
fn an_argument_may_stand_for_the_id_and_goes_through_no_shell() {
    let home = Home::empty();
    let mut program = program(&home, r#"echo "$#:$1:$2""#);
    program.args.extend(["{id}".to_owned(), "$(id) {id}".to_owned()]);
    assert_eq!(ask(&home, program).unwrap(), "2:work/key:$(id) {id}");
}

#[test]
fn a_program_gets_no_variable_but_those_that_were_named() {
    let home = Home::empty();
    let mut asked = program(&home, "env | sort | tr '\n' ' '");
    asked.pass_env = vec!["VAULT_ADDR".to_owned(), "UNSET".to_owned()];
    asked.env.insert("VAULT_TOKEN".to_owned(), SecretString::from("sk-test-vault"));
    let given = ask(&home, asked).unwrap();
    let names: Vec<&str> = given.split(' ').filter_map(|entry| entry.split('=').next()).collect();
    // The shell adds its own.
    let names: Vec<&str> = names.into_iter().filter(|name| !["PWD", "SHLVL", "_", "OLDPWD"].contains(name)).collect();
    assert_eq!(names, ["PATH", "VAULT_ADDR", "VAULT_TOKEN"]);
}

#[test]
fn a_program_that_prints_too_much_is_stopped() {
    let home = Home::empty();
    let begun = Instant::now();
    assert!(matches!(ask(&home, program(&home, "cat /dev/zero")), Err(SecretTrouble::TooLarge(_))));
    assert!(begun.elapsed() < Duration::from_secs(4), "and not read to its end");
}

/// Whatever it started goes with it: a pipe that a grandchild holds open tells when that is gone.
#[test]
fn a_program_that_takes_too_long_is_stopped_with_what_it_started() {
    let home = Home::empty();
    let pipe = home.path().join("alive");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let text = format!("(exec 3>'{}'; echo started >&3; sleep 60) & sleep 60", pipe.display());
    let slow = SecretProgram { patience: Some(Duration::from_millis(300)), ..program(&home, &text) };
    let begun = Instant::now();
    let (trouble, said) = std::thread::scope(|scope| {
        let heard = scope.spawn(|| {
            let mut said = String::new();
            fs::File::open(&pipe).unwrap().read_to_string(&mut said).unwrap();
            said
        });
        (ask(&home, slow).unwrap_err(), heard.join().unwrap())
    });
    assert_eq!(said, "started\n");
    assert!(begun.elapsed() < Duration::from_secs(30), "the grandchild outlived it");
    assert!(trouble.to_string().contains("gave no answer within 300ms"), "{trouble}");
}

#[test]
fn a_failing_program_is_named_and_what_it_said_is_not() {
    let home = Home::empty();
    let trouble = ask(&home, program(&home, "echo sk-test-leak; echo sk-test-leak >&2; exit 3")).unwrap_err();
    let text = trouble.to_string();
    assert!(text.contains("secrets.providers.vault") && text.contains('3') && !text.contains("sk-test"), "{text}");
    let gone = SecretProgram { command: "/no/such/program".to_owned(), ..SecretProgram::default() };
    assert!(matches!(ask(&home, gone), Err(SecretTrouble::NotStarted { .. })));
}
