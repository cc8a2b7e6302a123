//! The way out: the only place where a secret is exposed.

use std::sync::Arc;
use std::time::Duration;

use once_cell::sync::OnceCell;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response, Url, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use crate::catalog::ProviderId;
use crate::clock::Clock;
use crate::health::FailureClass;
use crate::profile::Fingerprint;
use crate::provider::breadth::is_of_account;
use crate::provider::endpoint::{CREDENTIAL_HEADERS, is_loopback};
use crate::provider::incoming::Incoming;
use crate::provider::scrub::one_line;
use crate::provider::{Ask, Auth, ErrorBody, Failure, Sent, classify, retry_after};
use crate::redact;

/// The name under which every request goes out. modelpin poses as nobody else.
const USER_AGENT: &str = concat!("modelpin/", env!("CARGO_PKG_VERSION"));

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// Headers that a configuration cannot set: they belong to the transport, or say who is asking.
const OURS: [&str; 9] = [
    "host",
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
    "accept",
    "accept-encoding",
    "user-agent",
    "x-app",
];

/// A beta flag of this kind names a client, which modelpin is not.
const CLIENT_BETA: &str = "claude-code-";

/// The HTTP client, made when it is first needed and shared by both wire formats.
pub struct Http {
    direct: OnceCell<Client>,
    proxied: OnceCell<Client>,
    clock: Arc<dyn Clock>,
}

/// One request, without its credential.
pub(crate) struct Outgoing<'a> {
    pub(crate) ask: &'a Ask,
    pub(crate) url: String,
    /// The header an API key goes in; tokens always go as `Authorization: Bearer`.
    pub(crate) api_key_header: HeaderName,
    /// What the wire format adds.
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    /// With the model's name under `model`.
    pub(crate) body: Value,
}

/// What one exchange has to be true to: what was sent, what must not be shown, how long it may take.
pub(crate) struct Exchange {
    pub(crate) sent: Sent,
    pub(crate) deadline: Instant,
    pub(crate) total: Duration,
    pub(crate) idle: Duration,
    host: String,
    provider: ProviderId,
    /// The credential and the values of configured headers.
    secrets: Vec<SecretString>,
    clock: Arc<dyn Clock>,
}

impl Http {
    /// A client that is not yet connected to anything.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { direct: OnceCell::new(), proxied: OnceCell::new(), clock }
    }

    /// Sends `outgoing` and returns the answer from its first byte on.
    pub(crate) async fn post(&self, outgoing: Outgoing<'_>) -> Result<Incoming, Failure> {
        let Outgoing { ask, url, api_key_header, headers, body } = outgoing;
        let unsent = |class, detail: &str| Failure {
            class,
            status: None,
            retry_after: None,
            detail: detail.to_owned(),
            sent: None,
        };
        let url = Url::parse(&url).map_err(|_| {
            unsent(FailureClass::Malformed, "the provider's base URL is not a URL; see `modelpin doctor`")
        })?;
        let (headers, fingerprint, secrets) = dressed(ask, &api_key_header, &headers).map_err(|Unsendable| {
            unsent(
                FailureClass::Auth,
                "the credential holds characters that cannot go in an HTTP header; store it again",
            )
        })?;
        let model = body["model"].as_str().unwrap_or_default().to_owned();
        let exchange = Exchange {
            sent: Sent { fingerprint, model, tokens_in: None, tokens_out: None },
            deadline: later(Instant::now(), ask.total),
            total: ask.total,
            idle: ask.idle,
            host: url.host_str().unwrap_or_default().to_owned(),
            provider: ask.endpoint.provider.clone(),
            secrets,
            clock: Arc::clone(&self.clock),
        };
        let client = self.client(&url).map_err(|fault| {
            unsent(FailureClass::Server, &one_line(&format!("no HTTP client could be made: {fault}"), &[]))
        })?;
        let sending = client.post(url).headers(headers).json(&body).send();
        match timeout_at(exchange.next_limit(), sending).await {
            Ok(Ok(response)) if response.status().is_success() => Ok(Incoming::new(response, exchange)),
            Ok(Ok(response)) => Err(exchange.refused(response).await),
            Ok(Err(fault)) => Err(exchange.broken(&fault)),
            Err(_) => Err(exchange.too_late()),
        }
    }

    fn client(&self, url: &Url) -> Result<&Client, reqwest::Error> {
        let builder = || {
            Client::builder()
                .user_agent(USER_AGENT)
                // A redirect would carry the key to whoever the answer names.
                .redirect(redirect::Policy::none())
                .referer(false)
                .connect_timeout(CONNECT)
        };
        // What is on this machine is not reached through a proxy somewhere else.
        if is_loopback(url) {
            self.direct.get_or_try_init(|| builder().no_proxy().build())
        } else {
            self.proxied.get_or_try_init(|| builder().build())
        }
    }
}

/// The secret cannot be written in a header.
struct Unsendable;

/// The request's headers, with the fingerprint of the very secret among them.
fn dressed(
    ask: &Ask,
    api_key_header: &HeaderName,
    wire: &[(&'static str, &'static str)],
) -> Result<(HeaderMap, Option<Fingerprint>, Vec<SecretString>), Unsendable> {
    let mut headers = HeaderMap::new();
    let mut secrets = Vec::new();
    let mut fingerprint = None;
    headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream, application/json"));
    for (name, value) in wire {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    for (name, value) in &ask.endpoint.headers {
        let lower = name.to_ascii_lowercase();
        let credential = CREDENTIAL_HEADERS.contains(&lower.as_str());
        // The pinned credential is the one that goes: no configured header takes its place or travels beside it.
        if OURS.contains(&lower.as_str()) || (credential && ask.auth.is_some()) {
            continue;
        }
        let secret = SecretString::from(value.strip_prefix("Bearer ").unwrap_or(value));
        if credential && fingerprint.is_none() {
            fingerprint = Some(Fingerprint::of(&secret));
        }
        secrets.push(secret);
        let value = if lower == "anthropic-beta" { betas(headers.get("anthropic-beta"), value) } else { value.clone() };
        let (Ok(name), Ok(mut value)) = (HeaderName::from_bytes(lower.as_bytes()), HeaderValue::from_str(&value))
        else {
            return Err(Unsendable);
        };
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    if let Some(auth) = &ask.auth {
        let (name, text, secret) = match auth {
            Auth::ApiKey(key) if *api_key_header != AUTHORIZATION => {
                (api_key_header.clone(), key.expose_secret().to_owned(), key)
            }
            Auth::ApiKey(secret) | Auth::Bearer(secret) => {
                (AUTHORIZATION, format!("Bearer {}", secret.expose_secret()), secret)
            }
        };
        let mut value = HeaderValue::from_str(&text).map_err(|_| Unsendable)?;
        value.set_sensitive(true);
        headers.insert(name, value);
        fingerprint = Some(Fingerprint::of(secret));
        // Known by now wherever it came from; a caller may have made it up, though.
        redact::learn([secret]);
        secrets.push(secret.clone());
    }
    Ok((headers, fingerprint, secrets))
}

/// The configured beta flags beside the wire format's own, without those that would name another client.
fn betas(own: Option<&HeaderValue>, configured: &str) -> String {
    let own = own.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut flags: Vec<&str> = Vec::new();
    for flag in own.split(',').chain(configured.split(',')).map(str::trim) {
        if !flag.is_empty() && !flag.starts_with(CLIENT_BETA) && !flags.contains(&flag) {
            flags.push(flag);
        }
    }
    flags.join(",")
}

fn later(instant: Instant, wait: Duration) -> Instant {
    const FAR: Duration = Duration::from_hours(30 * 24);
    instant + wait.min(FAR)
}

impl Exchange {
    /// Until when the next sign of life has to arrive.
    pub(crate) fn next_limit(&self) -> Instant {
        later(Instant::now(), self.idle).min(self.deadline)
    }

    /// A failure of `class`, said in words that hold no secret.
    pub(crate) fn failure(&self, class: FailureClass, status: Option<u16>, words: &str) -> Failure {
        let secrets: Vec<&str> = self.secrets.iter().map(ExposeSecret::expose_secret).collect();
        // An error within a stream may be as large as the stream; what is shown of it is its beginning.
        let end = (0..=words.len().min(ERROR_BODY)).rev().find(|end| words.is_char_boundary(*end)).unwrap_or(0);
        let detail = one_line(&words[..end], &secrets);
        Failure { class, status, retry_after: None, detail, sent: Some(self.sent.clone()) }
    }

    /// The failure that an error within an answer makes.
    pub(crate) fn error_inside(&self, status: u16, body: &ErrorBody) -> Failure {
        self.classified(status, body, &|_| None)
    }

    /// Nothing came for too long.
    pub(crate) fn too_late(&self) -> Failure {
        let host = &self.host;
        let words = if Instant::now() >= self.deadline {
            format!("{host} did not finish its answer within {:?}", self.total)
        } else {
            format!("nothing came from {host} for {:?}", self.idle)
        };
        self.failure(FailureClass::Timeout, None, &words)
    }

    /// The connection did not come about, or ended early.
    pub(crate) fn broken(&self, fault: &reqwest::Error) -> Failure {
        let mut cause: &dyn std::error::Error = fault;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        if fault.is_connect() {
            let words = format!("no connection to {}: {cause}", self.host);
            return Failure { sent: None, ..self.failure(FailureClass::Timeout, None, &words) };
        }
        self.failure(FailureClass::Timeout, None, &format!("the connection to {} broke: {cause}", self.host))
    }

    /// The failure that an answer with a status of failure is.
    async fn refused(self, response: Response) -> Failure {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        if response.status().is_redirection() {
            let words = format!(
                "{} answers with a redirect, which is not followed lest the credential go elsewhere: \
                 set `models.providers.{}.baseUrl` to where the API is now",
                self.host, self.provider
            );
            return self.failure(FailureClass::Malformed, Some(status), &words);
        }
        let mut incoming = Incoming::new(response, self);
        // What arrived before an error is enough to read the error.
        let body = incoming.head(ERROR_BODY).await;
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        incoming.exchange().classified(status, &ErrorBody::read(&body), &header)
    }

    fn classified(&self, status: u16, body: &ErrorBody, header: &dyn Fn(&str) -> Option<String>) -> Failure {
        let class = match classify(&self.provider, status, body) {
            FailureClass::RateLimit if is_of_account(header) => FailureClass::AccountLimit,
            class => class,
        };
        let words = body.message.clone().unwrap_or_else(|| format!("{} answered HTTP {status}", self.host));
        let wait = retry_after(class, header, body, self.clock.now());
        Failure { retry_after: wait, ..self.failure(class, Some(status), &words) }
    }
}

/// How much of an error is read, in bytes.
const ERROR_BODY: usize = 16 * 1024;
