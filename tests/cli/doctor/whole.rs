//! Whole installations: a healthy one, one in which everything is wrong, and those of other layouts.

use std::fs;

use serde_json::json;

use crate::cli::doctor::patient::{ACCESS, DEFAULT, Patient, REFRESH, WORK, assert_same, grant, key};

#[test]
fn a_healthy_one_is_told_in_one_line() {
    let patient = Patient::healthy();
    let before = patient.snapshot();
    let ended = patient.doctor(&[]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
    assert!(ended.out.starts_with("Nothing to mend in ") && ended.out.lines().count() == 1, "{}", ended.out);
    assert_same(&before, &patient.snapshot());
    let value = patient.json(&[]);
    assert_eq!(value["findings"], json!([]));
    for path in value["looked"].as_array().unwrap() {
        assert!(fs::exists(path.as_str().unwrap()).unwrap(), "{path}");
    }
}

/// Nothing is changed by looking, nothing is said twice, and no secret is said at all.
#[test]
fn everything_wrong_at_once_is_found_and_mended_as_far_as_it_can_be() {
    let patient = Patient::healthy();
    patient.pin();
    patient.store(&json!({
        "profiles": {
            "anthropic:default": key(DEFAULT),
            "anthropic:claude-cli": grant(),
            "anthropic:old": {"type": "token", "provider": "anthropic", "token": REFRESH, "expires": 1000},
            "anthropic:odd": {"type": "what"},
        },
        "order": {"anthropic": ["anthropic:default", "anthropic:gone", "anthropic:claude-cli"]},
    }));
    patient.config(json!({
        "auth": {"profiles": {"anthropic:claude-cli": {"provider": "anthropic", "mode": "token"}}},
        "channels": {"telegram": {"groupAllowFrom": []}},
        "agents": {"defaults": {"models": {"anthropic/claude-opus-4-6": {"alias": "sonnet"}}}},
    }));
    let helper = json!({"profiles": {"anthropic:default": key(DEFAULT)}});
    patient.write("agents/helper/agent/auth-profiles.json", &helper.to_string());
    patient.write("state/openclaw.sqlite", &"no database, and too long to be an empty one. ".repeat(4));
    patient.write(".env", &format!("ANTHROPIC_API_KEY={WORK}\n"));
    let lock = patient.write("agents/main/agent/auth-profiles.json.lock", "");
    patient.age(&lock);
    for path in [".env", "modelpin.json", "agents/main/agent/auth-profiles.json"] {
        patient.mode(&patient.path(path), 0o666);
    }
    patient.mode(&patient.home.state(), 0o777);
    let before = patient.snapshot();
    let ended = patient.doctor(&[]);
    assert_eq!(ended.code, 1, "{}", ended.out);
    assert_same(&before, &patient.snapshot());
    let codes = |value: &serde_json::Value| -> Vec<String> {
        let all = value["findings"].as_array().unwrap().iter();
        all.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
    };
    let found = codes(&patient.json(&[]));
    for code in [
        "file-exposed",
        "folder-exposed",
        "lock-stale",
        "copy-of-main",
        "store-leftover",
        "entry-unreadable",
        "credential-expired",
        "source-shadowed",
        "mode-mismatch",
        "order-ghost",
        "alias-collision",
        "allowlist-empty",
        "pin-missing",
    ] {
        assert!(found.contains(&code.to_owned()), "{code}: {}", ended.out);
    }
    let value = patient.json(&["--fix", "--yes"]);
    assert!(value["repairs"].as_array().unwrap().iter().all(|repair| repair["outcome"] == "mended"), "{value:#}");
    let left = codes(&value);
    for code in
        ["file-exposed", "folder-exposed", "lock-stale", "copy-of-main", "mode-mismatch", "order-ghost", "pin-missing"]
    {
        assert!(!left.contains(&code.to_owned()), "{code}: {value:#}");
    }
    let mended = patient.snapshot();
    assert_eq!(patient.json(&["--fix", "--yes"])["repairs"], json!([]));
    assert_same(&mended, &patient.snapshot());
}

#[test]
fn where_the_configuration_is_broken_everything_else_is_examined() {
    let patient = Patient::healthy();
    patient.write("modelpin.json", "{ nonsense");
    patient.mode(&patient.home.store(), 0o644);
    patient.write("agents/helper/agent/auth-profiles.json", "{");
    let value = patient.json(&[]);
    let all = value["findings"].as_array().unwrap().iter();
    let mut codes: Vec<&str> = all.map(|finding| finding["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["config-unreadable", "file-exposed", "store-unreadable"], "{value:#}");
    assert_eq!(value["code"], 65);
}

/// What a store that cannot be read may have is not told to be gone, and nothing is mended as if it were.
#[test]
fn nobody_is_missed_while_a_store_cannot_be_read() {
    let patient = Patient::healthy();
    patient.pin();
    patient.config(json!({"auth": {"order": {"anthropic": ["anthropic:default", "anthropic:work"]}}}));
    patient.write("agents/main/agent/auth-profiles.json", "{\"profiles\": {");
    let value = patient.json(&["--fix", "--yes"]);
    assert_eq!((&value["repairs"], &value["code"]), (&json!([]), &json!(65)), "{value:#}");
    for code in ["pin-missing", "order-ghost"] {
        assert!(patient.findings(code).is_empty(), "{value:#}");
    }
}

/// The copies of a broken store are named, and none is put in its place.
#[test]
fn a_corrupt_store_is_told_with_its_copies_and_left() {
    let patient = Patient::healthy();
    patient.write("agents/main/agent/auth-profiles.json", "{\"profiles\"");
    let copy = patient.write("agents/main/agent/auth-profiles.json.bak", "{}");
    let value = patient.json(&["--fix", "--yes"]);
    let fix = value["findings"][0]["fix"].as_str().unwrap();
    assert!(fix.contains(copy.to_str().unwrap()), "{value:#}");
    assert_eq!(fs::read_to_string(patient.home.store()).unwrap(), "{\"profiles\"");
}

/// The one thing that is written: what every command of that layout writes.
#[test]
fn epiloops_doctor_copies_the_login_of_claude_code() {
    let patient = Patient::healthy();
    let login = json!({"claudeAiOauth": {"accessToken": ACCESS, "refreshToken": REFRESH, "expiresAt": 4_102_444_800_000_u64, "scopes": ["user:inference"]}});
    let folder = patient.home.path().join(".claude");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join(".credentials.json"), login.to_string()).unwrap();
    let store = patient.home.path().join(".epiloop/agents/main/agent/auth-profiles.json");
    let ended = patient.doctor(&["--layout", "epiloop"]);
    assert!(store.exists() && ended.err.contains("anthropic:claude-cli"), "{ended:?}");
    let before = patient.snapshot();
    patient.doctor(&["--layout", "epiloop"]);
    assert_same(&before, &patient.snapshot());
}

#[test]
fn a_login_of_another_program_is_advised_about_and_never_changed() {
    let patient = Patient::healthy();
    let folder = patient.home.path().join(".claude");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join(".credentials.json"), "{}").unwrap();
    patient.mode(&folder.join(".credentials.json"), 0o644);
    let [found] = &patient.findings("file-exposed")[..] else { panic!("not found once") };
    assert_eq!((&found["fixable"], &found["severity"]), (&json!(false), &json!("warning")));
}

/// A line that is told can be typed: it names the agent that is meant, once.
#[test]
fn a_line_to_type_is_about_the_agent_that_is_meant() {
    let patient = Patient::healthy();
    let odd = json!({"profiles": {"anthropic:odd": 7}});
    patient.write("agents/helper/agent/auth-profiles.json", &odd.to_string());
    for arguments in [&[][..], &["--agent", "main"], &["--agent", "helper"]] {
        let value = patient.json(arguments);
        let all = value["findings"].as_array().unwrap().iter();
        let fixes: Vec<&str> = all.filter_map(|finding| finding["fix"].as_str()).collect();
        assert!(fixes.contains(&"modelpin models auth remove anthropic:odd --agent helper"), "{value:#}");
    }
    assert_eq!(patient.home.run(&["models", "auth", "remove", "anthropic:odd", "--agent", "helper"]).code, 0);
    assert!(patient.findings("entry-unreadable").is_empty());
}
