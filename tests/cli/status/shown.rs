//! What is shown, and in which order of keys.

use serde_json::{Value, json};

use crate::cli::status::{home, hours, key, pin, secret, token};
use crate::cli::support::Home;

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn sample() -> Home {
    let config = json!({"agents": {"defaults": {
        "model": {"primary": "sonnet", "fallbacks": ["openai/gpt-5.4"]},
        "imageModel": "openai/gpt-image",
        "models": {"anthropic/claude-sonnet-4-6": {"alias": "sonnet"}, "openai/gpt-5.4": {}},
    }}});
    let profiles = json!({
        "anthropic:ann+work@example.com": token("anthropic", "ann", hours(30 * 24)),
        "anthropic:spare": key("anthropic", "spare"),
        "openai:über:team": key("openai", "team"),
        "groq:old": token("groq", "old", hours(-50)),
    });
    let home = home(&config, &profiles, &json!({"anthropic": ["anthropic:ann+work@example.com"]}));
    pin(&home, "-1001", "anthropic:spare");
    home
}

#[test]
fn the_keys_are_the_familys_in_their_order_then_ours() {
    let report = sample().json(&["models", "status"]);
    assert_eq!(
        keys(&report),
        [
            "configPath",
            "agentDir",
            "defaultModel",
            "resolvedDefault",
            "fallbacks",
            "imageModel",
            "imageFallbacks",
            "aliases",
            "allowed",
            "auth",
            "check",
            "running",
            "warnings"
        ]
    );
    let auth = &report["auth"];
    assert_eq!(
        keys(auth),
        [
            "storePath",
            "shellEnvFallback",
            "providersWithOAuth",
            "missingProvidersInUse",
            "providers",
            "unusableProfiles",
            "oauth"
        ]
    );
    assert_eq!(
        keys(&auth["providers"][0]),
        ["provider", "effective", "profiles", "inUse", "endpoint", "order", "shadowed", "health"]
    );
    assert_eq!(keys(&auth["providers"][0]["profiles"]), ["count", "oauth", "token", "apiKey", "labels"]);
    assert_eq!(keys(&auth["oauth"]), ["warnAfterMs", "profiles", "providers"]);
    assert_eq!(
        keys(&auth["oauth"]["profiles"][0]),
        [
            "profileId",
            "provider",
            "type",
            "status",
            "expiresAt",
            "remainingMs",
            "source",
            "label",
            "origin",
            "expiry",
            "refreshable",
            "usable",
            "reason",
            "health",
            "inUse",
            "pins",
            "fingerprint"
        ]
    );
    assert_eq!(report["defaultModel"], "sonnet");
    assert_eq!(report["resolvedDefault"], "anthropic/claude-sonnet-4-6");
    assert_eq!(auth["oauth"]["warnAfterMs"], 86_400_000);
    assert_eq!(auth["providersWithOAuth"], json!(["anthropic (1)", "groq (1)"]));
}

#[test]
fn each_axis_of_a_credential_has_a_field_of_its_own_and_no_key_shows() {
    let home = sample();
    let report = home.json(&["models", "status"]);
    let profiles = report["auth"]["oauth"]["profiles"].as_array().unwrap();
    let profile = |id: &str| profiles.iter().find(|row| row["profileId"] == id).unwrap();
    let spare = profile("anthropic:spare");
    assert_eq!((&spare["usable"], &spare["inUse"]), (&json!(true), &json!(true)));
    assert_eq!(spare["pins"], json!({"count": 1, "sessions": ["agent:main:telegram:default:group:-1001"]}));
    assert_eq!(spare["origin"]["kind"], "store");
    let old = profile("groq:old");
    assert_eq!(
        (&old["status"], &old["expiry"]["state"], &old["usable"]),
        (&json!("expired"), &json!("expired"), &json!(false))
    );
    assert_eq!((&old["refreshable"], &old["inUse"]), (&json!(false), &json!(false)));
    let print = spare["fingerprint"].as_str().unwrap();
    assert_eq!(spare["label"], format!("anthropic:spare=fp:{print}"));
    let text = home.run(&["models", "status"]).out + &report.to_string();
    for id in ["ann", "spare", "team", "old"] {
        assert!(!text.contains(&secret(id)[8..]), "{id}");
    }
}

#[test]
fn plain_is_the_default_model_and_bare_models_is_status() {
    let home = sample();
    assert_eq!(home.run(&["models", "status", "--plain"]).out, "anthropic/claude-sonnet-4-6\n");
    assert_eq!(home.run(&["models", "--plain"]).out, "anthropic/claude-sonnet-4-6\n");
    assert_eq!(home.run(&["models"]).out, home.run(&["models", "status"]).out);
    assert_eq!(home.json(&["models"])["resolvedDefault"], "anthropic/claude-sonnet-4-6");
}

#[test]
fn the_text_fits_eighty_columns_and_names_what_to_type() {
    let home = sample();
    let text = home.run(&["models", "status"]).out;
    for line in text.lines().filter(|line| !line.contains('→') && !line.contains(": ")) {
        assert!(line.chars().count() <= 80, "{line}\n{text}");
    }
    for part in [
        "Credentials",
        "Providers",
        "Worth knowing",
        "openai:über:team",
        "in 29d",
        "1 pin",
        "modelpin models auth remove groq:old",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains('\u{1b}'), "no colours where nobody looks");
}

#[test]
fn ids_can_be_copied_from_the_table() {
    let (long, longest) = ("anthropic:ann.person+work@example.com", format!("anthropic:{}", "long".repeat(20)));
    let profiles = json!({
        &long[..26]: key("anthropic", "one"),
        long: token("anthropic", "two", hours(20)),
        longest.clone(): key("anthropic", "three"),
    });
    let home = home(&json!({}), &profiles, &json!({}));
    let text = home.run(&["models", "status"]).out;
    let (table, _) = text.split_once("\n\nProviders").unwrap();
    assert!(table.lines().any(|line| line.starts_with(&format!(" {} ", &long[..26]))), "{table}");
    for id in [long, &longest] {
        assert!(table.contains(&format!("\n  in one piece: {id}")), "{table}");
    }
    for profile in home.json(&["models", "status"])["auth"]["oauth"]["profiles"].as_array().unwrap() {
        assert!(table.contains(profile["fingerprint"].as_str().unwrap()), "{table}");
    }
    for line in table.lines().filter(|line| !line.contains("in one piece")) {
        assert!(line.chars().count() <= 80, "{line}\n{table}");
    }
}

#[test]
fn every_shadowed_source_is_listed_and_the_order_is_the_printed_one() {
    let config = json!({
        "agents": {"defaults": {"model": {"primary": "anthropic/claude-sonnet-4-6"}}},
        "env": {"vars": {"ANTHROPIC_API_KEY": "sk-test-from-config-env"}},
        "models": {"providers": {"anthropic": {"apiKey": "sk-test-from-config-key", "models": []}}},
    });
    let home = home(&config, &json!({}), &json!({}));
    std::fs::write(home.state().join(".env"), "ANTHROPIC_API_KEY=sk-test-from-dotenv\n").unwrap();
    std::fs::write(home.path().join(".env"), "ANTHROPIC_API_KEY=sk-test-from-here\n").unwrap();
    let report = |home: &Home| {
        let mut command = home.program();
        command.args(["models", "status", "--json"]).env("ANTHROPIC_API_KEY", "sk-test-from-process");
        serde_json::from_str::<Value>(&crate::cli::support::ended(command, b"").out).unwrap()
    };
    let sources = |report: &Value| -> Vec<String> {
        let shadowed = report["auth"]["providers"][0]["shadowed"].as_array().unwrap();
        shadowed.iter().map(|one| format!("{} {}", one["source"].as_str().unwrap(), one["differs"])).collect()
    };
    let found = report(&home);
    assert_eq!(found["auth"]["providers"][0]["effective"]["kind"], "env");
    assert_eq!(found["auth"]["providers"][0]["env"]["source"], "env: ANTHROPIC_API_KEY");
    let config = "models.json: ~/.modelpin/modelpin.json true";
    let below = ["env: ANTHROPIC_API_KEY (state-dir .env) true", "env: ANTHROPIC_API_KEY (config env) true", config];
    assert_eq!(sources(&found), below);
    crate::cli::status::write(
        &home.store(),
        &json!({"version": 1, "profiles": {"anthropic:a": key("anthropic", "a")}}),
    );
    let found = report(&home);
    assert_eq!(found["auth"]["providers"][0]["effective"]["kind"], "profiles");
    assert_eq!(sources(&found).len(), 4);
    let warned = found["warnings"].as_array().unwrap().iter().filter(|one| one["code"] == "shadowed").count();
    assert_eq!(warned, 4);
}
