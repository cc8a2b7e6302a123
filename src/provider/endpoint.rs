//! Which endpoint a provider has: what the configuration says, over what is known of the vendor.

use reqwest::Url;
use reqwest::header::{HeaderName, HeaderValue};

use crate::catalog::{Api, ModelId, ProviderId, VendorPlace, vendor};
use crate::config::ProviderConfig;
use crate::provider::Endpoint;

/// Request headers that hold a credential, in lower case.
pub(crate) const CREDENTIAL_HEADERS: [&str; 4] = ["authorization", "x-api-key", "api-key", "x-goog-api-key"];

/// Why a model cannot be reached at all. Each message says what to write in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoEndpoint {
    /// Neither configured nor known.
    #[error("no address is known for provider `{0}`: set `models.providers.{0}.baseUrl`")]
    Unknown(ProviderId),
    /// It is configured to speak what modelpin does not.
    #[error("modelpin does not speak `{api}`, which is configured for {provider}: {advice}")]
    Unspoken {
        /// Whose.
        provider: ProviderId,
        /// As written in the configuration.
        api: String,
        /// What to write instead.
        advice: &'static str,
    },
    /// The base URL cannot be used.
    #[error("`models.providers.{provider}.baseUrl` {why}")]
    BadBaseUrl {
        /// Whose.
        provider: ProviderId,
        /// What is wrong with it; the URL itself is not shown, it may hold a password.
        why: &'static str,
    },
    /// A configured header cannot be sent.
    #[error("`models.providers.{provider}.headers` holds `{name}`, whose name or value cannot go in an HTTP header")]
    BadHeader {
        /// Whose.
        provider: ProviderId,
        /// The header's name; its value is not shown, it may be a secret.
        name: String,
    },
}

/// The endpoint that serves `model` of `provider`, given that provider's entry in `models.providers`.
///
/// # Errors
/// [`NoEndpoint`] says what the operator has to write; nothing can be sent before that.
pub fn endpoint(
    provider: &ProviderId,
    model: &ModelId,
    config: Option<&ProviderConfig>,
) -> Result<Endpoint, NoEndpoint> {
    let known = known(provider);
    let configured = config.and_then(|config| config.base_url.as_deref()).map(str::trim).filter(|url| !url.is_empty());
    let base_url = match (configured, known) {
        (Some(url), _) => usable(provider, url, known)?,
        (None, Some(row)) => row.base_url.to_owned(),
        (None, None) => return Err(NoEndpoint::Unknown(provider.clone())),
    };
    let written = config.and_then(|config| {
        let own = config.models.iter().find(|entry| entry.id == model.as_str()).and_then(|entry| entry.api.as_deref());
        own.or(config.api.as_deref())
    });
    let api = match (written, configured, known) {
        (Some(written), _, _) => spoken(provider, written)?,
        (None, None, Some(row)) => row.api,
        (None, Some(_), _) | (None, None, None) if provider.as_str() == "anthropic" => Api::AnthropicMessages,
        (None, Some(_), _) | (None, None, None) => Api::OpenAiCompletions,
    };
    let mut headers = Vec::new();
    for (name, value) in config.iter().flat_map(|config| &config.headers) {
        let fits = HeaderName::from_bytes(name.as_bytes()).is_ok() && HeaderValue::from_str(value).is_ok();
        if !fits {
            return Err(NoEndpoint::BadHeader { provider: provider.clone(), name: name.clone() });
        }
        headers.push((name.clone(), value.clone()));
    }
    Ok(Endpoint { provider: provider.clone(), base_url, api, headers })
}

/// Whether `endpoint` answers nobody without a credential: local servers do, and so does one whose configured headers
/// bring a credential along.
pub fn needs_credential(endpoint: &Endpoint) -> bool {
    let by_header =
        endpoint.headers.iter().any(|(name, _)| CREDENTIAL_HEADERS.contains(&name.to_ascii_lowercase().as_str()));
    let by_vendor = known(&endpoint.provider).is_none_or(|row| row.needs_credential);
    by_vendor && !by_header && !Url::parse(&endpoint.base_url).is_ok_and(|url| is_loopback(&url))
}

fn known(provider: &ProviderId) -> Option<&'static VendorPlace> {
    vendor(provider)?.place.as_ref()
}

/// Whether `url` leads to this very machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// The wire format called `written` in the configuration.
fn spoken(provider: &ProviderId, written: &str) -> Result<Api, NoEndpoint> {
    let advice = match (written, provider.as_str()) {
        ("anthropic-messages", _) => return Ok(Api::AnthropicMessages),
        // OpenAI serves the same models to the same keys under the same base URL in both formats.
        ("openai-completions", _) | ("openai-responses", "openai") => return Ok(Api::OpenAiCompletions),
        ("google-generative-ai", _) => {
            "set `api` to \"openai-completions\" and `baseUrl` to \"https://generativelanguage.googleapis.com/v1beta/openai\""
        }
        ("bedrock-converse-stream" | "github-copilot", _) => "reach these models through a provider that it speaks to",
        _ => "set `api` to \"openai-completions\" or \"anthropic-messages\", where the provider offers one of them",
    };
    Err(NoEndpoint::Unspoken { provider: provider.clone(), api: written.to_owned(), advice })
}

/// A configured base URL, checked and brought into the form of [`Endpoint::base_url`].
fn usable(provider: &ProviderId, text: &str, known: Option<&VendorPlace>) -> Result<String, NoEndpoint> {
    let bad = |why| NoEndpoint::BadBaseUrl { provider: provider.clone(), why };
    let url = Url::parse(text).map_err(|_| bad("is not a URL; it must read like \"https://host/v1\""))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(bad("must begin with https:// (or http:// for a server of your own)"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("must not hold a user name or password; use an auth profile or `headers`"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(bad("must not hold a `?` or `#`; use an auth profile or `headers`"));
    }
    let mut base = url.as_str().trim_end_matches('/').to_owned();
    // "http://127.0.0.1:11434" is what Ollama and others print at their start; the API is one level below.
    let below = known.filter(|row| row.api == Api::OpenAiCompletions).and_then(|row| Url::parse(row.base_url).ok());
    if url.path() == "/" && below.is_some_and(|known| known.path() == "/v1") {
        base.push_str("/v1");
    }
    Ok(base)
}
