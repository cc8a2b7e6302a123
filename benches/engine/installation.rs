//! A state directory with many models and many profiles.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use modelpin::agent::AgentId;
use modelpin::catalog::{Catalog, ProfileIndex};
use modelpin::config::{self, Environment};
use modelpin::profile::{AuthStore, StorePaths};
use serde_json::{Map, Value, json};

/// Models in the allowlist, and profiles in the auth store.
pub(crate) const MANY: usize = 1_000;

/// What is configured there: `opus` and `anthropic:work` among [`MANY`] others.
pub(crate) struct Installation {
    pub(crate) state_dir: PathBuf,
}

impl Installation {
    /// Writes the configuration and the auth store into `state_dir`.
    pub(crate) fn write(state_dir: &Path) -> Self {
        Self::write_with(state_dir, &Value::Null)
    }

    /// The same with a `store` in the configuration.
    pub(crate) fn write_with(state_dir: &Path, store: &Value) -> Self {
        let installation = Self { state_dir: state_dir.to_owned() };
        fs::create_dir_all(state_dir.join("agents/main/agent")).unwrap();
        write(&installation.config(), &configuration(store));
        write(&installation.auth_store(), &json!({"version": 1, "profiles": profiles(stored)}));
        installation
    }

    /// The models, as they are read from the configuration.
    pub(crate) fn catalog(&self) -> Catalog {
        let loaded = config::load(&self.config(), &Environment::default()).unwrap();
        Catalog::new(&loaded.config, &AgentId::main())
    }

    /// The profiles, as they are read from the auth store.
    pub(crate) fn profiles(&self) -> ProfileIndex {
        let (own, oauth) = (self.auth_store(), self.state_dir.join("oauth.json"));
        let store = AuthStore::new(StorePaths { main: own.clone(), own, oauth, agent: AgentId::main() });
        ProfileIndex::new(&store.current().profiles)
    }

    fn config(&self) -> PathBuf {
        self.state_dir.join("modelpin.json")
    }

    fn auth_store(&self) -> PathBuf {
        self.state_dir.join("agents/main/agent/auth-profiles.json")
    }
}

fn configuration(store: &Value) -> Value {
    let mut models = Map::from_iter([("anthropic/claude-opus-4-6".to_owned(), json!({"alias": "opus"}))]);
    models.extend((1..MANY).map(|number| {
        let alias = if number % 5 == 0 { json!({"alias": format!("alias-{number}")}) } else { json!({}) };
        (format!("vendor-{}/model-{number}", number % 20), alias)
    }));
    let providers: Map<String, Value> = (0..20)
        .map(|number| (format!("vendor-{number}"), json!({"baseUrl": format!("http://127.0.0.1:9/{number}/v1")})))
        .collect();
    json!({
        "agents": {"defaults": {"model": {"primary": "anthropic/claude-opus-4-6"}, "models": models}},
        "auth": {"profiles": profiles(|provider, _| json!({"provider": provider, "mode": "api_key"}))},
        "models": {"providers": providers},
        "channels": {"telegram": {"allowFrom": ["*"]}},
        "store": store,
    })
}

fn stored(provider: &str, number: usize) -> Value {
    json!({"type": "api_key", "provider": provider, "key": format!("sk-test-invented-{number:032}")})
}

fn profiles(entry: impl Fn(&str, usize) -> Value) -> Map<String, Value> {
    let others = (1..MANY).map(|number| (format!("vendor-{}", number % 20), format!("person-{number}@example.com")));
    let all = [("anthropic".to_owned(), "work".to_owned())].into_iter().chain(others);
    all.enumerate().map(|(at, (provider, name))| (format!("{provider}:{name}"), entry(&provider, at))).collect()
}

fn write(path: &Path, value: &Value) {
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    file.unwrap().write_all(format!("{value:#}").as_bytes()).unwrap();
}
