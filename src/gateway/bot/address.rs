//! The addresses that an account may name.

use url::{Host, Url};

/// An address that a token or a message may travel to: `https`, or any on this machine.
///
/// # Errors
/// It is none; the text names `key`.
pub(super) fn address(text: &str, key: &str) -> Result<Url, String> {
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
