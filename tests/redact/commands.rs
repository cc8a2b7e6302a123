//! The commands of the operator, with canaries in whatever they are given and whatever they show.

use serde_json::json;

use crate::cli::support::{Ended, Home, ended};
use crate::redact::planted::{Planted, canary};
use crate::support::bot::invented;
use crate::support::leaks::Leaks;

fn run(planted: &Planted, arguments: &[&str], input: &str) -> Ended {
    let mut command = planted.program();
    command.args(["-vvv", "--log", "trace"]).args(arguments);
    ended(command, input.as_bytes())
}

#[test]
fn no_command_shows_a_canary_on_any_way_through_it() {
    let planted = Planted::new(crate::cli::support::nowhere);
    let leaks = Leaks::of(Planted::read());
    let stored = canary("store: key");
    let own = |name| format!("anthropic:{}", canary(name));
    let (ids, order) = (own("telegram: botToken"), own("store: access"));
    let key = format!("agent:main:telegram:dm:{stored}");
    let pins = json!({key: {"sessionId": "1", "updatedAt": 1, "authProfileOverride": format!("x:{stored}"),
        "authProfileOverrideSource": "user", "providerOverride": "anthropic", "modelOverride": stored}});
    let file = planted.write("sessions.json", &pins.to_string());
    let file = file.display().to_string();
    let folder = planted.home.path().join(&stored).display().to_string();
    let elsewhere = planted.home.path().join(canary("process environment")).display().to_string();
    let mut redacted = 0;
    for (arguments, input) in [
        (&["list"][..], ""),
        (&["list", "--provider", "anthropic"], ""),
        (&["list", &canary("process environment")], ""),
        (&["add", "--provider", "openai", &canary("process environment")], ""),
        (&["add", "--provider", "openai", "--key", &canary("process environment")], ""),
        (&["add", "--provider", &stored.replace('/', "")], ""),
        (&["add", "--provider", "openai", "--profile-id", &ids], &stored),
        (&["add", "--provider", "openai", "--key-file", &folder], ""),
        (&["paste-token", "--provider", "anthropic"], &stored),
        (&["setup-token"], &stored),
        (&["remove", &ids], ""),
        (&["remove", &own("discord: token")], ""),
        (&["order", "get", "--provider", "anthropic"], ""),
        (&["order", "set", "--provider", "anthropic", &order], ""),
        (&["order", "clear", "--provider", "anthropic"], ""),
        (&["clear-cooldown", &order], ""),
    ] {
        for json in [&[][..], &["--json"]] {
            let ended = run(&planted, &[&["models", "auth"], arguments, json].concat(), input);
            redacted += usize::from(ended.out.contains("[redacted]")) + usize::from(ended.err.contains("[redacted]"));
            leaks.assert_none_in(&format!("the output of {}", arguments[0]), &ended.out);
            leaks.assert_none_in(&format!("the talk of {}", arguments[0]), &ended.err);
        }
    }
    for (arguments, input) in [
        (&["sessions", "list"][..], ""),
        (&["sessions", "list", "--json"], ""),
        (&["sessions", "import", &file], ""),
        (&["sessions", "import", &file, "--json"], ""),
        (&["sessions", "import", &folder], ""),
        (&["onboard", "--non-interactive", "--print-service", "--json"], ""),
        (&["onboard", "--non-interactive", "--openai-api-key", &stored], ""),
        (&["onboard", "--non-interactive", "--anthropic-api-key-file", &folder], ""),
        (&["onboard", "--non-interactive", "--telegram-token-file", "-"], &stored),
        (&["onboard", "--non-interactive", "--auth-choice", &canary("process environment")], ""),
        (&["onboard", "--non-interactive", "--owner", &canary("process environment")], ""),
        (&["onboard", "--non-interactive", "--model", &stored], ""),
        (&["onboard", "--non-interactive", "--service-name", &stored, "--print-service"], ""),
        (&["models"], ""),
        (&["models", "status", "--json"], ""),
        (&["models", "status", "--check"], ""),
        (&["models", "status", "--probe-profile", &canary("process environment")], ""),
        (&["models", "list", "--all"], ""),
        (&["models", "list", "--json"], ""),
        (&["models", "set", &canary("process environment")], ""),
        (&["models", "aliases", "add", &canary("process environment"), "anthropic/claude-opus-4-6"], ""),
        (&["models", "fallbacks", "add", &canary("process environment")], ""),
        (&["models", "auth", "login", "--provider", "openai"], ""),
        (&["models", "auth", "seal", "--with", "passphrase"], ""),
        (&["doctor"], ""),
        (&["doctor", "--json"], ""),
        (&["doctor", "--fix", "--yes"], ""),
        (&["import", "openclaw", &elsewhere], ""),
        (&["link", &elsewhere, &canary("process environment")], ""),
        (&["sessions", &canary("process environment")], ""),
        (&["chat", "--jsonl"], "{\"text\":\"/model status\"}\n"),
    ] {
        let ended = run(&planted, arguments, input);
        redacted += usize::from(ended.out.contains("[redacted]")) + usize::from(ended.err.contains("[redacted]"));
        leaks.assert_none_in(&format!("the output of {arguments:?}"), &ended.out);
        leaks.assert_none_in(&format!("the talk of {arguments:?}"), &ended.err);
    }
    assert!(redacted > 10, "{redacted} of them had something to hide");
}

#[test]
fn the_stores_of_before_count_too() {
    let home = Home::empty();
    let (key, token) = (canary("auth.json"), canary("oauth.json"));
    let of_agent = home.store().with_file_name("auth.json");
    let of_all = home.state().join("credentials/oauth.json");
    for (path, content) in [
        (of_agent, json!({"anthropic": {"type": "api_key", "key": key}})),
        (of_all, json!({"google": {"access": "at-test-of-before-1", "refresh": token, "expires": 5}})),
    ] {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content.to_string()).unwrap();
    }
    for secret in [&key, &token] {
        let ended = home.run(&["models", "auth", "remove", &format!("anthropic:{secret}")]);
        assert!(ended.err.contains("[redacted]"), "{}", ended.err);
        Leaks::of([secret]).assert_none_in("the talk", ended.err);
    }
}

#[test]
fn what_is_typed_as_a_secret_is_one_from_then_on() {
    let planted = Planted::new(crate::cli::support::nowhere);
    let typed = format!("sk-ant-ort01-{}", invented("typed", 0));
    let id = format!("anthropic:{typed}");
    // A refresh token is refused, and so is what stands in somebody's way: both after it was read.
    for arguments in [
        &["add", "--provider", "anthropic", "--profile-id", &id][..],
        &["paste-token", "--provider", "anthropic", "--profile-id", &id, "--json"],
        &["setup-token", "--profile-id", &id],
    ] {
        let ended = run(&planted, &[&["models", "auth"], arguments].concat(), &typed);
        assert_ne!(ended.code, 0, "{arguments:?}");
        let leaks = Leaks::of([&typed["sk-ant-ort01-".len()..]]);
        leaks.assert_none_in("the output", &ended.out);
        leaks.assert_none_in("the talk", &ended.err);
    }
    // One that is stored is shown by its fingerprint, even where somebody calls the profile by it.
    let typed = invented("typed", 1);
    let id = format!("openai:{typed}");
    let ended =
        run(&planted, &["models", "auth", "add", "--provider", "openai", "--profile-id", &id, "--json"], &typed);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.out.contains("openai:[redacted]"), "{}", ended.out);
    Leaks::of([&typed]).assert_none_in("the output", ended.out + &ended.err);
}
