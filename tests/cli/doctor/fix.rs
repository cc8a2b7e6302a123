//! `--fix`: shown, copied, done, looked at again, and nothing left for a second run.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::MetadataExt as _;
use std::process::Stdio;

use rstest::rstest;
use serde_json::{Value, json};

use crate::cli::doctor::patient::{DEFAULT, Patient, WORK, assert_same, grant, key};

fn profiles(profiles: Value) -> Value {
    json!({"version": 1, "profiles": profiles})
}

fn helper(patient: &Patient, store: &Value) {
    patient.write("agents/helper/agent/auth-profiles.json", &store.to_string());
}

#[rstest]
#[case("file-exposed", 0, |p: &Patient| p.mode(&p.home.store(), 0o644))]
#[case("folder-exposed", 0, |p: &Patient| p.mode(&p.home.state(), 0o755))]
#[case("lock-stale", 0, |p: &Patient| { let lock = p.write("agents/main/agent/auth-profiles.json.lock", "{}"); p.age(&lock); })]
#[case("lock-stale", 0, |p: &Patient| { let lock = p.path("agents/main/agent/auth-profiles.json.lock"); fs::create_dir(&lock).unwrap(); p.age(&lock); })]
#[case("temporary-left", 0, |p: &Patient| {
    let left = p.write("agents/main/agent/.auth-profiles.json.modelpin-x1.tmp", &profiles(json!({"anthropic:work": key(WORK)})).to_string());
    p.age(&left);
})]
#[case("order-ghost", 1, |p: &Patient| p.store(&json!({"own": [1], "profiles": {"anthropic:default": key(DEFAULT)}, "order": {"anthropic": ["anthropic:gone", "anthropic:default"]}})))]
#[case("order-ghost", 1, |p: &Patient| p.config(json!({"auth": {"order": {"anthropic": ["anthropic:default", "anthropic:gone", "anthropic:work"]}}})))]
#[case("mode-mismatch", 1, |p: &Patient| {
    p.store(&profiles(json!({"anthropic:claude-cli": grant()})));
    p.config(json!({"auth": {"profiles": {"anthropic:claude-cli": {"provider": "anthropic", "mode": "token"}}}}));
})]
#[case("mode-mismatch", 1, |p: &Patient| {
    p.store(&profiles(json!({"anthropic:ann": grant()})));
    p.config(json!({"auth": {"profiles": {"anthropic:ann": {"provider": "anthropic", "mode": "token"}}}}));
})]
#[case("copy-of-main", 1, |p: &Patient| helper(p, &json!({"profiles": {"anthropic:work": key(WORK)}, "order": {"anthropic": ["anthropic:work", "anthropic:default"]}})))]
#[case("pin-missing", 0, |p: &Patient| { p.pin(); p.store(&profiles(json!({"anthropic:default": key(DEFAULT)}))); })]
fn is_mended(#[case] code: &str, #[case] copies: usize, #[case] falls_ill: fn(&Patient)) {
    let patient = Patient::healthy();
    falls_ill(&patient);
    let before = patient.snapshot();
    let [found] = &patient.findings(code)[..] else { panic!("not found once") };
    assert_eq!(found["fixable"], true);
    // Where nobody can be asked, nothing is done.
    let unasked = patient.json(&["--fix"]);
    assert_eq!(unasked["repairs"][0]["outcome"], "unasked", "{unasked:#}");
    assert_same(&before, &patient.snapshot());
    let value = patient.json(&["--fix", "--yes"]);
    let repairs = value["repairs"].as_array().unwrap();
    assert_eq!(repairs.len(), 1, "{value:#}");
    assert_eq!((&repairs[0]["code"], &repairs[0]["outcome"]), (&json!(code), &json!("mended")), "{value:#}");
    let kept = repairs[0]["copies"].as_array().unwrap();
    assert_eq!(kept.len(), copies, "{value:#}");
    for copy in kept {
        let copy = std::path::Path::new(copy.as_str().unwrap());
        assert_eq!(fs::metadata(copy).unwrap().mode() & 0o777, 0o600, "{}", copy.display());
        let bytes = fs::read(copy).unwrap();
        assert!(before.values().any(|(old, _, _)| *old == bytes), "a copy holds what was there");
    }
    assert!(value["findings"].as_array().unwrap().iter().all(|finding| finding["code"] != code), "{value:#}");
    let mended = patient.snapshot();
    let again = patient.json(&["--fix", "--yes"]);
    assert_eq!(again["repairs"], json!([]), "{again:#}");
    assert_same(&mended, &patient.snapshot());
}

#[test]
fn what_is_unknown_in_a_store_and_said_in_comments_stays() {
    let patient = Patient::healthy();
    patient.store(&json!({"own": [1], "profiles": {"anthropic:default": key(DEFAULT)}, "order": {"anthropic": ["anthropic:gone", "anthropic:default"]}}));
    patient.config(json!({"auth": {"order": {"anthropic": ["anthropic:default", "anthropic:gone"]}}}));
    patient.json(&["--fix", "--yes"]);
    let store: Value = serde_json::from_slice(&fs::read(patient.home.store()).unwrap()).unwrap();
    assert_eq!((&store["own"], &store["order"]), (&json!([1]), &json!({"anthropic": ["anthropic:default"]})));
    let config = fs::read_to_string(patient.path("modelpin.json")).unwrap();
    assert!(config.starts_with("// a comment that stays\n") && !config.contains("gone"), "{config}");
}

#[test]
fn a_copy_goes_and_its_place_in_the_agents_order_stays() {
    let patient = Patient::healthy();
    let order = json!({"anthropic": ["anthropic:work", "anthropic:default"]});
    helper(&patient, &json!({"profiles": {"anthropic:work": key(WORK)}, "order": order}));
    patient.json(&["--fix", "--yes"]);
    let text = fs::read(patient.path("agents/helper/agent/auth-profiles.json")).unwrap();
    let store: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!((&store["profiles"], &store["order"]), (&json!({}), &order));
    let main: Value = serde_json::from_slice(&fs::read(patient.home.store()).unwrap()).unwrap();
    assert_eq!(main["profiles"]["anthropic:work"], key(WORK), "main's is still there");
}

/// A secret that is nowhere else is not deleted, whatever it lies in.
#[test]
fn a_temporary_file_with_a_secret_of_its_own_is_left() {
    let patient = Patient::healthy();
    let text = profiles(json!({"anthropic:work": key("sk-test-doctor-nowhere-else-77")})).to_string();
    let left = patient.write("agents/main/agent/.auth-profiles.json.modelpin-x1.tmp", &text);
    patient.age(&left);
    let value = patient.json(&["--fix", "--yes"]);
    assert_eq!(value["repairs"], json!([]), "{value:#}");
    assert_eq!(fs::read_to_string(left).unwrap(), text);
}

#[test]
fn a_cleared_pin_is_brought_back_by_an_undo_and_a_known_account_moves_it() {
    let patient = Patient::healthy();
    patient.pin();
    let stored = fs::read_to_string(patient.home.store()).unwrap();
    patient.store(&profiles(json!({"anthropic:default": key(DEFAULT)})));
    patient.json(&["--fix", "--yes"]);
    patient.write("agents/main/agent/auth-profiles.json", &stored);
    let mut chat = patient.home.chat(None, &[]);
    assert!(!chat.says("/model status").contains("pinned"), "cleared");
    let undone = chat.says("/model undo");
    assert!(undone.contains("anthropic:work"), "{undone}");
    assert_eq!(chat.end(), 0);
}

#[test]
fn a_pin_moves_to_the_new_profile_of_the_same_account() {
    let patient = Patient::healthy();
    let with = |id: &str| {
        let mut work = key(WORK);
        work["email"] = json!("ann@work.example");
        profiles(json!({"anthropic:default": key(DEFAULT), id: work}))
    };
    patient.store(&with("anthropic:work"));
    patient.pin();
    patient.store(&with("anthropic:anew"));
    let value = patient.json(&["--fix", "--yes"]);
    let change = value["repairs"][0]["change"].as_str().unwrap();
    assert!(change.ends_with("pin anthropic:work -> anthropic:anew"), "{change}");
    assert_eq!(value["code"], 0, "{value:#}");
}

/// Killed at each of its repairs: a store is always whole, no secret is lost, and the next run does the rest.
#[test]
fn a_kill_at_any_repair_leaves_what_the_next_run_mends() {
    for killed_at in 0..6 {
        let patient = Patient::healthy();
        let order = json!({"anthropic": ["anthropic:gone", "anthropic:default"]});
        patient.store(
            &json!({"profiles": {"anthropic:default": key(DEFAULT), "anthropic:work": key(WORK)}, "order": order}),
        );
        helper(&patient, &json!({"profiles": {"anthropic:work": key(WORK)}, "order": order}));
        patient.config(json!({"auth": {"order": {"anthropic": ["anthropic:default", "anthropic:lost"]}}}));
        patient.mode(&patient.home.store(), 0o644);
        patient.mode(&patient.home.state(), 0o755);
        let mut command = patient.home.program();
        command.args(["doctor", "--fix", "--yes"]).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Each repair is told before it is done, in two lines.
        let told = BufReader::new(child.stderr.take().unwrap());
        let lines = told.lines().take(2 * (killed_at + 1)).flatten().count();
        assert_eq!(lines, 2 * (killed_at + 1), "there is less to mend than was thought");
        child.kill().unwrap();
        child.wait().unwrap();
        let main: Value = serde_json::from_slice(&fs::read(patient.home.store()).unwrap()).unwrap();
        assert_eq!(main["profiles"], json!({"anthropic:default": key(DEFAULT), "anthropic:work": key(WORK)}));
        patient.json(&["--fix", "--yes"]);
        let value = patient.json(&["--fix", "--yes"]);
        assert_eq!(value["repairs"], json!([]), "{value:#}");
        assert!(value["findings"].as_array().unwrap().iter().all(|finding| finding["fixable"] == false), "{value:#}");
    }
}
