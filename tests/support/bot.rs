//! A bot on a throw-away state directory, told what to do the way people talk to it.
//!
//! [`Bot`] says what there is; the first thing said starts it and gives a [`Chat`]. Everything behind it is real: the
//! engine, the database, the files, and the provider, which is the loopback one. All that was said and logged is
//! searched for the planted secrets when the chat is dropped.

mod chat;
mod checks;
mod clock;
mod files;
mod form;
mod heard;
mod log;
mod replying;
mod secret;

use std::fs;
use std::time::Duration;

use modelpin::catalog::ProviderId;
use modelpin::demo::LoopbackProvider;
use modelpin::profile::ProfileId;
use modelpin::provider::Api;
use secrecy::SecretString;
use serde_json::{Map, Value, json};

pub(crate) use chat::{Chat, conversation};
pub(crate) use checks::line;
pub(crate) use files::merge;
pub(crate) use heard::{Deletes, Heard};
pub(crate) use secret::invented;

pub(crate) const OPUS: &str = "anthropic/claude-opus-4-6";
/// What a chat begins with.
pub(crate) const SONNET: &str = "anthropic/claude-sonnet-4-6";
pub(crate) const HAIKU: &str = "anthropic/claude-haiku-4-5";
pub(crate) const GPT: &str = "openai/gpt-5.4";
pub(crate) const MINI: &str = "openai/gpt-5.4-mini";

/// The models that may be chosen, with their aliases.
pub(crate) const MODELS: [(&str, &str); 5] =
    [(OPUS, "opus"), (SONNET, "sonnet"), (HAIKU, "haiku"), (GPT, "gpt"), (MINI, "mini")];

/// A bot that has not been started yet.
#[must_use]
pub(crate) struct Bot {
    /// By id: the entry of the auth store.
    profiles: Map<String, Value>,
    /// Credentials outside of the store: name, provider, and whether it is a variable.
    strays: Vec<(String, &'static str)>,
    config: Value,
    usage: Value,
    /// Secrets beside those of the profiles.
    planted: Vec<String>,
    /// How long the provider waits between the pieces of an answer.
    pace: Duration,
}

impl Bot {
    /// One without a credential.
    pub(crate) fn new() -> Self {
        Self {
            profiles: Map::new(),
            strays: Vec::new(),
            config: json!({}),
            usage: json!({}),
            planted: Vec::new(),
            pace: Duration::ZERO,
        }
    }

    /// With these profiles, separated by blanks: API keys in the store, in this order.
    pub(crate) fn profiles(self, ids: &str) -> Self {
        ids.split_whitespace().fold(self, |bot, id| bot.profile(id, json!({})))
    }

    /// With this profile, an API key unless `entry` says another type; its secret is filled in.
    pub(crate) fn profile(mut self, id: &str, entry: Value) -> Self {
        let (provider, _) = id.split_once(':').expect("a profile's id begins with its provider");
        self.profiles.insert(id.to_owned(), stored(id, provider, entry, 0));
        self
    }

    /// With a credential in that variable.
    pub(crate) fn variable(mut self, name: &str, provider: &'static str) -> Self {
        self.strays.push((format!("env:{name}"), provider));
        self
    }

    /// With a credential that the provider knows and the test puts in its place.
    pub(crate) fn known(mut self, id: &str, provider: &'static str) -> Self {
        self.strays.push((id.to_owned(), provider));
        self
    }

    /// With `models.providers.<provider>.apiKey`.
    pub(crate) fn configured_key(mut self, provider: &'static str) -> Self {
        self.strays.push((format!("config:{provider}"), provider));
        let key = invented(&format!("config:{provider}"), 0);
        self.config(json!({"models": {"providers": {provider: {"apiKey": key}}}}))
    }

    /// With this over the usual configuration; `null` takes a key away.
    pub(crate) fn config(mut self, patch: Value) -> Self {
        merge(&mut self.config, patch);
        self
    }

    /// Where nobody chose, these models follow the default one.
    pub(crate) fn fallbacks(self, models: &[&str]) -> Self {
        self.config(json!({"agents": {"defaults": {"model": {"fallbacks": models}}}}))
    }

    /// With the profiles of `provider` in that order.
    pub(crate) fn order(self, provider: &str, ids: &[&str]) -> Self {
        self.config(json!({"auth": {"order": {provider: ids}}}))
    }

    /// With this in the auth store's `usageStats`.
    pub(crate) fn usage(mut self, stats: Value) -> Self {
        merge(&mut self.usage, stats);
        self
    }

    /// With this among the secrets that must show nowhere.
    pub(crate) fn plants(mut self, secret: String) -> Self {
        self.planted.push(secret);
        self
    }

    /// With a provider that waits so long between the pieces of an answer.
    pub(crate) fn that_takes(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }

    /// Starts it and writes to it, in a private chat on Telegram.
    pub(crate) fn say(self, text: &str) -> Chat {
        self.start().say(text)
    }

    /// Starts it.
    pub(crate) fn start(self) -> Chat {
        let Self { profiles, strays, config: patch, usage, planted, pace } = self;
        let mut chat = Chat::empty();
        chat.planted = planted;
        let mut builder = LoopbackProvider::builder().clock(chat.clock.clone()).pace(pace);
        let owned = profiles.iter().map(|(id, entry)| (id.clone(), entry["provider"].as_str().unwrap().to_owned()));
        let strange = strays.iter().map(|(id, provider)| (id.clone(), (*provider).to_owned()));
        for (id, provider) in owned.chain(strange) {
            // The second is what a later login brings.
            for generation in 0..2 {
                let secret = invented(&id, generation);
                let provider = ProviderId::new(&provider).unwrap();
                let known = (ProfileId::new(&id).unwrap(), SecretString::from(secret.as_str()));
                builder = builder.profile(provider.as_str(), &known.0, &known.1);
                chat.planted.push(secret);
            }
        }
        let provider = chat.run(builder.start()).unwrap();
        let mut config = usual_config(&provider);
        merge(&mut config, patch);
        chat.provider = Some(provider);
        fs::create_dir_all(chat.auth_path().parent().unwrap()).unwrap();
        chat.write_config(&config.to_string());
        if !profiles.is_empty() {
            chat.write_auth(&json!({"version": 1, "profiles": profiles, "usageStats": usage}).to_string());
        }
        let variables = strays.iter().filter_map(|(id, _)| id.strip_prefix("env:"));
        chat.variables = variables.map(|name| (name.to_owned(), invented(&format!("env:{name}"), 0))).collect();
        chat.open();
        chat
    }
}

/// The entry of a profile in the auth store, with the secret of that generation.
pub(crate) fn stored(id: &str, provider: &str, entry: Value, generation: u32) -> Value {
    let mut whole = json!({"type": "api_key", "provider": provider});
    merge(&mut whole, entry);
    let field = match whole["type"].as_str().unwrap() {
        "api_key" => "key",
        "token" => "token",
        "oauth" => "access",
        other => panic!("no such type: {other}"),
    };
    whole[field] = json!(invented(id, generation));
    whole
}

fn usual_config(provider: &LoopbackProvider) -> Value {
    let models: Map<String, Value> =
        MODELS.iter().map(|(model, alias)| ((*model).to_owned(), json!({"alias": alias}))).collect();
    let everybody = json!({"allowFrom": ["*"], "groupAllowFrom": ["*"]});
    let at = |id: &str, api: Api| json!({"baseUrl": provider.base_url(id), "api": api.as_str(), "models": []});
    json!({
        "agents": {"defaults": {"model": {"primary": SONNET, "fallbacks": []}, "models": models}},
        "models": {"providers": {
            "anthropic": at("anthropic", Api::AnthropicMessages),
            "openai": at("openai", Api::OpenAiCompletions),
        }},
        "channels": {"telegram": everybody, "discord": everybody},
        // Where a test is about who may do what, it says so.
        "access": {"chats": {"*": {"chooseCredential": "member"}}},
    })
}
