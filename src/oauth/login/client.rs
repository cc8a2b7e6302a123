//! Where one logs in at a provider, and as whom.

use std::time::Duration;

use indexmap::IndexMap;
use url::Url;

use crate::catalog::ProviderId;
use crate::config::{AuthConfig, BodyForm, OAuthConfig};
use crate::oauth::{NoRenewal, TokenEndpoint};
use crate::provider::is_loopback;

/// The provider whose flow is public: whoever asks is a client, and the person gets a key.
const OPENROUTER: &str = "openrouter";

/// Where it begins and ends.
const OPENROUTER_URLS: (&str, &str) = ("https://openrouter.ai/auth", "https://openrouter.ai/api/v1/auth/keys");

/// Where one logs in at a provider, and as whom.
#[derive(Debug)]
pub(crate) struct LoginClient {
    /// Where codes are redeemed.
    pub(crate) endpoint: TokenEndpoint,
    /// Where a browser begins.
    pub(crate) authorize_url: Option<Url>,
    /// Where another device is asked for.
    pub(crate) device_url: Option<String>,
    /// Who tells whose the login is.
    pub(crate) userinfo_url: Option<String>,
    /// Where the browser is sent to afterwards, where that is fixed.
    pub(crate) redirect_uri: Option<Url>,
    pub(crate) scopes: Vec<String>,
    pub(crate) params: IndexMap<String, String>,
    /// What it ends with.
    pub(crate) gives: Gives,
}

/// What a login ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gives {
    /// An OAuth grant.
    Grant,
    /// A key of the person's own.
    ApiKey,
}

/// Why one cannot log in.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoLogin {
    /// There is no client to log in as. The caller says what else there is.
    #[error("there is no client for {0}")]
    NoClient(ProviderId),
    /// Something else is missing in the configuration, or wrong there.
    #[error("{0}")]
    Configuration(String),
}

impl LoginClient {
    /// The one for `provider`: OpenRouter's is built in, every other one is the operator's own.
    ///
    /// # Errors
    /// [`NoLogin`] says what is missing.
    pub(crate) fn of(provider: &ProviderId, auth: &AuthConfig) -> Result<Self, NoLogin> {
        let none = OAuthConfig::default();
        let configured = auth.oauth.get(provider).unwrap_or(&none);
        let wrong = |key: &str, what: &str| NoLogin::Configuration(format!("`auth.oauth.{provider}.{key}` {what}"));
        let public = provider.as_str() == OPENROUTER;
        let endpoint = if public { openrouter(provider, configured) } else { own(provider, auth)? };
        let begin = configured.authorize_url.as_deref().or_else(|| public.then_some(OPENROUTER_URLS.0));
        let authorize_url = begin.map(Url::parse).transpose().map_err(|_| wrong("authorizeUrl", "is not a URL"))?;
        if authorize_url.as_ref().is_some_and(|url| url.scheme() != "https" && !is_loopback(url)) {
            return Err(wrong("authorizeUrl", "must begin with https://"));
        }
        let redirect_uri = configured.redirect_uri.as_deref().map(Url::parse).transpose();
        let redirect_uri = redirect_uri.map_err(|_| wrong("redirectUri", "is not a URL"))?;
        if authorize_url.is_none() && configured.device_url.is_none() {
            return Err(wrong("authorizeUrl", "says where one logs in: set it, or `deviceUrl`"));
        }
        Ok(Self {
            endpoint,
            authorize_url,
            device_url: configured.device_url.clone().filter(|_| !public),
            userinfo_url: configured.userinfo_url.clone().filter(|_| !public),
            redirect_uri,
            scopes: configured.scopes.clone(),
            params: configured.params.clone(),
            gives: if public { Gives::ApiKey } else { Gives::Grant },
        })
    }
}

/// The providers that one can log in at, as things are configured.
pub(crate) fn logins(auth: &AuthConfig) -> Vec<ProviderId> {
    let configured = auth.oauth.keys().filter(|provider| LoginClient::of(provider, auth).is_ok()).cloned();
    let public = ProviderId::new(OPENROUTER).filter(|public| !auth.oauth.contains_key(public));
    public.into_iter().chain(configured).collect()
}

fn own(provider: &ProviderId, auth: &AuthConfig) -> Result<TokenEndpoint, NoLogin> {
    TokenEndpoint::of_login(provider, auth).map_err(|why| match why {
        NoRenewal::NoTokenUrl(_) => {
            NoLogin::Configuration(format!("`auth.oauth.{provider}.tokenUrl` says where codes are redeemed: set it"))
        }
        NoRenewal::NoClient(_)
        | NoRenewal::NotAGrant
        | NoRenewal::NoRefreshToken
        | NoRenewal::Managed(_)
        | NoRenewal::NotInFile(_)
        | NoRenewal::Sealed(_)
        | NoRenewal::Foreign(_) => NoLogin::NoClient(provider.clone()),
    })
}

fn openrouter(provider: &ProviderId, configured: &OAuthConfig) -> TokenEndpoint {
    TokenEndpoint {
        provider: provider.clone(),
        url: configured.token_url.clone().unwrap_or_else(|| OPENROUTER_URLS.1.to_owned()),
        client_id: String::new(),
        client_secret: None,
        body: BodyForm::Json,
        skew: Duration::ZERO,
        stored_early: false,
        bare_400_is_final: false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use serde_json::{Value, json};

    use super::{Gives, LoginClient, NoLogin, logins};
    use crate::config::{Config, from_value};

    fn config(oauth: &Value) -> Config {
        from_value(&json!({"auth": {"oauth": oauth}})).unwrap()
    }

    fn client(provider: &str, oauth: &Value) -> Result<LoginClient, NoLogin> {
        LoginClient::of(&provider.parse().unwrap(), &config(oauth).auth)
    }

    #[test]
    fn openrouter_needs_no_client() {
        let built_in = client("openrouter", &json!({})).unwrap();
        assert_eq!(built_in.authorize_url.unwrap().as_str(), "https://openrouter.ai/auth");
        assert_eq!(built_in.endpoint.url, "https://openrouter.ai/api/v1/auth/keys");
        assert_eq!(built_in.gives, Gives::ApiKey);
    }

    #[test]
    fn no_other_programs_client_logs_in() {
        for provider in ["anthropic", "openai-codex", "qwen-portal", "chutes", "openai"] {
            let why = client(provider, &json!({})).unwrap_err();
            assert_eq!(why, NoLogin::NoClient(provider.parse().unwrap()));
            // An address alone is no client either.
            let address = json!({provider: {"authorizeUrl": "https://id.example.com/a"}});
            assert_eq!(client(provider, &address).unwrap_err(), NoLogin::NoClient(provider.parse().unwrap()));
        }
    }

    #[test]
    fn what_is_missing_is_named_by_its_key() {
        let why = |oauth: Value| client("acme", &oauth).unwrap_err().to_string();
        assert!(why(json!({"acme": {"clientId": "c"}})).contains("auth.oauth.acme.tokenUrl"));
        let token = "https://id.example.com/t";
        assert!(why(json!({"acme": {"clientId": "c", "tokenUrl": token}})).contains("auth.oauth.acme.authorizeUrl"));
        let plain = json!({"acme": {"clientId": "c", "tokenUrl": token, "authorizeUrl": "http://id.example.com/a"}});
        assert!(why(plain).contains("https://"));
        let other = json!({"acme": {"clientId": "c", "tokenUrl": token, "authorizeUrl": "https://id.example.com/a",
            "redirectUri": "callback"}});
        assert!(why(other).contains("redirectUri"));
        let device = json!({"acme": {"clientId": "c", "tokenUrl": token, "deviceUrl": "https://id.example.com/d",
            "scopes": "openid email"}});
        assert_eq!(client("acme", &device).unwrap().scopes, ["openid", "email"]);
        let names: Vec<String> = logins(&config(&device).auth).iter().map(ToString::to_string).collect();
        assert_eq!(names, ["openrouter", "acme"]);
    }
}
