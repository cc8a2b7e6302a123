//! The way to Telegram's servers: the only place where the token is exposed.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use modelpin_chat::BoxFuture;
use reqwest::{Client, Response, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use crate::api::{Api, Fault};

/// Where the Bot API is, if nothing else is said.
const TELEGRAM: &str = "https://api.telegram.org";

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);

/// The longest answer that is read, in bytes. A hundred updates with the longest texts are a tenth of it.
const LONGEST: usize = 32 << 20;

/// The name under which every request goes out.
const USER_AGENT: &str = concat!("modelpin-telegram/", env!("CARGO_PKG_VERSION"));

/// The Bot API over HTTP.
///
/// teloxide's own client is not used: it sleeps ten seconds on every 5xx, drops the code of a refusal, and puts the
/// whole of an answer it cannot read, texts of people included, into its error. Its types of requests and updates are.
pub(crate) struct Http {
    token: SecretString,
    root: Url,
    client: Mutex<Client>,
}

/// No HTTP client could be made, or the address of the Bot API is none. Says why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NoClient(pub(crate) String);

impl Http {
    /// A client that is not yet connected to anything; to Telegram's own servers if `root` is nowhere else.
    pub(crate) fn new(token: SecretString, root: Option<&Url>) -> Result<Self, NoClient> {
        let root = match root {
            Some(root) => root.clone(),
            None => Url::parse(TELEGRAM).map_err(|fault| NoClient(fault.to_string()))?,
        };
        if root.cannot_be_a_base() || !matches!(root.scheme(), "http" | "https") {
            return Err(NoClient(format!("`{root}` is no address of a Bot API: write `https://host`")));
        }
        let client = Mutex::new(new_client(&root)?);
        Ok(Self { token, root, client })
    }

    /// The address of a method. It holds the token, so it is for the wire alone.
    fn address(&self, method: &str) -> Url {
        let mut address = self.root.clone();
        if let Ok(mut segments) = address.path_segments_mut() {
            segments.pop_if_empty().push(&format!("bot{}", self.token.expose_secret())).push(method);
        }
        address
    }

    async fn exchange(&self, method: &str, arguments: &Value) -> Result<Value, Fault> {
        let client = self.client.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut response = client.post(self.address(method)).json(arguments).send().await.map_err(unreached)?;
        let status = response.status().as_u16();
        let body = read(&mut response).await?;
        let Ok(mut answer) = serde_json::from_slice::<Value>(&body) else { return Err(no_answer(status)) };
        match answer["ok"].as_bool() {
            Some(true) => Ok(answer["result"].take()),
            Some(false) => {
                // Another server than Telegram's may repeat the path, and with it the token.
                if let Value::String(description) = &mut answer["description"] {
                    *description = description.replace(self.token.expose_secret(), "[token]");
                }
                Err(Fault::of(status, &answer))
            }
            None => Err(no_answer(status)),
        }
    }
}

impl Api for Http {
    fn call(&self, method: &'static str, arguments: Value, patience: Duration) -> BoxFuture<'_, Result<Value, Fault>> {
        Box::pin(async move {
            match timeout(patience, self.exchange(method, &arguments)).await {
                Ok(answered) => answered,
                Err(_) => Err(Fault::Passing(format!("Telegram did not answer within {} s", patience.as_secs()))),
            }
        })
    }

    fn renew(&self) {
        // Where no client can be made, the one that is there is as good as any.
        if let Ok(client) = new_client(&self.root) {
            *self.client.lock().unwrap_or_else(PoisonError::into_inner) = client;
        }
    }
}

fn new_client(root: &Url) -> Result<Client, NoClient> {
    let mut builder = Client::builder()
        .connect_timeout(CONNECT)
        .tcp_nodelay(true)
        .user_agent(USER_AGENT)
        // The token is in the path: it goes to no other address than the one it was given for.
        .redirect(redirect::Policy::none());
    if is_loopback(root) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|fault| NoClient(format!("no HTTP client can be made: {fault}")))
}

fn is_loopback(root: &Url) -> bool {
    root.host_str().is_some_and(|host| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    })
}

async fn read(response: &mut Response) -> Result<Vec<u8>, Fault> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreached)? {
        if body.len() + chunk.len() > LONGEST {
            return Err(Fault::Passing(format!("the answer is longer than {} MiB", LONGEST >> 20)));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn no_answer(status: u16) -> Fault {
    Fault::Passing(format!(
        "what answers with {status} there is no Bot API: if it stays so, look at the address of the API and at the proxy"
    ))
}

/// What went wrong on the way, from the outermost cause to the innermost, without the address: it holds the token.
fn unreached(fault: reqwest::Error) -> Fault {
    let fault = fault.without_url();
    let mut why = fault.to_string();
    let mut cause = std::error::Error::source(&fault);
    while let Some(inner) = cause {
        why.push_str(": ");
        why.push_str(&inner.to_string());
        cause = inner.source();
    }
    Fault::Passing(format!("Telegram cannot be reached: {why}"))
}

#[cfg(test)]
mod tests;
