//! Credentials in the environment: which one counts, and which it shadows.

use std::fs;

use modelpin::catalog::ProviderId;
use modelpin::config::{Config, DotenvTrouble, EnvPlace, Environment, Mode, ShellEnvConfig, ShellFault};
use rstest::rstest;
use secrecy::{ExposeSecret, SecretString};

fn env(variables: &[(&str, &str)]) -> Environment {
    variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn found(env: &Environment, provider: &str) -> Vec<(String, EnvPlace, String)> {
    let found = env.credentials(&ProviderId::new(provider).unwrap());
    found.into_iter().map(|one| (one.name, one.place, one.secret.expose_secret().to_owned())).collect()
}

fn set(name: &str, place: EnvPlace, secret: &str) -> (String, EnvPlace, String) {
    (name.to_owned(), place, secret.to_owned())
}

fn dotenv(text: &str) -> Environment {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".env");
    fs::write(&path, text).unwrap();
    let mut env = Environment::default();
    env.read_dotenv(&path).unwrap();
    env
}

#[test]
fn an_earlier_place_counts_and_every_shadowed_one_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), "ANTHROPIC_OAUTH_TOKEN=dotenv-token\nANTHROPIC_API_KEY=dotenv-key\n")
        .unwrap();
    let mut env = env(&[("ANTHROPIC_API_KEY", " process-key\r\n"), ("ANTHROPIC_OAUTH_TOKEN", "  ")]);
    env.read_dotenv(&folder.path().join(".env")).unwrap();
    let mut config = Config::default();
    config.env_vars.insert("ANTHROPIC_API_KEY".to_owned(), SecretString::from("config-key"));
    env.add_config(&config);
    assert_eq!(
        found(&env, "anthropic"),
        [
            set("ANTHROPIC_API_KEY", EnvPlace::ProcessEnv, "process-key"),
            set("ANTHROPIC_OAUTH_TOKEN", EnvPlace::StateDotenv, "dotenv-token"),
            set("ANTHROPIC_API_KEY", EnvPlace::StateDotenv, "dotenv-key"),
            set("ANTHROPIC_API_KEY", EnvPlace::ConfigEnv, "config-key"),
        ]
    );
    let shadowed = env.credentials(&ProviderId::new("anthropic").unwrap()).into_iter().map(|found| found.shadowed);
    assert_eq!(shadowed.collect::<Vec<_>>(), [false, false, true, true], "another variable is a further credential");
    let modes: Vec<Mode> =
        env.credentials(&ProviderId::new("anthropic").unwrap()).iter().map(|credential| credential.mode).collect();
    assert_eq!(modes, [Mode::ApiKey, Mode::OAuth, Mode::ApiKey, Mode::ApiKey]);
    assert_eq!(env.secret("ANTHROPIC_API_KEY").unwrap().expose_secret(), "process-key");
    assert!(!format!("{env:?}").contains("key"), "no value is printed");
}

#[rstest]
#[case("google", "GEMINI_API_KEY")]
#[case("z.ai", "Z_AI_API_KEY")]
#[case("kimi-coding", "KIMICODE_API_KEY")]
#[case("qwen", "DASHSCOPE_API_KEY")]
#[case("opencode-zen", "OPENCODE_ZEN_API_KEY")]
#[case("doubao", "VOLCANO_ENGINE_API_KEY")]
#[case("github-copilot", "GITHUB_TOKEN")]
fn a_provider_is_known_by_all_of_its_variables(#[case] provider: &str, #[case] name: &'static str) {
    assert_eq!(found(&env(&[(name, "x")]), provider), [set(name, EnvPlace::ProcessEnv, "x")]);
}

#[test]
fn a_provider_without_variables_has_no_credentials() {
    assert_eq!(found(&env(&[("CUSTOM_API_KEY", "x")]), "custom"), []);
}

#[test]
fn several_keys_of_one_vendor_are_several_credentials() {
    let mut env = env(&[
        ("OPENAI_API_KEYS", "first, second;third\tfirst"),
        ("OPENAI_API_KEY_10", "tenth"),
        ("OPENAI_API_KEY_2", "number two"),
        ("OPENAI_API_KEY", "single"),
        ("OPENAI_API_KEY_FILE", "/run/secrets/openai"),
        ("OPENAI_API_KEY_ID", "not a key"),
    ]);
    let mut config = Config::default();
    config.env_vars.insert("OPENAI_API_KEYS".to_owned(), SecretString::from("configured another"));
    config.env_vars.insert("OPENAI_API_KEY_3".to_owned(), SecretString::from("number three"));
    env.add_config(&config);
    assert_eq!(
        found(&env, "openai"),
        [
            set("OPENAI_API_KEY", EnvPlace::ProcessEnv, "single"),
            set("OPENAI_API_KEYS#1", EnvPlace::ProcessEnv, "first"),
            set("OPENAI_API_KEYS#2", EnvPlace::ProcessEnv, "second"),
            set("OPENAI_API_KEYS#3", EnvPlace::ProcessEnv, "third"),
            set("OPENAI_API_KEYS#4", EnvPlace::ProcessEnv, "first"),
            set("OPENAI_API_KEY_2", EnvPlace::ProcessEnv, "number two"),
            set("OPENAI_API_KEY_10", EnvPlace::ProcessEnv, "tenth"),
            set("OPENAI_API_KEYS#1", EnvPlace::ConfigEnv, "configured"),
            set("OPENAI_API_KEYS#2", EnvPlace::ConfigEnv, "another"),
            set("OPENAI_API_KEY_3", EnvPlace::ConfigEnv, "number three"),
        ]
    );
    let shadowed = env.credentials(&ProviderId::new("openai").unwrap()).into_iter().filter(|found| found.shadowed);
    let shadowed: Vec<String> = shadowed.map(|found| found.secret.expose_secret().to_owned()).collect();
    assert_eq!(shadowed, ["configured", "another"], "a list is whole in one place");
}

#[rstest]
#[case("anthropic", "ANTHROPIC_API_KEYS")]
#[case("google", "GEMINI_API_KEYS")]
#[case("google", "GOOGLE_API_KEYS")]
#[case("zai", "ZAI_API_KEYS")]
fn whoever_has_a_variable_for_a_key_has_one_for_several(#[case] provider: &str, #[case] name: &str) {
    let first = set(&format!("{name}#1"), EnvPlace::ProcessEnv, "x");
    assert_eq!(found(&env(&[(name, " ,x; ")]), provider), [first]);
}

#[test]
fn a_token_has_no_list() {
    assert_eq!(found(&env(&[("GH_TOKENS", "x"), ("ANTHROPIC_OAUTH_TOKENS", "x")]), "github-copilot"), []);
    assert_eq!(found(&env(&[("ANTHROPIC_OAUTH_TOKENS", "x"), ("ANTHROPIC_OAUTH_TOKEN_1", "x")]), "anthropic"), []);
}

#[rstest]
#[case("A=b", Some("b"))]
#[case("export A=b", Some("b"))]
#[case(" A = b ", Some("b"))]
#[case("A=a#b", Some("a"))]
#[case("A='a#b'", Some("a#b"))]
#[case("A=a$B${B}", Some("a$B${B}"))]
#[case("A=\"a\\nb\" # said", Some("a\nb"))]
#[case("A='a\\nb'", Some("a\\nb"))]
#[case("A=`it's`", Some("it's"))]
#[case("A=\"one\ntwo\"\nB=3", Some("one\ntwo"))]
#[case("A=it's", Some("it's"))]
#[case("A='open", Some("'open"))]
#[case("A=a=b==", Some("a=b=="))]
#[case("A=\"a=b#c\"", Some("a=b#c"))]
#[case("A=\"say \\\"hi\\\"\"", Some("say \\\"hi\\\""))]
#[case("A=\"one\r\ntwo\"\r\n", Some("one\ntwo"))]
#[case("export\tA=b", Some("b"))]
#[case("A: b", None)]
#[case("A=\\n", Some("\\n"))]
#[case("A=b\r\nB=c\r\n", Some("b"))]
#[case("\u{feff}A=b", Some("b"))]
#[case("no line of ours\nA=b", Some("b"))]
#[case("A=b\nA=c", Some("c"))]
#[case("A=", None)]
#[case("#A=b", None)]
#[case("A=\"\"\n", None)]
fn the_dotenv_is_read_as_the_family_reads_it(#[case] text: &str, #[case] value: Option<&str>) {
    assert_eq!(dotenv(text).var("A"), value);
}

#[test]
fn what_follows_a_quoted_value_is_read_too() {
    let env = dotenv("A=\"one\ntwo\" # said\nB=3\nexportC=4\n");
    assert_eq!((env.var("B"), env.var("exportC")), (Some("3"), Some("4")));
}

#[test]
fn a_line_that_is_not_as_it_should_be_is_told_by_its_number_alone() {
    let env = dotenv("# said\n\nA=\"one\ntwo\"\nsk-test-pasted-here\nB='open\nC=\"x\" sk-test-behind\nD=1 # fine\n");
    let faults: Vec<_> = env.dotenv_flaws().iter().map(|fault| (fault.line, fault.trouble)).collect();
    let expected = [(5, DotenvTrouble::NoVariable), (6, DotenvTrouble::OpenQuote), (7, DotenvTrouble::AfterQuote)];
    assert_eq!(faults, expected);
    assert_eq!((env.var("B"), env.var("C"), env.var("D")), (Some("'open"), Some("x"), Some("1")));
    for fault in env.dotenv_flaws() {
        assert!(!fault.to_string().contains("sk-test"), "{fault}");
    }
    assert_eq!(dotenv("A=b\n\n# c\nexport B='c' # d\nC=").dotenv_flaws(), []);
}

#[test]
fn a_missing_dotenv_is_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Environment::default().read_dotenv(&folder.path().join(".env")).is_ok());
}

#[cfg(unix)]
mod login_shell {
    use std::path::Path;

    use crate::support::script::script;

    use super::{Config, EnvPlace, Environment, ShellEnvConfig, ShellFault, env, found, fs, set};

    fn shell(folder: &Path, text: &str) -> Environment {
        let path = folder.join("shell");
        script(&path, text);
        env(&[("SHELL", path.to_str().unwrap()), ("OPENAI_API_KEY", "process")])
    }

    fn asked(timeout_ms: u64) -> Config {
        Config { shell_env: ShellEnvConfig { enabled: true, timeout_ms: Some(timeout_ms) }, ..Config::default() }
    }

    #[test]
    fn it_is_asked_for_credentials_only_and_comes_last() {
        let folder = tempfile::tempdir().unwrap();
        let script = r#"[ "$*" = "-l -c env -0" ] && printf 'OPENAI_API_KEY=shell\0EDITOR=vi\0XAI_API_KEY=a=b\0'"#;
        let mut env = shell(folder.path(), script);
        env.ask_login_shell(&Config::default(), &["MODELPIN"]).unwrap();
        assert_eq!(found(&env, "xai"), [], "nobody wanted it");
        env.ask_login_shell(&asked(20_000), &["MODELPIN"]).unwrap();
        assert_eq!(found(&env, "xai"), [set("XAI_API_KEY", EnvPlace::LoginShell, "a=b")]);
        assert_eq!(found(&env, "openai").len(), 2);
        assert_eq!((env.var("OPENAI_API_KEY"), env.var("EDITOR")), (Some("process"), None));
    }

    #[test]
    fn one_that_hangs_is_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let mut env = shell(folder.path(), "exec sleep 60");
        let fault = env.ask_login_shell(&asked(50), &[]).unwrap_err();
        assert!(matches!(fault, ShellFault::TimedOut { .. }), "{fault}");
    }

    #[test]
    fn what_it_started_is_stopped_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let note = folder.path().join("started");
        let script = format!("sleep 60 & echo $! > {0}.new; mv {0}.new {0}; wait", note.display());
        let mut env = shell(folder.path(), &script);
        let fault = env.ask_login_shell(&asked(1_000), &[]).unwrap_err();
        assert!(matches!(fault, ShellFault::TimedOut { .. }), "{fault}");
        let started = fs::read_to_string(&note).unwrap();
        let command = format!("/proc/{}/cmdline", started.trim());
        // One that was killed is there until somebody has waited for it, without a command line.
        for _ in 0..500 {
            if fs::read(&command).unwrap_or_default().is_empty() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("{command} runs on");
    }

    #[test]
    fn it_finds_its_files_at_home_and_nothing_to_read() {
        let folder = tempfile::tempdir().unwrap();
        let script = r#"[ -z "$ZDOTDIR$BASH_ENV" ] && read line; printf 'XAI_API_KEY=%s%s\0' "$HOME" "$line""#;
        let home = folder.path().join("home");
        let set_home = ("HOME".to_owned(), home.to_str().unwrap().to_owned());
        let path = ("SHELL".to_owned(), folder.path().join("shell").to_str().unwrap().to_owned());
        shell(folder.path(), script);
        let mut env: Environment = [set_home, path].into_iter().collect();
        env.ask_login_shell(&asked(20_000), &[]).unwrap();
        assert_eq!(env.var("XAI_API_KEY"), home.to_str());
    }

    #[test]
    fn lists_and_numbered_keys_are_taken_too_and_a_blank_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let script = r"printf 'XAI_API_KEYS=a b\0XAI_API_KEY_2=c\0XAI_API_KEY= \0XAI_API_KEY_FILE=/x\0'";
        let mut env = shell(folder.path(), script);
        env.ask_login_shell(&asked(20_000), &[]).unwrap();
        let names: Vec<String> = found(&env, "xai").into_iter().map(|(name, ..)| name).collect();
        assert_eq!(names, ["XAI_API_KEYS#1", "XAI_API_KEYS#2", "XAI_API_KEY_2"]);
        assert_eq!(env.var("XAI_API_KEY_FILE"), None);
    }

    #[test]
    fn a_variable_says_how_long_it_may_take_where_the_configuration_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shell");
        shell(folder.path(), "exec sleep 60");
        let variables = [("SHELL", path.to_str().unwrap()), ("HEX_SHELL_ENV_TIMEOUT_MS", "40")];
        let config = Config { shell_env: ShellEnvConfig { enabled: true, timeout_ms: None }, ..Config::default() };
        let fault = env(&variables).ask_login_shell(&config, &["HEX"]).unwrap_err();
        assert!(fault.to_string().ends_with("within 40 ms"), "{fault}");
    }

    #[test]
    fn one_that_is_no_absolute_path_is_not_run() {
        let fault = env(&[("SHELL", "sh")]).ask_login_shell(&asked(50), &[]).unwrap_err();
        assert!(matches!(fault, ShellFault::NotAbsolute(_)), "{fault}");
        let fault = env(&[("SHELL", "/bin/../bin/sh")]).ask_login_shell(&asked(50), &[]).unwrap_err();
        assert!(matches!(fault, ShellFault::NotAbsolute(_)), "{fault}");
        let switched = env(&[("SHELL", "sh"), ("HEX_LOAD_SHELL_ENV", "1")]);
        assert!(switched.clone().ask_login_shell(&Config::default(), &["HEX"]).is_err());
        assert!(switched.clone().ask_login_shell(&Config::default(), &["AIPRO"]).is_ok());
    }
}
