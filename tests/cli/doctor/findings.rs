//! Each finding, where there is something to find. That there is none elsewhere is said by the healthy installation.

use std::fs;

use rstest::rstest;
use serde_json::{Value, json};

use crate::cli::doctor::patient::{DEFAULT, Patient, REFRESH, WORK, assert_same, grant, key};
use crate::cli::support::nowhere;

/// How an installation falls ill.
type Illness = fn(&Patient);

fn profiles(profiles: Value) -> Value {
    json!({"version": 1, "profiles": profiles})
}

/// What no database can be read from.
const UNREADABLE: &str = "no database at all, but longer than the header of one, which is a hundred bytes: so much that nobody can take it for empty";

#[rstest]
#[case("config-unreadable", 65, |p: &Patient| drop(p.write("modelpin.json", "{ agents: ")))]
#[case("store-unreadable", 65, |p: &Patient| drop(p.write("agents/main/agent/auth-profiles.json", "{\"profiles\": {")))]
#[case("state-unreadable", 65, |p: &Patient| drop(p.write("modelpin.sqlite", UNREADABLE)))]
#[case("entry-unreadable", 0, |p: &Patient| p.store(&profiles(json!({"anthropic:default": key(DEFAULT), "anthropic:odd": 7}))))]
#[case("store-leftover", 0, |p: &Patient| drop(p.write("state/openclaw.sqlite", UNREADABLE)))]
#[case("store-leftover", 0, |p: &Patient| drop(p.write("agents/main/agent/openclaw-agent.sqlite", UNREADABLE)))]
#[case("store-elsewhere", 1, |p: &Patient| { p.write("state/openclaw.sqlite", UNREADABLE); fs::remove_file(p.home.store()).unwrap(); })]
#[case("copy-of-main", 0, |p: &Patient| drop(p.write("agents/helper/agent/auth-profiles.json", &profiles(json!({"anthropic:work": key(WORK)})).to_string())))]
#[case("copy-differs", 0, |p: &Patient| {
    p.store(&profiles(json!({"anthropic:ann": grant()})));
    let mut older = grant();
    older["refresh"] = json!("rt-test-doctor-older-90ab31");
    p.write("agents/helper/agent/auth-profiles.json", &profiles(json!({"anthropic:ann": older})).to_string());
})]
#[case("file-exposed", 78, |p: &Patient| p.mode(&p.home.store(), 0o644))]
#[case("file-exposed", 78, |p: &Patient| { let path = p.write(".env", "A=b\n"); p.mode(&path, 0o604); })]
#[case("file-exposed", 78, |p: &Patient| { let path = p.write("modelpin.json.bak.2", "{}"); p.mode(&path, 0o644); })]
#[case("file-exposed", 78, |p: &Patient| { let path = p.write("agents/main/agent/models.json", "{}"); p.mode(&path, 0o644); })]
#[case("file-exposed", 78, |p: &Patient| { let path = p.write("agents/main/agent/auth.json", "{}"); p.mode(&path, 0o644); })]
#[case("file-exposed", 78, |p: &Patient| { let path = p.write("agents/main/agent/auth-profiles.json.abc.tmp", "{}"); p.mode(&path, 0o644); })]
#[case("file-exposed", 78, |p: &Patient| { let path = p.write("credentials/oauth.json", "{}"); p.mode(&path, 0o644); })]
#[case("file-exposed", 78, |p: &Patient| {
    p.config(json!({"agents": {"list": [{"id": "main"}, {"id": "far", "agentDir": "elsewhere/far"}]}}));
    let path = p.write("elsewhere/far/auth-profiles.json", "{\"profiles\": {}}");
    p.mode(&path, 0o640 | 0o004);
})]
#[case("file-exposed", 0, |p: &Patient| p.mode(&p.home.store(), 0o640))]
#[case("folder-exposed", 0, |p: &Patient| p.mode(&p.home.state(), 0o755))]
#[case("folder-exposed", 78, |p: &Patient| p.mode(&p.path("agents/main/agent"), 0o777))]
#[case("lock-stale", 0, |p: &Patient| { let lock = p.write("agents/main/agent/auth-profiles.json.lock", "{}"); p.age(&lock); })]
#[case("lock-stale", 0, |p: &Patient| { let lock = p.path("agents/main/agent/auth-profiles.json.lock"); fs::create_dir(&lock).unwrap(); p.age(&lock); })]
#[case("temporary-left", 0, |p: &Patient| { let left = p.write("agents/main/agent/.auth-profiles.json.modelpin-x1.tmp", "{"); p.age(&left); })]
#[case("credential-missing", 1, |p: &Patient| p.store(&profiles(json!({}))))]
#[case("credential-missing", 1, |p: &Patient| p.store(&profiles(json!({"anthropic:default": key(" ")}))))]
#[case("credential-expired", 1, |p: &Patient| p.store(&profiles(json!({"anthropic:t": {"type": "token", "provider": "anthropic", "token": WORK, "expires": 1000}}))))]
#[case("credential-unusable", 1, |p: &Patient| p.store(&profiles(json!({"anthropic:t": {"type": "token", "provider": "anthropic", "token": WORK, "expires": "soon"}}))))]
#[case("credential-waiting", 0, |p: &Patient| p.store(&json!({"profiles": {"anthropic:default": key(DEFAULT), "anthropic:work": key(WORK)}, "usageStats": {"anthropic:work": {"cooldownUntil": 4_102_444_800_000_u64}}})))]
#[case("source-shadowed", 0, |p: &Patient| drop(p.write(".env", &format!("ANTHROPIC_API_KEY={REFRESH}\n"))))]
#[case("declared-missing", 1, |p: &Patient| p.config(json!({"auth": {"profiles": {
    "anthropic:default": {"provider": "anthropic", "mode": "api_key"}, "anthropic:work": {"provider": "anthropic", "mode": "api_key"},
    "anthropic:gone": {"provider": "anthropic", "mode": "api_key"}}}})))]
#[case("mode-mismatch", 1, |p: &Patient| p.config(json!({"auth": {"profiles": {"anthropic:default": {"provider": "anthropic", "mode": "token"}}}})))]
#[case("provider-mismatch", 1, |p: &Patient| p.config(json!({"auth": {"order": {"anthropic": ["anthropic:default"]}, "profiles": {"anthropic:default": {"provider": "openai", "mode": "api_key"}}}})))]
#[case("order-ghost", 1, |p: &Patient| p.store(&json!({"profiles": {"anthropic:default": key(DEFAULT)}, "order": {"anthropic": ["anthropic:default", "anthropic:gone"]}})))]
#[case("order-ghost", 1, |p: &Patient| p.config(json!({"auth": {"order": {"anthropic": ["anthropic:default", "anthropic:work", "anthropic:gone"]}}})))]
#[case("order-spellings", 0, |p: &Patient| p.store(&json!({
    "profiles": {"anthropic:default": key(DEFAULT), "zai:a": {"type": "api_key", "provider": "zai", "key": WORK}},
    "order": {"Z.AI": ["zai:a"], "zai": ["zai:a"]}})))]
#[case("order-hides", 0, |p: &Patient| p.config(json!({"auth": {"profiles": {"anthropic:default": {"provider": "anthropic", "mode": "api_key"}}}})))]
#[case("order-empty", 1, |p: &Patient| p.config(json!({"auth": {"order": {"anthropic": []}}})))]
#[case("pin-missing", 1, |p: &Patient| { p.pin(); p.store(&profiles(json!({"anthropic:default": key(DEFAULT)}))); })]
#[case("alias-collision", 0, |p: &Patient| p.config(json!({"agents": {"defaults": {"models": {"anthropic/claude-opus-4-6": {"alias": "SONNET"}}}}})))]
#[case("model-unusable", 0, |p: &Patient| p.config(json!({"agents": {"defaults": {"model": {"fallbacks": ["nobody-knows-it"]}}}})))]
#[case("channel-unusable", 0, |p: &Patient| p.config(json!({"channels": {"telegram": {"botToken": "123456:TEST-a", "proxy": "socks5://127.0.0.1:9"}}})))]
#[case("channel-unusable", 78, |p: &Patient| p.config(json!({"channels": {"telegram": {"accounts": {"a": {}}}}})))]
#[case("channel-unusable", 78, |p: &Patient| p.config(json!({"channels": {"discord": {"enabled": true}}})))]
#[case("channel-unusable", 78, |p: &Patient| p.config(json!({"channels": {"discord": {"token": "MTEx.TEST-1.a", "shards": {"total": 2, "range": [0, 2]}}}})))]
#[case("allowlist-empty", 0, |p: &Patient| p.config(json!({"channels": {"discord": {"allowFrom": []}}})))]
#[case("file-exposed", 78, |p: &Patient| {
    let path = p.write("bot-token", "123456:TEST-token");
    p.mode(&path, 0o644);
    p.config(json!({"channels": {"telegram": {"tokenFile": path}}}));
})]
#[case("allowlist-empty", 0, |p: &Patient| p.config(json!({"channels": {"telegram": {"allowFrom": []}}})))]
#[case("allowlist-empty", 0, |p: &Patient| p.config(json!({"channels": {"telegram": {"groups": {"-1": {"allowFrom": []}}}}})))]
#[case("allowlist-empty", 0, |p: &Patient| p.config(json!({"channels": {"telegram": {"groups": {}}}})))]
#[case("access-ineffective", 0, |p: &Patient| p.config(json!({"access": {"roles": {"owner": ["role:70"]}}})))]
#[case("access-ineffective", 0, |p: &Patient| p.config(json!({"access": {"chats": {"-100123": {"switchModel": "owner"}}}})))]
#[case("access-ineffective", 0, |p: &Patient| p.config(json!({"access": {"chats": {"*": {"pairs": ["anthropic/*@openai:team"]}}}})))]
#[case("allowlist-empty", 0, |p: &Patient| p.config(json!({"channels": {"telegram": {"dmPolicy": "open", "allowFrom": ["1"], "accounts": {"a": {"botToken": "123456:TEST-a", "dmPolicy": "open", "allowFrom": ["*"]}}}}})))]
fn is_found(#[case] code: &str, #[case] exit: u8, #[case] falls_ill: Illness) {
    let patient = Patient::healthy();
    falls_ill(&patient);
    let before = patient.snapshot();
    let value = patient.json(&[]);
    assert_same(&before, &patient.snapshot());
    let all = value["findings"].as_array().unwrap();
    let found: Vec<&Value> = all.iter().filter(|finding| finding["code"] == code).collect();
    assert_eq!(found.len(), 1, "{value:#}");
    assert_eq!(value["code"], exit, "{value:#}");
    assert!(found[0]["fix"].as_str().is_some_and(|fix| !fix.is_empty()), "{value:#}");
    if let Some(path) = found[0]["where"]["path"].as_str() {
        assert!(fs::exists(path).unwrap(), "{path}");
    }
    // What is gone is told once, by the check that knows most of it.
    let missing = all.iter().filter(|finding| finding["code"] == "credential-missing").count();
    let explained = ["declared-missing", "order-ghost", "pin-missing"].contains(&code);
    assert!(!explained || missing == 0, "{value:#}");
}

#[test]
fn what_ends_soon_is_2() {
    let patient = Patient::healthy();
    let soon = jiff::Timestamp::now().as_millisecond() + 3_600_000;
    let token = json!({"type": "token", "provider": "anthropic", "token": WORK, "expires": soon});
    patient.store(&profiles(json!({"anthropic:t": token})));
    let value = patient.json(&[]);
    assert_eq!(
        (&value["findings"][0]["code"], &value["code"]),
        (&json!("credential-expiring"), &json!(2)),
        "{value:#}"
    );
}

#[test]
fn a_lock_that_is_held_and_a_write_that_is_going_on_are_not_told() {
    let patient = Patient::healthy();
    let pid = std::process::id();
    let now = jiff::Timestamp::now();
    let lock = json!({"pid": pid, "createdAt": now.to_string()});
    patient.write("agents/main/agent/auth-profiles.json.lock", &lock.to_string());
    patient.write("agents/main/agent/.auth-profiles.json.modelpin-x1.tmp", "{");
    assert_eq!(patient.json(&[])["findings"], json!([]));
}

#[test]
fn a_running_program_with_another_environment_is_told() {
    let patient = Patient::healthy();
    patient.store(&profiles(json!({})));
    let mut command = patient.home.program();
    command.args(["chat", "--jsonl"]).env("ANTHROPIC_API_KEY", REFRESH);
    command
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    // An answer says that it is up.
    let (mut input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    std::io::Write::write_all(&mut input, b"{\"text\":\"/help\"}\n").unwrap();
    let mut line = String::new();
    let mut output = std::io::BufReader::new(output);
    std::io::BufRead::read_line(&mut output, &mut line).unwrap();
    let found = patient.findings("running-differs");
    drop((input, output));
    child.wait().unwrap();
    assert!(found.iter().any(|finding| finding["what"].as_str().unwrap().contains("ANTHROPIC_API_KEY")), "{found:?}");
    assert!(found[0]["what"].as_str().unwrap().contains(&child.id().to_string()), "{found:?}");
}

/// `--probe` alone opens a connection; there nobody listens.
#[test]
fn a_request_that_is_not_answered_is_told_only_where_one_was_asked_for() {
    let patient = Patient::healthy();
    assert!(patient.findings("probe-failed").is_empty());
    let nobody = json!({"baseUrl": nowhere("anthropic"), "api": "anthropic-messages", "models": []});
    patient.config(json!({"models": {"providers": {"anthropic": nobody}}}));
    let value = patient.json(&["--probe", "--probe-timeout", "2s"]);
    let found =
        value["findings"].as_array().unwrap().iter().filter(|finding| finding["code"] == "probe-failed").count();
    assert_eq!(found, 2, "{value:#}");
    assert_eq!(patient.doctor(&["--probe-timeout", "2s"]).code, 64);
}

/// Only where somebody else can own something.
#[test]
fn what_belongs_to_somebody_else_is_told_and_not_changed() {
    let patient = Patient::healthy();
    let path = patient.write(".env", "A=b\n");
    let Ok(()) = std::os::unix::fs::chown(&path, Some(12_345), None) else { return };
    let found = patient.findings("owner-differs");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0]["fix"].as_str().unwrap().starts_with("chown "), "{found:?}");
    assert_eq!(found[0]["fixable"], false);
}
