//! `models list`, `set`, `aliases` and `fallbacks`.

use std::fs;

use serde_json::{Value, json};

use crate::cli::support::{Home, family, nowhere, provider};

pub(super) fn config(home: &Home) -> String {
    fs::read_to_string(home.state().join("modelpin.json")).unwrap()
}

/// Writes the configuration, and returns it as it is on the disk.
pub(super) fn configured(home: &Home, text: &str) -> String {
    fs::create_dir_all(home.state()).unwrap();
    fs::write(home.state().join("modelpin.json"), text).unwrap();
    text.to_owned()
}

pub(super) fn with_family() -> (Home, String) {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", nowhere);
    let before = config(&home);
    (home, before)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn set_changes_one_word_and_a_running_chat_answers_with_it() {
    let server = provider().start().await.unwrap();
    let home = Home::empty();
    family(&home.state(), "modelpin.json", |provider| server.base_url(provider));
    let before = config(&home);
    let mut chat = home.chat(None, &[]);
    let answered = |chat: &mut crate::cli::support::Chat| {
        chat.send(&json!({"text": "hello"}))[0]["receipt"]["model"].as_str().unwrap().to_owned()
    };
    assert_eq!(answered(&mut chat), "anthropic/claude-sonnet-4-6");
    let told = home.json(&["models", "set", "GPT"]);
    assert_eq!(
        (&told["model"], &told["previous"], &told["changed"], &told["allowed"]),
        (&json!("openai/gpt-5.4"), &json!("anthropic/claude-sonnet-4-6"), &json!(true), &json!(false))
    );
    assert_eq!(told["notes"], json!([]));
    let primary = |model: &str| format!("\"primary\": \"{model}\"");
    let after = before.replace(&primary("anthropic/claude-sonnet-4-6"), &primary("openai/gpt-5.4"));
    assert_eq!(config(&home), after);
    let backup = told["files"][0]["backup"].as_str().unwrap();
    assert_eq!(fs::read_to_string(backup).unwrap(), before);
    assert_eq!(answered(&mut chat), "openai/gpt-5.4");

    let again = home.run(&["models", "set", "gpt"]);
    assert_eq!((again.code, again.err.as_str()), (0, ""));
    assert!(again.out.contains("as it was already") && !again.out.contains("Updated"), "{}", again.out);
    let text = home.run(&["models", "set", "opus"]);
    assert!(text.out.contains("Updated ") && text.out.contains("modelpin.json.bak"), "{}", text.out);
    assert_eq!(config(&home), after.replace(&primary("openai/gpt-5.4"), &primary("anthropic/claude-opus-4-6")));
    assert_eq!(answered(&mut chat), "anthropic/claude-opus-4-6");
}

#[test]
fn what_is_refused_changes_no_byte_and_makes_no_file() {
    let (home, before) = with_family();
    let files = fs::read_dir(home.state()).unwrap().count();
    for (words, told) in [
        (&["set", "sonet"][..], "Did you mean sonnet"),
        (&["set", "anthropic/claude-sonet-4-6"], "no model is called"),
        (&["set", "openai/gpt-5.2"], "models set openai/gpt-5.2 --allow"),
        (&["set", "nobody/x"], "no model is called"),
        (&["set", "opus@work"], "models auth order set --provider anthropic"),
        (&["set", ""], "no model is called"),
        (&["set", "opus", "--agent", "nobody"], "there is main"),
        (&["aliases", "add", "OPUS", "gpt"], "stands for anthropic/claude-opus-4-6 already"),
        (&["aliases", "add", "best", "opus"], "is called `opus` already"),
        (&["aliases", "add", "best", "openai/gpt-5.2"], "aliases add best openai/gpt-5.2 --allow"),
        (&["aliases", "add", "a/b", "opus"], "letters, digits"),
        (&["aliases", "remove", "nobody"], "there is gpt, opus, sonnet"),
        (&["fallbacks", "add", "sonnet"], "is the default"),
        (&["fallbacks", "add", "gtp"], "Did you mean gpt"),
        (&["fallbacks", "add", "openai/gpt-5.2"], "fallbacks add openai/gpt-5.2 --allow"),
        (&["fallbacks", "remove", "opus"], "there are none"),
        (&["set-image", "x"], "no image models"),
        (&["image-fallbacks", "list", "--plain"], "no image models"),
        (&["list", "--plain", "--json"], "exclude each other"),
    ] {
        let ended = home.run(&[&["models"], words].concat());
        assert_eq!((ended.code, ended.out.as_str()), (64, ""), "{words:?}: {}", ended.err);
        assert!(ended.err.contains(told), "{words:?}: {}", ended.err);
        assert_eq!(config(&home), before, "{words:?}");
        assert_eq!(fs::read_dir(home.state()).unwrap().count(), files, "{words:?}");
    }
}

#[test]
fn an_allowlist_grows_only_when_told_to() {
    let (home, before) = with_family();
    let told = home.json(&["models", "set", "openai/gpt-5.2", "--allow"]);
    assert_eq!((&told["model"], &told["allowed"]), (&json!("openai/gpt-5.2"), &json!(true)));
    let after: Value = json5::from_str(&config(&home)).unwrap();
    let mut expected: Value = json5::from_str(&before).unwrap();
    expected["agents"]["defaults"]["model"]["primary"] = json!("openai/gpt-5.2");
    expected["agents"]["defaults"]["models"]["openai/gpt-5.2"] = json!({});
    assert_eq!(after, expected);
    assert!(config(&home).starts_with("// JSON5, with a comment\n"));
    let told = home.json(&["models", "fallbacks", "add", "anthropic/claude-haiku-4-5", "--allow"]);
    assert_eq!(told["fallbacks"], json!(["anthropic/claude-haiku-4-5"]));
    let after: Value = json5::from_str(&config(&home)).unwrap();
    assert_eq!(after["agents"]["defaults"]["models"]["anthropic/claude-haiku-4-5"], json!({}));
}

#[test]
fn where_everything_may_be_chosen_it_stays_so() {
    let home = Home::empty();
    let before = configured(&home, "// mine\n{ gateway: { port: 1 } }\n");
    let set = home.run(&["models", "set", "openai/gpt-5.9"]);
    assert_eq!(set.code, 0, "{}", set.err);
    assert!(set.err.contains("models auth add --provider openai"), "nobody can answer with it: {}", set.err);
    assert_eq!(home.json(&["models", "fallbacks", "add", "sonnet"])["changed"], true);
    let value: Value = json5::from_str(&config(&home)).unwrap();
    assert_eq!(
        value,
        json!({
            "gateway": {"port": 1},
            "agents": {"defaults": {
                "model": {"primary": "openai/gpt-5.9", "fallbacks": ["anthropic/claude-sonnet-4-6"]},
            }},
        })
    );
    assert!(config(&home).starts_with("// mine\n"), "{}", config(&home));
    assert_ne!(config(&home), before);

    let before = config(&home);
    let refused = home.run(&["models", "aliases", "add", "fast", "openai/gpt-5.4-mini"]);
    assert_eq!(refused.code, 64);
    assert!(refused.err.contains("there is none: every model may be chosen"), "{}", refused.err);
    let again = "modelpin models aliases add fast openai/gpt-5.4-mini --allow-only";
    assert!(refused.err.contains(again), "{}", refused.err);
    assert_eq!(config(&home), before);
    let words: Vec<&str> = again.split(' ').skip(1).collect();
    let told = home.json(&words);
    let notes = told["notes"].to_string();
    for note in ["There is an allowlist now", "openai/gpt-5.9", "`gpt-mini` stood for openai/gpt-5.4-mini"] {
        assert!(notes.contains(note), "{notes}");
    }
    let value: Value = json5::from_str(&config(&home)).unwrap();
    assert_eq!(value["agents"]["defaults"]["models"], json!({"openai/gpt-5.4-mini": {"alias": "fast"}}));
}

#[test]
fn aliases_come_and_go_and_models_stay_on_the_allowlist() {
    let (home, before) = with_family();
    assert_eq!(
        home.json(&["models", "aliases", "list"]),
        json!({
            "aliases": {
                "gpt": "openai/gpt-5.4", "opus": "anthropic/claude-opus-4-6", "sonnet": "anthropic/claude-sonnet-4-6",
            },
            "ambiguous": {},
        })
    );
    let removed = home.json(&["models", "aliases", "remove", "Opus"]);
    assert_eq!(removed["models"], json!(["anthropic/claude-opus-4-6"]));
    assert_eq!(removed["notes"], json!(["`opus` stands for anthropic/claude-opus-4-6 now, as built in."]));
    let value: Value = json5::from_str(&config(&home)).unwrap();
    assert_eq!(value["agents"]["defaults"]["models"]["anthropic/claude-opus-4-6"], json!({}));
    let added = home.json(&["models", "aliases", "add", "best", "opus"]);
    assert_eq!((&added["alias"], &added["model"]), (&json!("best"), &json!("anthropic/claude-opus-4-6")));
    assert!(added["notes"].to_string().contains("`opus` stood for"), "{added}");
    assert_eq!(home.json(&["models", "aliases", "add", "BEST", "best"])["changed"], false);
    // The word of a command, a number and the id of another model would not choose it.
    assert_eq!(home.run(&["models", "aliases", "remove", "gpt"]).code, 0);
    for (alias, told) in [
        ("list", "is also a command"),
        ("New", "is also a command"),
        ("7", "is also a command"),
        ("claude-opus-4-6", "is also a model id"),
    ] {
        let before = config(&home);
        let ended = home.run(&["models", "aliases", "add", alias, "openai/gpt-5.4"]);
        assert!(ended.code == 64 && ended.err.contains(told), "{alias}: {}", ended.err);
        assert_eq!(config(&home), before, "{alias}");
    }
    assert_eq!(
        home.run(&["models", "aliases", "remove", "gpt"]).code,
        0,
        "the built-in one, where its model is listed"
    );
    let plain = home.run(&["models", "aliases", "list", "--plain"]);
    assert_eq!(plain.out, "best anthropic/claude-opus-4-6\nsonnet anthropic/claude-sonnet-4-6\n");

    // Two models of one alias, written by hand: said, and taken away from both.
    configured(&home, &before.replace("\"gpt\"", "\"Opus\""));
    let told = home.run(&["models", "aliases", "list"]);
    assert!(told.err.contains("and so stands for none of them"), "{}", told.err);
    assert_eq!(home.json(&["models", "aliases", "remove", "opus"])["models"].as_array().unwrap().len(), 2);
}

#[test]
fn fallbacks_are_added_once_and_taken_out_by_any_name() {
    let home = Home::empty();
    configured(&home, "{agents: {defaults: {model: 'anthropic/claude-opus-4-6' /* the one */}}}");
    let fallbacks = |words: &[&str]| home.json(&[&["models", "fallbacks"], words].concat());
    assert_eq!(fallbacks(&["add", "gpt"])["fallbacks"], json!(["openai/gpt-5.4"]));
    let value: Value = json5::from_str(&config(&home)).unwrap();
    assert_eq!(
        value["agents"]["defaults"]["model"],
        json!({"primary": "anthropic/claude-opus-4-6", "fallbacks": ["openai/gpt-5.4"]})
    );
    assert_eq!(fallbacks(&["add", "openai/gpt-5.4"])["changed"], false);
    assert_eq!(fallbacks(&["add", "sonnet"])["changed"], true);
    assert_eq!(fallbacks(&["list"]), json!({"fallbacks": ["openai/gpt-5.4", "anthropic/claude-sonnet-4-6"]}));
    let plain = home.run(&["models", "fallbacks", "list", "--plain"]);
    assert_eq!(plain.out, "openai/gpt-5.4\nanthropic/claude-sonnet-4-6\n");
    assert_eq!(fallbacks(&["remove", "GPT"])["fallbacks"], json!(["anthropic/claude-sonnet-4-6"]));
    let refused = home.run(&["models", "fallbacks", "remove", "gpt"]);
    assert!(refused.code == 64 && refused.err.contains("they are anthropic/claude-sonnet-4-6"), "{}", refused.err);
    assert_eq!(fallbacks(&["clear"])["fallbacks"], json!([]));
    assert_eq!(fallbacks(&["clear"])["changed"], false);
    let set = home.json(&["models", "set", "gpt"]);
    assert_eq!(set["previous"], "anthropic/claude-opus-4-6");

    // A name as text stays one, and one that nobody knows can be taken out.
    configured(&home, "{agents: {defaults: {model: 'opus' }}}");
    assert_eq!(home.json(&["models", "set", "opus"])["changed"], false, "it says so already");
    assert_eq!(home.json(&["models", "set", "sonnet"])["changed"], true);
    assert_eq!(config(&home), "{agents: {defaults: {model: \"anthropic/claude-sonnet-4-6\" }}}");
    configured(&home, "{agents: {defaults: {model: {fallbacks: ['gone', /* kept */ 'openai/gpt-5.4']}}}}");
    assert_eq!(fallbacks(&["remove", "gone"])["fallbacks"], json!(["openai/gpt-5.4"]));
}

#[test]
fn one_agents_own_model_and_fallbacks_are_in_its_own_entry() {
    let home = Home::empty();
    let before = configured(
        &home,
        "{agents: {\n  defaults: {model: {primary: 'anthropic/claude-opus-4-6', fallbacks: ['openai/gpt-5.4']}},\n  \
         list: [\n    {id: 'main'}, // first\n    {id: 'Ops', model: 'xai/grok-4' /* theirs */},\n  ],\n}}\n",
    );
    let told = home.json(&["models", "set", "gpt", "--agent", "ops"]);
    assert_eq!((&told["agent"], &told["previous"]), (&json!("ops"), &json!("xai/grok-4")));
    assert_eq!(config(&home), before.replace("'xai/grok-4'", "\"openai/gpt-5.4\""));
    let told = home.json(&["models", "fallbacks", "add", "sonnet", "--agent", "main"]);
    assert_eq!(told["fallbacks"], json!(["openai/gpt-5.4", "anthropic/claude-sonnet-4-6"]));
    assert!(told["notes"].to_string().contains("fallbacks of its own now"), "{told}");
    let value: Value = json5::from_str(&config(&home)).unwrap();
    assert_eq!(value["agents"]["defaults"]["model"]["fallbacks"], json!(["openai/gpt-5.4"]));
    assert!(config(&home).contains("// first") && config(&home).contains("/* theirs */"), "{}", config(&home));
    assert_eq!(home.json(&["models", "fallbacks", "clear", "--agent", "ops"])["fallbacks"], json!([]));
    assert_eq!(home.json(&["models", "fallbacks", "list", "--agent", "ops"]), json!({"fallbacks": []}));

    // The default agent has a model of its own: what is set for all does not count for it, and that is said.
    configured(&home, "{agents: {list: [{id: 'ops', model: 'xai/grok-4'}]}}");
    let told = home.run(&["models", "set", "opus"]);
    assert!(told.err.contains("--agent ops"), "{}", told.err);
    // The main agent is there without an entry.
    let told = home.json(&["models", "set", "opus", "--agent", "main"]);
    assert_eq!(told["changed"], true);
    let value: Value = json5::from_str(&config(&home)).unwrap();
    assert_eq!(value["agents"]["list"][1], json!({"id": "main", "model": {"primary": "anthropic/claude-opus-4-6"}}));
}

#[test]
fn the_list_says_what_is_known_and_who_could_answer() {
    let home = Home::empty();
    configured(
        &home,
        r#"{
          agents: {defaults: {
            model: {primary: "opus", fallbacks: ["ollama/llama3.2", "nowhere/x"]},
            models: {"anthropic/claude-opus-4-6": {alias: "opus"}, "ollama/llama3.2": {}, "openai/gpt-5.4": {}},
          }},
          models: {providers: {ollama: {baseUrl: "http://127.0.0.1:9/v1", api: "openai-completions", models: [
            {id: "llama3.2", name: "Llama", input: ["text", "image"], contextWindow: 131072},
          ]}}},
        }"#,
    );
    let list = |words: &[&str]| home.json(&[&["models", "list"], words].concat());
    assert_eq!(
        list(&[]),
        json!({"count": 4, "models": [
            {"key": "anthropic/claude-opus-4-6", "name": null, "input": null, "contextWindow": null, "local": false,
             "available": false, "tags": ["default", "configured", "alias:opus"], "missing": false},
            {"key": "ollama/llama3.2", "name": "Llama", "input": "text+image", "contextWindow": 131_072, "local": true,
             "available": true, "tags": ["fallback#1", "configured"], "missing": false},
            {"key": "nowhere/x", "name": null, "input": null, "contextWindow": null, "local": null,
             "available": false, "tags": ["fallback#2", "missing"], "missing": true},
            {"key": "openai/gpt-5.4", "name": null, "input": null, "contextWindow": null, "local": false,
             "available": false, "tags": ["configured", "alias:gpt"], "missing": false},
        ]})
    );
    assert_eq!(list(&["--local"])["count"], 1);
    assert_eq!(list(&["--provider", "OpenAI"])["models"][0]["key"], "openai/gpt-5.4");
    let all = list(&["--all"]);
    let rows = all["models"].as_array().unwrap();
    assert!(rows.len() > 10 && rows.is_sorted_by_key(|row| row["key"].as_str().unwrap()), "{all}");
    let barred = rows.iter().find(|row| row["key"] == "xai/grok-4").unwrap();
    assert_eq!(barred["tags"], json!(["not allowed"]));
    let add = ["models", "auth", "add", "--provider", "anthropic"];
    assert_eq!(home.run_with(&add, b"sk-ant-api03-test-0123456789abcdef").code, 0);
    assert_eq!(list(&["--provider", "anthropic"])["models"][0]["available"], true);

    let empty = home.run(&["models", "list", "--provider", "groq", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&empty.out).unwrap(), json!({"count": 0, "models": []}));
    let empty = home.run(&["models", "list", "--provider", "groq"]);
    assert_eq!((empty.code, empty.out.as_str()), (0, ""));
    assert!(empty.err.contains("models list --all"), "{}", empty.err);
    let plain = home.run(&["models", "list", "--plain", "--provider", "ollama"]);
    assert_eq!(plain.out, "ollama/llama3.2\n");
    let table = home.run(&["models", "list"]).out;
    let words: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(words[0], ["Model", "Input", "Ctx", "Local", "Auth", "Tags"]);
    assert_eq!(words[2], ["ollama/llama3.2", "text+image", "131k", "yes", "yes", "fallback#1", "configured"]);
    assert!(!table.lines().any(|line| line.ends_with(' ')), "{table:?}");
}
