//! `parse_mode: "HTML"`, read as Telegram reads it.

use serde_json::{Value, json};

/// The tags that Telegram knows.
const TAGS: &[&str] = &[
    "a",
    "b",
    "strong",
    "i",
    "em",
    "s",
    "strike",
    "del",
    "u",
    "ins",
    "tg-spoiler",
    "tg-emoji",
    "span",
    "pre",
    "code",
    "blockquote",
];

/// A run of text with a meaning, in UTF-16 units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entity {
    pub(crate) kind: &'static str,
    pub(crate) offset: usize,
    pub(crate) length: usize,
    /// The address of a link, the language of code, the id of an emoji.
    pub(crate) argument: String,
}

impl Entity {
    pub(crate) fn end(&self) -> usize {
        self.offset + self.length
    }

    /// As a `MessageEntity`.
    pub(crate) fn json(&self) -> Value {
        let mut entity = json!({"type": self.kind, "offset": self.offset, "length": self.length});
        let field = match self.kind {
            "text_link" => "url",
            "pre" if !self.argument.is_empty() => "language",
            "custom_emoji" => "custom_emoji_id",
            _ => return entity,
        };
        entity[field] = json!(self.argument);
        entity
    }
}

/// A tag that is open.
struct Open {
    tag: String,
    argument: String,
    /// In UTF-16 units.
    offset: usize,
    /// In bytes of the text without marks.
    begin: usize,
}

struct Reader<'a> {
    html: &'a [u8],
    at: usize,
    text: String,
    units: usize,
    open: Vec<Open>,
    entities: Vec<Entity>,
}

/// The text without marks, and what the marks mean. The error is the part after `can't parse entities: `.
pub(crate) fn parse(html: &str) -> Result<(String, Vec<Entity>), String> {
    let mut reader =
        Reader { html: html.as_bytes(), at: 0, text: String::new(), units: 0, open: Vec::new(), entities: Vec::new() };
    while let Some(rest) = html.get(reader.at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("</") {
            reader.end_tag()?;
        } else if rest.starts_with('<') {
            reader.start_tag()?;
        } else if let Some((c, length)) = character(rest) {
            reader.push(c);
            reader.at += length;
        }
    }
    if let Some(open) = reader.open.last() {
        return Err(format!("Can't find end tag corresponding to start tag \"{}\"", open.tag));
    }
    for entity in &mut reader.entities {
        if entity.kind == "code" {
            entity.argument.clear();
        }
    }
    reader.entities.sort_by(|one, other| one.offset.cmp(&other.offset).then(other.length.cmp(&one.length)));
    Ok((reader.text, reader.entities))
}

/// The first character, with what `&…;` stands for; `;` may be missing, and what stands for nothing is itself.
fn character(rest: &str) -> Option<(char, usize)> {
    let first = rest.chars().next()?;
    let found = rest.strip_prefix('&').and_then(|after| {
        let (c, length) = if let Some(number) = after.strip_prefix('#') {
            let (digits, radix, skipped) = match number.strip_prefix(['x', 'X']) {
                Some(hex) => (hex, 16, 3),
                None => (number, 10, 2),
            };
            let length = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
            let code = u32::from_str_radix(&digits[..length], radix).ok()?;
            (char::from_u32(code).filter(|c| *c != '\0')?, skipped + length)
        } else {
            let length = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
            let c = match &after[..length] {
                "lt" => '<',
                "gt" => '>',
                "amp" => '&',
                "quot" => '"',
                _ => return None,
            };
            (c, 1 + length)
        };
        Some((c, length + usize::from(rest[length..].starts_with(';'))))
    });
    Some(found.unwrap_or((first, first.len_utf8())))
}

impl Reader<'_> {
    fn push(&mut self, c: char) {
        self.units += c.len_utf16();
        self.text.push(c);
    }

    /// The byte there; 0 after the end.
    fn byte(&self) -> u8 {
        self.html.get(self.at).copied().unwrap_or(0)
    }

    fn skip_while(&mut self, also: impl Fn(u8) -> bool) -> String {
        let from = self.at;
        while self.byte() != 0 && also(self.byte()) {
            self.at += 1;
        }
        String::from_utf8_lossy(&self.html[from..self.at]).into_owned()
    }

    fn start_tag(&mut self) -> Result<(), String> {
        let begin = self.at;
        self.at += 1;
        let tag = self.skip_while(|byte| !byte.is_ascii_whitespace() && byte != b'>').to_ascii_lowercase();
        if self.byte() == 0 {
            return Err(format!("Unclosed start tag at byte offset {begin}"));
        }
        if !TAGS.contains(&tag.as_str()) {
            return Err(format!("Unsupported start tag \"{tag}\" at byte offset {begin}"));
        }
        let mut argument = String::new();
        loop {
            self.skip_while(|byte| byte.is_ascii_whitespace());
            match self.byte() {
                b'>' => break,
                0 => return Err(format!("Unclosed start tag \"{tag}\" at byte offset {begin}")),
                _ => self.attribute(&tag, begin, &mut argument)?,
            }
        }
        self.at += 1;
        if tag == "span" && argument != "spoiler" {
            return Err(format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {begin}"));
        }
        if tag == "tg-emoji" && argument.parse::<u64>().is_err() {
            return Err("Invalid custom emoji identifier specified".to_owned());
        }
        self.open.push(Open { tag, argument, offset: self.units, begin: self.text.len() });
        Ok(())
    }

    fn attribute(&mut self, tag: &str, begin: usize, argument: &mut String) -> Result<(), String> {
        let name = self.skip_while(|byte| !byte.is_ascii_whitespace() && byte != b'=' && byte != b'>');
        if name.is_empty() {
            return Err(format!("Empty attribute name in the tag \"{tag}\" at byte offset {begin}"));
        }
        self.skip_while(|byte| byte.is_ascii_whitespace());
        let mut value = String::new();
        if self.byte() == b'=' {
            self.at += 1;
            self.skip_while(|byte| byte.is_ascii_whitespace());
            value = self.attribute_value()?;
            if self.byte() == 0 {
                return Err(format!("Unclosed start tag at byte offset {begin}"));
            }
        } else if !(tag == "blockquote" && name == "expandable") {
            return Err(format!(
                "Expected equal sign in declaration of an attribute of the tag \"{tag}\" at byte offset {begin}"
            ));
        }
        match (tag, name.as_str()) {
            ("a", "href") | ("tg-emoji", "emoji-id") => *argument = value,
            ("code", "class") if value.starts_with("language-") => value[9..].clone_into(argument),
            ("span", "class") if value.starts_with("tg-") => value[3..].clone_into(argument),
            ("blockquote", "expandable") => "1".clone_into(argument),
            _ => {}
        }
        Ok(())
    }

    fn attribute_value(&mut self) -> Result<String, String> {
        let quote = self.byte();
        if quote != b'"' && quote != b'\'' {
            let begin = self.at;
            let token = self.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-');
            if !self.byte().is_ascii_whitespace() && self.byte() != b'>' {
                return Err(format!("Unexpected end of name token at byte offset {begin}"));
            }
            return Ok(token.to_ascii_lowercase());
        }
        self.at += 1;
        let mut value = String::new();
        while self.byte() != quote && self.byte() != 0 {
            let rest = std::str::from_utf8(&self.html[self.at..]).map_err(|fault| fault.to_string())?;
            let Some((c, length)) = character(rest) else { break };
            value.push(c);
            self.at += length;
        }
        self.at += usize::from(self.byte() == quote);
        Ok(value)
    }

    fn end_tag(&mut self) -> Result<(), String> {
        let begin = self.at;
        let Some(open) = self.open.pop() else {
            return Err(format!("Unexpected end tag at byte offset {begin}"));
        };
        self.at += 2;
        let tag = self.skip_while(|byte| !byte.is_ascii_whitespace() && byte != b'>').to_ascii_lowercase();
        self.skip_while(|byte| byte.is_ascii_whitespace());
        if self.byte() != b'>' {
            return Err(format!("Unclosed end tag at byte offset {begin}"));
        }
        self.at += 1;
        if !tag.is_empty() && tag != open.tag {
            let expected = &open.tag;
            return Err(format!(
                "Unmatched end tag at byte offset {begin}, expected \"</{expected}>\", found \"</{tag}>\""
            ));
        }
        self.close(open);
        Ok(())
    }

    fn close(&mut self, open: Open) {
        let Open { tag, mut argument, offset, begin } = open;
        if self.units == offset {
            return;
        }
        let length = self.units - offset;
        let kind = match tag.as_str() {
            "b" | "strong" => "bold",
            "i" | "em" => "italic",
            "s" | "strike" | "del" => "strikethrough",
            "u" | "ins" => "underline",
            "span" | "tg-spoiler" => "spoiler",
            "tg-emoji" => "custom_emoji",
            "blockquote" if argument.is_empty() => "blockquote",
            "blockquote" => "expandable_blockquote",
            "a" => {
                if argument.is_empty() {
                    self.text[begin..].clone_into(&mut argument);
                }
                // What is no address is no link, and the text stays.
                if !(argument.contains("://") || argument.contains('.') && !argument.contains(' ')) {
                    return;
                }
                "text_link"
            }
            // `<pre><code class="language-…">` is one block of code in that language, in either order.
            inner => {
                let other = if inner == "pre" { "code" } else { "pre" };
                let whole = self.entities.last_mut().filter(|last| (last.offset, last.length) == (offset, length));
                if let Some(last) = whole.filter(|last| last.kind == other) {
                    let language = if inner == "pre" { last.argument.clone() } else { argument.clone() };
                    if !language.is_empty() {
                        (last.kind, last.argument) = ("pre", language);
                        return;
                    }
                }
                if inner == "pre" { "pre" } else { "code" }
            }
        };
        self.entities.push(Entity { kind, offset, length, argument });
    }
}
