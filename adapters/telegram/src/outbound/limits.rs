//! How much of a text one message takes.

/// How much of a text one message takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// UTF-16 code units of the text without its tags.
    pub(crate) units: usize,
    /// Bytes of the HTML.
    pub(crate) bytes: usize,
    /// Entities: a tag that is opened makes one, and `<pre><code>` makes one together.
    pub(crate) entities: usize,
}

impl Limits {
    /// Telegram's own: 4096 characters after the entities were read, and no more than 100 of these are looked at. The
    /// HTML may have 35,000 bytes there; less than half of it leaves room for everything else in a request.
    pub(crate) const MESSAGE: Self = Self { units: 4096, bytes: 16_000, entities: 100 };
}

/// The length of `text` as Telegram counts it.
pub(crate) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}
