//! A named credential.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use crate::catalog::ProviderId;
use crate::profile::{Credential, Expiry, Fingerprint, Origin, ProfileId, SealTrouble, SecretValue};
use crate::receipt::BillingClass;

/// How a setup-token of Anthropic begins.
const SETUP_TOKEN: &str = "sk-ant-oat";

/// How an API key of Anthropic begins.
const API_KEY: &str = "sk-ant-api";

/// Whether `secret` is an Anthropic setup-token by its shape, wherever it was saved.
pub(crate) fn is_setup_token(secret: &SecretString) -> bool {
    secret.expose_secret().starts_with(SETUP_TOKEN)
}

/// A named credential.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Its key in the store.
    pub id: ProfileId,
    /// The provider it is for, normalised.
    pub provider: ProviderId,
    /// The credential.
    pub credential: Credential,
    /// The e-mail address of the account, where the store has one.
    pub email: Option<String>,
    /// The provider's id of the account, where the store has one.
    pub account: Option<String>,
    /// A name for people.
    pub display_name: Option<String>,
    /// Which file it came from.
    pub origin: Arc<Origin>,
    /// Whether its secrets are sealed there.
    pub seal: Seal,
}

/// Whether the secrets of a profile are sealed in its file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Seal {
    /// They are not.
    #[default]
    Absent,
    /// They are, and were opened in memory.
    Opened,
    /// They are, and did not open: there is no secret in the profile. Its state says why.
    Closed(SealTrouble),
}

impl Profile {
    /// Why its secrets, which are sealed, did not open; `None` when they did, or are not sealed.
    pub fn closed(&self) -> Option<&SealTrouble> {
        match &self.seal {
            Seal::Closed(why) => Some(why),
            Seal::Absent | Seal::Opened => None,
        }
    }

    /// How the credential is paid for.
    ///
    /// A static token counts as a subscription at Anthropic, where static tokens are setup-tokens, unless it looks like a
    /// key that was saved as a token; elsewhere it counts as metered unless it looks like a setup-token.
    pub fn billing_class(&self) -> BillingClass {
        match &self.credential {
            Credential::OAuth(_) => BillingClass::Subscription,
            Credential::ApiKey { .. } => BillingClass::Metered,
            Credential::Token { token, .. } => {
                let at_anthropic = self.provider.as_str() == "anthropic";
                let setup = match token {
                    SecretValue::Inline(secret) if at_anthropic => !secret.expose_secret().starts_with(API_KEY),
                    SecretValue::Inline(secret) => is_setup_token(secret),
                    SecretValue::Missing | SecretValue::Ref(_) => at_anthropic,
                };
                if setup { BillingClass::Subscription } else { BillingClass::Metered }
            }
        }
    }

    /// The fingerprints of the secrets that are written in the store: what benches are kept by. What a reference leads to
    /// is not looked at.
    pub fn fingerprints(&self) -> Vec<Fingerprint> {
        self.secrets().into_iter().map(Fingerprint::of).collect()
    }

    /// The secrets that are written in the store.
    pub(crate) fn secrets(&self) -> Vec<&SecretString> {
        match &self.credential {
            Credential::ApiKey { key: SecretValue::Inline(secret) }
            | Credential::Token { token: SecretValue::Inline(secret), .. } => vec![secret],
            Credential::ApiKey { .. } | Credential::Token { .. } => Vec::new(),
            Credential::OAuth(grant) => grant.access.iter().chain(&grant.refresh).collect(),
        }
    }

    /// When the credential ends: the access token's end for an OAuth grant, which may still be refreshed.
    pub fn expires(&self) -> Expiry {
        match &self.credential {
            Credential::ApiKey { .. } => Expiry::Never,
            Credential::Token { expires, .. } => *expires,
            Credential::OAuth(grant) => grant.expires,
        }
    }

    /// Which account stands behind the credential, to be remembered with a pin: `e-mail`, `id`, or `e-mail id`.
    pub fn account(&self) -> Option<String> {
        match (self.email.as_deref().map(str::to_lowercase), self.account.as_deref()) {
            (Some(email), Some(id)) => Some(format!("{email} {id}")),
            (Some(email), None) => Some(email),
            (None, Some(id)) => Some(id.to_owned()),
            (None, None) => None,
        }
    }

    /// Whether `remembered`, an earlier [`Profile::account`], is the account behind this credential.
    ///
    /// What both sides know must agree, and there must be something that both know: colleagues share an account id, and
    /// one address may have several accounts.
    pub fn is_account(&self, remembered: &str) -> bool {
        let mut agreed = false;
        for known in remembered.split_whitespace() {
            let mine = if known.contains('@') { self.email.as_deref() } else { self.account.as_deref() };
            match mine {
                Some(mine) if mine.eq_ignore_ascii_case(known) => agreed = true,
                Some(_) => return false,
                None => {}
            }
        }
        agreed
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use crate::agent::AgentId;
    use crate::profile::OAuth;

    fn profile(provider: &str, credential: Credential, email: Option<&str>, account: Option<&str>) -> Profile {
        Profile {
            id: ProfileId::new("p:x").unwrap(),
            provider: ProviderId::new(provider).unwrap(),
            credential,
            email: email.map(str::to_owned),
            account: account.map(str::to_owned),
            display_name: None,
            origin: Arc::new(Origin { agent: AgentId::main(), path: "/x".into(), managed_by: None }),
            seal: Seal::Absent,
        }
    }

    fn token(text: &str) -> Credential {
        Credential::Token { token: SecretValue::Inline(SecretString::from(text)), expires: Expiry::Never }
    }

    #[test]
    fn a_setup_token_is_a_subscription_and_a_key_is_not() {
        let class = |provider, credential| profile(provider, credential, None, None).billing_class();
        assert_eq!(class("anthropic", token("sk-ant-oat01-test")), BillingClass::Subscription);
        assert_eq!(class("anthropic", token("sk-ant-api03-test")), BillingClass::Metered);
        assert_eq!(class("openai", token("test")), BillingClass::Metered);
        let grant = OAuth { access: None, refresh: None, expires: Expiry::Never, client_id: None };
        assert_eq!(class("openai", Credential::OAuth(grant)), BillingClass::Subscription);
        assert_eq!(class("openai", Credential::ApiKey { key: SecretValue::Missing }), BillingClass::Metered);
    }

    #[test]
    fn an_account_is_recognised_by_all_that_is_known_of_it() {
        let mine = profile("openai", token("t"), Some("Me@Example.com"), Some("acc-1"));
        assert_eq!(mine.account().as_deref(), Some("me@example.com acc-1"));
        assert!(mine.is_account("me@example.com"));
        assert!(mine.is_account("acc-1"));
        assert!(!mine.is_account("me@example.com acc-2"));
        assert!(!mine.is_account("you@example.com acc-1"));
        assert!(!profile("openai", token("t"), None, None).is_account("me@example.com"));
    }
}
