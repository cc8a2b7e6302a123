//! A home with a canary in every place that a secret can come from.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc::Receiver;

use serde_json::{Value, json};

use crate::cli::support::{Home, store_in};
use crate::support::bot::invented;
use crate::support::idp::{Idp, refresh_token};
use crate::support::leaks::Leaks;
use crate::support::script::script;

/// How often the grant is renewed.
const RENEWALS: u32 = 1;

/// The places that are known as soon as the program has read its files.
const READ: [&str; 21] = [
    "store: key",
    "store: token",
    "store: access",
    "store: refresh",
    "store: an entry of an unknown type",
    "process environment",
    "process environment: no vendor's",
    ".env",
    "config env",
    "login shell",
    "Claude Code: access",
    "Claude Code: refresh",
    "Codex: id token",
    "Qwen: access",
    "config: apiKey",
    "config: header",
    "config: client secret",
    "telegram: botToken",
    "telegram: botToken of an account",
    "discord: token",
    "plugin: a secret of its own",
];

/// The places that are known once somebody has gone there: references, and the answer of a token endpoint.
const FETCHED: [&str; 3] = ["ref: env", "ref: file", "ref: exec"];

/// The home, and the identity provider that its grant is renewed at.
pub(super) struct Planted {
    pub(super) home: Home,
    idp: Idp,
    _answers: Receiver<()>,
}

/// The canary of a place. What has to be escaped in JSON, in URLs and in base64 is in each.
pub(super) fn canary(place: &str) -> String {
    let chance = invented(place, 7);
    format!("{}/+\"{}~", &chance[..24], &chance[24..])
}

/// The access token after so many renewals.
fn access_token(renewals: u32) -> String {
    canary(&format!("renewed {renewals}"))
}

impl Planted {
    /// All of it; every provider is at `base_url`.
    pub(super) fn new(base_url: impl Fn(&str) -> String) -> Self {
        let (idp, answers) = Idp::start(access_token);
        let planted = Self { home: Home::empty(), idp, _answers: answers };
        planted.write(".modelpin/.env", &format!("GROQ_API_KEY={}\n", canary(".env")));
        planted.write("secret.json", &json!({"deep": {"key": canary("ref: file")}}).to_string());
        let asked = canary("ref: exec").replace('"', "\\\"");
        planted.script("secret.sh", &format!("printf '%s' '{{\"value\":\"{asked}\"}}'"));
        planted.script("shell.sh", &format!("printf '%s\\0' 'XAI_API_KEY={}'", canary("login shell")));
        planted.logins();
        planted.write(".modelpin/modelpin.json", &planted.config(&base_url).to_string());
        let store = store_in(&planted.home.state());
        fs::create_dir_all(store.parent().unwrap()).unwrap();
        fs::write(store, stored().to_string()).unwrap();
        planted
    }

    /// Every canary that this process knows after [`Planted::fetch`].
    pub(super) fn canaries() -> Vec<String> {
        let renewed = (1..=RENEWALS).map(access_token).chain((0..=RENEWALS).map(refresh_token));
        READ.iter().chain(&FETCHED).map(|place| canary(place)).chain(renewed).collect()
    }

    /// Those that are known as soon as the program has read its files.
    pub(super) fn read() -> Vec<String> {
        READ.map(canary).to_vec()
    }

    pub(super) fn leaks() -> Leaks {
        Leaks::of(Self::canaries())
    }

    /// The messages after which the places are known that have to be gone to first.
    pub(super) fn fetch() -> Vec<&'static str> {
        vec![
            "/model opus@by-env",
            "hello",
            "/model opus@by-file",
            "hello",
            "/model opus@by-exec",
            "hello",
            "/model opus@grant",
            "hello",
            "/model opus@work",
        ]
    }

    /// The program, with what is planted in its environment.
    pub(super) fn program(&self) -> Command {
        let mut command = self.home.program();
        command
            .env("OPENAI_API_KEY", canary("process environment"))
            .env("SEARCH_TOOL_TOKEN", canary("process environment: no vendor's"))
            .env("WHERE_NOBODY_LOOKS", canary("ref: env"))
            .env("SHELL", self.home.path().join("shell.sh"));
        command
    }

    /// Everything under the home is searched but what holds canaries by design.
    pub(super) fn assert_clean(&self, leaks: &Leaks) {
        let by_design = [
            ".modelpin/agents/main/agent/auth-profiles.json",
            ".modelpin/modelpin.json",
            ".modelpin/.env",
            ".claude/.credentials.json",
            ".codex/auth.json",
            ".qwen/oauth_creds.json",
            "secret.json",
            "secret.sh",
            "shell.sh",
        ]
        .map(|path| self.home.path().join(path));
        let mut folders = vec![self.home.path().to_owned()];
        let mut database = false;
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if !by_design.contains(&path) {
                    database |= path.ends_with("modelpin.sqlite");
                    leaks.assert_none_in(&path.display().to_string(), fs::read(&path).unwrap());
                }
            }
        }
        assert!(database, "the database was searched");
    }

    pub(super) fn write(&self, path: &str, text: &str) -> PathBuf {
        let path = self.home.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn script(&self, path: &str, line: &str) {
        let path = self.home.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        script(&path, line);
    }

    fn logins(&self) {
        let claude = json!({"claudeAiOauth": {
            "accessToken": canary("Claude Code: access"), "refreshToken": canary("Claude Code: refresh"),
            "expiresAt": 4_102_444_800_000_u64, "scopes": ["user:inference"],
        }});
        self.write(".claude/.credentials.json", &claude.to_string());
        let codex = json!({"tokens": {"access_token": "at-test-of-codex-1", "id_token": canary("Codex: id token")}});
        self.write(".codex/auth.json", &codex.to_string());
        let qwen = json!({"access_token": canary("Qwen: access"), "expiry_date": 4_102_444_800_000_u64});
        self.write(".qwen/oauth_creds.json", &qwen.to_string());
    }

    fn config(&self, base_url: &impl Fn(&str) -> String) -> Value {
        let at = |path: &str| self.home.path().join(path).display().to_string();
        let mut config = self.idp.config("anthropic");
        let in_url: String = url::form_urlencoded::byte_serialize(canary("config: header").as_bytes()).collect();
        config["auth"]["oauth"]["anthropic"]["clientSecret"] = json!(canary("config: client secret"));
        crate::support::bot::merge(
            &mut config,
            json!({
                "agents": {"defaults": {"model": {"primary": "anthropic/claude-sonnet-4-6"}, "models": {
                    "anthropic/claude-opus-4-6": {"alias": "opus"}, "anthropic/claude-sonnet-4-6": {},
                }}},
                "models": {"providers": {
                    "anthropic": {
                        // Some gateways want a key in the path; `/model status` shows where requests go.
                        "baseUrl": base_url("anthropic").replace("/anthropic/v1", &format!("/{in_url}/anthropic/v1")), "api": "anthropic-messages", "models": [],
                        "headers": {"X-Gateway-Token": format!("Bearer {}", canary("config: header"))},
                    },
                    "deepseek": {"apiKey": canary("config: apiKey"), "baseUrl": base_url("deepseek"), "models": []},
                }},
                "env": {"vars": {"MISTRAL_API_KEY": canary("config env")}, "shellEnv": {"enabled": true}},
                "secrets": {"providers": {
                    "file": {"source": "file", "path": at("secret.json")},
                    "exec": {"source": "exec", "command": at("secret.sh")},
                }},
                "channels": {
                    "telegram": {
                        "allowFrom": ["*"], "botToken": canary("telegram: botToken"),
                        "accounts": {"two": {"botToken": canary("telegram: botToken of an account")}},
                    },
                    "discord": {"token": canary("discord: token")},
                },
                "plugins": {"entries": {"x": {"config": {"signingSecret": canary("plugin: a secret of its own")}}}},
            }),
        );
        config
    }
}

fn stored() -> Value {
    let by = |source: &str, alias: &str, id: &str| json!({"type": "api_key", "provider": "anthropic", "keyRef": {"source": source, "provider": alias, "id": id}});
    json!({"version": 1, "profiles": {
        "anthropic:default": {
            "type": "api_key", "provider": "anthropic", "key": canary("store: key"),
            // Pasted into the wrong field once: this one is shown.
            "email": canary("store: token"),
        },
        "anthropic:work": {"type": "token", "provider": "anthropic", "token": canary("store: token")},
        "anthropic:by-env": by("env", "default", "WHERE_NOBODY_LOOKS"),
        "anthropic:by-file": by("file", "file", "/deep/key"),
        "anthropic:by-exec": by("exec", "exec", "key"),
        "anthropic:grant": {
            "type": "oauth", "provider": "anthropic", "access": canary("store: access"),
            "refresh": refresh_token(0), "expires": 1_700_000_000_000_u64,
        },
        "openai-codex:old": {
            "type": "oauth", "provider": "openai-codex", "access": "at-test-of-old-1", "refresh": canary("store: refresh"),
        },
        "acme:strange": {"type": "hologram", "provider": "acme", "apiKey": canary("store: an entry of an unknown type")},
    }})
}
