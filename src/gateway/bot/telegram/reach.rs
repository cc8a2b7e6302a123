//! Where Telegram brings updates to.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use url::Url;

use crate::config::WebhookConfig;
use crate::gateway::bot::address::address;
use crate::gateway::bot::key;
use crate::gateway::bot::telegram::Telegram;
use crate::profile::SecretValue;

/// What is listened on where nothing is said, as in the family.
const PORT: u16 = 8787;

/// What Telegram is told, and what is listened on; `None` where updates are asked for.
///
/// # Errors
/// One of them cannot be used; the text says which, and what would do.
pub(super) fn reach(id: &str, more: &WebhookConfig) -> Result<Option<(Url, SocketAddr)>, String> {
    let Some(url) = &more.url else { return Ok(None) };
    let url = address(url, &key::<Telegram>(id, "webhookUrl"))?;
    match more.secret {
        SecretValue::Missing => {
            return Err(format!(
                "it has a webhookUrl and no secret, so anybody could play Telegram there: set {}",
                key::<Telegram>(id, "webhookSecret")
            ));
        }
        SecretValue::Inline(_) | SecretValue::Ref(_) => {}
    }
    let path = more.path.as_deref();
    if let Some(path) = path.filter(|path| path.trim_start_matches('/') != url.path().trim_start_matches('/')) {
        return Err(format!(
            "{} is {path}, and its webhookUrl leads to {}: have the proxy pass the path on as it is, and leave \
             webhookPath out",
            key::<Telegram>(id, "webhookPath"),
            url.path()
        ));
    }
    let host = more.host.as_deref();
    let host = host.map_or(Some(IpAddr::V4(Ipv4Addr::LOCALHOST)), ip).ok_or_else(|| {
        format!("{} is no address of this machine, such as 127.0.0.1 or 0.0.0.0", key::<Telegram>(id, "webhookHost"))
    })?;
    let listen = SocketAddr::new(host, more.port.unwrap_or(PORT));
    Ok(Some((url, listen)))
}

fn ip(host: &str) -> Option<IpAddr> {
    if host == "localhost" {
        return Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}
