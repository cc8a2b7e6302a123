//! Where a link leads, and what is shown of it.

use std::sync::Arc;

use pulldown_cmark::LinkType;
use url::Url;

/// A longer address is text: every piece of a text that it stands behind has to hold it.
const LONGEST: usize = 2048;

/// A link or an image.
#[derive(Debug, PartialEq)]
pub(crate) enum Link {
    /// What can be pressed, and the address as it is told where there is no text.
    Pressable(Arc<str>, String),
    /// Its address is text beside its own.
    Told(String),
    /// It is shown as it was written.
    Verbatim(LinkType),
}

impl Link {
    pub(crate) fn new(kind: LinkType, address: &str) -> Self {
        match kind {
            LinkType::Inline | LinkType::Autolink => Self::to(address),
            LinkType::Email => Self::Told(address.to_owned()),
            LinkType::Reference
            | LinkType::ReferenceUnknown
            | LinkType::Collapsed
            | LinkType::CollapsedUnknown
            | LinkType::Shortcut
            | LinkType::ShortcutUnknown
            | LinkType::WikiLink { .. } => Self::Verbatim(kind),
        }
    }

    /// Telegram drops an address that it does not take, and mail addresses among them: those are text, which clients
    /// make a link of.
    fn to(address: &str) -> Self {
        let mail = address.strip_prefix("mailto:").unwrap_or(address).to_owned();
        match Url::parse(address) {
            Ok(url) if is_taken(&url) => Self::Pressable(Arc::from(url.as_str()), mail),
            Ok(_) | Err(_) => Self::Told(mail),
        }
    }
}

fn is_taken(url: &Url) -> bool {
    let known = match url.scheme() {
        "http" | "https" => url.host_str().is_some_and(|host| host.contains(['.', ':'])),
        "tg" => url.host_str().is_some_and(|host| !host.is_empty()),
        _ => false,
    };
    known && url.as_str().len() <= LONGEST
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::LinkType;

    use super::Link;

    #[test]
    fn only_what_telegram_takes_can_be_pressed() {
        for address in
            ["https://example.com", "http://127.0.0.1:80/a?b=c#d", "HTTPS://EXAMPLE.COM", "tg://resolve?domain=x"]
        {
            assert!(matches!(Link::new(LinkType::Inline, address), Link::Pressable(..)), "{address}");
        }
        let long = format!("https://example.com/{}", "x".repeat(2048));
        for address in [
            "",
            "#here",
            "./src/lib.rs",
            "javascript:alert(1)",
            "ftp://example.com",
            "https://",
            "https://localhost",
            "data:text/html,x",
            &long,
        ] {
            assert_eq!(Link::new(LinkType::Inline, address), Link::Told(address.to_owned()));
        }
        assert_eq!(Link::new(LinkType::Inline, "mailto:a@example.com"), Link::Told("a@example.com".to_owned()));
    }

    #[test]
    fn an_address_is_written_so_that_it_stays_one() {
        let Link::Pressable(address, _) = Link::new(LinkType::Inline, "https://example.com/a\"b c?<d>") else {
            unreachable!("it is an address");
        };
        assert_eq!(&*address, "https://example.com/a%22b%20c?%3Cd%3E");
    }
}
