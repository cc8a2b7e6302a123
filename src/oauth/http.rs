//! Token endpoints over HTTP: the only place where a refresh token is exposed.

use std::time::Duration;

use modelpin_chat::BoxFuture;
use once_cell::sync::OnceCell;
use reqwest::header::ACCEPT;
use reqwest::{Client, Response, Url, redirect};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

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
            redact::learn(secrets.secrets.iter().copied());
            let response = self.send(request, &secrets).await?;
            let status = response.status();
            let headers = response.headers().clone();
            if status.is_redirection() {
                let said =
                    "the token endpoint answers with a redirect, which is not followed lest the token go elsewhere";
                return Err(secrets.fault(Verdict::Refused, said));
            }
            let body = body(response, &secrets).await?;
            let value: Value = serde_json::from_slice(&body).unwrap_or_default();
            redact::learn(&redact::secrets_in(&value));
            if status.is_success() {
                return tokens(&value).ok_or_else(|| {
                    // Not a word of it is repeated: there may be tokens in it.
                    let said = "the token endpoint answered without an access token";
                    secrets.fault(Verdict::Trouble { retry_after: None }, said)
                });
            }
            let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
            let read = ErrorBody::of(&value).unwrap_or_default();
            let wait = retry_after(FailureClass::RateLimit, &header, &read, request.at);
            let found = verdict(status.as_u16(), &value, wait, request.endpoint.bare_400_is_final);
            Err(secrets.fault(found, &said(status.as_u16(), &value, &read)))
        })
    }
}

impl TokenHttp {
    /// One that gives each exchange so long.
    pub fn within(total: Duration) -> Self {
        Self { direct: OnceCell::new(), proxied: OnceCell::new(), total }
    }

    async fn send(&self, request: &TokenRequest, secrets: &Secrets<'_>) -> Result<Response, TokenFault> {
        let TokenRequest { endpoint, refresh, at: _ } = request;
        let unusable = |said: &str| {
            let said = format!("`auth.oauth.{}.tokenUrl` {said}", endpoint.provider);
            secrets.fault(Verdict::Refused, &said)
        };
        let url = Url::parse(&endpoint.url).map_err(|_| unusable("is not a URL"))?;
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
            return Err(unusable("must begin with https://: a refresh token is not sent in the clear"));
        }
        let mut fields = vec![
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.expose_secret()),
            ("client_id", &endpoint.client_id),
        ];
        if let Some(secret) = &endpoint.client_secret {
            fields.push(("client_secret", secret.expose_secret()));
        }
        let client = self.client(&url).map_err(|fault| secrets.broken(&fault))?;
        let post = client.post(url).header(ACCEPT, "application/json").timeout(self.total);
        let post = match endpoint.body {
            BodyForm::Form => post.form(&fields),
            BodyForm::Json => {
                let fields: Map<String, Value> =
                    fields.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
                post.json(&fields)
            }
        };
        post.send().await.map_err(|fault| secrets.broken(&fault))
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

/// A refusal in words: the code of the standard, and the sentence that came with it.
fn said(status: u16, value: &Value, read: &ErrorBody) -> String {
    let word = words(value).into_iter().next();
    let sentence = value["error_description"].as_str().map(str::to_owned).or_else(|| read.message.clone());
    let sentence = sentence.filter(|sentence| word.as_deref() != Some(sentence.as_str()));
    match (word, sentence) {
        (Some(word), Some(sentence)) => format!("{word}: {sentence}"),
        (Some(text), None) | (None, Some(text)) => text,
        (None, None) => format!("the token endpoint answered HTTP {status}"),
    }
}
