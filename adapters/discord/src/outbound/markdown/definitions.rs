//! Lines that Markdown has eaten.

use std::ops::Range;

use pulldown_cmark::{Event, Tag};

/// Finds lines that give the address of a link, `[1]: https://…`: Markdown shows them nowhere, and no event tells of
/// them.
pub(crate) struct Uncovered<'a> {
    source: &'a str,
    /// Up to here all has been told of.
    covered: usize,
}

impl<'a> Uncovered<'a> {
    pub(crate) fn new(source: &'a str) -> Self {
        Self { source, covered: 0 }
    }

    /// The lines before an event.
    pub(crate) fn before(&mut self, event: &Event<'_>, range: &Range<usize>) -> Vec<Range<usize>> {
        let lines = self.up_to(if matches!(event, Event::End(_)) { range.end } else { range.start });
        let told = match event {
            // More events tell what is in them.
            Event::Start(Tag::List(_) | Tag::Item | Tag::BlockQuote(_)) => range.start,
            Event::Start(_)
            | Event::End(_)
            | Event::Text(_)
            | Event::Code(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::Html(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::SoftBreak
            | Event::HardBreak
            | Event::Rule
            | Event::TaskListMarker(_) => range.end,
        };
        self.covered = self.covered.max(told);
        lines
    }

    /// The lines after the last event.
    pub(crate) fn rest(&mut self) -> Vec<Range<usize>> {
        self.up_to(self.source.len())
    }

    fn up_to(&self, end: usize) -> Vec<Range<usize>> {
        let Some(gap) = self.source.get(self.covered..end) else { return Vec::new() };
        let mut lines = Vec::new();
        let mut start = self.covered;
        for line in gap.split_inclusive('\n') {
            // The marks of quotations and lists that it stands in.
            let text =
                line.trim_start_matches(|c: char| c.is_whitespace() || c.is_ascii_digit() || ">-+*.)".contains(c));
            let lead = line.len() - text.len();
            // A title may stand on a line of its own.
            let task = matches!(text.trim_end(), "[ ]" | "[x]" | "[X]");
            if (text.starts_with('[') && !task) || (!lines.is_empty() && !text.is_empty()) {
                lines.push(start + lead..start + lead + text.trim_end().len());
            }
            start += line.len();
        }
        lines
    }
}
