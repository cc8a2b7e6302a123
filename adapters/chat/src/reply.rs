//! What goes back, as data: each adapter renders it within the limits of its platform.

/// One answer.
///
/// Renderers take it apart field by field, without `..`, so that a field added here breaks every renderer at compile
/// time instead of being forgotten by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The text, from top to bottom.
    pub blocks: Vec<Block>,
    /// Buttons below the text, row by row.
    pub choices: Vec<Vec<Choice>>,
    /// Who may see it.
    pub visibility: Visibility,
    /// Where it goes when it answers a press.
    pub placement: Placement,
    /// The key of the session it belongs to, for scripts and logs; people are not shown it.
    pub session: String,
    /// A JSON object that proves what happened, for channels that serve scripts; people are not shown it.
    pub receipt: Option<String>,
}

/// One part of a reply's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// One line; an empty one separates paragraphs.
    Line(Vec<Span>),
    /// Text whose columns matter, shown in a fixed-width face.
    Preformatted(String),
    /// What somebody outside wrote (a language model, say), in Markdown.
    Markdown(String),
}

/// A run of text within a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// As it is.
    Plain(String),
    /// Emphasised.
    Strong(String),
    /// A name or a command that may be copied, shown in a fixed-width face.
    Code(String),
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is printed on it.
    pub label: String,
    /// What comes back when it is pressed: opaque, at most 64 bytes.
    pub token: String,
    /// The list that it is an entry of, in a word or two, such as `Model`: a platform with pick lists shows those of one
    /// name in one. `None` where it stands for itself.
    pub list: Option<String>,
    /// Whether it is what holds now.
    pub current: bool,
}

/// Where a reply to a press goes. Everything else that is answered stands as it is, and the reply comes below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Placement {
    /// In the place of the message whose button was pressed, where the platform can do that.
    #[default]
    InPlace,
    /// Beside it, as a short remark to the person who pressed: the message and its buttons stay for those they are for.
    Aside,
}

/// Who may see a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// Everybody in the conversation.
    Chat,
    /// Only the person who asked, where the platform can do that.
    Private,
}

impl Visibility {
    /// The word used on the wire: `chat`, `private`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Private => "private",
        }
    }
}

impl Block {
    /// A line of plain text.
    pub fn line(text: impl Into<String>) -> Self {
        Self::Line(vec![Span::Plain(text.into())])
    }

    /// An empty line.
    #[must_use]
    pub fn blank() -> Self {
        Self::Line(Vec::new())
    }
}

impl Reply {
    /// The text without any marks, lines separated by `\n`: what a script or a plain terminal shows.
    pub fn plain_text(&self) -> String {
        let mut lines = Vec::with_capacity(self.blocks.len());
        for block in &self.blocks {
            lines.push(match block {
                Block::Line(spans) => spans.iter().map(Span::text).collect::<String>(),
                Block::Preformatted(text) | Block::Markdown(text) => text.clone(),
            });
        }
        lines.join("\n")
    }
}

impl Span {
    /// The text of the span without its mark.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Strong(text) | Self::Code(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, Placement, Reply, Span, Visibility};

    #[test]
    fn plain_text_has_one_line_per_block_and_no_marks() {
        let reply = Reply {
            blocks: vec![
                Block::Line(vec![
                    Span::Plain("model ".to_owned()),
                    Span::Code("a/b".to_owned()),
                    Span::Strong("!".to_owned()),
                ]),
                Block::blank(),
                Block::Preformatted("1  x\n2  y".to_owned()),
                Block::Markdown("*as written*".to_owned()),
            ],
            choices: Vec::new(),
            visibility: Visibility::Chat,
            placement: Placement::InPlace,
            session: String::new(),
            receipt: None,
        };
        assert_eq!(reply.plain_text(), "model a/b!\n\n1  x\n2  y\n*as written*");
    }
}
