//! Where a link leads, and what is shown of it.

use std::sync::Arc;

use pulldown_cmark::LinkType;
use url::Url;

/// A longer address is text: every piece of a text that it stands behind has to hold it.
const LONGEST: usize = 800;

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

    /// Discord makes a link of web addresses only.
    fn to(address: &str) -> Self {
        let told = address.strip_prefix("mailto:").unwrap_or(address).to_owned();
        match Url::parse(address) {
            Ok(url) if is_taken(&url) => Self::Pressable(Arc::from(inert(&url)), told),
            Ok(_) | Err(_) => Self::Told(told),
        }
    }
}

fn is_taken(url: &Url) -> bool {
    let known = match url.scheme() {
        "http" | "https" => url.host_str().is_some_and(|host| host.contains(['.', ':'])),
        _ => false,
    };
    known && url.as_str().len() <= LONGEST
}

/// The address without signs that Discord would read as its end or as marks.
fn inert(url: &Url) -> String {
    let mut address = String::with_capacity(url.as_str().len());
    for c in url.as_str().chars() {
        match c {
            '(' | ')' | '<' | '>' | '\\' | '`' | '*' | '~' | '|' => {
                address.push_str(&format!("%{:02X}", u32::from(c)));
            }
            other => address.push(other),
        }
    }
    address
}

/// Whether a text can stand for an address: Discord makes no link of one with brackets, and one that looks like an address
/// itself says that it leads somewhere else than it does.
pub(crate) fn may_hide_an_address(label: &str) -> bool {
    let dots = ['.', '\u{2024}', '\u{3002}', '\u{fe52}', '\u{ff0e}', '\u{ff61}'];
    let joins = |word: &str| {
        word.char_indices().any(|(at, c)| {
            let before = word.get(..at).and_then(|before| before.chars().next_back());
            let after = word.get(at + c.len_utf8()..).and_then(|after| after.chars().next());
            dots.contains(&c) && before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphabetic)
        })
    };
    !label.contains(['[', ']']) && !label.contains("://") && !label.split_whitespace().any(joins)
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::LinkType;

    use super::{Link, may_hide_an_address};

    #[test]
    fn only_what_discord_takes_can_be_pressed() {
        for address in ["https://example.com", "http://127.0.0.1:80/a?b=c#d", "HTTPS://EXAMPLE.COM"] {
            assert!(matches!(Link::new(LinkType::Inline, address), Link::Pressable(..)), "{address}");
        }
        let long = format!("https://example.com/{}", "x".repeat(800));
        for address in [
            "",
            "#here",
            "./src/lib.rs",
            "javascript:alert(1)",
            "discord://-/channels/1",
            "https://",
            "https://localhost",
            &long,
        ] {
            assert_eq!(Link::new(LinkType::Inline, address), Link::Told(address.to_owned()));
        }
        assert_eq!(Link::new(LinkType::Inline, "mailto:a@example.com"), Link::Told("a@example.com".to_owned()));
    }

    #[test]
    fn an_address_is_written_so_that_it_stays_one() {
        let Link::Pressable(address, _) = Link::new(LinkType::Inline, "https://example.com/a\"b) c?<d>**") else {
            unreachable!("it is an address");
        };
        assert_eq!(&*address, "https://example.com/a%22b%29%20c?%3Cd%3E%2A%2A");
    }

    #[test]
    fn a_text_that_looks_like_an_address_hides_none() {
        for label in ["the docs", "v1.2", "Yes. No.", "a: b"] {
            assert!(may_hide_an_address(label), "{label}");
        }
        for label in ["https://bank.test", "see bank.test now", "bank\u{ff0e}test", "a [b]", "www.x"] {
            assert!(!may_hide_an_address(label), "{label}");
        }
    }
}
