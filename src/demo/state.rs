//! The throw-away state directory of the demonstration.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::demo::cast::{CAST, Kind, MODELS, PROVIDERS};
use crate::demo::loopback::LoopbackProvider;

/// When the invented grants end, in milliseconds since 1970: in the year 2100.
const FAR_EXPIRY: i64 = 4_102_444_800_000;

/// A state directory with several invented profiles, all of which lead to the loopback provider. It is removed when
/// this is dropped.
#[derive(Debug)]
pub struct DemoState {
    directory: TempDir,
}

impl DemoState {
    /// Makes one for `provider`.
    ///
    /// # Errors
    /// That of the operating system, when the temporary directory cannot be written.
    pub fn create(provider: &LoopbackProvider) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("modelpin-demo-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let directory = builder.tempdir()?;
        write(&directory.path().join("modelpin.json"), &config(provider))?;
        let agent = directory.path().join("agents/main/agent");
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&agent)?;
        write(&agent.join("auth-profiles.json"), &profiles())?;
        Ok(Self { directory })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Removes it now.
    ///
    /// # Errors
    /// That of the operating system, when something in it cannot be removed.
    pub fn remove(self) -> io::Result<()> {
        self.directory.close()
    }
}

fn config(provider: &LoopbackProvider) -> Value {
    let providers: Map<String, Value> = PROVIDERS
        .iter()
        .map(|(id, api)| {
            let entry = json!({"baseUrl": provider.base_url(id), "api": api.as_str(), "models": []});
            ((*id).to_owned(), entry)
        })
        .collect();
    let models: Map<String, Value> =
        MODELS.iter().map(|(model, alias)| ((*model).to_owned(), json!({"alias": alias}))).collect();
    let everybody = json!({"allowFrom": ["*"], "groupAllowFrom": ["*"]});
    json!({
        "agents": {
            "defaults": {
                "model": {"primary": MODELS[1].0, "fallbacks": [MODELS[2].0]},
                "models": models,
            },
        },
        "models": {"providers": providers},
        // In the groups of the demonstration, Ann and Bob look after the bot.
        "access": {"roles": {"operator": ["42", "43"]}},
        "channels": {"telegram": everybody, "discord": everybody, "terminal": everybody},
    })
}

fn profiles() -> Value {
    let profiles: Map<String, Value> = CAST
        .iter()
        .map(|account| {
            let mut entry = match account.kind {
                Kind::ApiKey => json!({"type": "api_key", "provider": account.provider, "key": account.secret}),
                Kind::SetupToken => json!({"type": "token", "provider": account.provider, "token": account.secret}),
                // Without a refresh token: nothing of the demonstration ever asks a real vendor for a new one.
                Kind::OAuth => json!({
                    "type": "oauth", "provider": account.provider, "access": account.secret, "refresh": "",
                    "expires": FAR_EXPIRY,
                }),
            };
            if let Some(email) = account.email {
                entry["email"] = json!(email);
            }
            (account.id.to_owned(), entry)
        })
        .collect();
    json!({"version": 1, "profiles": profiles})
}

/// A new file that only its owner can read.
fn write(path: &Path, value: &Value) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    writeln!(options.open(path)?, "{value:#}")
}
