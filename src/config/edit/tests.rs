//! Edits, word for word.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test stops at the first surprise")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::config::edit::{Draft, EditFault, Edited, edit};
use crate::config::{Environment, load};

fn folder(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let main = folder.path().join("modelpin.json");
    (folder, main)
}

fn set(main: &Path, key: &str, value: &Value) -> Result<Edited<()>, EditFault> {
    let key: Vec<&str> = key.split('.').collect();
    edit(main, &Environment::default(), |draft| draft.set(&key, value))
}

fn remove(main: &Path, key: &str) -> Result<Edited<bool>, EditFault> {
    let key: Vec<&str> = key.split('.').collect();
    edit(main, &Environment::default(), |draft| draft.remove(&key))
}

const COMMENTED: &str = "// mine
{
  agents: { // about agents
    defaults: {
      model: {
        primary: 'anthropic/claude-opus-4-6',
        fallbacks: [
          'openai/gpt-5.4', // when it rains
        ],
      },
      models: {
        'anthropic/claude-opus-4-6': { alias: 'opus' },
      },
    },
  },
  channels: { telegram: { botToken: '${TELEGRAM_BOT_TOKEN}' } }, /* not here */
}
";

#[rstest]
#[case::a_word("agents.defaults.model.primary", json!("openai/gpt-5.4"), "primary: 'anthropic/claude-opus-4-6'", "primary: \"openai/gpt-5.4\"")]
#[case::a_list_that_grows(
    "agents.defaults.model.fallbacks", json!(["openai/gpt-5.4", "a/b"]),
    "// when it rains\n", "// when it rains\n          \"a/b\",\n"
)]
#[case::a_new_member(
    "agents.defaults.models.a/b", json!({"alias": "x"}),
    "{ alias: 'opus' },\n", "{ alias: 'opus' },\n        \"a/b\": {\n          \"alias\": \"x\",\n        },\n"
)]
fn only_that_place_changes(#[case] key: &str, #[case] value: Value, #[case] before: &str, #[case] after: &str) {
    let (folder, main) = folder(&[("modelpin.json", COMMENTED)]);
    let env: Environment = [("TELEGRAM_BOT_TOKEN".to_owned(), "sk-test".to_owned())].into_iter().collect();
    let key: Vec<&str> = key.splitn(4, '.').collect();
    let edited: Edited<()> =
        edit(&main, &env, |draft| draft.set(&key, &value)).map_err(|fault: EditFault| fault).unwrap();
    assert_eq!(fs::read_to_string(&main).unwrap(), COMMENTED.replace(before, after));
    let copy = folder.path().join("modelpin.json.bak");
    assert_eq!(edited.written, [(fs::canonicalize(&main).unwrap(), Some(fs::canonicalize(&copy).unwrap()))]);
    assert_eq!(fs::read_to_string(copy).unwrap(), COMMENTED);
}

#[test]
fn what_is_said_already_touches_nothing() {
    let (folder, main) = folder(&[("modelpin.json", "{a: {b: [1, 2]}}")]);
    assert_eq!(set(&main, "a.b", &json!([1, 2])).unwrap().written, []);
    assert!(!remove(&main, "a.c").unwrap().value);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no lock, no copy");
}

#[test]
fn a_file_that_is_not_there_is_made() {
    let (folder, main) = folder(&[]);
    let written = set(&main, "agents.defaults.model.primary", &json!("a/b")).unwrap().written;
    assert_eq!(written, [(main.clone(), None)]);
    let text = fs::read_to_string(&main).unwrap();
    assert_eq!(
        text,
        "{\n  \"agents\": {\n    \"defaults\": {\n      \"model\": {\n        \"primary\": \"a/b\"\n      }\n    }\n  }\n}\n"
    );
    assert_eq!(main.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    drop(folder);
}

#[test]
fn an_included_key_is_changed_where_it_is_written() {
    let (folder, main) = folder(&[
        ("modelpin.json", "{ $include: './base.json5', /* top */ auth: {} }"),
        ("base.json5", "// base\n{agents: {defaults: {model: {primary: 'a/b', fallbacks: ['c/d']}}}}"),
    ]);
    set(&main, "agents.defaults.model.fallbacks", &json!([])).unwrap();
    set(&main, "agents.defaults.model.primary", &json!("e/f")).unwrap();
    set(&main, "auth.seal", &json!("keyring")).unwrap();
    let base = fs::read_to_string(folder.path().join("base.json5")).unwrap();
    assert!(base.starts_with("// base\n") && base.contains("fallbacks: []") && base.contains("\"e/f\""), "{base}");
    let text = fs::read_to_string(&main).unwrap();
    assert!(
        text.contains("$include: './base.json5'") && text.contains("/* top */") && text.contains("\"seal\""),
        "{text}"
    );
    assert_eq!(load(&main, &Environment::default()).unwrap().config.agents.fallbacks, [""; 0]);
}

#[test]
fn what_lies_over_an_include_is_changed_on_top() {
    let (folder, main) = folder(&[
        ("modelpin.json", "{agents: {$include: 'a.json5', defaults: {model: 'own/m'}}}"),
        ("a.json5", "{defaults: {model: 'a/m', models: {'x/y': {alias: 'xy'}}}}"),
    ]);
    let below = fs::read(folder.path().join("a.json5")).unwrap();
    set(&main, "agents.defaults.model", &json!("new/m")).unwrap();
    assert_eq!(fs::read(folder.path().join("a.json5")).unwrap(), below);
    assert!(remove(&main, "agents.defaults.model").unwrap().value, "in both files");
    assert_eq!(Draft::read(&main).unwrap().get(&["agents", "defaults", "model"]), None);
}

#[test]
fn a_list_that_is_put_together_from_two_files_is_left_to_the_person() {
    let (folder, main) = folder(&[
        ("modelpin.json", "{$include: 'a.json5', agents: {list: [{id: 'b'}]}}"),
        ("a.json5", "{agents: {list: [{id: 'a'}]}}"),
    ]);
    let fault = set(&main, "agents.list", &json!([{"id": "a"}])).unwrap_err();
    assert!(matches!(fault, EditFault::Entangled { .. }), "{fault}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing was written");
}

#[test]
fn an_edit_that_makes_no_configuration_is_not_written() {
    let (folder, main) = folder(&[("modelpin.json", "{auth: {order: {anthropic: ['anthropic:a']}}}")]);
    let before = fs::read(&main).unwrap();
    let fault = set(&main, "auth.order.anthropic", &json!(5)).unwrap_err().to_string();
    assert!(fault.contains("auth.order.anthropic"), "{fault}");
    let fault = set(&main, "auth.order.anthropic.x", &json!(5)).unwrap_err().to_string();
    assert!(fault.contains("auth.order.anthropic is no object"), "{fault}");
    assert_eq!(fs::read(&main).unwrap(), before);
    drop(folder);
}

#[test]
fn five_copies_are_kept_and_the_oldest_goes() {
    let (folder, main) = folder(&[("modelpin.json", "{n: 0}")]);
    for n in 1..=7 {
        set(&main, "n", &json!(n)).unwrap();
    }
    let copy = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(copy("modelpin.json"), "{n: 7}");
    assert_eq!(copy("modelpin.json.bak"), "{n: 6}");
    assert_eq!(copy("modelpin.json.bak.4"), "{n: 2}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 7, "five copies, the file and the lock");
}

#[test]
fn eight_at_once_lose_nothing() {
    let (_folder, main) = folder(&[("modelpin.json", "{ /* kept */ }")]);
    std::thread::scope(|scope| {
        for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
            let main = &main;
            scope.spawn(move || {
                for n in 0..10 {
                    set(main, &format!("x.{name}{n}"), &json!(n)).unwrap();
                }
            });
        }
    });
    let draft = Draft::read(&main).unwrap();
    assert_eq!(draft.get(&["x"]).unwrap().as_object().unwrap().len(), 80);
    assert!(fs::read_to_string(&main).unwrap().contains("/* kept */"));
}

#[test]
fn a_link_stays_a_link() {
    let (folder, main) = folder(&[("real.json", "{a: 1}")]);
    std::os::unix::fs::symlink(folder.path().join("real.json"), &main).unwrap();
    set(&main, "a", &json!(2)).unwrap();
    assert!(main.is_symlink());
    assert_eq!(fs::read_to_string(folder.path().join("real.json")).unwrap(), "{a: 2}");
}

#[test]
fn one_element_of_a_list_is_changed_where_it_is() {
    let before = "{agents: {list: [\n  {id: 'main'}, // mine\n  {id: 'a', model: 'x/y' /* old */},\n]}}";
    let (_folder, main) = folder(&[("modelpin.json", before)]);
    set(&main, "agents.list.1.model", &json!("p/q")).unwrap();
    assert_eq!(fs::read_to_string(&main).unwrap(), before.replace("'x/y'", "\"p/q\""));
    let fault = set(&main, "agents.list.7.model", &json!("p/q")).unwrap_err().to_string();
    assert!(fault.contains("agents.list.7 is no object"), "{fault}");
}

#[test]
fn of_two_lists_put_together_no_wrong_element_is_changed() {
    let (folder, main) = folder(&[
        ("modelpin.json", "{$include: 'a.json5', agents: {list: [{id: 'b'}]}}"),
        ("a.json5", "{agents: {list: [{id: 'a'}]}}"),
    ]);
    let fault = set(&main, "agents.list.0.model", &json!("x/y")).unwrap_err();
    assert!(matches!(fault, EditFault::Entangled { .. }), "{fault}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing was written");
}

#[test]
fn somebody_elses_change_between_the_look_and_the_rename_is_kept() {
    let (_folder, main) = folder(&[("modelpin.json", "{a: 1, /* mine */ b: 1}")]);
    let mut looks = 0;
    let edited = edit::<_, EditFault>(&main, &Environment::default(), |draft| {
        looks += 1;
        draft.set(&["a"], &json!(2))?;
        if looks == 2 {
            fs::write(&main, "{a: 1, /* theirs */ b: 7}").unwrap();
        }
        Ok(())
    });
    assert_eq!(edited.unwrap().written.len(), 1);
    assert_eq!(fs::read_to_string(&main).unwrap(), "{a: 2, /* theirs */ b: 7}");
}

#[test]
fn somebody_who_writes_all_the_time_is_said_and_nothing_of_his_is_lost() {
    let (_folder, main) = folder(&[("modelpin.json", "{a: 0}")]);
    let mut looks = 0;
    let edited = edit::<_, EditFault>(&main, &Environment::default(), |draft| {
        looks += 1;
        fs::write(&main, format!("{{a: {looks}}}")).unwrap();
        draft.set(&["b"], &json!(2))
    });
    assert!(matches!(edited.unwrap_err(), EditFault::Contended { .. }));
    assert_eq!(fs::read_to_string(&main).unwrap(), format!("{{a: {looks}}}"));
}

#[test]
fn what_is_no_text_or_too_much_is_said_and_left_alone() {
    let deep = format!("{{a: {}{}}}", "[".repeat(100_000), "]".repeat(100_000)).into_bytes();
    for bytes in [deep, b"{a: '\xff'}".to_vec(), vec![b' '; 3 * 1024 * 1024], b"{a: 1,, b: 2}".to_vec()] {
        let (folder, main) = folder(&[]);
        fs::write(&main, &bytes).unwrap();
        let fault = set(&main, "a", &json!(1)).unwrap_err();
        assert!(matches!(fault, EditFault::Config(_)), "{fault}");
        assert!(fault.to_string().contains("modelpin.json"), "{fault}");
        assert_eq!(fs::read(&main).unwrap(), bytes);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn a_long_file_is_edited_in_no_time() {
    let members: String =
        (0..20_000).map(|n| format!("  'provider/model-{n}': {{ alias: 'm{n}' }}, // {n}\n")).collect();
    let (_folder, main) = folder(&[("modelpin.json", &format!("{{ x: {{\n{members}}} }}"))]);
    let before = fs::read_to_string(&main).unwrap();
    let begin = std::time::Instant::now();
    set(&main, "x.provider/model-19999.alias", &json!("other")).unwrap();
    assert_eq!(fs::read_to_string(&main).unwrap(), before.replace("'m19999'", "\"other\""));
    assert!(begin.elapsed() < std::time::Duration::from_secs(20), "{:?}", begin.elapsed());
}

#[test]
fn what_another_may_read_he_may_read_afterwards() {
    let (_folder, main) = folder(&[("modelpin.json", "{a: 1}")]);
    fs::set_permissions(&main, fs::Permissions::from_mode(0o640)).unwrap();
    set(&main, "a", &json!(2)).unwrap();
    assert_eq!(main.metadata().unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn what_is_nested_as_deep_as_may_be_is_edited() {
    let text = format!("{}{}", "{a:".repeat(99), "{}").replace("{a:{}", "{a:{}}") + &"}".repeat(98);
    let (_folder, main) = folder(&[("modelpin.json", &text)]);
    let key = vec!["a"; 99].join(".") + ".b";
    set(&main, &key, &json!(1)).unwrap();
    assert!(fs::read_to_string(&main).unwrap().contains("\"b\": 1"));
}
