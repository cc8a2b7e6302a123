//! What a model wrote, in Markdown, as a text with styles.

mod definitions;
mod link;
mod lists;
mod table;
mod writer;

use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::outbound::markdown::definitions::Uncovered;
use crate::outbound::markdown::link::Link;
use crate::outbound::markdown::writer::Writer;
use crate::outbound::rich::Rich;
use crate::outbound::style::Face;

/// A line across the page.
const RULE: &str = "——————————";

/// Reads `source` as Markdown; every run remembers where it stands there.
///
/// All of it is shown: what Discord has no style for stays text, HTML too. So does a link whose address stands
/// elsewhere, `[text][1]`, along with the line that gives the address: that line comes last, and an answer that is
/// still being written would change far above.
pub(crate) fn read(source: &str) -> Rich {
    let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS;
    let mut writer = Writer::new(source);
    let mut uncovered = Uncovered::new(source);
    for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
        for line in uncovered.before(&event, &range) {
            writer.leaf_ends();
            writer.text(source.get(line.clone()).unwrap_or_default(), line);
            writer.leaf_ends();
        }
        match event {
            Event::Start(tag) => start(&mut writer, tag, range),
            Event::End(tag) => end(&mut writer, tag, range),
            Event::Text(text)
            | Event::Html(text)
            | Event::InlineHtml(text)
            // Asked for by no option.
            | Event::InlineMath(text)
            | Event::DisplayMath(text)
            | Event::FootnoteReference(text) => writer.text(&text, range),
            Event::Code(text) => writer.code(&text, range),
            Event::SoftBreak | Event::HardBreak => writer.line_feed(range),
            Event::Rule => {
                writer.leaf_ends();
                writer.text(RULE, range.start..range.start);
                writer.leaf_ends();
            }
            Event::TaskListMarker(done) => writer.lists.mark_task(done),
        }
    }
    for line in uncovered.rest() {
        writer.leaf_ends();
        writer.text(source.get(line.clone()).unwrap_or_default(), line);
    }
    writer.finish()
}

fn start(writer: &mut Writer<'_>, tag: Tag<'_>, range: Range<usize>) {
    match tag {
        Tag::Paragraph | Tag::HtmlBlock => writer.leaf_at(range.start),
        Tag::Heading { level, .. } => {
            writer.leaf_at(range.start);
            match level {
                HeadingLevel::H1 | HeadingLevel::H2 | HeadingLevel::H3 if !writer.lists.is_open() => {
                    writer.heading = level as u8;
                }
                // Discord has no deeper ones, and none in lists.
                _ => writer.bold += 1,
            }
        }
        Tag::BlockQuote(_) => {
            writer.leaf_ends();
            writer.quote_starts();
        }
        Tag::CodeBlock(kind) => {
            writer.leaf_at(range.start);
            writer.face = Face::Pre(language(&kind));
        }
        Tag::List(first) => {
            writer.leaf_ends();
            writer.lists.open(first);
        }
        Tag::Item => {
            writer.leaf_ends();
            writer.item_starts(range.start);
        }
        Tag::Table(alignments) => {
            writer.leaf_ends();
            writer.table_starts(alignments, range.start);
        }
        Tag::TableHead | Tag::TableRow => writer.row_starts(range.start),
        Tag::TableCell => writer.cell_starts(),
        Tag::Emphasis => writer.italic += 1,
        Tag::Strong => writer.bold += 1,
        Tag::Strikethrough => writer.strike += 1,
        Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. } => {
            writer.link_starts(Link::new(link_type, &dest_url), range);
        }
        // Asked for by no option.
        Tag::FootnoteDefinition(_)
        | Tag::DefinitionList
        | Tag::DefinitionListTitle
        | Tag::DefinitionListDefinition
        | Tag::Superscript
        | Tag::Subscript
        | Tag::MetadataBlock(_) => {}
    }
}

fn end(writer: &mut Writer<'_>, tag: TagEnd, range: Range<usize>) {
    match tag {
        TagEnd::Paragraph => writer.leaf_ends(),
        TagEnd::HtmlBlock | TagEnd::CodeBlock => writer.lines_end(),
        TagEnd::Heading(_) => {
            if writer.heading == 0 {
                writer.bold -= 1;
            }
            writer.heading = 0;
            writer.leaf_ends();
        }
        TagEnd::BlockQuote(_) => {
            writer.leaf_ends();
            writer.quote_ends();
        }
        TagEnd::List(_) => {
            writer.leaf_ends();
            writer.lists.close();
        }
        TagEnd::Item => {
            writer.leaf_ends();
            writer.item_ends();
        }
        TagEnd::Table => writer.table_ends(),
        TagEnd::Emphasis => writer.italic -= 1,
        TagEnd::Strong => writer.bold -= 1,
        TagEnd::Strikethrough => writer.strike -= 1,
        TagEnd::Link | TagEnd::Image => writer.link_ends(range),
        TagEnd::TableCell => writer.cell_ends(range.end),
        TagEnd::TableHead | TagEnd::TableRow => writer.row_ends(range.end),
        // Asked for by no option.
        TagEnd::FootnoteDefinition
        | TagEnd::DefinitionList
        | TagEnd::DefinitionListTitle
        | TagEnd::DefinitionListDefinition
        | TagEnd::Superscript
        | TagEnd::Subscript
        | TagEnd::MetadataBlock(_) => {}
    }
}

/// The language of a code block, where it is named by a word that Discord takes for one.
fn language(kind: &CodeBlockKind<'_>) -> Option<Arc<str>> {
    let CodeBlockKind::Fenced(info) = kind else { return None };
    let word = info.split(|c: char| c.is_whitespace() || c == ',').next().unwrap_or_default();
    let known = (1..=32).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-#._".contains(&byte));
    known.then(|| Arc::from(word))
}
