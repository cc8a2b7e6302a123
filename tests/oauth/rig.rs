//! A refresher with an auth store and an identity provider, without an engine around it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use modelpin::agent::AgentId;
use modelpin::clock::SystemClock;
use modelpin::config::{AuthConfig, from_value};
use modelpin::oauth::{Refresher, RenewalFault, TokenHttp};
use modelpin::profile::{AuthStore, Credential, ExternalPaths, Profile, ProfileId, StorePaths};
use modelpin::store::{Memory, Store};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::oauth::claude_code::{claude_code_in, login};
use crate::support::bot::merge;
use crate::support::idp::{Idp, refresh_token};

pub(crate) const WORK: &str = "anthropic:work";

/// The access token after so many refreshes.
pub(crate) fn access_token(refreshes: u32) -> String {
    format!("at-test-{refreshes}-0b8f9c1f7Qz44aab")
}

pub(crate) struct Rig {
    pub(crate) idp: Idp,
    pub(crate) answers: Receiver<()>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) folder: TempDir,
    /// Whether the grant is Claude Code's login, which may be renewed.
    of_claude_code: bool,
}

impl Rig {
    /// With one grant in main's store, whose access token has ended.
    pub(crate) fn new() -> Self {
        let rig = Self::empty(false);
        write(&rig.main(), &json!({"version": 1, "profiles": {WORK: grant(0)}}));
        rig
    }

    /// With Claude Code's login in its own file, whose access token has ended.
    pub(crate) fn of_claude_code() -> Self {
        let rig = Self::empty(true);
        write(&rig.claude_code(), &login(0));
        rig
    }

    fn empty(of_claude_code: bool) -> Self {
        let (idp, answers) = Idp::start(access_token);
        let folder = tempfile::tempdir().unwrap();
        Self { idp, answers, store: Arc::new(Memory::new()), folder, of_claude_code }
    }

    /// Claude Code's file.
    pub(crate) fn claude_code(&self) -> PathBuf {
        claude_code_in(&self.folder.path().join("home"))
    }

    pub(crate) fn main(&self) -> PathBuf {
        self.folder.path().join("main/auth-profiles.json")
    }

    pub(crate) fn json(&self) -> Value {
        json_at(&self.main())
    }

    pub(crate) fn auth(&self) -> AuthConfig {
        let mut config = self.idp.config("anthropic");
        merge(&mut config, json!({"auth": {"claudeCli": {"writeBack": self.of_claude_code}}}));
        from_value(&config).unwrap().auth
    }

    /// The refresher of one process.
    pub(crate) fn refresher(&self) -> Arc<Refresher> {
        Arc::new(self.refresher_of("main"))
    }

    pub(crate) fn refresher_of(&self, agent: &str) -> Refresher {
        refresher(self.auth_store(agent), self.store.clone(), self.folder.path())
    }

    /// What the store holds, as far as a program knows that looked once.
    pub(crate) fn held(&self) -> Profile {
        held(&self.auth_store("main"))
    }

    fn auth_store(&self, agent: &str) -> Arc<AuthStore> {
        if self.of_claude_code {
            claude_codes_store(self.folder.path(), agent)
        } else {
            auth_store(self.folder.path(), agent)
        }
    }

    /// Renews what the store holds.
    pub(crate) async fn renew(&self) -> Result<String, RenewalFault> {
        self.refresher().renew(&self.held(), &self.auth()).await.map(|profile| access(&profile))
    }
}

/// Puts `value` there as a store.
pub(crate) fn write(path: &Path, value: &Value) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("{value:#}\n")).unwrap();
}

/// An entry of the store after so many refreshes; the first has ended.
pub(crate) fn grant(refreshes: u32) -> Value {
    let expires: i64 = if refreshes == 0 { 1_700_000_000_000 } else { 4_102_444_800_000 };
    json!({
        "type": "oauth", "provider": "anthropic", "access": access_token(refreshes),
        "refresh": refresh_token(refreshes), "expires": expires, "email": "ann@example.com", "scopes": ["a", "b"],
    })
}

pub(crate) fn auth_store(folder: &Path, agent: &str) -> Arc<AuthStore> {
    Arc::new(AuthStore::new(store_paths(folder, agent)))
}

/// The same with Claude Code's login, which may be renewed.
pub(crate) fn claude_codes_store(folder: &Path, agent: &str) -> Arc<AuthStore> {
    let claude_code = Some(claude_code_in(&folder.join("home")));
    let store = AuthStore::new(store_paths(folder, agent));
    let store = store.with_external(&ExternalPaths { claude_code, ..ExternalPaths::default() });
    store.allow_write_back(true);
    Arc::new(store)
}

fn store_paths(folder: &Path, agent: &str) -> StorePaths {
    StorePaths {
        own: folder.join(agent).join("auth-profiles.json"),
        main: folder.join("main/auth-profiles.json"),
        oauth: folder.join("oauth.json"),
        agent: AgentId::new(agent),
    }
}

pub(crate) fn refresher(auth: Arc<AuthStore>, store: Arc<dyn Store>, locks: &Path) -> Refresher {
    let server = Arc::new(TokenHttp::within(Duration::from_secs(20)));
    let refresher = Refresher::new(auth, store, server, Arc::new(SystemClock), locks.to_owned());
    refresher.with_patience(Duration::from_secs(30), Duration::from_millis(300))
}

pub(crate) fn held(store: &AuthStore) -> Profile {
    let profiles = store.current().profiles;
    let wanted = [WORK, "anthropic:claude-cli"].map(|id| ProfileId::new(id).unwrap());
    wanted.iter().find_map(|id| profiles.get(id)).unwrap().clone()
}

pub(crate) fn access(profile: &Profile) -> String {
    match &profile.credential {
        Credential::OAuth(grant) => grant.access.as_ref().unwrap().expose_secret().to_owned(),
        Credential::ApiKey { .. } | Credential::Token { .. } => panic!("no grant"),
    }
}

pub(crate) fn json_at(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}
