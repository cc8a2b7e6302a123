//! The configuration, from a JSON value. Unknown keys are left alone; a known key with a wrong value is a fault.

mod access;
mod auth;
mod bot_account;
mod channels;
mod discord;
mod gateway;
mod models;
mod operators;
mod policy;
mod secrets;
mod store;
mod telegram;

use secrecy::SecretString;
use serde_json::Value;

use crate::config::field::Field;
use crate::config::{AuthPlace, Config, KeyFault};
use crate::profile::SealWith;

/// The configuration that `value` says: includes and variables are taken to be resolved.
///
/// # Errors
///
/// A key that modelpin reads has a value of the wrong kind.
pub fn from_value(value: &Value) -> Result<Config, KeyFault> {
    let root = Field::root(value);
    let models = root.get("models")?;
    let env = root.get("env")?;
    let channels = root.get("channels")?;
    let config = Config {
        agents: models::agents(&root.get("agents")?)?,
        auth: auth::auth(&root.get("auth")?)?,
        replace_models: models::replace(&models)?,
        providers: models::providers(&models.get("providers")?)?,
        access: policy::access(&root.get("access")?)?,
        audit: operators::audit(&root.get("audit")?)?,
        usage: operators::usage(&root.get("usage")?)?,
        alerts: operators::alerts(&root.get("alerts")?)?,
        session: channels::session(&root.get("session")?)?,
        commands: channels::commands(&root.get("commands")?)?,
        channels: access::channels(&channels)?,
        telegram: bot_account::bots(&channels.get("telegram")?)?,
        discord: bot_account::bots(&channels.get("discord")?)?,
        gateway: gateway::gateway(&root.get("gateway")?)?,
        store: store::store(&root.get("store")?)?,
        env_vars: env_texts(value).map(|(name, text)| (name.to_owned(), SecretString::from(text))).collect(),
        shell_env: secrets::shell_env(&env.get("shellEnv")?)?,
        secrets: secrets::secrets(&root.get("secrets")?)?,
    };
    check_shared(&config, &root)?;
    Ok(config)
}

/// Credentials in a database want one, and a seal that opens on every machine.
fn check_shared(config: &Config, root: &Field<'_>) -> Result<(), KeyFault> {
    if config.auth.store != AuthPlace::Database {
        return Ok(());
    }
    if config.store.url.is_none() {
        let url = root.get("store")?.get("url")?;
        return Err(
            url.wrong("the database that `auth.store: \"database\"` means, `postgres://user:password@host/name`")
        );
    }
    match config.auth.seal {
        Some(SealWith::Passphrase) => Ok(()),
        Some(SealWith::Keyring) | None => Err(root.get("auth")?.get("seal")?.wrong(
            "`passphrase`, the same one on each machine (`auth.store: \"database\"` is sealed, and a keyring is of one machine)",
        )),
    }
}

/// The variables that the configuration itself sets: `env.vars.<NAME>` and `env.<NAME>`, blank ones left out.
pub(crate) fn env_texts(value: &Value) -> impl Iterator<Item = (&str, &str)> {
    let env = value.get("env");
    let direct = env.and_then(Value::as_object).into_iter().flatten();
    let vars = env.and_then(|env| env.get("vars")).and_then(Value::as_object).into_iter().flatten();
    vars.chain(direct)
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
        .filter(|(_, text)| !text.trim().is_empty())
}
