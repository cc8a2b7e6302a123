//! Who would answer: one file per case, `fixtures/resolver/*.json5`.
//!
//! A case holds a configuration, an auth store, what is chosen, what is benched, and the candidates that follow, in order,
//! each as `model with credential – standing`. Times are seconds after the moment of the question.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use modelpin::agent::AgentId;
use modelpin::catalog::Catalog;
use modelpin::config::from_value;
use modelpin::health::{Bench, BenchScope, FailureClass};
use modelpin::profile::{AuthStore, Credential, Fingerprint, Profile, Profiles, SecretValue, StorePaths};
use modelpin::receipt::BillingClass;
use modelpin::resolver::{Candidate, CredentialId, Question, Standing, Stray, resolve};
use modelpin::session::{Actor, AutoChoice, Pin, Selection, Source, Until};
use serde_json::Value;

/// The moment of every question.
const NOW: i64 = 1_800_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOW + seconds).unwrap()
}

#[test]
fn every_case_resolves_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/resolver");
    let mut cases: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 10, "the cases are gone");
    let wrong: Vec<String> = cases.iter().filter_map(|path| check(path)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// `None` when the case holds, else what came out instead.
fn check(path: &Path) -> Option<String> {
    let case: Value = json5::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let found = candidates(&case);
    let expected: Vec<&str> = case["expect"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    let name = path.file_name().unwrap().to_string_lossy();
    (found != expected).then(|| format!("{name} ({})\n  expected {expected:#?}\n  found {found:#?}", case["about"]))
}

fn candidates(case: &Value) -> Vec<String> {
    let config = from_value(&case["config"]).unwrap();
    let catalog = Catalog::new(&config, &AgentId::main());
    let profiles = profiles(&case["store"]);
    let selection = case.get("selection").map(selection);
    let benches: Vec<Bench> = case.get("benches").and_then(Value::as_array).into_iter().flatten().map(bench).collect();
    let environment: HashMap<String, String> =
        case.get("environment").map(|value| serde_json::from_value(value.clone()).unwrap()).unwrap_or_default();
    let hidden: Vec<String> =
        case.get("hidden").map(|value| serde_json::from_value(value.clone()).unwrap()).unwrap_or_default();
    let barred: Vec<String> =
        case.get("barred").map(|value| serde_json::from_value(value.clone()).unwrap()).unwrap_or_default();
    let keyless: Vec<String> =
        case.get("keyless").map(|value| serde_json::from_value(value.clone()).unwrap()).unwrap_or_default();
    let question = |hint: Option<&AutoChoice>| {
        resolve(&Question {
            catalog: &catalog,
            profiles: &profiles,
            auth: &config.auth,
            user_model_fallback: config.session.user_model_fallback,
            selection: selection.as_ref(),
            hint,
            benches: &benches,
            stray: &|provider| {
                let of = environment.iter().filter(|(_, owner)| owner.as_str() == provider.as_str());
                of.map(|(name, _)| Stray {
                    id: CredentialId::Env(name.clone()),
                    fingerprint: Some(Fingerprint::from_stored(name)),
                    billing: BillingClass::Metered,
                })
                .collect()
            },
            fingerprint: &|profile: &Profile| Some(Fingerprint::from_stored(&secret_name(profile))),
            keyless: &|model| keyless.iter().any(|provider| provider == model.provider.as_str()),
            barred: &|id| barred.iter().find(|name| **name == id.to_string()).map(|_| "switched off".to_owned()),
            may_answer: &|_, profile| profile.is_none_or(|profile| !hidden.iter().any(|id| id == profile.as_str())),
            now: at(0),
        })
    };
    let plain = question(None);
    let resolution = match case.get("answered_last").and_then(Value::as_str) {
        None => plain,
        Some(profile) => question(Some(&AutoChoice {
            profile: profile.parse().unwrap(),
            reason: "answered last".to_owned(),
            basis: if case["basis_changed"] == Value::Bool(true) { plain.basis.wrapping_add(1) } else { plain.basis },
            since: at(-60),
            until: at(60),
        })),
    };
    resolution.candidates.iter().map(line).collect()
}

/// Stands for the secret: tests name it like the secret itself, so that a bench can name it too.
fn secret_name(profile: &Profile) -> String {
    match &profile.credential {
        Credential::ApiKey { key: SecretValue::Inline(_) }
        | Credential::Token { token: SecretValue::Inline(_), .. } => {
            format!("secret of {}", profile.id)
        }
        Credential::ApiKey { .. } | Credential::Token { .. } | Credential::OAuth(_) => profile.id.to_string(),
    }
}

fn profiles(store: &Value) -> Arc<Profiles> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth-profiles.json");
    fs::write(&path, filled_in(store).to_string()).unwrap();
    let paths =
        StorePaths { own: path.clone(), main: path, oauth: folder.path().join("oauth.json"), agent: AgentId::main() };
    let current = AuthStore::new(paths).current();
    assert!(current.trouble.is_empty(), "{:?}", current.trouble);
    current.profiles
}

/// `{after: 60}` becomes the millisecond 60 seconds after the question.
fn filled_in(value: &Value) -> Value {
    match value {
        Value::Object(map) if map.len() == 1 && map.contains_key("after") => {
            Value::from((NOW + map["after"].as_i64().unwrap()) * 1000)
        }
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), filled_in(value))).collect(),
        Value::Array(list) => list.iter().map(filled_in).collect(),
        other => other.clone(),
    }
}

fn selection(value: &Value) -> Selection {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    Selection {
        model: text("model").map(|model| model.parse().unwrap()),
        pin: text("pin").map(|profile| Pin { profile: profile.parse().unwrap(), account: None, by: None }),
        source: Source::User,
        since: at(value.get("since").and_then(Value::as_i64).unwrap_or(-600)),
        until: Until::Changed,
        by: Actor { channel: "terminal".to_owned(), id: "owner".to_owned(), name: None },
    }
}

fn bench(value: &Value) -> Bench {
    let model: Option<modelpin::catalog::ModelRef> =
        value.get("model").and_then(Value::as_str).map(|model| model.parse().unwrap());
    let profile = value.get("profile").and_then(Value::as_str);
    let provider = match (&model, profile) {
        (Some(model), _) => model.provider.clone(),
        (None, Some(profile)) => profile.split(':').next().unwrap().parse().unwrap(),
        (None, None) => panic!("a bench is about a model, a profile or both"),
    };
    let class: FailureClass = serde_json::from_value(value["class"].clone()).unwrap();
    Bench {
        scope: BenchScope {
            provider,
            fingerprint: profile.map(|profile| Fingerprint::from_stored(&format!("secret of {profile}"))),
            model: model.map(|model| model.model),
        },
        class,
        strikes: 1,
        since: at(value.get("since").and_then(Value::as_i64).unwrap_or(-10)),
        until: value.get("ends").and_then(Value::as_i64).map(at),
    }
}

fn line(candidate: &Candidate) -> String {
    let ends = |until: Option<Timestamp>| {
        until.map_or_else(|| "for good".to_owned(), |until| format!("{}s", seconds(until.duration_since(at(0)))))
    };
    let standing = match &candidate.standing {
        Standing::Ready => "ready".to_owned(),
        Standing::Refreshable => "refreshable".to_owned(),
        Standing::Probe(bench) => format!("probe of {}", bench.class),
        Standing::Benched(bench) => format!("{} {}", bench.class, ends(bench.until)),
        Standing::NotedElsewhere(until) => format!("noted elsewhere {}", ends(Some(*until))),
        Standing::NeedsLogin(command) => format!("needs login: {command}"),
        Standing::Unusable(why) => why.clone(),
    };
    format!("{} with {} – {standing}", candidate.model, candidate.credential)
}

fn seconds(duration: SignedDuration) -> i64 {
    duration.as_secs()
}
