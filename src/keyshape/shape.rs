//! What the secrets of one vendor look like, and what is to be done when one got out.

/// One kind of secret. Its end is random; what stands before is the same in all of them, and tells whose it is.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    /// What it is, as it is said: `an Anthropic API key`.
    pub name: &'static str,
    /// How it is made useless, in one sentence.
    pub rotate: &'static str,
    /// Where its successor belongs: what follows `modelpin models auth`; `None` where it is no credential for a model.
    pub store: Option<&'static str>,
    /// What stands before the random part, as a pattern.
    pub(super) before: &'static str,
    /// A character of the random part, as a pattern.
    pub(super) of: &'static str,
    /// So many of them at least. Fewer than the vendor issues: a key that lost its end is one that got out.
    pub(super) least: usize,
    /// So many at the most, where its length is all that tells it from something harmless.
    pub(super) most: Option<usize>,
}

impl Shape {
    /// The pattern of the whole, at the beginning of a word; its one group is the random part.
    ///
    /// A word also begins behind what a URL or a string literal has escaped: `?key%3Dsk-…`, `"…\nsk-…"`.
    pub(super) fn pattern(&self) -> String {
        let Self { before, of, least, .. } = self;
        format!(r"(?-u)(?:^|[^0-9A-Za-z]|%[0-9A-Fa-f]{{2}}|\\[nrt])(?:{before})({of}{{{least},}})")
    }
}
