//! The exit codes, over a table of stores.

use std::fs;

use modelpin::health::FailureClass;
use serde_json::{Value, json};

use crate::cli::status::{agent_store, bench, home, hours, key, pin, secret, token, tree, write};
use crate::cli::support::{Ended, Home};

/// One store, and how a check of it ends.
struct Row {
    name: &'static str,
    config: Value,
    profiles: Value,
    order: Value,
    more: fn(&Home),
    environment: &'static [(&'static str, &'static str)],
    arguments: &'static [&'static str],
    code: i32,
    /// The reasons, by code and profile.
    reasons: &'static [&'static str],
    /// A warning that has to be there.
    warning: Option<&'static str>,
}

fn anthropic() -> Value {
    json!({"agents": {"defaults": {"model": {"primary": "anthropic/claude-sonnet-4-6"}}}})
}

fn grants() -> Value {
    json!({
        "agents": {"defaults": {"model": {"primary": "anthropic/claude-sonnet-4-6"}}},
        "auth": {"oauth": {"anthropic": {"tokenUrl": "http://127.0.0.1:9/token", "clientId": "invented"}}},
    })
}

fn with(config: Value, key: &str, value: Value) -> Value {
    let mut config = config;
    config[key] = value;
    config
}

fn row(name: &'static str, profiles: Value, code: i32, reasons: &'static [&'static str]) -> Row {
    Row {
        name,
        config: anthropic(),
        profiles,
        order: json!({}),
        more: |_| {},
        environment: &[],
        arguments: &[],
        code,
        reasons,
        warning: None,
    }
}

fn grant(refresh: bool, expires: i64) -> Value {
    let mut grant = json!({"type": "oauth", "provider": "anthropic", "access": secret("a"), "expires": expires});
    if refresh {
        grant["refresh"] = secret("r").into();
    }
    json!({"anthropic:me": grant})
}

fn claude_code(home: &Home, hours_left: i64) {
    let login = json!({"claudeAiOauth": {
        "accessToken": secret("cc"), "refreshToken": secret("ccr"), "expiresAt": hours(hours_left), "scopes": ["user:inference"],
    }});
    write(&home.path().join(".claude/.credentials.json"), &login);
}

#[expect(clippy::too_many_lines, reason = "it is a table")]
fn table() -> Vec<Row> {
    let one = |id: &str, profile: Value| json!({ id: profile });
    let expired = || one("anthropic:a", token("anthropic", "a", hours(-1)));
    let both = || json!({"anthropic:a": token("anthropic", "a", hours(-1)), "anthropic:b": key("anthropic", "b")});
    let good = || one("anthropic:a", key("anthropic", "a"));
    let reference = || {
        one(
            "anthropic:a",
            json!({"type": "api_key", "provider": "anthropic", "keyRef": {"source": "env", "provider": "default", "id": "MY_KEY"}}),
        )
    };
    let model = |model: &str| json!({"agents": {"defaults": {"model": {"primary": model}}}});
    vec![
        row("a key", good(), 0, &[]),
        row(
            "a token without an end",
            one("anthropic:a", json!({"type": "token", "provider": "anthropic", "token": secret("a")})),
            0,
            &[],
        ),
        row("a token with a long life", one("anthropic:a", token("anthropic", "a", hours(900))), 0, &[]),
        row(
            "a token about to end",
            one("anthropic:a", token("anthropic", "a", hours(3))),
            2,
            &["expiring anthropic:a"],
        ),
        row("a token that has ended", expired(), 1, &["expired anthropic:a"]),
        row(
            "a token whose end is no time",
            one("anthropic:a", token("anthropic", "a", 0)),
            1,
            &["invalid_expires anthropic:a"],
        ),
        row(
            "a blank key",
            one("anthropic:a", json!({"type": "api_key", "provider": "anthropic", "key": "  "})),
            1,
            &["missing anthropic:a"],
        ),
        row("nothing at all", json!({}), 1, &["missing anthropic"]),
        Row { config: grants(), ..row("a grant", grant(true, hours(5)), 0, &[]) },
        Row { config: grants(), ..row("a grant to be renewed", grant(true, hours(-5)), 0, &[]) },
        row("a grant that nobody can renew", grant(false, hours(-5)), 1, &["expired anthropic:me"]),
        row("a grant that nobody will renew", grant(false, hours(5)), 2, &["expiring anthropic:me"]),
        Row {
            config: grants(),
            more: |home| bench(home, "anthropic", &secret("r"), FailureClass::NotRenewed, Some(1)),
            ..row("a grant whose last renewal failed", grant(true, hours(-5)), 2, &["not_renewed anthropic:me"])
        },
        Row {
            config: grants(),
            more: |home| bench(home, "anthropic", &secret("r"), FailureClass::NeedsLogin, None),
            ..row("a grant that needs a login", grant(true, hours(-5)), 1, &["needs_login anthropic:me"])
        },
        Row {
            warning: Some("expired openai:old"),
            ..row(
                "a leftover of a provider that nobody uses",
                json!({"anthropic:a": key("anthropic", "a"), "openai:old": token("openai", "old", hours(-99))}),
                0,
                &[],
            )
        },
        Row {
            order: json!({"anthropic": ["anthropic:b"]}),
            warning: Some("expired anthropic:a"),
            ..row("a leftover that the order leaves out", both(), 0, &[])
        },
        Row {
            order: json!({"anthropic": ["anthropic:a", "anthropic:b"]}),
            ..row("the first of an order has ended", both(), 1, &["expired anthropic:a"])
        },
        row("one of two that nobody put in order has ended", both(), 1, &["expired anthropic:a"]),
        Row {
            order: json!({"anthropic": ["anthropic:a", "anthropic:gone"]}),
            ..row("an order names what is gone", good(), 1, &["missing anthropic:gone"])
        },
        Row {
            environment: &[("ANTHROPIC_API_KEY", "sk-test-environment-1")],
            ..row("a key in the environment", json!({}), 0, &[])
        },
        Row {
            config: with(
                anthropic(),
                "models",
                json!({"providers": {"anthropic": {"apiKey": "sk-test-config-1", "models": []}}}),
            ),
            ..row("a key in the configuration", json!({}), 0, &[])
        },
        Row { config: model("ollama/llama3.2"), ..row("a server of one's own", json!({}), 0, &[]) },
        Row {
            config: model("amazon-bedrock/nova"),
            ..row("a provider that modelpin cannot talk to", json!({}), 1, &["no_endpoint amazon-bedrock"])
        },
        Row {
            config: json!({"agents": {"defaults": {"model": {"primary": "anthropic/claude-sonnet-4-6", "fallbacks": ["openai/gpt-5.4"]}}}}),
            ..row("a fallback without a credential", good(), 1, &["missing openai"])
        },
        Row {
            more: |home| {
                let store = json!({"version": 1, "profiles": {"anthropic:a": key("anthropic", "a")},
                    "usageStats": {"anthropic:a": {"cooldownUntil": hours(1), "errorCount": 1}}});
                write(&home.store(), &store);
            },
            warning: Some("cooldown anthropic:a"),
            ..row("a window of the family's", json!({}), 0, &[])
        },
        Row {
            more: |home| bench(home, "anthropic", &secret("a"), FailureClass::AccountLimit, Some(1)),
            warning: Some("all_waiting anthropic"),
            ..row("a limit that passes", good(), 0, &[])
        },
        Row {
            more: |home| bench(home, "anthropic", &secret("a"), FailureClass::Auth, None),
            ..row("a key that was refused", good(), 1, &["refused anthropic:a"])
        },
        Row {
            more: |home| bench(home, "anthropic", &secret("a"), FailureClass::Billing, Some(5)),
            ..row("an account that cannot pay", good(), 1, &["billing anthropic:a"])
        },
        row("a reference to a variable that is not set", reference(), 1, &["missing anthropic:a"]),
        Row {
            environment: &[("MY_KEY", "sk-test-referred-1")],
            ..row("a reference to a variable", reference(), 0, &[])
        },
        Row {
            more: |home| pin(home, "-1", "anthropic:gone"),
            ..row("a pin on what is gone", good(), 1, &["missing anthropic:gone"])
        },
        Row {
            order: json!({"anthropic": ["anthropic:b"]}),
            more: |home| pin(home, "-1", "anthropic:a"),
            ..row("a pin on what has ended", both(), 1, &["expired anthropic:a"])
        },
        Row {
            config: with(
                anthropic(),
                "auth",
                json!({"profiles": {"anthropic:a": {"provider": "anthropic", "mode": "token"}}}),
            ),
            ..row("a key where a token is configured", good(), 1, &["mode_mismatch anthropic:a"])
        },
        Row {
            more: |home| claude_code(home, 2),
            ..row("a login of Claude Code with two hours left", json!({}), 0, &[])
        },
        Row {
            more: |home| claude_code(home, -2),
            ..row("a login of Claude Code that has ended", json!({}), 1, &["expired anthropic:claude-cli"])
        },
        Row {
            more: |home| claude_code(home, -2),
            warning: Some("expired anthropic:claude-cli"),
            ..row("the same beside a key", good(), 0, &[])
        },
        Row {
            arguments: &["--warn", "7d"],
            ..row(
                "a wider window",
                one("anthropic:a", token("anthropic", "a", hours(72))),
                2,
                &["expiring anthropic:a"],
            )
        },
        Row {
            more: |home| fs::write(home.store(), "{\"profiles\": {").unwrap(),
            ..row("a store that does not parse", good(), 65, &["unreadable", "missing anthropic"])
        },
        Row {
            more: |home| fs::write(home.state().join("modelpin.sqlite"), "no database").unwrap(),
            ..row("a state that is none", good(), 65, &["unreadable"])
        },
        Row {
            warning: Some("passed_over anthropic:bad"),
            ..row(
                "one bad entry",
                json!({"anthropic:a": key("anthropic", "a"), "anthropic:bad": {"type": "new", "provider": "anthropic"}}),
                0,
                &[],
            )
        },
    ]
}

fn run(row: &Row, home: &Home, more: &[&str]) -> Ended {
    let mut command = home.program();
    command.args(["models", "status"]).args(row.arguments).args(more).envs(row.environment.iter().copied());
    crate::cli::support::ended(command, b"")
}

fn said(remarks: &Value) -> Vec<String> {
    let text = |remark: &Value| {
        let whose = remark["profile"].as_str().or(remark["provider"].as_str());
        [remark["code"].as_str(), whose].into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    remarks.as_array().unwrap().iter().map(text).collect()
}

#[test]
fn a_check_ends_as_its_json_says_over_a_table_of_stores() {
    let table = table();
    assert!(table.len() >= 24);
    for row in &table {
        let home = home(&row.config, &row.profiles, &row.order);
        (row.more)(&home);
        let before = tree(home.path());
        let json = run(row, &home, &["--check", "--json"]);
        let report: Value =
            serde_json::from_str(&json.out).unwrap_or_else(|fault| panic!("{}: {fault}: {json:?}", row.name));
        let check = &report["check"];
        assert_eq!(said(&check["reasons"]), row.reasons, "{}: {report:#}", row.name);
        assert_eq!((json.code, check["code"].as_i64()), (row.code, Some(row.code.into())), "{}: {check}", row.name);
        let warnings = said(&report["warnings"]);
        assert!(
            row.warning.is_none_or(|warning| warnings.iter().any(|said| said == warning)),
            "{}: {warnings:?}",
            row.name
        );
        let text = run(row, &home, &["--check"]);
        assert_eq!(text.code, row.code, "{}: {text:?}", row.name);
        for reason in row.reasons {
            let code = reason.split(' ').next().unwrap();
            assert!(text.out.contains(code), "{}: {}", row.name, text.out);
        }
        // Without --check it is the same report, and only what cannot be read is a failure.
        let usual = if row.code == 65 { 65 } else { 0 };
        let plain = run(row, &home, &["--json"]);
        assert_eq!(plain.code, usual, "{}", row.name);
        let shown: Value = serde_json::from_str(&plain.out).unwrap();
        assert_eq!(shown["check"]["code"], check["code"], "{}", row.name);
        assert_eq!(run(row, &home, &[]).code, usual, "{}", row.name);
        assert!(tree(home.path()) == before, "{}: something was written", row.name);
        for reason in check["reasons"].as_array().unwrap() {
            assert!(!reason["why"].as_str().unwrap().is_empty(), "{}", row.name);
        }
    }
}

#[test]
fn standard_output_is_json_whatever_there_is_to_warn_of() {
    let profiles =
        json!({"anthropic:a": key("anthropic", "a"), "anthropic:bad": {"type": "new", "provider": "anthropic"}});
    let config = with(
        anthropic(),
        "agents",
        json!({"defaults": {
            "model": {"primary": "anthropic/claude-sonnet-4-6"}, "models": {"a b": {}, "anthropic/claude-sonnet-4-6": {"alias": "/"}},
        }}),
    );
    let home = home(&config, &profiles, &json!({}));
    let ended = home.run(&["models", "status", "--json", "-v"]);
    let report: Value = serde_json::from_str(&ended.out).unwrap();
    assert!(report["warnings"].as_array().unwrap().len() >= 3, "{report:#}");
    assert!(!ended.out.contains(&secret("a")[8..]));
}

#[test]
fn a_named_agent_is_judged_by_its_own_store_and_models() {
    let config = json!({"agents": {
        "defaults": {"model": {"primary": "anthropic/claude-sonnet-4-6"}},
        "list": [{"id": "main", "default": true}, {"id": "side", "model": {"primary": "openai/gpt-5.4"}}],
    }});
    let home = home(&config, &json!({"anthropic:a": key("anthropic", "a")}), &json!({}));
    assert_eq!(home.run(&["models", "status", "--check"]).code, 0);
    let side = ["models", "status", "--check", "--agent", "side"];
    assert_eq!(home.run(&side).code, 1);
    agent_store(&home, "side", &json!({"openai:b": key("openai", "b")}));
    assert_eq!(home.run(&side).code, 0);
    let report = home.json(&["models", "status", "--agent", "side"]);
    assert_eq!(report["agentId"], "side");
    assert_eq!(report["modelConfig"], json!({"defaultSource": "agent", "fallbacksSource": "defaults"}));
    let owners: Vec<_> = report["auth"]["oauth"]["profiles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["profileId"].as_str().unwrap(), row["origin"]["agent"].as_str().unwrap()))
        .collect();
    assert_eq!(owners, [("anthropic:a", "main"), ("openai:b", "side")]);
    let unknown = home.run(&["models", "status", "--check", "--agent", "nobody"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (64, ""));
    assert!(unknown.err.contains("main, side"), "{}", unknown.err);
}

#[test]
fn misuse_is_never_taken_for_a_credential() {
    for arguments in [
        &["models", "status", "--plain", "--json"][..],
        &["models", "status", "--plain", "--probe"],
        &["models", "status", "--warn", "soon"],
        &["models", "status", "--probe-timeout", "5s"],
        &["models", "status", "--probe", "--probe-concurrency", "0"],
        &["models", "status", "--probe", "--probe-max-tokens", "0"],
        &["models", "nonsense"],
    ] {
        let ended = Home::empty().run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (64, ""), "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn a_check_sends_no_packet() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut config = grants();
    config["auth"]["oauth"]["anthropic"]["tokenUrl"] = format!("{url}/token").into();
    config["models"] = json!({"providers": {"anthropic": {"baseUrl": url, "models": []}}});
    let home = home(&config, &grant(true, hours(-5)), &json!({}));
    for form in [&["models", "status", "--check"][..], &["models", "status", "--check", "--json"], &["models"]] {
        assert_eq!(home.run(form).code, 0);
    }
    assert!(listener.accept().is_err_and(|fault| fault.kind() == std::io::ErrorKind::WouldBlock));
}
