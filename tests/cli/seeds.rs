//! Every command of the five manuals of the family, unedited, under its own name, in a fresh home.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use modelpin::demo::LoopbackProvider;
use modelpin::profile::ProfileId;
use rstest::rstest;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::cli::support::{Ended, Home, ended, store_in};
use crate::docs::markdown::fenced;
use crate::support::script::script;

/// A whole setup-token, invented.
const TOKEN: &str =
    "sk-ant-oat01-test-of-the-manuals-0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9-AA";
const ROUTER_KEY: &str = "sk-or-v1-test-of-the-manuals-77d1e0b2c3";
const API_KEY: &str = "sk-ant-api03-test-of-the-manuals-19f3c8d2a7";
/// What stands in the manuals in the place of a key.
const OF_THE_MANUAL: &str = "...";

/// One block of a manual's commands.
struct Block {
    promise: String,
    text: String,
}

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/seeds").join(name).with_extension("txt");
    fs::read_to_string(path).unwrap()
}

fn blocks(fixture: &str) -> Vec<Block> {
    let parts = fixture.split("\n\n").filter(|part| !part.starts_with('#'));
    parts
        .map(|part| {
            let (promise, text) = part.split_once('\n').unwrap();
            Block { promise: promise.strip_prefix("; ").unwrap().to_owned(), text: text.trim_end().to_owned() }
        })
        .collect()
}

/// The commands of a block: a line each, or a line with what it is given in place.
fn commands(block: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let mut in_place = false;
    for line in block.lines() {
        if let Some(command) = commands.last_mut().filter(|_| in_place) {
            command.push('\n');
            command.push_str(line);
            in_place = line != "EOF";
        } else {
            commands.push(line.to_owned());
            in_place = line.contains("<<'EOF'");
        }
    }
    assert!(!in_place, "{block}");
    commands
}

/// Somebody who follows a manual.
struct Reader {
    name: &'static str,
    home: Home,
    state: PathBuf,
    bin: PathBuf,
    /// What was exported in the present block.
    exported: Vec<String>,
}

impl Reader {
    /// With a machine on which nothing was done yet but what the manual takes for granted: the program is there under its
    /// name, Claude Code is there, and the configuration says where the providers are.
    fn new(name: &'static str, folder: &str, config: &str, server: &LoopbackProvider) -> Self {
        let home = Home::empty();
        let (state, bin) = (home.path().join(folder), home.path().join("bin"));
        let linked = home.run(&["link", bin.to_str().unwrap(), name]);
        assert_eq!(linked.code, 0, "{}", linked.err);
        let login = json!({"claudeAiOauth": {"accessToken": TOKEN, "expiresAt": 4_102_444_800_000_u64, "scopes": ["user:inference"]}});
        let keeps = format!("mkdir -p ~/.claude && printf '%s' '{login}' > ~/.claude/.credentials.json\n");
        let keeps = if name == "epiloop" { keeps } else { String::new() };
        let claude = format!("[ \"$*\" = setup-token ] || exit 9\n{keeps}echo {TOKEN}");
        script(&bin.join("claude"), &claude);
        fs::create_dir_all(&state).unwrap();
        let provider = |id: &str, api: &str| json!({"baseUrl": server.base_url(id), "api": api, "models": []});
        let providers = json!({
            "anthropic": provider("anthropic", "anthropic-messages"),
            "openrouter": provider("openrouter", "openai-completions"),
        });
        fs::write(state.join(config), json!({"models": {"providers": providers}}).to_string()).unwrap();
        Self { name, home, state, bin, exported: Vec::new() }
    }

    /// Types `command` into a shell, and `input` where it asks.
    fn types(&self, command: &str, input: &str) -> Ended {
        let script = [self.exported.as_slice(), &[command.to_owned()]].concat().join("\n");
        let mut shell = Command::new("bash");
        shell.env_clear().env("HOME", self.home.path()).current_dir(self.home.path());
        shell.env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", self.bin.display()));
        ended(
            {
                shell.args(["-c", &script]);
                shell
            },
            input.as_bytes(),
        )
    }

    fn store(&self) -> Value {
        let path = store_in(&self.state);
        fs::read_to_string(path).map_or(Value::Null, |text| serde_json::from_str(&text).unwrap())
    }

    /// Follows one command, and checks what the manual promises of it.
    fn follow(&mut self, command: &str) {
        let name = self.name;
        let own = command.strip_prefix(name).and_then(|rest| rest.strip_prefix(' '));
        match own {
            None if command.starts_with("export ") => self.exported.push(command.to_owned()),
            None if command.starts_with("cat >> ~/") => {
                self.succeeds(command, "");
                let kept = fs::read_to_string(self.state.join(".env")).unwrap();
                assert_eq!(kept, format!("ANTHROPIC_API_KEY={OF_THE_MANUAL}\n"));
            }
            None if command == "claude setup-token" => assert_eq!(self.succeeds(command, "").out.trim(), TOKEN),
            Some("models status") => self.says_what_is_used(command),
            Some("models status --check") => {
                self.succeeds(command, "");
            }
            Some("doctor") => {
                let Ended { code, out, err } = self.types(command, "");
                // 78: something is to be mended, as the mode of a file that the manual has made with `cat`.
                assert!(code == 0 || code == 78, "{name}: {command}: {code}\n{err}");
                assert!(!out.is_empty(), "{name}: {command}");
            }
            Some("models auth setup-token --provider anthropic" | "models auth paste-token --provider anthropic") => {
                self.succeeds(command, &format!("{TOKEN}\n"));
                let stored = &self.store()["profiles"]["anthropic:manual"];
                assert_eq!((&stored["type"], &stored["token"]), (&json!("token"), &json!(TOKEN)), "{name}: {command}");
            }
            Some("models auth paste-token --provider openrouter") => {
                self.succeeds(command, &format!("{ROUTER_KEY}\n"));
                assert_eq!(self.store()["profiles"]["openrouter:manual"]["token"], ROUTER_KEY, "{name}");
            }
            Some("models auth order get --provider anthropic") => {
                let said = self.succeeds(command, "").out;
                assert!(said.contains("anthropic:manual") && said.contains(self.named()), "{name}: {said}");
            }
            Some("models auth order clear --provider anthropic") => {
                assert_eq!(self.store()["order"]["anthropic"], json!([self.named()]), "{name}");
                self.succeeds(command, "");
                assert_eq!(self.store()["order"]["anthropic"], Value::Null, "{name}");
            }
            Some(order) if order == format!("models auth order set --provider anthropic {}", self.named()) => {
                self.succeeds(command, "");
                assert_eq!(self.store()["order"]["anthropic"], json!([self.named()]), "{name}");
                let shown = self.types(&format!("{name} models auth order get --provider anthropic --json"), "").out;
                let shown: Value = serde_json::from_str(&shown).unwrap();
                assert_eq!(shown["effective"], json!([self.named()]), "{name}");
            }
            None | Some(_) => panic!("{name}: no promise of `{command}` is known"),
        }
    }

    /// The profile that the manual names in its order.
    fn named(&self) -> &'static str {
        if self.name == "epiloop" { "anthropic:claude-cli" } else { "anthropic:default" }
    }

    fn succeeds(&self, command: &str, input: &str) -> Ended {
        let ended = self.types(command, input);
        assert_eq!(ended.code, 0, "{}: {command}\n{}\n{}", self.name, ended.out, ended.err);
        ended
    }

    fn says_what_is_used(&self, command: &str) {
        let name = self.name;
        let Ended { out, .. } = self.succeeds(command, "");
        assert!(!out.contains(TOKEN) && !out.contains(ROUTER_KEY) && !out.contains(API_KEY), "{name}: {out}");
        let store = self.store();
        let stored =
            store["profiles"].as_object().map(|all| all.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
        // A table that has to fit a screen may break a name.
        let whole = self.succeeds(&format!("{command} --json"), "").out;
        for id in &stored {
            assert!(
                out.contains(&id[..15]) && whole.contains(&format!("\"{id}\"")),
                "{name}: {id} is not named:\n{out}"
            );
        }
        if stored.is_empty() {
            assert!(out.contains("ANTHROPIC_API_KEY"), "{name}:\n{out}");
        }
        // What the manual has Epiloop keep of Claude Code's login.
        if name == "epiloop" && self.home.path().join(".claude").exists() {
            assert!(stored.iter().any(|id| id == "anthropic:claude-cli"), "{store}");
            assert_eq!(store["profiles"]["anthropic:claude-cli"]["refresh"], Value::Null, "static");
        }
    }
}

#[rstest]
#[case("hex", ".hex", "hex.json")]
#[case("aipro", ".aipro", "aipro.json")]
#[case("nova-engine", ".nova-engine", "nova-engine.json")]
#[case("moltbot", ".clawdbot", "moltbot.json")]
#[case("epiloop", ".epiloop", "epiloop.json")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_of_the_manual_does_what_it_says(
    #[case] name: &'static str,
    #[case] folder: &str,
    #[case] config: &str,
) {
    let named = if name == "epiloop" { "anthropic:claude-cli" } else { "anthropic:default" };
    let known = [("anthropic:default", API_KEY), (if name == "epiloop" { named } else { "anthropic:manual" }, TOKEN)];
    let server = known.iter().fold(LoopbackProvider::builder(), |builder, (id, secret)| {
        builder.profile("anthropic", &ProfileId::new(id).unwrap(), &SecretString::from(*secret))
    });
    let server = server.start().await.unwrap();
    let mut reader = Reader::new(name, folder, config, &server);
    let mut followed = 0;
    for Block { promise, text } in blocks(&fixture(name)) {
        // The manual's order names a profile that its wizard stores.
        if promise.starts_with("An agent has an order") && name != "epiloop" {
            reader.succeeds(&format!("{name} models auth add --provider anthropic"), &format!("{API_KEY}\n"));
        }
        for command in commands(&text) {
            reader.follow(&command);
            followed += 1;
        }
        reader.exported.clear();
    }
    assert!(followed >= 16, "{name}: only {followed} commands");
    assert!(server.seen().is_empty(), "looking after credentials sends nothing");

    // What is typed in a chat, and what it promises: that very credential is on the wire.
    let lines = format!("{}\n{}\n", json!({"text": format!("/model opus@{named}")}), json!({"text": "hello"}));
    let talk = reader.succeeds(&format!("{name} chat --jsonl"), &lines);
    assert!(talk.out.contains(&format!("\"profile\":\"{named}\"")), "{}", talk.out);
    let seen = server.seen();
    assert_eq!(seen.len(), 1, "{}", talk.out);
    assert_eq!(seen[0].profile.as_ref().unwrap().as_str(), named);
    for typed in ["/model", "/model list", "/model status"] {
        let shown = reader.succeeds(&format!("{name} chat --jsonl"), &format!("{}\n", json!({ "text": typed })));
        assert!(shown.out.contains("\"reply\"") && shown.out.contains("opus"), "{typed}: {}", shown.out);
    }
}

/// The manuals themselves belong to others. Where they lie beside the repository, what is kept of them here is whole.
#[test]
fn no_command_of_the_manuals_is_left_out() {
    let manuals = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seeds");
    for name in ["hex", "aipro", "nova-engine", "moltbot", "epiloop"] {
        let kept: Vec<String> = blocks(&fixture(name)).into_iter().map(|block| block.text).collect();
        assert!(kept.len() >= 10, "{name}");
        let Ok(manual) = fs::read_to_string(manuals.join(name).with_extension("txt")) else { continue };
        let manual = fenced(&manual).into_iter().filter(|block| block.info == "bash");
        let shown: Vec<String> = manual.map(|block| block.text.trim_end().to_owned()).collect();
        assert_eq!(kept, shown, "{name}");
    }
}
