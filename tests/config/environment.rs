//! Credentials in the environment: which one counts, and which it shadows.

use std::fs;

use modelpin::catalog::ProviderId;
use modelpin::config::{Config, EnvPlace, Environment, Mode, ShellEnvConfig, ShellFault};
use rstest::rstest;
use secrecy::{ExposeSecret, SecretString};

fn env(variables: &[(&str, &str)]) -> Environment {
    variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn found(env: &Environment, provider: &str) -> Vec<(&'static str, EnvPlace, String)> {
    let found = env.credentials(&ProviderId::new(provider).unwrap());
    found.into_iter().map(|one| (one.name, one.place, one.secret.expose_secret().to_owned())).collect()
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
            ("ANTHROPIC_API_KEY", EnvPlace::ProcessEnv, "process-key".to_owned()),
            ("ANTHROPIC_OAUTH_TOKEN", EnvPlace::StateDotenv, "dotenv-token".to_owned()),
            ("ANTHROPIC_API_KEY", EnvPlace::StateDotenv, "dotenv-key".to_owned()),
            ("ANTHROPIC_API_KEY", EnvPlace::ConfigEnv, "config-key".to_owned()),
        ]
    );
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
    assert_eq!(found(&env(&[(name, "x")]), provider), [(name, EnvPlace::ProcessEnv, "x".to_owned())]);
}

#[test]
fn a_provider_without_variables_has_no_credentials() {
    assert_eq!(found(&env(&[("CUSTOM_API_KEY", "x")]), "custom"), []);
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
fn a_missing_dotenv_is_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Environment::default().read_dotenv(&folder.path().join(".env")).is_ok());
}

#[cfg(unix)]
mod login_shell {
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use super::{Config, EnvPlace, Environment, ShellEnvConfig, ShellFault, env, found, fs};

    fn shell(folder: &Path, script: &str) -> Environment {
        let path = folder.join("shell");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
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
        assert_eq!(found(&env, "xai"), [("XAI_API_KEY", EnvPlace::LoginShell, "a=b".to_owned())]);
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
    fn one_that_is_no_absolute_path_is_not_run() {
        let fault = env(&[("SHELL", "sh")]).ask_login_shell(&asked(50), &[]).unwrap_err();
        assert!(matches!(fault, ShellFault::NotAbsolute(_)), "{fault}");
        let switched = env(&[("SHELL", "sh"), ("HEX_LOAD_SHELL_ENV", "1")]);
        assert!(switched.clone().ask_login_shell(&Config::default(), &["HEX"]).is_err());
        assert!(switched.clone().ask_login_shell(&Config::default(), &["AIPRO"]).is_ok());
    }
}
