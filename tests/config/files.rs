//! The configuration file: JSON5, includes, variables.

use std::fs;
use std::path::PathBuf;

use modelpin::config::{Environment, load};
use rstest::rstest;
use tempfile::TempDir;

fn env(variables: &[(&str, &str)]) -> Environment {
    variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn folder(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let main = folder.path().join("modelpin.json");
    (folder, main)
}

/// What is wrong with these files, without the folder's path.
fn fault(files: &[(&str, &str)], variables: &[(&str, &str)]) -> String {
    let (folder, main) = folder(files);
    let said = load(&main, &env(variables)).unwrap_err().to_string();
    said.replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn no_file_says_nothing() {
    let (_folder, main) = folder(&[]);
    let loaded = load(&main, &env(&[])).unwrap();
    assert_eq!((loaded.config.agents.primary, loaded.files), (None, Vec::new()));
}

#[test]
fn comments_and_trailing_commas_are_read() {
    let (_folder, main) = folder(&[("modelpin.json", "\u{feff}// mine\n{agents: {defaults: {model: 'a/b',},},}")]);
    assert_eq!(load(&main, &env(&[])).unwrap().config.agents.primary.as_deref(), Some("a/b"));
}

#[rstest]
#[case("{\n  a: 1,\n  b: [1, }\n}", "modelpin.json:3:10: expected value")]
#[case("{\n  a: {\n", "modelpin.json:2:6: EOF parsing object")]
#[case("", "modelpin.json:1:1: EOF parsing value")]
fn a_syntax_fault_has_its_line_and_column(#[case] text: &str, #[case] said: &str) {
    assert_eq!(fault(&[("modelpin.json", text)], &[]), said);
}

#[test]
fn includes_are_laid_over_each_other_and_keys_beside_them_over_those() {
    let (_folder, main) = folder(&[
        ("modelpin.json", "{agents: {$include: ['a.json5', 'sub/b.json5'], defaults: {model: {primary: 'own/m'}}}}"),
        ("a.json5", "{defaults: {model: {primary: 'a/m', fallbacks: ['a/1']}}, list: [{id: 'a'}]}"),
        ("sub/b.json5", "{defaults: {$include: 'c.json5'}, list: [{id: 'b'}]}"),
        ("sub/c.json5", "{model: {primary: 'c/m', fallbacks: ['c/1']}}"),
    ]);
    let loaded = load(&main, &env(&[])).unwrap();
    let agents = loaded.config.agents;
    assert_eq!(agents.primary.as_deref(), Some("own/m"));
    assert_eq!(agents.fallbacks, ["a/1", "c/1"]);
    assert_eq!(agents.list.iter().map(|agent| agent.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(loaded.files.len(), 4);
}

#[rstest]
#[case(&[("modelpin.json", "{a: {$include: 'gone.json'}}")], "modelpin.json: a: $include `gone.json`: there is no such file")]
#[case(&[("modelpin.json", "{$include: 'b.json'}"), ("b.json", "{x: {$include: 'modelpin.json'}}")], "b.json: x: $include `modelpin.json`: it includes itself")]
#[case(&[("modelpin.json", "{$include: '/etc/hostname'}")], "modelpin.json: the configuration: $include `/etc/hostname`: it is outside of the configuration's folder")]
#[case(&[("modelpin.json", "{$include: 3}")], "modelpin.json: the configuration: $include ``: expected a path or a list of paths")]
#[case(&[("modelpin.json", "{$include: 'l.json', a: 1}"), ("l.json", "[1]")], "modelpin.json: the configuration: $include ``: keys beside it need an object to be included")]
#[case(&[("modelpin.json", "{$include: 'b.json'}"), ("b.json", "{")], "b.json:1:1: EOF parsing object")]
fn an_include_that_cannot_be_followed_says_why(#[case] files: &[(&str, &str)], #[case] said: &str) {
    assert_eq!(fault(files, &[]), said);
}

#[rstest]
#[case(10, None)]
#[case(11, Some("includes are nested more than 10 deep"))]
fn includes_are_nested_ten_deep_at_most(#[case] depth: usize, #[case] said: Option<&str>) {
    let name = |at: usize| if at == 0 { "modelpin.json".to_owned() } else { format!("{at}.json") };
    let (folder, main) = folder(&[("10.json", "{}"), ("11.json", "{}")]);
    for at in 0..depth {
        fs::write(folder.path().join(name(at)), format!("{{$include: '{}'}}", name(at + 1))).unwrap();
    }
    let fault = load(&main, &env(&[])).err().map(|fault| fault.to_string());
    assert_eq!(fault.is_some(), said.is_some(), "{fault:?}");
    assert!(fault.unwrap_or_default().ends_with(said.unwrap_or_default()));
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_out_of_the_folder() {
    let (outside, _) = folder(&[("secret.json", "{}")]);
    let (folder, main) = folder(&[("modelpin.json", "{$include: 'link.json'}")]);
    std::os::unix::fs::symlink(outside.path().join("secret.json"), folder.path().join("link.json")).unwrap();
    assert!(load(&main, &env(&[])).unwrap_err().to_string().ends_with("outside of the configuration's folder"));
}

#[test]
fn variables_are_filled_in_from_the_environment_and_then_from_the_configuration() {
    let text = "{env: {OWN: 'own-${OUT}', BOTH: 'own'}, agents: {defaults: {model: {primary: '${BOTH}/${OWN}', \
                fallbacks: ['$${OUT}', '$OUT ${out} $$ ${', '${OUT}${OUT}']}}}}";
    let (_folder, main) = folder(&[("modelpin.json", text)]);
    let agents = load(&main, &env(&[("OUT", "out"), ("BOTH", "env")])).unwrap().config.agents;
    assert_eq!(agents.primary.as_deref(), Some("env/own-out"));
    assert_eq!(agents.fallbacks, ["${OUT}", "$OUT ${out} $$ ${", "outout"]);
}

#[rstest]
#[case(&[])]
#[case(&[("MISSING", "")])]
fn a_variable_that_is_not_set_is_named_with_its_key(#[case] variables: &[(&str, &str)]) {
    let said = fault(&[("modelpin.json", "{channels: {telegram: {allowFrom: ['1', '${MISSING}']}}}")], variables);
    assert_eq!(said, "modelpin.json: channels.telegram.allowFrom[1]: the variable MISSING is not set");
}

#[test]
fn a_wrong_value_names_the_file_and_the_key_but_not_the_value() {
    let said = fault(&[("modelpin.json", "{auth: {crossBillingClass: 'sk-test-planted'}}")], &[]);
    assert_eq!(said, "modelpin.json: auth.crossBillingClass: expected `allow` or `deny`, found text");
}
