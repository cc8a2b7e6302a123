//! The logins of other programs: formats, precedence, and what is never kept.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use modelpin::agent::AgentId;
use modelpin::config::{AuthConfig, Environment, Mode, from_value};
use modelpin::profile::{
    AuthStore, Credential, Exclusion, Expiry, ExternalCli, ExternalPaths, OAuth, Profile, Profiles, StorePaths, order,
};
use rstest::rstest;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::profile::support::{Home, id, json as read_json, provider};

pub(super) const CLAUDE: &str = ".claude/.credentials.json";
pub(super) const NOW: i64 = 1_795_000_000;

pub(super) fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

pub(super) fn put(home: &Home, path: &str, value: &Value) -> PathBuf {
    let path = home.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, value.to_string()).unwrap();
    path
}

/// Claude Code's file with a token that ends so many seconds from now.
pub(super) fn claude(name: &str, seconds: i64) -> Value {
    json!({"mcpOAuth": {"server": 1}, "claudeAiOauth": {
        "accessToken": format!("sk-test-access-{name}"), "refreshToken": format!("sk-test-refresh-{name}"),
        "expiresAt": (NOW + seconds) * 1000, "scopes": ["user:inference", "user:profile"], "subscriptionType": "max",
    }})
}

pub(super) fn at_home(home: &Home) -> ExternalPaths {
    let home = ("HOME".to_owned(), home.path().to_str().unwrap().to_owned());
    ExternalPaths { keychain: None, ..ExternalPaths::of(&[home].into_iter().collect::<Environment>()) }
}

pub(super) fn store(home: &Home) -> AuthStore {
    let oauth = home.path().join("oauth.json");
    let paths = StorePaths { own: home.store(), main: home.store(), oauth, agent: AgentId::main() };
    AuthStore::new(paths).with_external(&at_home(home))
}

fn grant(profile: &Profile) -> &OAuth {
    match &profile.credential {
        Credential::OAuth(grant) => grant,
        other => panic!("{other:?}"),
    }
}

fn access(store: &AuthStore, profile: &str) -> String {
    grant(&store.current().profiles.by_id[&id(profile)]).access.as_ref().unwrap().expose_secret().to_owned()
}

fn candidates(vendor: &str, profiles: &Profiles) -> Vec<String> {
    let order = order(&provider(vendor), profiles, &AuthConfig::default(), now());
    order.candidates.iter().map(ToString::to_string).collect()
}

#[test]
fn each_login_appears_as_its_profile_and_names_its_owner() {
    let home = Home::empty();
    let files = [
        put(&home, CLAUDE, &claude("a", 3600)),
        put(
            &home,
            ".codex/auth.json",
            &json!({"OPENAI_API_KEY": null, "tokens": {
                "access_token": "e30.eyJleHAiOjE3OTUwMDc3NzF9.c2ln", "refresh_token": "sk-test-refresh-codex", "account_id": "acc-1",
            }}),
        ),
        put(
            &home,
            ".qwen/oauth_creds.json",
            &json!({"access_token": "sk-test-qwen", "refresh_token": "sk-test-refresh-qwen", "expiry_date": (NOW + 60) * 1000}),
        ),
    ];
    let profiles = store(&home).current().profiles;
    let expected = [
        ("anthropic:claude-cli", "anthropic", "Claude Code", 3600),
        ("openai-codex:codex-cli", "openai-codex", "Codex", 7771),
        ("qwen-portal:qwen-cli", "qwen-portal", "Qwen Code", 60),
    ];
    for ((name, vendor, owner, seconds), file) in expected.into_iter().zip(files) {
        let profile = &profiles.by_id[&id(name)];
        assert_eq!(profile.provider, provider(vendor));
        assert_eq!(profile.origin.managed_by.map(ExternalCli::as_str), Some(owner));
        assert_eq!(profile.origin.path, file);
        assert_eq!(profile.expires(), Expiry::At(Timestamp::from_second(NOW + seconds).unwrap()), "{name}");
        assert!(grant(profile).refresh.is_none(), "{name}: the refresh token is its owner's");
    }
    assert_eq!(profiles.by_id[&id("openai-codex:codex-cli")].account.as_deref(), Some("acc-1"));
    assert!(!format!("{profiles:?}").contains("sk-test"), "{profiles:?}");
}

#[test]
fn an_opaque_token_of_codex_lasts_an_hour_from_when_it_was_written() {
    let home = Home::empty();
    let file = put(&home, ".codex/auth.json", &json!({"tokens": {"access_token": "sk-test-opaque"}}));
    let written = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW.unsigned_abs());
    fs::File::options().write(true).open(file).unwrap().set_modified(written).unwrap();
    let profiles = store(&home).current().profiles;
    let profile = &profiles.by_id[&id("openai-codex:codex-cli")];
    assert_eq!(profile.expires(), Expiry::At(Timestamp::from_second(NOW + 3600).unwrap()));
}

#[rstest]
#[case::no_scope(json!({"accessToken": "sk-test-a", "expiresAt": NOW * 1000, "scopes": ["user:profile"]}), "user:inference")]
#[case::no_scopes(json!({"accessToken": "sk-test-a", "expiresAt": NOW * 1000}), "user:inference")]
#[case::blank(json!({"accessToken": " ", "expiresAt": NOW * 1000, "scopes": ["user:inference"]}), "no access token")]
#[case::no_end(json!({"accessToken": "sk-test-a", "scopes": ["user:inference"]}), "expiresAt")]
#[case::end_at_zero(json!({"accessToken": "sk-test-a", "expiresAt": 0, "scopes": ["user:inference"]}), "expiresAt")]
#[case::no_object(json!("sk-test-a"), "not an object")]
fn a_login_that_is_of_no_use_is_passed_over_with_the_reason(#[case] login: Value, #[case] why: &str) {
    let home = Home::with(r#"{"profiles":{"anthropic:a":{"type":"api_key","provider":"anthropic","key":"sk-test"}}}"#);
    put(&home, CLAUDE, &json!({ "claudeAiOauth": login }));
    let current = store(&home).current();
    assert!(current.trouble.is_empty(), "a note, not an error");
    assert_eq!(current.profiles.by_id.len(), 1);
    let [outside] = &current.profiles.outside[..] else { panic!("{:?}", current.profiles.outside) };
    assert_eq!((outside.id.as_str(), outside.path.as_path()), ("anthropic:claude-cli", &*home.path().join(CLAUDE)));
    assert!(outside.why.contains(why) && outside.why.contains("managed by Claude Code"), "{}", outside.why);
    assert!(!outside.why.contains("sk-test"), "{}", outside.why);
}

#[test]
fn who_is_not_logged_in_is_no_trouble() {
    let home = Home::empty();
    put(&home, CLAUDE, &json!({"mcpOAuth": {}}));
    put(&home, ".codex/auth.json", &json!({"OPENAI_API_KEY": "sk-test-codex", "tokens": null}));
    let profiles = store(&home).current().profiles;
    assert!(profiles.by_id.is_empty() && profiles.outside.is_empty(), "{profiles:?}");
    // Nor is one without a home: this is what the demonstration has.
    assert_eq!(ExternalPaths::of(&Environment::default()), ExternalPaths::default());
}

#[test]
fn what_is_wrong_is_looked_at_again_each_time() {
    let home = Home::empty();
    let file = put(&home, CLAUDE, &claude("a", 60));
    let store = store(&home);
    assert_eq!(access(&store, "anthropic:claude-cli"), "sk-test-access-a");
    let good = fs::read_to_string(&file).unwrap();
    // The same size, and in place.
    fs::write(&file, good.replace('{', "!")).unwrap();
    assert!(store.current().profiles.by_id.is_empty());
    assert!(store.current().profiles.outside[0].why.contains("not valid JSON"));
    let (before, after) = (store.current().profiles, store.current().profiles);
    assert!(std::sync::Arc::ptr_eq(&before, &after), "the same trouble is no change");
    fs::write(&file, &good).unwrap();
    assert_eq!(access(&store, "anthropic:claude-cli"), "sk-test-access-a");
    fs::remove_file(&file).unwrap();
    assert!(store.current().profiles.by_id.is_empty());
    // A fresh login, where there was none a moment ago.
    fs::write(&file, &good).unwrap();
    assert_eq!(access(&store, "anthropic:claude-cli"), "sk-test-access-a");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert!(store.current().profiles.outside[0].why.contains("not a regular file"));
}

#[test]
fn a_valid_login_is_taken_although_the_stored_copy_is_expired_and_the_copy_where_there_is_none() {
    let stored = json!({"profiles": {
        "anthropic:claude-cli": {"type": "oauth", "provider": "anthropic", "access": "sk-test-stored", "expires": 5},
        "anthropic:z": {"type": "api_key", "provider": "anthropic", "key": "sk-test-key"},
    }});
    let home = Home::with(&stored.to_string());
    let file = put(&home, CLAUDE, &claude("fresh", 3600));
    let store = store(&home);
    assert_eq!(access(&store, "anthropic:claude-cli"), "sk-test-access-fresh");
    let ids: Vec<String> = store.current().profiles.by_id.keys().map(ToString::to_string).collect();
    assert_eq!(ids, ["anthropic:claude-cli", "anthropic:z"], "it keeps the place of the copy");
    assert_eq!(store.owner_of(&id("anthropic:claude-cli")).unwrap().path, home.store(), "the copy is the store's");
    fs::remove_file(file).unwrap();
    assert_eq!(access(&store, "anthropic:claude-cli"), "sk-test-stored");
    assert_eq!(read_json(&home.store()), stored);
}

#[test]
fn an_expired_login_says_whom_to_open_until_its_file_changes() {
    let home = Home::empty();
    put(&home, CLAUDE, &claude("old", -60));
    let store = store(&home);
    assert_eq!(store.owner_of(&id("anthropic:claude-cli")), None, "no store has it");
    let profiles = store.current().profiles;
    let excluded = order(&provider("anthropic"), &profiles, &AuthConfig::default(), now()).excluded;
    let [(_, why @ Exclusion::ExpiredOutside(ExternalCli::ClaudeCode, _))] = &excluded[..] else {
        panic!("{excluded:?}")
    };
    assert!(why.to_string().contains("it is managed by Claude Code: run `claude` once to renew it"), "{why}");
    put(&home, CLAUDE, &claude("new", 60));
    assert_eq!(candidates("anthropic", &store.current().profiles), ["anthropic:claude-cli"]);
}

#[test]
fn a_login_that_nobody_named_comes_after_what_was_stored_on_purpose() {
    let key = json!({"type": "api_key", "provider": "anthropic", "key": "sk-test"});
    let home = Home::with(&json!({"profiles": {"anthropic:a": key, "anthropic:b": key}}).to_string());
    put(&home, CLAUDE, &claude("a", 60));
    let store = store(&home);
    assert_eq!(
        candidates("anthropic", &store.current().profiles),
        ["anthropic:a", "anthropic:b", "anthropic:claude-cli"]
    );
    store
        .edit_own(|document| {
            document.set_order(&provider("anthropic"), &[id("anthropic:claude-cli"), id("anthropic:b")]);
        })
        .unwrap();
    assert_eq!(candidates("anthropic", &store.current().profiles), ["anthropic:claude-cli", "anthropic:b"]);
}

#[test]
fn the_refresh_token_is_kept_only_where_write_back_is_on() {
    let home = Home::empty();
    put(&home, CLAUDE, &claude("a", 60));
    let store = store(&home);
    let refresh =
        |store: &AuthStore| grant(&store.current().profiles.by_id[&id("anthropic:claude-cli")]).refresh.is_some();
    assert!(!refresh(&store));
    store.allow_write_back(true);
    assert!(refresh(&store));
    store.allow_write_back(false);
    assert!(!refresh(&store));
}

#[test]
fn older_configurations_call_it_a_token_and_mean_either() {
    let entry = |id: &str| json!({"auth": {"profiles": {id: {"mode": "token"}}}});
    let mode = |id: &str| from_value(&entry(id)).unwrap().auth.profiles[0].mode;
    assert_eq!((mode("anthropic:claude-cli"), mode("anthropic:work")), (Mode::OAuth, Mode::Token));
    let config = from_value(&json!({"auth": {"claudeCli": {"writeBack": true, "sync": false}}})).unwrap();
    assert_eq!((config.auth.claude_cli.write_back, config.auth.claude_cli.sync), (true, Some(false)));
    let fault = from_value(&json!({"auth": {"claudeCli": {"writeBack": "yes"}}})).unwrap_err().to_string();
    assert!(fault.contains("auth.claudeCli.writeBack"), "{fault}");
}
