//! `audit.*`, `usage.*` and `alerts.*`: what those want to know who look after a bot. Only modelpin has these keys.

use secrecy::SecretString;

use crate::usage::{Budget, Prices};

/// `audit.*`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditConfig {
    /// `audit.required`: what cannot be written into the audit is not changed.
    pub required: bool,
}

/// `usage.*`.
#[derive(Debug, Clone, PartialEq)]
pub struct UsageConfig {
    /// `usage.currency`: what the prices are in; `USD` unless configured.
    pub currency: String,
    /// `usage.prices`.
    pub prices: Prices,
    /// `usage.budgets`.
    pub budgets: Vec<Budget>,
}

impl Default for UsageConfig {
    fn default() -> Self {
        Self { currency: "USD".to_owned(), prices: Prices::default(), budgets: Vec::new() }
    }
}

/// `alerts.*`: who is told when something needs an operator.
#[derive(Debug, Clone, Default)]
pub struct AlertsConfig {
    /// `alerts.chats`: the chats that are told.
    pub chats: Vec<AlertChat>,
    /// `alerts.webhooks`: the addresses that are told.
    pub webhooks: Vec<AlertHook>,
}

/// One entry of `alerts.chats`: `telegram:42`, or with the account in between `telegram:second:42`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertChat {
    /// The channel.
    pub channel: String,
    /// The account that speaks.
    pub account: String,
    /// The chat, by its id there: of a private chat, that of the person.
    pub chat: String,
}

/// One entry of `alerts.webhooks`.
#[derive(Debug, Clone)]
pub struct AlertHook {
    /// `url`. Whoever knows it can write there.
    pub url: SecretString,
    /// `format`.
    pub format: HookFormat,
}

/// `alerts.webhooks[].format`: what is sent there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookFormat {
    /// `json`: an object with every part of the alert.
    Json,
    /// `slack`: an object with a text, as Slack and those who are compatible want it.
    Slack,
    /// `ntfy`: the text, with the title, the priority and the tags in headers.
    Ntfy,
}
