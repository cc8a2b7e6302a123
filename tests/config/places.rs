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
#[case(Layout::Hex, &[".clawdbot/clawdbot.json", ".moltbot"], &[], ".hex", ".hex/hex.json")]
#[case(Layout::Epiloop, &[".clawdbot/epiloop.json"], &[("CLAWDBOT_STATE_DIR", "~/old")], ".epiloop", ".epiloop/epiloop.json")]
#[case(Layout::Moltbot, &[".clawdbot/clawdbot.json", ".clawdbot/moltbot.json"], &[], ".clawdbot", ".clawdbot/moltbot.json")]
#[case(Layout::Moltbot, &[".moltbot", ".clawdbot"], &[], ".clawdbot", ".clawdbot/moltbot.json")]
#[case(Layout::Moltbot, &[], &[("CLAWDBOT_STATE_DIR", "~/old")], "old", "old/moltbot.json")]
#[case(Layout::Moltbot, &[], &[("CLAWDBOT_CONFIG_PATH", "~/old.json")], ".clawdbot", "old.json")]
#[case(Layout::Moltbot, &[], &[("CLAWDBOT_PROFILE", "dev")], ".clawdbot-dev", ".clawdbot-dev/moltbot.json")]
#[case(Layout::Moltbot, &[], &[("MOLTBOT_HOME", "~/h")], ".clawdbot", ".clawdbot/moltbot.json")]
#[case(Layout::Openclaw, &[".moldbot"], &[], ".moldbot", ".moldbot/openclaw.json")]
#[case(Layout::Openclaw, &[".clawdbot", ".moltbot"], &[], ".clawdbot", ".clawdbot/openclaw.json")]
#[case(Layout::Openclaw, &[".clawdbot", ".openclaw"], &[], ".openclaw", ".openclaw/openclaw.json")]
#[case(Layout::Openclaw, &[".openclaw/moldbot.json"], &[], ".openclaw", ".openclaw/moldbot.json")]
#[case(Layout::Openclaw, &[], &[("OPENCLAW_STATE_DIR", "~/s"), ("CLAWDBOT_STATE_DIR", "~/old")], "s", "s/openclaw.json")]
#[case(Layout::Openclaw, &[], &[("CLAWDBOT_STATE_DIR", "~/old")], "old", "old/openclaw.json")]
#[case(Layout::NovaEngine, &[], &[("NOVA_HOME", "~/h")], "h/.nova-engine", "h/.nova-engine/nova-engine.json")]
#[case(Layout::NovaEngine, &[".moltbot/moltbot.json", ".moldbot/moldbot.json"], &[], ".nova-engine", ".moldbot/moldbot.json")]
#[case(Layout::NovaEngine, &[".clawdbot/clawdbot.json"], &[("NOVA_STATE_DIR", "~/s")], "s", "s/nova-engine.json")]
#[case(Layout::Aipro, &[], &[("AIPRO_PROFILE", "b"), ("AIPRO_CONFIG_PATH", "~/c.json")], ".aipro-b", "c.json")]
#[case(Layout::Modelpin, &[".clawdbot", ".openclaw"], &[("OPENCLAW_STATE_DIR", "/x")], ".modelpin", ".modelpin/modelpin.json")]
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

/// Which variable of the main agent's directory counts with which layout, and that asking makes and moves nothing.
#[rstest]
#[case(Layout::Modelpin, &["MODELPIN_AGENT_DIR"], &["PI_CODING_AGENT_DIR", "CLAWDBOT_AGENT_DIR"])]
#[case(Layout::Hex, &["HEX_AGENT_DIR", "PI_CODING_AGENT_DIR"], &["CLAWDBOT_AGENT_DIR"])]
#[case(Layout::Aipro, &["AIPRO_AGENT_DIR", "PI_CODING_AGENT_DIR"], &["CLAWDBOT_AGENT_DIR"])]
#[case(Layout::NovaEngine, &["NOVA_AGENT_DIR", "PI_CODING_AGENT_DIR"], &["NOVA_ENGINE_AGENT_DIR"])]
#[case(Layout::Moltbot, &["MOLTBOT_AGENT_DIR", "CLAWDBOT_AGENT_DIR", "PI_CODING_AGENT_DIR"], &["OPENCLAW_AGENT_DIR"])]
#[case(Layout::Epiloop, &["EPILOOP_AGENT_DIR", "PI_CODING_AGENT_DIR"], &["CLAWDBOT_AGENT_DIR"])]
#[case(Layout::Openclaw, &["OPENCLAW_AGENT_DIR", "CLAWDBOT_AGENT_DIR", "PI_CODING_AGENT_DIR"], &["MOLTBOT_AGENT_DIR"])]
fn the_main_agents_directory_is_a_variable_of_the_layout(
    #[case] layout: Layout,
    #[case] counts: &[&str],
    #[case] others: &[&str],
) {
    let home = home(&[".clawdbot/agents/main/agent/auth-profiles.json", ".moltbot"]);
    let config = from_value(&json!({})).unwrap();
    let dir = |variables: &[(&str, &str)]| {
        Places::resolve(layout, None, &env(home.path(), variables)).unwrap().agent_dir(&config, &AgentId::main())
    };
    // The first that is set counts: each of them is given a value of its own.
    for from in 0..counts.len() {
        let set: Vec<(&str, String)> = counts[from..].iter().map(|name| (*name, format!("/by/{name}"))).collect();
        let set: Vec<(&str, &str)> = set.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(dir(&set), Path::new("/by").join(counts[from]));
    }
    let usual = dir(&[]);
    assert!(usual.ends_with("agents/main/agent"), "{}", usual.display());
    for name in others {
        assert_eq!(dir(&[(name, "/elsewhere")]), usual, "{name} belongs to another program");
    }
    let mut left: Vec<_> = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, [".clawdbot", ".moltbot"], "nothing is made, moved or renamed");
}

#[rstest]
#[case("", "main")]
#[case("  Work ", "work")]
#[case("Ops_2-b", "ops_2-b")]
#[case("Ann's Bot!", "ann-s-bot")]
#[case("--x--", "x")]
#[case("x--", "x--")]
#[case("a- b", "a--b")]
#[case("-x", "x")]
#[case("!!!", "main")]
fn an_agents_directory_is_named_by_its_normal_id(#[case] written: &str, #[case] folder: &str) {
    let home = home(&[]);
    let places = Places::resolve(Layout::Hex, None, &env(home.path(), &[])).unwrap();
    let dir = places.agent_dir(&from_value(&json!({})).unwrap(), &AgentId::new(written));
    assert_eq!(dir, home.path().join(".hex/agents").join(folder).join("agent"));
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
