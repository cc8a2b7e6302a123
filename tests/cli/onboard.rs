//! `onboard`: by flags here, by a person at a terminal in `interview`.

#[cfg(target_os = "linux")]
mod interview;
mod service;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rstest::rstest;
use serde_json::{Value, json};

use crate::cli::support::{Ended, Home, ended, family, provider};
use crate::support::leaks::Leaks;

const KEY: &str = "sk-ant-api03-test-0123456789abcdef";
const OPENAI: &str = "sk-test-openai-0123456789abcdefgh";
const DISCORD: &str = "MTIzNDU2Nzg5MDEyMzQ1Njc4.Test-1.abcdefghijklmnopqrstuvwxyz0";

fn telegram() -> String {
    format!("123456789:{}", "Ab-_5".repeat(7))
}

fn setup_token() -> String {
    format!("sk-ant-oat01-{}", "Test_0123456789-".repeat(6))
}

/// Every file below `folder`, with what is in it.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            found.extend(tree(&entry.path()));
            found.insert(entry.path(), Vec::new());
        } else {
            found.insert(entry.path(), fs::read(entry.path()).unwrap());
        }
    }
    found
}

fn onboard(home: &Home, arguments: &[&str], input: &str, variables: &[(&str, &str)]) -> Ended {
    let mut command = home.program();
    command.args(["onboard", "--non-interactive"]).args(arguments).envs(variables.iter().copied());
    ended(command, input.as_bytes())
}

fn config(home: &Home) -> Value {
    json5::from_str(&fs::read_to_string(home.state().join("modelpin.json")).unwrap()).unwrap()
}

fn profiles(home: &Home) -> Value {
    let text = fs::read(home.store()).unwrap_or_else(|_| b"{}".to_vec());
    serde_json::from_slice::<Value>(&text).unwrap()["profiles"].clone()
}

#[test]
fn everything_at_once_and_twice_is_the_same_as_once() {
    let home = Home::empty();
    let (key, bot) = (home.path().join("key"), home.path().join("bot"));
    fs::write(&key, KEY).unwrap();
    fs::write(&bot, format!("{}\n", telegram())).unwrap();
    let flags = [
        "--accept-risk",
        "--auth-choice",
        "apiKey",
        "--anthropic-api-key-file",
        key.to_str().unwrap(),
        "--telegram-token-file",
        bot.to_str().unwrap(),
        "--discord-token-file",
        "-",
        "--owner",
        "telegram:42",
        "--owner",
        "discord:77",
        "--model",
        "sonnet",
        "--json",
    ];
    let first = onboard(&home, &flags, DISCORD, &[]);
    assert_eq!(first.code, 0, "{}", first.err);
    let told: Value = serde_json::from_str(&first.out).unwrap();
    assert_eq!(told["written"].as_array().unwrap().len(), 3, "{told:#}");
    assert_eq!(told["credentials"][0]["id"], "anthropic:default");
    assert_eq!(told["next"], "modelpin gateway");
    assert_eq!(profiles(&home), json!({"anthropic:default": {"type": "api_key", "provider": "anthropic", "key": KEY}}));
    assert_eq!(
        config(&home),
        json!({
            "agents": {"defaults": {"model": {"primary": "anthropic/claude-sonnet-4-6"}}},
            "channels": {
                "telegram": {"botToken": "${TELEGRAM_BOT_TOKEN}", "allowFrom": ["42"]},
                "discord": {"token": "${DISCORD_BOT_TOKEN}", "allowFrom": ["77"]},
            },
            "commands": {"ownerAllowFrom": ["telegram:42", "discord:77"]},
        })
    );
    let dotenv = home.state().join(".env");
    assert_eq!(
        fs::read_to_string(&dotenv).unwrap(),
        format!("TELEGRAM_BOT_TOKEN={}\nDISCORD_BOT_TOKEN={DISCORD}\n", telegram())
    );
    for file in [dotenv, home.store(), home.state().join("modelpin.json")] {
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
    }
    assert_eq!(fs::metadata(home.state()).unwrap().permissions().mode() & 0o777, 0o700);

    let before = tree(home.path());
    let second = onboard(&home, &flags, DISCORD, &[]);
    assert_eq!(second.code, 0, "{}", second.err);
    assert!(tree(home.path()) == before, "something was written the second time");
    let told: Value = serde_json::from_str(&second.out).unwrap();
    assert_eq!((&told["written"], &told["settings"]), (&json!([]), &json!([])));
    let leaks = Leaks::of([KEY, &telegram(), DISCORD]);
    for text in [first.out, first.err, second.out, second.err] {
        leaks.assert_none_in("what onboard says", text);
    }
    // What was written is what the other commands read.
    assert_eq!(home.run(&["models", "auth", "list"]).code, 0);
}

#[rstest]
#[case("apiKey", "--anthropic-api-key-file", "anthropic")]
#[case("openai-api-key", "--openai-api-key-file", "openai")]
#[case("openrouter-api-key", "--openrouter-api-key-file", "openrouter")]
#[case("ai-gateway-api-key", "--ai-gateway-api-key-file", "vercel-ai-gateway")]
#[case("moonshot-api-key", "--moonshot-api-key-file", "moonshot")]
#[case("kimi-code-api-key", "--kimi-code-api-key-file", "kimi")]
#[case("gemini-api-key", "--gemini-api-key-file", "google")]
#[case("zai-api-key", "--zai-api-key-file", "zai")]
#[case("xiaomi-api-key", "--xiaomi-api-key-file", "xiaomi")]
#[case("minimax-api", "--minimax-api-key-file", "minimax")]
#[case("minimax-api-lightning", "--minimax-api-key-file", "minimax")]
#[case("synthetic-api-key", "--synthetic-api-key-file", "synthetic")]
#[case("venice-api-key", "--venice-api-key-file", "venice")]
#[case("opencode-zen", "--opencode-zen-api-key-file", "opencode")]
fn every_choice_of_the_family_that_is_a_key(#[case] choice: &str, #[case] flag: &str, #[case] provider: &str) {
    let home = Home::empty();
    let id = format!("{provider}:default");
    let missing = onboard(&home, &["--auth-choice", choice], "", &[]);
    assert_eq!(missing.code, 64, "{}", missing.err);
    assert!(missing.err.contains(flag), "{}", missing.err);
    assert!(!home.state().exists());
    let done = onboard(&home, &["--auth-choice", choice, flag, "-"], OPENAI, &[]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert_eq!(profiles(&home)[&id], json!({"type": "api_key", "provider": provider, "key": OPENAI}));
    // Stored already, it need not be named again.
    let before = tree(home.path());
    let again = onboard(&home, &["--auth-choice", choice], "", &[]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert!(tree(home.path()) == before);
    // A flag alone is a choice as well; the family's form of it is none.
    let home = Home::empty();
    assert_eq!(onboard(&home, &[flag, "-"], OPENAI, &[]).code, 0);
    assert_eq!(profiles(&home)[&id]["key"], OPENAI);
    let home = Home::empty();
    let shown = flag.trim_end_matches("-file");
    for form in [vec![shown.to_owned(), OPENAI.to_owned()], vec![format!("{shown}={OPENAI}")]] {
        let form: Vec<&str> = form.iter().map(String::as_str).collect();
        let refused = onboard(&home, &[&["--auth-choice", choice][..], &form].concat(), "", &[]);
        assert_eq!(refused.code, 64);
        assert!(refused.err.contains(&format!("{flag} FILE")), "{}", refused.err);
        Leaks::of([OPENAI]).assert_none_in("the refusal", refused.out + &refused.err);
        assert!(!home.state().exists());
    }
}

#[rstest]
#[case("claude-cli")]
#[case("codex-cli")]
#[case("openai-codex")]
#[case("chutes")]
#[case("qwen-portal")]
#[case("minimax-portal")]
#[case("minimax")]
#[case("google-antigravity")]
#[case("google-gemini-cli")]
#[case("github-copilot")]
#[case("copilot-proxy")]
fn a_choice_that_takes_somebody_else_says_what_to_do(#[case] choice: &str) {
    let home = Home::empty();
    let refused = onboard(&home, &["--auth-choice", choice], "", &[]);
    assert_eq!(refused.code, 64, "{}", refused.err);
    assert!(refused.err.contains("Instead, ") && refused.err.contains("--auth-choice skip"), "{}", refused.err);
    assert!(!home.state().exists());
}

#[test]
fn a_token_is_stored_with_its_end_and_keeps_it() {
    let home = Home::empty();
    let token = setup_token();
    let flags = ["--auth-choice", "token", "--token-provider", "anthropic", "--token-file", "-"];
    let with_end = [&flags[..], &["--token-profile-id", "anthropic:team", "--token-expires-in", "365d"]].concat();
    assert_eq!(onboard(&home, &with_end, &token, &[]).code, 0);
    let entry = profiles(&home)["anthropic:team"].clone();
    assert_eq!((&entry["type"], &entry["token"]), (&json!("token"), &json!(token)));
    assert!(entry["expires"].is_u64(), "{entry}");
    let before = tree(home.path());
    assert_eq!(onboard(&home, &with_end, &token, &[]).code, 0);
    assert!(tree(home.path()) == before, "the same token does not last longer");

    let home = Home::empty();
    for choice in ["setup-token", "oauth"] {
        let done = onboard(&home, &["--auth-choice", choice, "--token", "-"], &token, &[]);
        assert_eq!(done.code, 0, "{}", done.err);
        assert_eq!(profiles(&home)["anthropic:manual"]["token"], token);
        assert_eq!(onboard(&home, &["--auth-choice", choice], "", &[]).code, 0);
    }
    let empty = Home::empty();
    for (flags, input, why) in [
        (&["--auth-choice", "token"][..], "", "--token-provider"),
        (&["--token-file", "-"], token.as_str(), "--token-provider"),
        (&["--token-provider", "anthropic"], "", "--token-file"),
        (&["--auth-choice", "setup-token"], "", "--token-file"),
        (&["--auth-choice", "setup-token", "--token-provider", "openai", "--token-file", "-"], "", "only anthropic"),
        (&["--auth-choice", "setup-token", "--token-file", "-"], &token[..60], "truncated"),
        (&["--auth-choice", "setup-token", "--token-file", "-"], KEY, "API key"),
        (&["--auth-choice", "apiKey", "--anthropic-api-key-file", "-"], &token, "setup-token"),
        (&["--auth-choice", "skip", "--token-file", "-"], &token, "skip"),
        (&["--token-file", "-", "--telegram-token-file", "-"], &token, "only one"),
        (&["--telegram-token-file", "-"], KEY, "@BotFather"),
        (&["--discord-token-file", "-"], KEY, "developer portal"),
        (&["--openai-api-key-file", "nowhere"], "", "nowhere"),
        (&["--model", "sonet"], "", "sonnet"),
        (&["--owner", "42"], "", "telegram:42"),
    ] {
        let refused = onboard(&empty, flags, input, &[]);
        assert_eq!(refused.code, 64, "{flags:?}: {}", refused.err);
        assert!(refused.err.contains(why), "{flags:?}: {}", refused.err);
        assert_eq!(refused.out, "", "{flags:?}");
        assert!(input.is_empty() || !refused.err.contains(input), "{flags:?}: {}", refused.err);
        assert!(!empty.state().exists(), "{flags:?}");
    }
}

#[test]
fn a_key_of_the_environment_is_stored_unless_it_stays_there() {
    let home = Home::empty();
    let done = onboard(&home, &["--auth-choice", "openai-api-key"], "", &[("OPENAI_API_KEY", OPENAI)]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert_eq!(profiles(&home)["openai:default"]["key"], OPENAI);
    // Nobody is there to ask anthropic for, so its model is none to begin with.
    let model = config(&home)["agents"]["defaults"]["model"]["primary"].clone();
    assert!(model.as_str().unwrap().starts_with("openai/"), "{model}");
    Leaks::of([OPENAI]).assert_none_in("what onboard says", done.out + &done.err);

    let home = Home::empty();
    fs::create_dir(home.state()).unwrap();
    fs::write(home.state().join(".env"), format!("OPENAI_API_KEY={OPENAI}\n")).unwrap();
    let before = tree(home.path());
    assert_eq!(onboard(&home, &["--auth-choice", "openai-api-key"], "", &[]).code, 0);
    assert!(tree(home.path()) == before, "what is in the state directory is there for every run");
}

#[test]
fn what_is_there_stays_with_its_comments() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", crate::cli::support::nowhere);
    let file = home.state().join("modelpin.json");
    let text = "// mine\n{\n  agents: { defaults: { model: 'openai/gpt-5.4', /* why */ } },\n  channels: {\n    \
                telegram: { allowFrom: [7], botToken: '${MY_BOT}' }, // ours\n  },\n}\n";
    fs::write(&file, text).unwrap();
    let dotenv = "# kept\nexport MY_BOT='x y'\n\nTELEGRAM_BOT_TOKEN=old # the old one\n";
    fs::write(home.state().join(".env"), dotenv).unwrap();
    let store = fs::read(home.store()).unwrap();
    let done = onboard(&home, &["--telegram-token-file", "-", "--owner", "42", "--model", "opus"], &telegram(), &[]);
    assert_eq!(done.code, 0, "{}", done.err);
    let after = fs::read_to_string(&file).unwrap();
    for kept in ["// mine\n", "/* why */", "// ours", "telegram: { allowFrom: [7, \"42\"]"] {
        assert!(after.contains(kept), "{after}");
    }
    let now = config(&home);
    assert_eq!(now["agents"]["defaults"]["model"], "anthropic/claude-opus-4-6", "text stays text");
    assert_eq!(now["channels"]["telegram"]["botToken"], "${TELEGRAM_BOT_TOKEN}");
    assert_eq!(fs::read_to_string(home.state().join("modelpin.json.bak")).unwrap(), text);
    assert_eq!(
        fs::read_to_string(home.state().join(".env")).unwrap(),
        format!("# kept\nexport MY_BOT='x y'\n\n# the old one\nTELEGRAM_BOT_TOKEN={}\n", telegram())
    );
    assert_eq!(fs::read(home.store()).unwrap(), store, "nothing was asked of the store");
}

#[test]
fn what_is_in_the_way_stays_and_nothing_else_is_written() {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", crate::cli::support::nowhere);
    let flags = ["--auth-choice", "token", "--token-provider", "anthropic", "--token-profile-id", "anthropic:default"];
    let before = tree(home.path());
    let flags = [&flags[..], &["--token-file", "-", "--owner", "telegram:42"]].concat();
    let refused = onboard(&home, &flags, &setup_token(), &[]);
    assert_eq!(refused.code, 64);
    assert!(refused.err.contains("an API key of anthropic"), "{}", refused.err);
    assert!(tree(home.path()) == before);

    for (broken, code) in [("{", 65), ("{channels: []}", 65), ("{agents: {defaults: {model: 5}}}", 65)] {
        fs::write(home.state().join("modelpin.json"), broken).unwrap();
        let before = tree(home.path());
        let refused = onboard(&home, &["--openai-api-key-file", "-", "--owner", "telegram:42"], OPENAI, &[]);
        assert_eq!(refused.code, code, "{broken}: {}", refused.err);
        assert!(refused.err.contains("modelpin.json"), "{broken}: {}", refused.err);
        assert!(tree(home.path()) == before, "{broken}");
    }
}

#[test]
fn a_model_that_an_agent_has_for_itself_goes_on_and_that_is_said() {
    let home = Home::empty();
    fs::create_dir(home.state()).unwrap();
    let list = json!([{"id": "ops", "model": "openai/gpt-5.4"}]);
    fs::write(home.state().join("modelpin.json"), json!({"agents": {"list": list}}).to_string()).unwrap();
    let done = onboard(&home, &["--model", "opus", "--agent", "ops"], "", &[]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.err.contains("ops has a model of its own in `agents.list`, openai/gpt-5.4"), "{}", done.err);
}

#[test]
fn what_would_be_left_out_is_declared() {
    let home = Home::empty();
    fs::create_dir(home.state()).unwrap();
    let declared = json!({"auth": {"profiles": {"openai:team": {"provider": "openai", "mode": "api_key"}}}});
    fs::write(home.state().join("modelpin.json"), declared.to_string()).unwrap();
    let done = onboard(&home, &["--openai-api-key-file", "-"], OPENAI, &[]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert_eq!(config(&home)["auth"]["profiles"]["openai:default"], json!({"provider": "openai", "mode": "api_key"}));
    let listing = home.json(&["models", "auth", "list"]);
    assert_eq!(listing["profiles"][0]["state"], "usable", "{listing:#}");
}

#[test]
fn what_was_written_before_a_file_refused_is_said_and_the_rest_follows_later() {
    let home = Home::empty();
    fs::create_dir(home.state()).unwrap();
    // A folder is where the lock of the configuration would go.
    let lock = home.state().join("modelpin.json.modelpin-lock");
    fs::write(home.state().join("modelpin.json"), "{ /* mine */ }").unwrap();
    fs::create_dir(&lock).unwrap();
    let flags = ["--openai-api-key-file", "-", "--owner", "telegram:42"];
    let failed = onboard(&home, &flags, OPENAI, &[]);
    assert_eq!(failed.code, 70, "{}", failed.err);
    let store = home.store().display().to_string();
    assert!(failed.err.contains("Written before that: ") && failed.err.contains(&store), "{}", failed.err);
    assert_eq!(fs::read_to_string(home.state().join("modelpin.json")).unwrap(), "{ /* mine */ }");
    fs::remove_dir(&lock).unwrap();
    let done = onboard(&home, &flags, OPENAI, &[]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert_eq!(config(&home)["commands"]["ownerAllowFrom"], json!(["telegram:42"]));
}

#[test]
fn a_token_that_the_environment_covers_is_said_to_be_covered() {
    let home = Home::empty();
    let done = onboard(&home, &["--telegram-token-file", "-"], &telegram(), &[("TELEGRAM_BOT_TOKEN", "123456:other")]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.err.contains("TELEGRAM_BOT_TOKEN is set to something else"), "{}", done.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_message_is_answered_with_the_key_that_was_just_stored() {
    let server = provider().start().await.unwrap();
    let home = Home::empty();
    let url = server.base_url("anthropic");
    fs::create_dir(home.state()).unwrap();
    let text =
        json!({"models": {"providers": {"anthropic": {"baseUrl": url, "api": "anthropic-messages", "models": []}}}});
    fs::write(home.state().join("modelpin.json"), text.to_string()).unwrap();
    let (_, known) = crate::cli::support::SECRETS[0];
    let done = onboard(&home, &["--anthropic-api-key-file", "-", "--first-message", "--json"], known, &[]);
    assert_eq!(done.code, 0, "{}", done.err);
    let told: Value = serde_json::from_str(&done.out).unwrap();
    let first = &told["firstMessage"];
    assert_eq!(first["answered"], true, "{told:#}");
    assert_eq!(first["receipt"]["profile"], "anthropic:default");
    assert_eq!(first["receipt"]["fingerprint"], told["credentials"][0]["fingerprint"]);
    Leaks::of([known]).assert_none_in("what onboard says", done.out + &done.err);

    // A key that is refused is stored all the same, and what is said is what a chat would say.
    let home = Home::empty();
    fs::create_dir(home.state()).unwrap();
    fs::write(home.state().join("modelpin.json"), text.to_string()).unwrap();
    let done = onboard(&home, &["--anthropic-api-key-file", "-", "--first-message"], KEY, &[]);
    assert_eq!(done.code, 70, "{}", done.err);
    assert!(done.err.contains("anthropic:default was refused by the provider"), "{}", done.err);
    assert_eq!(profiles(&home)["anthropic:default"]["key"], KEY);
}
