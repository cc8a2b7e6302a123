//! The `.env` of the state directory.
//!
//! Read as the family's programs read it, which is why no crate for it is used: those expand `$`, refuse a line that
//! they cannot read together with all others, or look into the process environment while they read.

/// The variables that `text` sets, in order; a later line of the same name counts.
///
/// `export` may stand before a name. An unquoted value ends at a `#`, quoted ones may span lines, and `\n` and `\r` mean
/// line ends in double quotes only. Nothing is expanded. A line that sets nothing is passed over.
pub(crate) fn variables(text: &str) -> Vec<(String, String)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let mut variables = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let line_end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let (line, after) = rest.split_at(line_end);
        rest = after;
        let Some((name, value)) = line.split_once('=').and_then(|(name, value)| Some((valid_name(name)?, value)))
        else {
            continue;
        };
        let value = value.trim_start_matches([' ', '\t']);
        let quote = value.chars().next().filter(|first| ['"', '\'', '`'].contains(first));
        let value_at = text.len() - rest.len() - value.len();
        if let Some(quote) = quote
            && let Some(length) = closing(&text[value_at + 1..], quote)
        {
            let inside = &text[value_at + 1..value_at + 1 + length];
            let value = if quote == '"' { inside.replace("\\n", "\n").replace("\\r", "\r") } else { inside.to_owned() };
            variables.push((name.to_owned(), value));
            let after_quote = &text[value_at + length + 2..];
            rest = after_quote.find('\n').map_or("", |at| &after_quote[at + 1..]);
        } else {
            let plain = value.split('#').next().unwrap_or_default().trim();
            variables.push((name.to_owned(), plain.to_owned()));
        }
    }
    variables
}

fn valid_name(text: &str) -> Option<&str> {
    let text = text.trim();
    let name = match text.strip_prefix("export") {
        Some(name) if name.starts_with([' ', '\t']) => name.trim_start(),
        Some(_) | None => text,
    };
    let valid = |c: char| c.is_ascii_alphanumeric() || ['_', '.', '-'].contains(&c);
    (!name.is_empty() && name.chars().all(valid)).then_some(name)
}

/// How far the closing quote is; one after a backslash closes nothing.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        if character == quote && !escaped {
            return Some(at);
        }
        escaped = character == '\\' && !escaped;
    }
    None
}
