//! How a run of text looks.

use std::sync::Arc;

/// How a run of text looks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Style {
    /// The number of the quotation it is part of, counted from 1. Discord has none inside another.
    pub(crate) quote: Option<u32>,
    /// How high the heading is that it is part of, 1 to 3; 0 for none.
    pub(crate) heading: u8,
    pub(crate) face: Face,
    pub(crate) bold: bool,
    pub(crate) italic: bool,
    pub(crate) strike: bool,
}

/// What a run of text is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Face {
    #[default]
    Text,
    /// Marks of ours, such as what begins an entry of a list: written as they are.
    Sign,
    /// A name or a command within a line.
    Code,
    /// Lines whose columns matter, and the language they are in.
    Pre(Option<Arc<str>>),
    /// Text that leads to an address.
    Link(Arc<str>),
}

impl Style {
    /// The marks around it, from the outermost to the innermost.
    ///
    /// Code takes no emphasis: Discord looks for the end of an emphasis in the code as well.
    pub(crate) fn marks(&self) -> Vec<Mark<'_>> {
        let Self { quote: _, heading: _, face, bold, italic, strike } = self;
        let link = match face {
            Face::Text => None,
            Face::Link(address) => Some(Mark::Link(address)),
            Face::Sign | Face::Code | Face::Pre(_) => return Vec::new(),
        };
        let emphasis = [(*bold, Mark::Bold), (*italic, Mark::Italic), (*strike, Mark::Strike)];
        link.into_iter().chain(emphasis.into_iter().filter_map(|(wanted, mark)| wanted.then_some(mark))).collect()
    }

    /// Whether both are written alike. Code is, in whatever emphasis: two codes that touch would be read as one.
    pub(crate) fn is_written_like(&self, other: &Self) -> bool {
        let Self { quote, heading, face, bold: _, italic: _, strike: _ } = self;
        let both_code = *face == Face::Code && other.face == Face::Code;
        self == other || (both_code && *quote == other.quote && *heading == other.heading)
    }

    /// Whether its columns matter.
    pub(crate) fn is_pre(&self) -> bool {
        matches!(self.face, Face::Pre(_))
    }

    /// Whether it is better not cut: a link, or a name that may be copied.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(self.face, Face::Code | Face::Link(_))
    }
}

/// What stands on both sides of a run of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark<'a> {
    Link(&'a str),
    Bold,
    Italic,
    Strike,
}

impl Mark<'_> {
    pub(crate) fn open(self) -> &'static str {
        match self {
            Self::Link(_) => "[",
            Self::Bold => "**",
            Self::Italic => "*",
            Self::Strike => "~~",
        }
    }

    /// In `<…>` the address makes no preview: Discord would fetch whatever address a model has put together.
    pub(crate) fn close(self) -> String {
        match self {
            Self::Link(address) => format!("](<{address}>)"),
            Self::Bold | Self::Italic | Self::Strike => self.open().to_owned(),
        }
    }

    pub(crate) fn is_emphasis(self) -> bool {
        !matches!(self, Self::Link(_))
    }
}

/// How many marks of `before` stay open in `after`.
pub(crate) fn shared(before: &[Mark<'_>], after: &[Mark<'_>]) -> usize {
    before.iter().zip(after).take_while(|(before, after)| before == after).count()
}

#[cfg(test)]
mod tests {
    use super::{Face, Mark, Style, shared};

    #[test]
    fn code_takes_no_emphasis_and_a_link_holds_it() {
        let style = Style { face: Face::Code, bold: true, italic: true, ..Style::default() };
        assert_eq!(style.marks(), []);
        let style = Style { face: Face::Link("https://x.test/".into()), ..style };
        assert_eq!(style.marks(), [Mark::Link("https://x.test/"), Mark::Bold, Mark::Italic]);
        assert_eq!(Mark::Link("https://x.test/").close(), "](<https://x.test/>)");
    }

    #[test]
    fn a_mark_stays_open_only_while_those_around_it_do() {
        let (bold, italic) = (Mark::Bold, Mark::Italic);
        assert_eq!(shared(&[bold, italic], &[bold]), 1);
        assert_eq!(shared(&[bold, italic], &[italic]), 0);
    }
}
