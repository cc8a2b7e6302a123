//! A text and how its parts look.

use std::ops::Range;

use crate::outbound::style::{Face, Style};

/// A text in runs of one style each. Every run remembers which part of the source it shows.
#[derive(Debug, Default)]
pub(crate) struct Rich {
    text: String,
    runs: Vec<Run>,
}

#[derive(Debug)]
struct Run {
    /// Where it begins in the text. It ends where the next one begins.
    start: usize,
    style: Style,
    /// Where what it shows begins in the source. Never less than in the run before.
    source: usize,
    /// Whether each of its bytes stands for one of the source; otherwise all of it stands for `source`.
    linear: bool,
}

impl Rich {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Adds `text`, which shows `source`.
    pub(crate) fn push(&mut self, text: &str, style: &Style, source: Range<usize>) {
        if text.is_empty() {
            return;
        }
        let linear = text.len() <= source.len();
        let begin = source.start.max(self.runs.last().map_or(0, |last| last.source));
        self.runs.push(Run { start: self.text.len(), style: style.clone(), source: begin, linear });
        self.text.push_str(text);
    }

    /// Adds `text` between two blocks, in the style of `next` as far as both are in the same quotation.
    pub(crate) fn part(&mut self, text: &str, next: &Style, source: usize) {
        let before = self.runs.last().and_then(|run| run.style.quote);
        let quote = next.quote.filter(|next| before == Some(*next));
        self.push(text, &Style { quote, ..Style::default() }, source..source);
    }

    /// Takes line feeds off the end, down to the length `least`.
    pub(crate) fn trim_line_feeds(&mut self, least: usize) {
        let kept = self.text.trim_end_matches('\n').len().max(least.min(self.text.len()));
        self.text.truncate(kept);
        self.runs.retain(|run| run.start < kept);
    }

    /// Adds all of `other`.
    pub(crate) fn append(&mut self, other: Self) {
        let Self { text, runs } = other;
        let base = self.text.len();
        self.runs.extend(runs.into_iter().map(|run| Run { start: base + run.start, ..run }));
        self.text.push_str(&text);
    }

    /// The runs within `part`: where each begins and ends in the text, and how it looks.
    pub(crate) fn runs(&self, part: Range<usize>) -> impl Iterator<Item = (Range<usize>, &Style)> {
        let first = self.runs.partition_point(|run| run.start <= part.start).saturating_sub(1);
        let ends = self.runs.iter().skip(first + 1).map(|run| run.start).chain([self.text.len()]);
        self.runs.iter().skip(first).zip(ends).map_while(move |(run, end)| {
            let cut = run.start.max(part.start)..end.min(part.end);
            (run.start < part.end && !cut.is_empty()).then_some((cut, &run.style))
        })
    }

    /// How the character at `position` looks; `None` at the end.
    pub(crate) fn style_at(&self, position: usize) -> Option<&Style> {
        self.runs(position..self.text.len()).next().map(|(_, style)| style)
    }

    /// Takes the links off all that was added from `start` on.
    pub(crate) fn unlink(&mut self, start: usize) {
        for run in self.runs.iter_mut().filter(|run| run.start >= start) {
            if let Face::Link(_) = run.style.face {
                run.style.face = Face::Text;
            }
        }
    }

    /// The part without the white space at its ends. The indentation of a first line of code stays.
    pub(crate) fn trimmed(&self, part: Range<usize>) -> Range<usize> {
        let text = self.text.get(part.clone()).unwrap_or_default();
        let end = part.start + text.trim_end().len();
        let lead = text.len() - text.trim_start().len();
        let first = part.start + lead;
        let start = match self.style_at(first) {
            Some(style) if style.is_pre() => {
                let line =
                    text.get(..lead).and_then(|lead| lead.rfind('\n')).map_or(part.start, |at| part.start + at + 1);
                // What stands before the code on its line is no indentation of it.
                self.runs(line..first).find(|(_, style)| style.is_pre()).map_or(first, |(run, _)| run.start)
            }
            _ => first,
        };
        start..end.max(start)
    }

    /// Where in the source the text at `position` comes from.
    pub(crate) fn origin(&self, position: usize) -> usize {
        let Some(run) = self.runs.get(self.runs.partition_point(|run| run.start <= position).saturating_sub(1)) else {
            return 0;
        };
        if run.linear { run.source + (position - run.start) } else { run.source }
    }

    /// `position`, or where the run begins that cannot be cut there because it stands for one place of the source.
    pub(crate) fn seam(&self, position: usize) -> usize {
        let index = self.runs.partition_point(|run| run.start < position).saturating_sub(1);
        match self.runs.get(index) {
            Some(run) if !run.linear && self.runs.get(index + 1).is_some_and(|next| next.start > position) => run.start,
            _ => position,
        }
    }

    /// Where the text begins that comes from `origin` or later in the source.
    pub(crate) fn position(&self, origin: usize) -> usize {
        let ends = self.runs.iter().skip(1).map(|run| run.start).chain([self.text.len()]);
        for (run, end) in self.runs.iter().zip(ends) {
            if run.source >= origin {
                return run.start;
            }
            let within = run.start + (origin - run.source);
            if run.linear && within < end {
                return self.text.ceil_char_boundary(within);
            }
        }
        self.text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::Rich;
    use crate::outbound::style::{Face, Style};

    fn bold() -> Style {
        Style { bold: true, ..Style::default() }
    }

    #[test]
    fn a_place_is_found_again_by_its_source() {
        let mut rich = Rich::default();
        rich.push("• ", &Style::default(), 0..0);
        rich.push("a & b", &bold(), 2..7);
        rich.push(": <c>", &Style::default(), 9..14);
        for position in 4..rich.text().len() {
            assert_eq!(rich.position(rich.origin(position)), position);
        }
        assert_eq!((rich.origin(6), rich.position(8), rich.position(14)), (4, 9, 14), "marks show nothing");
        assert_eq!((rich.seam(3), rich.seam(4), rich.seam(6)), (0, 4, 6), "a bullet is not cut");
    }

    #[test]
    fn code_keeps_its_indentation_and_loses_empty_lines() {
        let pre = Style { face: Face::Pre(None), ..Style::default() };
        let mut rich = Rich::default();
        rich.push("  x\n", &Style::default(), 0..4);
        rich.push("\n\n    y\n  z \n", &pre, 4..18);
        assert_eq!(rich.text().get(rich.trimmed(4..rich.text().len())), Some("    y\n  z"));
        assert_eq!(rich.text().get(rich.trimmed(0..4)), Some("x"));
        assert!(rich.trimmed(4..6).is_empty());
    }

    #[test]
    fn what_parts_two_quotations_is_in_neither() {
        let quote = |number| Style { quote: Some(number), ..Style::default() };
        let mut rich = Rich::default();
        rich.push("a", &quote(1), 0..1);
        rich.part("\n", &quote(1), 1);
        rich.push("b", &quote(1), 2..3);
        rich.part("\n\n", &quote(2), 3);
        rich.push("c", &quote(2), 5..6);
        let quotes: Vec<_> = rich.runs(0..rich.text().len()).map(|(_, style)| style.quote).collect();
        assert_eq!(quotes, [Some(1), Some(1), Some(1), None, Some(2)]);
    }

    #[test]
    fn only_what_comes_after_loses_its_link() {
        let link = Style { face: Face::Link("https://x.test/".into()), ..Style::default() };
        let mut rich = Rich::default();
        rich.push("a", &link, 0..1);
        rich.push("b", &link, 1..2);
        rich.unlink(1);
        let faces: Vec<_> = rich.runs(0..2).map(|(_, style)| style.face.clone()).collect();
        assert_eq!(faces, [link.face, Face::Text]);
    }
}
