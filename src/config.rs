//! The configuration, as read: plain data, defaults filled in, nothing resolved against the outside world.

mod access;
mod auth;
mod bot_account;
#[cfg(feature = "cli")]
pub(crate) mod channel_token;
#[cfg(feature = "cli")]
mod declare;
mod depth;
mod discord;
pub(crate) mod dotenv;
#[cfg(feature = "cli")]
mod edit;
mod env;
mod fault;
mod field;
mod file;
mod gateway;
mod include;
mod layout;
mod login_shell;
mod operators;
mod places;
mod policy;
mod policy_text;
mod store;
mod substitute;
mod telegram;
mod typed;

use std::time::Duration;

use indexmap::IndexMap;
use secrecy::SecretString;

use crate::agent::AgentId;
use crate::catalog::ProviderId;
use crate::profile::{SecretRef, SecretSource};

pub use access::{AccessConfig, GroupConfig, GuildChannelConfig, GuildConfig, MembersConfig, Policy, RoomConfig};
pub use auth::{
    AuthConfig, AuthPlace, BodyForm, ClaudeCliConfig, Cooldowns, Grants, Mode, OAuthConfig, ProfileConfig, Visibility,
};
pub use bot_account::{BotAccount, BotsConfig, DEFAULT_ACCOUNT, TokenPlace, account_id};
#[cfg(feature = "cli")]
pub(crate) use declare::declare_profile;
pub use discord::{DISCORD_TOKEN, DiscordAccount, DiscordConfig, ExtentConfig, ShardsConfig};
pub use dotenv::{DotenvFlaw, DotenvTrouble};
#[cfg(feature = "cli")]
pub(crate) use edit::{Draft, EditFault, Edited, edit};
pub use env::{EnvCredential, EnvPlace, Environment};
pub use fault::{ConfigFault, KeyFault};
pub(crate) use file::shell_env;
pub use file::{Loaded, load};
pub use gateway::GatewayConfig;
pub use layout::{Layout, UnknownLayout};
pub use login_shell::ShellFault;
pub use operators::{AlertChat, AlertHook, AlertsConfig, AuditConfig, HookFormat, UsageConfig};
#[cfg(feature = "cli")]
pub(crate) use places::is_profile_name;
pub use places::{Places, PlacesFault};
pub use policy::{AccessPolicy, ChatPolicy, Pair, Rank, RolesConfig};
pub use store::{Retention, StoreConfig};
pub use telegram::{TELEGRAM_TOKEN, TelegramAccount, TelegramConfig, WebhookConfig};
pub use typed::from_value;

/// What the config file says, of what modelpin reads. Keys it does not know are left alone.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// `agents.*`.
    pub agents: Agents,
    /// `auth.*`.
    pub auth: AuthConfig,
    /// `models.mode: "replace"`: the built-in models are not offered.
    pub replace_models: bool,
    /// `models.providers`, by normalised id.
    pub providers: IndexMap<ProviderId, ProviderConfig>,
    /// `access.*`.
    pub access: AccessPolicy,
    /// `audit.*`.
    pub audit: AuditConfig,
    /// `usage.*`.
    pub usage: UsageConfig,
    /// `alerts.*`.
    pub alerts: AlertsConfig,
    /// `session.*`.
    pub session: SessionConfig,
    /// `commands.*`.
    pub commands: CommandsConfig,
    /// `channels.*`, by channel name.
    pub channels: IndexMap<String, ChannelConfig>,
    /// `channels.telegram`: the bots there.
    pub telegram: TelegramConfig,
    /// `channels.discord`: the bots there.
    pub discord: DiscordConfig,
    /// `gateway.*`.
    pub gateway: GatewayConfig,
    /// `store.*`.
    pub store: StoreConfig,
    /// `env.vars` and `env.<NAME>`: variables that fill what the process environment lacks.
    pub env_vars: IndexMap<String, SecretString>,
    /// `env.shellEnv`.
    pub shell_env: ShellEnvConfig,
    /// `secrets.*`: the places that secret references name.
    pub secrets: SecretsConfig,
}

impl Config {
    /// The agent that is meant where none is named: the first that is marked as default, else the first of the list,
    /// else main.
    pub fn default_agent(&self) -> AgentId {
        let list = &self.agents.list;
        let agent = list.iter().find(|agent| agent.default).or_else(|| list.first());
        agent.map_or_else(AgentId::main, |agent| agent.id.clone())
    }

    /// The files that hold the token of a bot, `~` not yet expanded.
    #[cfg(feature = "cli")]
    pub(crate) fn token_files(&self) -> impl Iterator<Item = &str> {
        let telegram = self.telegram.accounts.values().map(|account| &account.token);
        let discord = self.discord.accounts.values().map(|account| &account.token);
        telegram.chain(discord).filter_map(TokenPlace::file)
    }
}

/// `agents.*`.
#[derive(Debug, Clone, Default)]
pub struct Agents {
    /// `agents.defaults.model.primary` (or `agents.defaults.model` as text), as written.
    pub primary: Option<String>,
    /// `agents.defaults.model.fallbacks`, as written.
    pub fallbacks: Vec<String>,
    /// `agents.defaults.imageModel`, as written: kept by the family's programs, shown, and never asked here.
    pub image: Option<String>,
    /// `agents.defaults.imageModel.fallbacks`, as written.
    pub image_fallbacks: Vec<String>,
    /// `agents.defaults.models`: the allowlist when not empty, and the aliases.
    pub models: IndexMap<String, ModelEntry>,
    /// `agents.list`.
    pub list: Vec<AgentConfig>,
}

/// One entry of `agents.defaults.models`.
#[derive(Debug, Clone, Default)]
pub struct ModelEntry {
    /// Its alias; `Some("")` opts out of a built-in one.
    pub alias: Option<String>,
}

/// One entry of `agents.list`.
#[derive(Debug, Clone)]
pub struct AgentConfig {
    /// Its id.
    pub id: AgentId,
    /// Whether it is the default agent.
    pub default: bool,
    /// Where its store is, if not in the usual place; `~` not yet expanded.
    pub agent_dir: Option<String>,
    /// Its own primary model.
    pub primary: Option<String>,
    /// Its own fallbacks; an empty list switches them off.
    pub fallbacks: Option<Vec<String>>,
}

/// One entry of `models.providers`.
#[derive(Debug, Clone, Default)]
pub struct ProviderConfig {
    /// `baseUrl`.
    pub base_url: Option<String>,
    /// `apiKey`, resolved; the last resort among the sources of credentials.
    pub api_key: Option<SecretString>,
    /// `apiKey`, where it says in which place the key is instead of what it is.
    pub api_key_ref: Option<SecretRef>,
    /// `api`, as written.
    pub api: Option<String>,
    /// `headers`.
    pub headers: IndexMap<String, String>,
    /// `models`.
    pub models: Vec<ProviderModel>,
}

/// One entry of `models.providers.<id>.models`.
#[derive(Debug, Clone, Default)]
pub struct ProviderModel {
    /// The provider's name for it.
    pub id: String,
    /// A name for people.
    pub name: Option<String>,
    /// `api`, if it differs from the provider's.
    pub api: Option<String>,
    /// The longest answer, in tokens.
    pub max_tokens: Option<u32>,
    /// `contextWindow`, in tokens, where that is a number.
    pub context_window: Option<u64>,
    /// `input`: what it reads, such as `text` and `image`.
    pub input: Vec<String>,
}

/// `session.*`.
#[derive(Debug, Clone)]
pub struct SessionConfig {
    /// `session.dmScope: "main"`: one session for all private chats.
    pub fold_dms: bool,
    /// `session.onNew: "keep"`: `/new` keeps the pins.
    pub keep_on_new: bool,
    /// `session.userModelFallback`: a model that a person chose may fall back all the same.
    pub user_model_fallback: bool,
    /// `session.personalPin`: what somebody else's message comes to where a personal credential is pinned.
    pub personal_pin: PersonalPin,
    /// `session.reset`; off unless configured.
    pub reset: Reset,
    /// `session.turnTimeoutSeconds`: the longest that one request to a provider may take.
    pub turn_timeout: Duration,
    /// `session.idleTimeoutSeconds`: the longest that nothing may come from a provider.
    pub idle_timeout: Duration,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self {
            fold_dms: false,
            keep_on_new: false,
            user_model_fallback: false,
            personal_pin: PersonalPin::Sender,
            reset: Reset::Off,
            turn_timeout: Duration::from_mins(10),
            idle_timeout: Duration::from_mins(1),
        }
    }
}

/// `session.personalPin`: what a message comes to of somebody who may not use the credential that is pinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PersonalPin {
    /// It is answered as if nothing were pinned: the pin is for the messages of those who may use it.
    #[default]
    Sender,
    /// It is refused.
    Refuse,
}

/// `session.reset`: when a conversation begins anew by itself. Pins that a person made stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reset {
    /// Never.
    #[default]
    Off,
    /// Every day at this hour, local time.
    Daily {
        /// 0 to 23.
        at_hour: i8,
    },
    /// After so much silence.
    Idle {
        /// In minutes.
        minutes: u32,
    },
}

/// `commands.*`.
#[derive(Debug, Clone, Default)]
pub struct CommandsConfig {
    /// `commands.allowFrom`: by channel, `*` for all. When it applies to a channel, it is the only list.
    pub allow_from: IndexMap<String, Vec<String>>,
    /// `commands.ownerAllowFrom`: the owners, plain or as `channel:id`.
    pub owners: Vec<String>,
}

/// One entry of `channels`.
#[derive(Debug, Clone, Default)]
pub struct ChannelConfig {
    /// Who may do something there, whichever account it is written to.
    pub access: AccessConfig,
    /// `accounts.<id>`: what is different for one account. Each key that is there counts instead of the channel's own.
    pub account_access: IndexMap<String, AccessConfig>,
}

/// `env.shellEnv`.
#[derive(Debug, Clone, Default)]
pub struct ShellEnvConfig {
    /// Whether the login shell is asked for variables that are missing.
    pub enabled: bool,
    /// How long it may take, in milliseconds; 15,000 by default.
    pub timeout_ms: Option<u64>,
}

/// `secrets.*`.
#[derive(Debug, Clone, Default)]
pub struct SecretsConfig {
    /// `secrets.defaults.{env,file,exec}`: the alias meant by a reference that names none; `default` otherwise.
    pub defaults: IndexMap<SecretSource, String>,
    /// `secrets.providers`: places by alias.
    pub providers: IndexMap<String, SecretPlace>,
}

/// One entry of `secrets.providers`.
#[derive(Debug, Clone)]
pub enum SecretPlace {
    /// The environment.
    Env {
        /// `allowlist`: the variables that may be asked for; any where it is not there.
        allowlist: Option<Vec<String>>,
    },
    /// A file: its whole text (`value`), or JSON that pointers lead into.
    File {
        /// Where it is, `~` not yet expanded.
        path: String,
        /// `timeoutMs`: how long it may take; five seconds by default.
        patience: Option<Duration>,
    },
    /// A program.
    Exec(SecretProgram),
}

/// A program that knows secrets: an entry of `secrets.providers` with the source `exec`. It is started without a shell, and
/// asked on its standard input.
#[derive(Debug, Clone, Default)]
pub struct SecretProgram {
    /// Where it is, `~` not yet expanded.
    pub command: String,
    /// Its arguments; one that is `{id}` stands for the id of the reference.
    pub args: Vec<String>,
    /// `passEnv`: variables that it is given, beside the few that every program needs.
    pub pass_env: Vec<String>,
    /// `env`: variables that it is given, with their values.
    pub env: IndexMap<String, SecretString>,
    /// `jsonOnly`: whether what it prints counts only as JSON.
    pub json_only: bool,
    /// `timeoutMs`: how long it may take; five seconds by default.
    pub patience: Option<Duration>,
}
