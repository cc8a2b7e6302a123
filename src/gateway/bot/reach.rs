//! The addresses of an account: where the Bot API is, and where Telegram brings updates to.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use url::{Host, Url};

use crate::config::TelegramAccount;
use crate::gateway::bot::key;
use crate::profile::SecretValue;

/// What is listened on where nothing is said, as in the family.
const PORT: u16 = 8787;

/// The addresses of an account.
#[derive(Debug)]
pub(super) struct Reach {
    pub(super) api_root: Option<Url>,
    /// What Telegram is told, and what is listened on.
    pub(super) webhook: Option<(Url, SocketAddr)>,
}

impl Reach {
    /// The addresses of `account`.
    ///
    /// # Errors
    /// One of them cannot be used; the text says which, and what would do.
    pub(super) fn of(id: &str, account: &TelegramAccount) -> Result<Self, String> {
        let api_root = account.api_root.as_deref().map(|root| address(root, &key(id, "apiRoot"))).transpose()?;
        let Some(url) = &account.webhook_url else { return Ok(Self { api_root, webhook: None }) };
        let url = address(url, &key(id, "webhookUrl"))?;
        match account.webhook_secret {
            SecretValue::Missing => {
                return Err(format!(
                    "it has a webhookUrl and no secret, so anybody could play Telegram there: set {}",
                    key(id, "webhookSecret")
                ));
            }
            SecretValue::Inline(_) | SecretValue::Ref(_) => {}
        }
        let path = account.webhook_path.as_deref();
        if let Some(path) = path.filter(|path| path.trim_start_matches('/') != url.path().trim_start_matches('/')) {
            return Err(format!(
                "{} is {path}, and its webhookUrl leads to {}: have the proxy pass the path on as it is, and leave \
                 webhookPath out",
                key(id, "webhookPath"),
                url.path()
            ));
        }
        let host = account.webhook_host.as_deref();
        let host = host.map_or(Some(IpAddr::V4(Ipv4Addr::LOCALHOST)), ip).ok_or_else(|| {
            format!("{} is no address of this machine, such as 127.0.0.1 or 0.0.0.0", key(id, "webhookHost"))
        })?;
        let listen = SocketAddr::new(host, account.webhook_port.unwrap_or(PORT));
        Ok(Self { api_root, webhook: Some((url, listen)) })
    }
}

fn ip(host: &str) -> Option<IpAddr> {
    if host == "localhost" {
        return Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// An address that a token or a message may travel to: `https`, or any on this machine.
fn address(text: &str, key: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|fault| format!("{key} is no URL ({fault})"))?;
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    if url.scheme() == "https" || url.scheme() == "http" && is_here {
        Ok(url)
    } else {
        Err(format!("{key} must begin with https://, because the bot's token or its messages travel there"))
    }
}
