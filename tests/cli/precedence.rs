//! One key in every place where it can be set: what counts, what is said of it, and what is on the wire.

use std::fs;

use modelpin::demo::LoopbackProvider;
use modelpin::profile::{Fingerprint, ProfileId};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::cli::support::{Home, store_in};
use crate::support::script::script;

/// The places in their order, as the wire is told of them, and what each sets. All invented.
const PLACES: [(&str, &str); 6] = [
    ("store", "sk-test-of-the-store-5b1c90d2e7"),
    ("process", "sk-test-of-the-process-aa04f7c311"),
    ("dotenv", "sk-test-of-the-dotenv-0e6d2b98f4"),
    ("config", "sk-test-of-the-config-c7719e03ab"),
    ("shell", "sk-test-of-the-shell-41d5f8e260"),
    ("apikey", "sk-test-of-the-apikey-9b3a67c5d8"),
];
/// In the working directory, where nobody looks.
const OF_A_PROJECT: &str = "sk-test-of-some-project-2f80e1c6b4";

struct Machine {
    home: Home,
    server: LoopbackProvider,
}

impl Machine {
    async fn new() -> Self {
        let known = PLACES.iter().chain([&("project", OF_A_PROJECT)]);
        let server = known.fold(LoopbackProvider::builder(), |builder, (place, secret)| {
            builder.profile("openai", &ProfileId::new(place).unwrap(), &SecretString::from(*secret))
        });
        let machine = Self { home: Home::empty(), server: server.start().await.unwrap() };
        let shell = machine.home.path().join("shell");
        script(&shell, &format!("printf 'OPENAI_API_KEY={}\\0'", PLACES[4].1));
        let elsewhere = "OPENAI_BASE_URL=http://127.0.0.1:9/v1";
        fs::write(machine.home.path().join(".env"), format!("OPENAI_API_KEY={OF_A_PROJECT}\n{elsewhere}\n")).unwrap();
        machine
    }

    /// Sets the key in the places from the `first` on, and takes it out of those before.
    fn set_from(&self, first: usize) {
        let state = self.home.state();
        fs::create_dir_all(store_in(&state).parent().unwrap()).unwrap();
        let is_set = |place: usize| place >= first;
        let profiles = json!({"openai:work": {"type": "api_key", "provider": "openai", "key": PLACES[0].1}});
        let profiles = if is_set(0) { profiles } else { json!({}) };
        fs::write(store_in(&state), json!({"version": 1, "profiles": profiles}).to_string()).unwrap();
        let line =
            if is_set(2) { format!("export OPENAI_API_KEY='{}' # ours\r\n", PLACES[2].1) } else { String::new() };
        fs::write(state.join(".env"), line).unwrap();
        let vars = if is_set(3) { json!({"OPENAI_API_KEY": PLACES[3].1}) } else { json!({}) };
        let config = json!({
            "agents": {"defaults": {"model": {"primary": "openai/gpt-5.4"}}},
            "env": {"vars": vars, "shellEnv": {"enabled": is_set(4), "timeoutMs": 20_000}},
            "models": {"providers": {"openai": {
                "baseUrl": self.server.base_url("openai"), "api": "openai-completions", "models": [],
                "apiKey": PLACES[5].1,
            }}},
        });
        fs::write(state.join("modelpin.json"), config.to_string()).unwrap();
    }

    /// Runs the program over `lines` where the process has its key, if it is to have one.
    fn run(&self, first: usize, arguments: &[&str], lines: &[Value]) -> String {
        let mut command = self.home.program();
        command.args(arguments).env("SHELL", self.home.path().join("shell"));
        if first <= 1 {
            command.env("OPENAI_API_KEY", PLACES[1].1);
        }
        let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let ended = crate::cli::support::ended(command, input.as_bytes());
        assert_eq!(ended.code, 0, "{arguments:?}: {}", ended.err);
        ended.out
    }
}

fn fingerprint(secret: &str) -> String {
    Fingerprint::of(&SecretString::from(secret)).to_string()
}

/// What a chat is told of a place.
fn in_chat(place: &str) -> &'static str {
    match place {
        "process" => "env:OPENAI_API_KEY in the process environment",
        "dotenv" => "env:OPENAI_API_KEY in the state-dir .env",
        "config" => "env:OPENAI_API_KEY in the config env",
        "shell" => "env:OPENAI_API_KEY in the login shell",
        "apikey" => "config:openai in the configuration",
        other => panic!("{other} is no place outside of the store"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_place_counts_until_it_is_gone() {
    let machine = Machine::new().await;
    for (first, (winner, secret)) in PLACES.iter().enumerate() {
        machine.set_from(first);
        let said =
            machine.run(first, &["chat", "--jsonl"], &[json!({"text": "hello"}), json!({"text": "/model status"})]);
        let records: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let receipt = records.iter().find_map(|record| record.get("receipt")).unwrap();
        let expected = match *winner {
            "store" => "openai:work",
            "apikey" => "config:openai",
            _ => "env:OPENAI_API_KEY",
        };
        assert_eq!((&receipt["profile"], &receipt["fingerprint"]), (&json!(expected), &json!(fingerprint(secret))));
        let seen = machine.server.seen();
        assert_eq!(seen.len(), first + 1, "one request each");
        assert_eq!(seen[first].profile.as_ref().map(ProfileId::as_str), Some(*winner), "on the wire");
        let status = records.iter().filter_map(|record| record["reply"]["text"].as_str()).next_back().unwrap();
        let by = if first == 0 { "the auth store" } else { in_chat(winner) };
        for (place, _) in &PLACES[first + 1..] {
            let line = format!("{} is there too, but {by} comes first, and holds something else", in_chat(place));
            assert!(status.contains(&line), "{winner}, {place}:\n{status}");
        }
        let named = status.matches("is there too").count();
        assert_eq!(named, PLACES.len() - 1 - first, "no more and no less:\n{status}");
    }
}

/// What the operator's command says of the same, in JSON.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn status_names_the_winner_and_every_place_that_it_shadows() {
    let machine = Machine::new().await;
    for (first, (winner, secret)) in PLACES.iter().enumerate() {
        machine.set_from(first);
        let out = machine.run(first, &["models", "status", "--json"], &[]);
        let status: Value = serde_json::from_str(&out).unwrap();
        let providers = status["auth"]["providers"].as_array().unwrap();
        let openai = providers.iter().find(|provider| provider["provider"] == "openai").unwrap();
        let kind = match *winner {
            "store" => "profiles",
            "apikey" => "models.json",
            _ => "env",
        };
        assert_eq!(openai["effective"]["kind"], kind, "{winner}: {openai:#}");
        assert!(openai.to_string().contains(&fingerprint(secret)), "{winner}: {openai:#}");
        let shadowed: Vec<(Value, Value)> = openai["shadowed"]
            .as_array()
            .unwrap()
            .iter()
            .map(|shadowed| (shadowed["fingerprint"].clone(), shadowed["differs"].clone()))
            .collect();
        let expected = PLACES[(first + 1).max(1)..].iter().map(|(_, secret)| (json!(fingerprint(secret)), json!(true)));
        assert_eq!(shadowed, expected.collect::<Vec<_>>(), "{winner}: {openai:#}");
        assert!(!out.contains(&fingerprint(OF_A_PROJECT)), "the working directory's is never read");
    }
    assert!(machine.server.seen().is_empty(), "looking sends nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edited_dotenv_counts_from_the_next_turn_and_a_bad_line_is_told() {
    let machine = Machine::new().await;
    machine.set_from(2);
    let dotenv = machine.home.state().join(".env");
    let mut chat = machine.home.chat(None, &[]);
    let mut profile = |machine: &Machine| {
        chat.send(&json!({"text": "hello"}));
        machine.server.seen().pop().unwrap().profile.unwrap().to_string()
    };
    assert_eq!(profile(&machine), "dotenv");
    fs::write(&dotenv, format!("OPENAI_API_KEY=\"{}\"\n", PLACES[1].1)).unwrap();
    assert_eq!(profile(&machine), "process", "the secret that was written there");
    fs::write(&dotenv, "# nothing\n").unwrap();
    assert_eq!(profile(&machine), "config");
    assert_eq!(chat.end(), 0);

    fs::write(&dotenv, "OPENAI_API_KEY=x\nsk-test-without-a-name-3b6f0d\n").unwrap();
    let told = machine.home.run(&["models", "auth", "list"]);
    assert!(told.err.contains(&format!("{}, line 2: sets nothing", dotenv.display())), "{}", told.err);
    assert!(!told.err.contains("sk-test-without"), "{}", told.err);
}
