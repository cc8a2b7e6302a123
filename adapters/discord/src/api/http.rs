//! The way to Discord's servers: the only place where the token is exposed.

use std::net::IpAddr;
use std::time::Duration;

use modelpin_chat::BoxFuture;
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, HeaderValue};
use reqwest::{Client, Method, Response, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use crate::api::limits::Limits;
use crate::api::{Api, Call, Fault, Route};

/// Where Discord is, if nothing else is said.
const DISCORD: &str = "https://discord.com";

/// The version of the API.
const VERSION: &str = "/api/v10";

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);

/// How long a connection is kept that nothing goes over: an acknowledgement has no time for a new one.
const IDLE: Duration = Duration::from_mins(5);

/// The longest answer that is read, in bytes. A hundred messages with the longest texts are a tenth of it.
const LONGEST: usize = 16 << 20;

/// The name under which every request goes out. Discord wants it so, and turns away others.
const USER_AGENT: &str = concat!("DiscordBot (modelpin, ", env!("CARGO_PKG_VERSION"), ")");

/// Discord over HTTP.
///
/// serenity's own client is not used. With its rate limiter it asks the real Discord whatever address it is given, it
/// sleeps within a call however long Discord asks to wait, and it remembers every interaction for ever; without, it drops
/// what Discord says about the wait. Either way it writes the tokens of interactions into the spans of the log. Its
/// builders and ids are used.
pub(crate) struct Http {
    authorization: HeaderValue,
    token: SecretString,
    root: String,
    client: Client,
    limits: Limits,
}

/// No HTTP client could be made, or the address of the API is none. Says why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NoClient(pub(crate) String);

impl Http {
    /// A client that is not yet connected to anything; to Discord's own servers if `root` is nowhere else.
    pub(crate) fn new(token: SecretString, root: Option<&Url>) -> Result<Self, NoClient> {
        let is_near = root.is_some_and(is_loopback);
        let is_usable = |root: &Url| {
            let is_safe = root.scheme() == "https" || (root.scheme() == "http" && is_near);
            is_safe && root.query().is_none() && root.fragment().is_none()
        };
        if let Some(root) = root.filter(|root| !is_usable(root)) {
            return Err(NoClient(format!(
                "`{root}` is no address of Discord's API: write `https://host`; `http://` does for this computer alone"
            )));
        }
        let root = root.map_or(DISCORD, Url::as_str).trim_end_matches('/');
        let mut authorization = HeaderValue::from_str(&format!("Bot {}", token.expose_secret()))
            .map_err(|_| NoClient("the token holds signs that none of Discord's has".to_owned()))?;
        authorization.set_sensitive(true);
        Ok(Self {
            authorization,
            token,
            root: format!("{root}{VERSION}"),
            client: new_client(is_near)?,
            limits: Limits::default(),
        })
    }

    async fn exchange(&self, method: Method, route: &Route, body: Option<&Value>) -> Result<Value, Fault> {
        let pass = self.limits.enter(&method, route).map_err(Fault::Busy)?;
        // It may hold a token, so it is for the wire alone.
        let address = format!("{}{}", self.root, route.path());
        let mut request = self.client.request(method, address).header(AUTHORIZATION, self.authorization.clone());
        request = match body {
            Some(body) => request.json(body),
            // What stands before Discord turns a call away that does not say how long it is.
            None => request.header(CONTENT_LENGTH, 0),
        };
        let mut response = request.send().await.map_err(unreached)?;
        let status = response.status().as_u16();
        let after = pass.answered(status, response.headers());
        if status == 204 {
            return Ok(Value::Null);
        }
        let body = read(&mut response).await?;
        let answer = serde_json::from_slice::<Value>(&body);
        match (status, answer) {
            (200..=299, Ok(answer)) => Ok(answer),
            // What stands before Discord answers with a page where there was too much.
            (429, answer) => Err(Fault::of(status, after, &answer.unwrap_or_default())),
            (400.., Ok(mut answer)) if answer.is_object() => {
                self.keep_secrets(route, &mut answer);
                Err(Fault::of(status, after, &answer))
            }
            (_, Ok(_) | Err(_)) => Err(no_answer(status)),
        }
    }

    /// Another server than Discord's may repeat what it was sent.
    fn keep_secrets(&self, route: &Route, answer: &mut Value) {
        if let Value::String(message) = &mut answer["message"] {
            for secret in [Some(self.token.expose_secret()), route.secret()].into_iter().flatten() {
                if !secret.is_empty() {
                    *message = message.replace(secret, "[token]");
                }
            }
        }
    }
}

impl Api for Http {
    fn call(&self, Call { method, route, body, patience }: Call) -> BoxFuture<'_, Result<Value, Fault>> {
        Box::pin(async move {
            match timeout(patience, self.exchange(method, &route, body.as_ref())).await {
                Ok(answered) => answered,
                Err(_) => Err(Fault::Passing(format!("Discord did not answer within {} ms", patience.as_millis()))),
            }
        })
    }
}

fn new_client(is_near: bool) -> Result<Client, NoClient> {
    let mut builder = Client::builder()
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .tcp_keepalive(Duration::from_secs(30))
        .tcp_nodelay(true)
        .user_agent(USER_AGENT)
        // The token goes to no other address than the one it was given for.
        .redirect(redirect::Policy::none());
    if is_near {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|fault| NoClient(format!("no HTTP client can be made: {fault}")))
}

/// Whether it is on this computer.
pub(crate) fn is_loopback(root: &Url) -> bool {
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
        "what answers with {status} there is not Discord's API: if it stays so, look at the address of the API and at \
         the proxy"
    ))
}

/// What went wrong on the way, from the outermost cause to the innermost, without the address: it may hold a token.
fn unreached(fault: reqwest::Error) -> Fault {
    let fault = fault.without_url();
    let mut why = fault.to_string();
    let mut cause = std::error::Error::source(&fault);
    while let Some(inner) = cause {
        why.push_str(": ");
        why.push_str(&inner.to_string());
        cause = inner.source();
    }
    Fault::Passing(format!("Discord cannot be reached: {why}"))
}

#[cfg(test)]
mod tests;
