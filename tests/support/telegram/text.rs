//! The text of a message as Telegram keeps it: cleaned, trimmed, with entities of its own.

use serde_json::Value;

use crate::support::telegram::failure::Failure;
use crate::support::telegram::html::{Entity, parse};

/// What a message may be long, in UTF-16 units, without marks.
pub(crate) const LONGEST: usize = 4096;
/// More entities than these are dropped without a word.
pub(crate) const MOST_ENTITIES: usize = 100;

/// A text with what its parts are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) entities: Vec<Entity>,
    /// How many entities were dropped, because there were too many or because code holds no other ones.
    pub(crate) dropped: usize,
}

impl Text {
    /// What a person typed: no marks, and entities where something looks like one.
    pub(crate) fn typed(text: &str) -> Self {
        Self::cleaned(text.to_owned(), Vec::new())
    }

    /// What a bot sends. Length and emptiness are the caller's, for they are named differently in an edit.
    pub(crate) fn sent(text: &str, parse_mode: Option<&str>, entities: Option<&Value>) -> Result<Self, Failure> {
        match parse_mode.map(str::to_ascii_lowercase).as_deref() {
            Some("html") => {
                let (text, entities) =
                    parse(text).map_err(|why| Failure::bad(format!("can't parse entities: {why}")))?;
                Ok(Self::cleaned(text, entities))
            }
            None | Some("") => {
                let given = entities.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                let given = given.iter().map(given_entity).collect::<Option<Vec<Entity>>>();
                let given = given.ok_or_else(|| Failure::bad("can't parse MessageEntity"))?;
                Ok(Self::cleaned(text.to_owned(), given))
            }
            // Of Markdown there are two; the fake reads neither.
            Some(other) => Err(Failure::bad(format!("unsupported parse_mode ({other}), here at least"))),
        }
    }

    /// In UTF-16 units.
    pub(crate) fn length(&self) -> usize {
        self.text.encode_utf16().count()
    }

    pub(crate) fn entities_json(&self) -> Vec<Value> {
        self.entities.iter().map(Entity::json).collect()
    }

    fn cleaned(text: String, entities: Vec<Entity>) -> Self {
        let before = entities.len();
        let text: String = text
            .chars()
            // As long as before in UTF-16, or the entities would not fit any more.
            .map(|c| if c < ' ' && c != '\n' || ('\u{2028}'..='\u{202e}').contains(&c) { ' ' } else { c })
            .collect();
        let mut entities = apart_from_code(entities);
        let units: Vec<u16> = text.encode_utf16().collect();
        let blank = |unit: &u16| *unit == u16::from(b' ') || *unit == u16::from(b'\n');
        let end = units.iter().rposition(|unit| !blank(unit)).map_or(0, |last| last + 1);
        let first = entities.iter().map(|entity| entity.offset).min().unwrap_or(usize::MAX);
        let start = units.iter().take(end.min(first)).take_while(|unit| blank(unit)).count();
        entities.retain_mut(|entity| {
            entity.length = entity.end().min(end).saturating_sub(entity.offset);
            entity.offset = entity.offset.saturating_sub(start);
            entity.length > 0
        });
        let text = String::from_utf16_lossy(&units[start.min(end)..end]);
        entities.extend(detected(&text, &entities));
        entities.sort_by(|one, other| one.offset.cmp(&other.offset).then(other.length.cmp(&one.length)));
        let own = entities.len();
        entities.truncate(MOST_ENTITIES);
        let dropped = own.saturating_sub(MOST_ENTITIES).min(before);
        Self { text, entities, dropped }
    }
}

/// Code holds nothing else: where another entity meets it, only what lies outside of it is left of that.
fn apart_from_code(entities: Vec<Entity>) -> Vec<Entity> {
    let is_code = |entity: &Entity| matches!(entity.kind, "code" | "pre");
    let codes: Vec<(usize, usize)> =
        entities.iter().filter(|entity| is_code(entity)).map(|entity| (entity.offset, entity.end())).collect();
    let mut kept = Vec::new();
    for entity in entities {
        // A quotation may hold code.
        if is_code(&entity) || entity.kind.ends_with("blockquote") {
            kept.push(entity);
            continue;
        }
        let mut from = entity.offset;
        for (start, end) in codes.iter().copied().filter(|(start, end)| *start < entity.end() && *end > entity.offset) {
            if start > from {
                kept.push(Entity { offset: from, length: start - from, ..entity.clone() });
            }
            from = from.max(end);
        }
        if entity.end() > from {
            kept.push(Entity { offset: from, length: entity.end() - from, ..entity.clone() });
        }
    }
    kept
}

fn given_entity(value: &Value) -> Option<Entity> {
    const KINDS: &[&str] = &[
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "custom_emoji",
        "mention",
        "hashtag",
        "bot_command",
        "url",
        "email",
    ];
    let kind = KINDS.iter().find(|kind| value["type"] == **kind)?;
    let argument = ["url", "language", "custom_emoji_id"].iter().find_map(|name| value[name].as_str());
    let place = |name: &str| usize::try_from(value[name].as_u64()?).ok();
    Some(Entity {
        kind,
        offset: place("offset")?,
        length: place("length")?,
        argument: argument.unwrap_or_default().to_owned(),
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// What looks like a command, a mention, an address or a hashtag, outside of code and links.
fn detected(text: &str, taken: &[Entity]) -> Vec<Entity> {
    let mut found: Vec<Entity> = Vec::new();
    let mut units = 0;
    let mut before: Option<char> = None;
    let mut free = 0;
    for (at, c) in text.char_indices() {
        if units >= free
            && let Some((kind, length)) = look(&text[at..], before)
        {
            let length = text[at..at + length].encode_utf16().count();
            let entity = Entity { kind, offset: units, length, argument: String::new() };
            free = entity.end();
            let meets = |other: &Entity| {
                matches!(other.kind, "code" | "pre" | "text_link")
                    && other.offset < entity.end()
                    && entity.offset < other.end()
            };
            if !taken.iter().any(meets) {
                found.push(entity);
            }
        }
        units += c.len_utf16();
        before = Some(c);
    }
    found
}

/// What begins there, and how many bytes it is long.
fn look(rest: &str, before: Option<char>) -> Option<(&'static str, usize)> {
    let run = |text: &str, of: fn(char) -> bool| text.find(|c| !of(c)).unwrap_or(text.len());
    let after_word = before.is_some_and(is_word);
    let mut chars = rest.chars();
    match chars.next()? {
        '/' if !after_word && !before.is_some_and(|c| matches!(c, '/' | '<' | '>')) => {
            let name = run(&rest[1..], is_name);
            if name == 0 || name > 64 {
                return None;
            }
            let mut length = 1 + name;
            if let Some(bot) = rest[length..].strip_prefix('@') {
                let bot = run(bot, is_name);
                let next = rest[length + 1 + bot..].chars().next();
                if (3..=32).contains(&bot) && !next.is_some_and(|c| is_word(c) || matches!(c, '/' | '<' | '>')) {
                    length += 1 + bot;
                }
            }
            let next = rest[length..].chars().next();
            (!next.is_some_and(|c| is_word(c) || matches!(c, '/' | '<' | '>'))).then_some(("bot_command", length))
        }
        '@' if !after_word => {
            let name = run(&rest[1..], is_name);
            let next = rest[1 + name..].chars().next();
            ((4..=32).contains(&name) && !next.is_some_and(is_word)).then_some(("mention", 1 + name))
        }
        '#' if !after_word => {
            let tag = run(&rest[1..], is_word);
            let letters = rest[1..=tag].chars().any(|c| !c.is_ascii_digit());
            (tag > 0 && letters).then_some(("hashtag", 1 + tag))
        }
        'h' if !after_word && (rest.starts_with("http://") || rest.starts_with("https://")) => {
            let length = rest.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')).unwrap_or(rest.len());
            let length = rest[..length].trim_end_matches(['.', ',', '!', '?', ':', ';', ')']).len();
            (length > "https://".len()).then_some(("url", length))
        }
        c if !after_word && c.is_ascii_alphanumeric() => {
            let local = run(rest, |c| is_name(c) || matches!(c, '.' | '+' | '-'));
            let domain = rest[local..].strip_prefix('@')?;
            let length = run(domain, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
            let domain = domain[..length].trim_end_matches('.');
            let dot = domain.rfind('.')?;
            (dot > 0 && domain.len() - dot > 2).then_some(("email", local + 1 + domain.len()))
        }
        _ => None,
    }
}
