//! How a run of text looks.

use std::sync::Arc;

use teloxide::utils::html::escape;

/// How a run of text looks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Style {
    /// The number of the quotation it is part of, counted from 1. Telegram has none inside another.
    pub(crate) quote: Option<u32>,
    pub(crate) face: Face,
    pub(crate) bold: bool,
    pub(crate) italic: bool,
    pub(crate) strike: bool,
}

/// What a run of text is. Telegram allows none of these inside another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Face {
    #[default]
    Text,
    /// A name or a command within a line.
    Code,
    /// Lines whose columns matter, and the language they are in.
    Pre(Option<Arc<str>>),
    /// Text that leads to an address.
    Link(Arc<str>),
}

impl Style {
    /// The tags around it, from the outermost to the innermost.
    ///
    /// Code takes no emphasis: Telegram lets nothing be in code, and code be in a quotation only.
    pub(crate) fn tags(&self) -> Vec<Tag<'_>> {
        let Self { quote, face, bold, italic, strike } = self;
        let mut tags: Vec<Tag<'_>> = quote.iter().map(|number| Tag::Quote(*number)).collect();
        match face {
            Face::Text => {}
            Face::Code => tags.push(Tag::Code),
            Face::Pre(language) => tags.push(Tag::Pre(language.as_deref())),
            Face::Link(address) => tags.push(Tag::Link(address)),
        }
        if matches!(face, Face::Text | Face::Link(_)) {
            let emphasis = [(*bold, Tag::Bold), (*italic, Tag::Italic), (*strike, Tag::Strike)];
            tags.extend(emphasis.into_iter().filter_map(|(wanted, tag)| wanted.then_some(tag)));
        }
        tags
    }

    /// Whether its columns matter.
    pub(crate) fn is_pre(&self) -> bool {
        matches!(self.face, Face::Pre(_))
    }
}

/// One entity of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag<'a> {
    Quote(u32),
    Code,
    Pre(Option<&'a str>),
    Link(&'a str),
    Bold,
    Italic,
    Strike,
}

impl Tag<'_> {
    pub(crate) fn open(self) -> String {
        match self {
            Self::Quote(_) => "<blockquote>".to_owned(),
            Self::Code => "<code>".to_owned(),
            Self::Pre(None) => "<pre>".to_owned(),
            Self::Pre(Some(language)) => format!("<pre><code class=\"language-{}\">", attribute(language)),
            Self::Link(address) => format!("<a href=\"{}\">", attribute(address)),
            Self::Bold => "<b>".to_owned(),
            Self::Italic => "<i>".to_owned(),
            Self::Strike => "<s>".to_owned(),
        }
    }

    pub(crate) fn close(self) -> &'static str {
        match self {
            Self::Quote(_) => "</blockquote>",
            Self::Code => "</code>",
            Self::Pre(None) => "</pre>",
            Self::Pre(Some(_)) => "</code></pre>",
            Self::Link(_) => "</a>",
            Self::Bold => "</b>",
            Self::Italic => "</i>",
            Self::Strike => "</s>",
        }
    }
}

/// `escape` leaves quotes alone, and one would end the attribute.
fn attribute(value: &str) -> String {
    escape(value).replace('"', "&quot;")
}

/// How many tags of `before` stay open in `after`.
pub(crate) fn shared(before: &[Tag<'_>], after: &[Tag<'_>]) -> usize {
    before.iter().zip(after).take_while(|(before, after)| before == after).count()
}

#[cfg(test)]
mod tests {
    use super::{Face, Style, Tag, shared};

    #[test]
    fn code_takes_no_emphasis_and_stands_in_a_quotation_only() {
        let style = Style { quote: Some(1), face: Face::Code, bold: true, italic: true, strike: true };
        assert_eq!(style.tags(), [Tag::Quote(1), Tag::Code]);
        let style = Style { face: Face::Pre(None), ..style };
        assert_eq!(style.tags(), [Tag::Quote(1), Tag::Pre(None)]);
        let style = Style { face: Face::Link("https://x.test/".into()), bold: true, ..Style::default() };
        assert_eq!(style.tags(), [Tag::Link("https://x.test/"), Tag::Bold]);
    }

    #[test]
    fn an_attribute_cannot_be_left() {
        assert_eq!(
            Tag::Link("https://x.test/?a=\"><b>&c").open(),
            "<a href=\"https://x.test/?a=&quot;&gt;&lt;b&gt;&amp;c\">"
        );
        assert_eq!(Tag::Pre(Some("c\"")).open(), "<pre><code class=\"language-c&quot;\">");
    }

    #[test]
    fn a_tag_stays_open_only_while_those_around_it_do() {
        let (bold, italic) = (Tag::Bold, Tag::Italic);
        assert_eq!(shared(&[bold, italic], &[bold]), 1);
        assert_eq!(shared(&[bold, italic], &[italic]), 0);
        assert_eq!(shared(&[Tag::Quote(1)], &[Tag::Quote(2)]), 0, "two quotations are two");
    }
}
