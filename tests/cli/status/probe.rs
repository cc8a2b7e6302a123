//! `--probe`: real requests for the pairs that are in use.

use modelpin::demo::{LoopbackProvider, Script};
use serde_json::Value;

use crate::cli::status::pin;
use crate::cli::support::{Home, family, provider};

async fn server() -> (Home, LoopbackProvider) {
    let server = provider().start().await.unwrap();
    let home = Home::empty();
    family(&home.state(), "modelpin.json", |provider| server.base_url(provider));
    (home, server)
}

fn results(report: &Value) -> Vec<String> {
    let results = report["auth"]["probes"]["results"].as_array().unwrap();
    let mut lines: Vec<String> = results
        .iter()
        .map(|one| {
            let text = |key: &str| one[key].as_str().unwrap_or("-").to_owned();
            format!("{} {} {} {}", text("model"), text("profileId"), text("status"), text("reasonCode"))
        })
        .collect();
    lines.sort();
    lines
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_model_in_use_is_asked_with_each_credential_that_would_answer() {
    let (home, server) = server().await;
    pin(&home, "-1", "anthropic:work");
    let report = home.json(&["models", "status", "--probe"]);
    assert_eq!(
        results(&report),
        [
            "anthropic/claude-sonnet-4-6 anthropic:default ok -",
            "anthropic/claude-sonnet-4-6 anthropic:spare ok -",
            "anthropic/claude-sonnet-4-6 anthropic:work ok -",
        ]
    );
    assert_eq!(server.count(), 3, "one request for each");
    let probes = &report["auth"]["probes"];
    assert_eq!((&probes["totalTargets"], &probes["options"]["maxTokens"]), (&3.into(), &8.into()));
    let pinned = probes["results"].as_array().unwrap().iter().find(|one| one["profileId"] == "anthropic:work").unwrap();
    assert_eq!(pinned["pins"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_is_told_by_its_class_and_nobody_is_benched_for_it() {
    let (home, server) = server().await;
    server.script(Some("anthropic:default"), None, Script::status(401));
    let arguments = ["models", "status", "--probe", "--probe-profile", "anthropic:default,anthropic:work"];
    let report = home.json(&arguments);
    assert_eq!(
        results(&report),
        [
            "anthropic/claude-sonnet-4-6 anthropic:default auth -",
            "anthropic/claude-sonnet-4-6 anthropic:work unknown excluded_by_auth_order",
        ]
    );
    assert_eq!(report["auth"]["probes"]["results"][0]["class"], "auth");
    assert_eq!(server.count(), 1);
    let after = home.json(&["models", "status"]);
    assert_eq!(after["check"]["code"], 0, "{:#}", after["check"]);
    let unknown = home.run(&["models", "status", "--probe", "--probe-profile", "anthropic:nobody"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (64, ""));
    let text = home.run(&["models", "status", "--probe"]);
    assert!(text.out.contains("Probes") && text.out.contains("1 of 3 answered"), "{}", text.out);
    assert_eq!(text.err, "", "no progress where nobody looks");
}
