//! Token endpoints over HTTP: the only place where a refresh token is exposed.

#[cfg(feature = "cli")]
mod login;

use std::time::Duration;

use jiff::Timestamp;
use modelpin_chat::BoxFuture;
use once_cell::sync::OnceCell;
use reqwest::header::{ACCEPT, HeaderMap};
use reqwest::{Client, RequestBuilder, Response, Url, redirect};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use crate::catalog::ProviderId;
use crate::config::BodyForm;
use crate::health::FailureClass;
use crate::oauth::verdict::{verdict, words};
use crate::oauth::{TokenFault, TokenRequest, TokenServer, Tokens, Verdict};
use crate::provider::{ErrorBody, is_loopback, one_line, retry_after};
use crate::redact;

const USER_AGENT: &str = concat!("modelpin/", env!("CARGO_PKG_VERSION"));

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// How long an exchange may take as a whole.
const TOTAL: Duration = Duration::from_secs(30);

/// More than any answer with tokens takes, in bytes.
const LARGEST: usize = 256 * 1024;

/// The longest that an access token is believed to last, in seconds: ten years.
const LONGEST: f64 = 10.0 * 365.0 * 86_400.0;

/// Asks token endpoints over HTTPS; over plain HTTP only on this machine.
pub struct TokenHttp {
    direct: OnceCell<Client>,
    proxied: OnceCell<Client>,
    total: Duration,
}

impl Default for TokenHttp {
    fn default() -> Self {
        Self::within(TOTAL)
    }
}

impl TokenServer for TokenHttp {
    fn refresh<'a>(&'a self, request: &'a TokenRequest) -> BoxFuture<'a, Result<Tokens, TokenFault>> {
        Box::pin(async move {
            let secrets = Secrets::of(request);
            let TokenRequest { endpoint, refresh, at } = request;
            let mut fields = vec![
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh.expose_secret()),
                ("client_id", &endpoint.client_id),
            ];
            if let Some(secret) = &endpoint.client_secret {
                fields.push(("client_secret", secret.expose_secret()));
            }
            let place = Place { provider: &endpoint.provider, key: "tokenUrl", url: &endpoint.url };
            let answered = self.ask(&place, endpoint.body, &fields, &secrets).await?;
            if answered.is_success() {
                // Not a word of it is repeated: there may be tokens in it.
                let said = "the token endpoint answered without an access token";
                let trouble = || secrets.fault(Verdict::Trouble { retry_after: None }, said);
                return tokens(&answered.value).ok_or_else(trouble);
            }
            Err(secrets.fault(answered.verdict(*at, endpoint.bare_400_is_final), &answered.said()))
        })
    }
}

/// Where something is asked, and the key of the configuration that says otherwise.
struct Place<'a> {
    provider: &'a ProviderId,
    key: &'static str,
    url: &'a str,
}

/// What was answered.
struct Answered {
    status: u16,
    headers: HeaderMap,
    /// The body; `null` where it is no JSON.
    value: Value,
}

impl Answered {
    fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// What follows from a refusal that came at `at`.
    fn verdict(&self, at: Timestamp, bare_400_is_final: bool) -> Verdict {
        let Self { status, headers, value } = self;
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let read = ErrorBody::of(value).unwrap_or_default();
        let wait = retry_after(FailureClass::RateLimit, &header, &read, at);
        verdict(*status, value, wait, bare_400_is_final)
    }

    /// A refusal in words: the code of the standard, and the sentence that came with it.
    fn said(&self) -> String {
        let Self { status, headers: _, value } = self;
        let word = words(value).into_iter().next();
        let sentence = value["error_description"].as_str().map(str::to_owned);
        let sentence = sentence.or_else(|| ErrorBody::of(value).unwrap_or_default().message);
        let sentence = sentence.filter(|sentence| word.as_deref() != Some(sentence.as_str()));
        match (word, sentence) {
            (Some(word), Some(sentence)) => format!("{word}: {sentence}"),
            (Some(text), None) | (None, Some(text)) => text,
            (None, None) => format!("the token endpoint answered HTTP {status}"),
        }
    }
}

impl TokenHttp {
    /// One that gives each exchange so long.
    pub fn within(total: Duration) -> Self {
        Self { direct: OnceCell::new(), proxied: OnceCell::new(), total }
    }

    /// Posts `fields` once and reads the answer, whatever it is. Redirects are not followed.
    async fn ask(
        &self,
        place: &Place<'_>,
        form: BodyForm,
        fields: &[(&str, &str)],
        secrets: &Secrets<'_>,
    ) -> Result<Answered, TokenFault> {
        redact::learn(secrets.secrets.iter().copied());
        let url = place.checked(secrets)?;
        let client = self.client(&url).map_err(|fault| secrets.broken(&fault))?;
        let post = match form {
            BodyForm::Form => client.post(url).form(fields),
            BodyForm::Json => {
                let fields: Map<String, Value> =
                    fields.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect();
                client.post(url).json(&fields)
            }
        };
        self.send(post, secrets).await
    }

    async fn send(&self, request: RequestBuilder, secrets: &Secrets<'_>) -> Result<Answered, TokenFault> {
        let request = request.header(ACCEPT, "application/json").timeout(self.total);
        let response = request.send().await.map_err(|fault| secrets.broken(&fault))?;
        let (status, headers) = (response.status(), response.headers().clone());
        if status.is_redirection() {
            let said = "the token endpoint answers with a redirect, which is not followed lest the token go elsewhere";
            return Err(secrets.fault(Verdict::Refused, said));
        }
        let body = body(response, secrets).await?;
        let value: Value = serde_json::from_slice(&body).unwrap_or_default();
        redact::learn(&redact::secrets_in(&value));
        Ok(Answered { status: status.as_u16(), headers, value })
    }

    fn client(&self, url: &Url) -> Result<&Client, reqwest::Error> {
        let builder = || {
            Client::builder()
                .user_agent(USER_AGENT)
                .redirect(redirect::Policy::none())
                .referer(false)
                .connect_timeout(CONNECT)
        };
        if is_loopback(url) {
            self.direct.get_or_try_init(|| builder().no_proxy().build())
        } else {
            self.proxied.get_or_try_init(|| builder().build())
        }
    }
}

impl Place<'_> {
    /// The address, if a secret may be sent there.
    fn checked(&self, secrets: &Secrets<'_>) -> Result<Url, TokenFault> {
        let Self { provider, key, url } = self;
        let unusable = |said: &str| secrets.fault(Verdict::Refused, &format!("`auth.oauth.{provider}.{key}` {said}"));
        let url = Url::parse(url).map_err(|_| unusable("is not a URL"))?;
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
            return Err(unusable("must begin with https://: a refresh token is not sent in the clear"));
        }
        Ok(url)
    }
}

/// What must not be shown of one exchange.
struct Secrets<'a> {
    secrets: Vec<&'a SecretString>,
}

impl<'a> Secrets<'a> {
    fn of(request: &'a TokenRequest) -> Self {
        Self { secrets: std::iter::once(&request.refresh).chain(&request.endpoint.client_secret).collect() }
    }

    fn fault(&self, verdict: Verdict, said: &str) -> TokenFault {
        let secrets: Vec<&str> = self.secrets.iter().map(|secret| secret.expose_secret()).collect();
        TokenFault { verdict, detail: one_line(said, &secrets) }
    }

    fn broken(&self, fault: &reqwest::Error) -> TokenFault {
        let mut cause: &dyn std::error::Error = fault;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        let host = fault.url().and_then(Url::host_str).unwrap_or("the token endpoint");
        let said = if fault.is_timeout() {
            format!("{host} did not answer in time")
        } else if fault.is_connect() {
            format!("no connection to {host}: {cause}")
        } else {
            format!("the connection to {host} broke: {cause}")
        };
        self.fault(Verdict::Trouble { retry_after: None }, &said)
    }
}

/// All of the answer, which has to be small.
async fn body(mut response: Response, secrets: &Secrets<'_>) -> Result<Zeroizing<Vec<u8>>, TokenFault> {
    let mut all = Zeroizing::new(Vec::new());
    while let Some(bytes) = response.chunk().await.map_err(|fault| secrets.broken(&fault))? {
        if all.len() + bytes.len() > LARGEST {
            let said = format!("the answer of the token endpoint is larger than {} KiB", LARGEST / 1024);
            return Err(secrets.fault(Verdict::Trouble { retry_after: None }, &said));
        }
        all.extend_from_slice(&bytes);
    }
    Ok(all)
}

/// The tokens in an answer; `None` without an access token.
///
/// Nothing else is insisted upon: an answer has used the refresh token up, and to throw it away would lose the grant.
fn tokens(answer: &Value) -> Option<Tokens> {
    let token = |name: &str| {
        let text = answer[name].as_str().map(str::trim).filter(|text| !text.is_empty())?;
        // What cannot go into a header is no token.
        text.bytes().all(|byte| byte.is_ascii_graphic()).then(|| SecretString::from(text))
    };
    let lasts = &answer["expires_in"];
    let lasts = lasts.as_f64().or_else(|| lasts.as_str()?.trim().parse().ok()).filter(|lasts| lasts.is_finite());
    Some(Tokens {
        access: token("access_token")?,
        refresh: token("refresh_token"),
        lasts: lasts.map(|seconds| Duration::from_secs_f64(seconds.clamp(0.0, LONGEST))),
    })
}
