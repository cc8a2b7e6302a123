//! Layouts: which directories, files and variables.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use modelpin::agent::AgentId;
use modelpin::config::{Environment, Layout, Places, from_value};
use rstest::rstest;
use serde_json::json;
use tempfile::TempDir;

fn home(entries: &[&str]) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    for entry in entries {
        let path = home.path().join(entry);
        if entry.contains('.') && path.extension().is_some_and(|extension| extension == "json") {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "{}").unwrap();
        } else {
            fs::create_dir_all(path).unwrap();
        }
    }
    home
}

fn env(home: &Path, variables: &[(&str, &str)]) -> Environment {
    let home = ("HOME".to_owned(), home.to_str().unwrap().to_owned());
    variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).chain([home]).collect()
}

/// State directory and configuration file, from the home directory.
fn places(layout: Layout, entries: &[&str], variables: &[(&str, &str)]) -> (String, String) {
    let home = home(entries);
    let places = Places::resolve(layout, None, &env(home.path(), variables)).unwrap();
    let short = |path: &Path| path.strip_prefix(home.path()).unwrap_or(path).to_str().unwrap().to_owned();
    (short(&places.state_dir), short(&places.config_path))
}

#[rstest]
#[case(Layout::Modelpin, &[], &[], ".modelpin", ".modelpin/modelpin.json")]
#[case(Layout::Hex, &[], &[], ".hex", ".hex/hex.json")]
#[case(Layout::Aipro, &[".clawdbot"], &[], ".aipro", ".aipro/aipro.json")]
#[case(Layout::Epiloop, &[], &[], ".epiloop", ".epiloop/epiloop.json")]
#[case(Layout::NovaEngine, &[], &[], ".nova-engine", ".nova-engine/nova-engine.json")]
#[case(Layout::NovaEngine, &[".clawdbot/clawdbot.json"], &[], ".nova-engine", ".clawdbot/clawdbot.json")]
#[case(Layout::NovaEngine, &[".clawdbot/clawdbot.json", ".nova-engine/moltbot.json"], &[], ".nova-engine", ".nova-engine/moltbot.json")]
#[case(Layout::Moltbot, &[], &[], ".clawdbot", ".clawdbot/moltbot.json")]
#[case(Layout::Moltbot, &[".moltbot"], &[], ".moltbot", ".moltbot/moltbot.json")]
#[case(Layout::Moltbot, &[".moltbot", ".clawdbot/clawdbot.json"], &[], ".clawdbot", ".clawdbot/clawdbot.json")]
#[case(Layout::Openclaw, &[], &[], ".openclaw", ".openclaw/openclaw.json")]
#[case(Layout::Openclaw, &[".moldbot", ".moltbot/clawdbot.json"], &[], ".moltbot", ".moltbot/clawdbot.json")]
#[case(Layout::Hex, &[], &[("HEX_STATE_DIR", "~/elsewhere")], "elsewhere", "elsewhere/hex.json")]
#[case(Layout::Hex, &[], &[("HEX_CONFIG_PATH", " ~/my.json "), ("HEX_STATE_DIR", " ")], ".hex", "my.json")]
#[case(Layout::Hex, &[], &[("AIPRO_STATE_DIR", "~/elsewhere")], ".hex", ".hex/hex.json")]
#[case(Layout::Moltbot, &[], &[("CLAWDBOT_STATE_DIR", "~/old"), ("MOLTBOT_STATE_DIR", "~/new")], "new", "new/moltbot.json")]
#[case(Layout::Openclaw, &[], &[("CLAWDBOT_CONFIG_PATH", "/c.json")], ".openclaw", "/c.json")]
#[case(Layout::Openclaw, &[], &[("OPENCLAW_HOME", "~/h")], "h/.openclaw", "h/.openclaw/openclaw.json")]
#[case(Layout::Hex, &[], &[("HEX_PROFILE", "dev")], ".hex-dev", ".hex-dev/hex.json")]
#[case(Layout::Hex, &[], &[("HEX_PROFILE", "Default")], ".hex", ".hex/hex.json")]
#[case(Layout::Hex, &[], &[("HEX_PROFILE", "dev"), ("HEX_STATE_DIR", "~/s")], "s", "s/hex.json")]
#[case(Layout::NovaEngine, &[], &[("NOVA_ENGINE_STATE_DIR", "~/x"), ("NOVA_STATE_DIR", "~/y")], "y", "y/nova-engine.json")]
fn a_layout_has_its_own_places(
    #[case] layout: Layout,
    #[case] entries: &[&str],
    #[case] variables: &[(&str, &str)],
    #[case] state: &str,
    #[case] config: &str,
) {
    assert_eq!(places(layout, entries, variables), (state.to_owned(), config.to_owned()));
}

#[test]
fn what_is_said_on_the_command_line_is_all_that_counts() {
    let home = home(&[]);
    let set = env(
        home.path(),
        &[
            ("MODELPIN_STATE_DIR", "/a"),
            ("MODELPIN_CONFIG_PATH", "/b"),
            ("MODELPIN_AGENT_DIR", "/c"),
            ("MODELPIN_OAUTH_DIR", "/d"),
        ],
    );
    let places = Places::resolve(Layout::Modelpin, Some(Path::new("~/mine")), &set).unwrap();
    let mine = home.path().join("mine");
    assert_eq!(places.config_path, mine.join("modelpin.json"));
    assert_eq!(places.agent_dir(&from_value(&json!({})).unwrap(), &AgentId::main()), mine.join("agents/main/agent"));
    assert_eq!(places.oauth_dir(), mine.join("credentials"));
    assert_eq!(places.database(), mine.join("modelpin.sqlite"));
    assert_eq!(places.dotenv(), mine.join(".env"));
    assert!(!mine.exists(), "nothing is created by asking");
}

#[test]
fn an_agents_store_is_where_it_says_or_where_the_variable_says_for_main() {
    let home = home(&[]);
    let config =
        from_value(&json!({"agents": {"list": [{"id": "far", "agentDir": "~/far"}, {"id": "near"}]}})).unwrap();
    let set = env(home.path(), &[("HEX_AGENT_DIR", "/main-store"), ("HEX_OAUTH_DIR", "~/oauth")]);
    let places = Places::resolve(Layout::Hex, None, &set).unwrap();
    let dir = |id: &str| places.agent_dir(&config, &AgentId::new(id));
    assert_eq!(dir("far"), home.path().join("far"));
    assert_eq!(dir("near"), home.path().join(".hex/agents/near/agent"));
    assert_eq!(dir("main"), Path::new("/main-store"));
    assert_eq!(places.oauth_dir(), home.path().join("oauth"));
}

#[test]
fn without_a_home_the_state_directory_must_be_named() {
    let nowhere = Environment::default();
    let said = Places::resolve(Layout::Modelpin, None, &nowhere).unwrap_err().to_string();
    assert_eq!(said, "HOME is not set; set it, or name the state directory with --state-dir");
    assert!(Places::resolve(Layout::Modelpin, Some(Path::new("/s")), &nowhere).is_ok());
}

#[test]
fn a_profile_cannot_lead_out_of_the_home_directory() {
    let home = home(&[]);
    let fault = Places::resolve(Layout::Hex, None, &env(home.path(), &[("HEX_PROFILE", "../x")])).unwrap_err();
    assert_eq!(fault.to_string(), "HEX_PROFILE is `../x`: use letters, digits, `-` and `_`");
}

#[test]
fn the_layout_is_the_flags_then_the_variables_then_the_programs_name() {
    let set: Environment = [("MODELPIN_LAYOUT".to_owned(), "hex".to_owned())].into_iter().collect();
    let unset = Environment::default();
    let called = |name| Some(OsStr::new(name));
    assert_eq!(Layout::choose(Some(Layout::Aipro), &set, called("epiloop")), Ok(Layout::Aipro));
    assert_eq!(Layout::choose(None, &set, called("epiloop")), Ok(Layout::Hex));
    assert_eq!(Layout::choose(None, &unset, called("/usr/bin/nova-engine")), Ok(Layout::NovaEngine));
    assert_eq!(Layout::choose(None, &unset, called("modelpin-nightly")), Ok(Layout::Modelpin));
    let wrong: Environment = [("MODELPIN_LAYOUT".to_owned(), "hexx".to_owned())].into_iter().collect();
    assert!(Layout::choose(None, &wrong, None).unwrap_err().to_string().starts_with("`hexx` is no layout"));
    for layout in Layout::ALL {
        assert_eq!(layout.to_string().parse(), Ok(layout));
    }
}
