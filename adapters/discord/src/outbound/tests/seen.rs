//! Discord's Markdown, read as its clients read it, and more strictly: a sign that means nothing only by chance is a fault.

/// A character that people see, and what it looks like.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) character: char,
    /// From the outermost: `quote`, `h1`, `b`, `i`, `s`, `code`, `pre`, `pre:rust`, `list`, `link:https://…`.
    pub(crate) around: Vec<String>,
}

/// What people see of a message. The fault says what was not meant, and where.
pub(crate) fn read(content: &str) -> Result<Vec<Seen>, String> {
    let mut seen = Vec::new();
    parse(content, true, &[], &mut seen)?;
    Ok(seen)
}

pub(crate) fn text(seen: &[Seen]) -> String {
    seen.iter().map(|seen| seen.character).collect()
}

/// The text that has that mark around it, or has not.
pub(crate) fn within(seen: &[Seen], mark: &str, inside: bool) -> String {
    seen.iter()
        .filter(|seen| seen.around.iter().any(|each| each == mark) == inside)
        .map(|seen| seen.character)
        .collect()
}

fn with(around: &[String], mark: &str) -> Vec<String> {
    around.iter().cloned().chain([mark.to_owned()]).collect()
}

fn emit(text: &str, around: &[String], seen: &mut Vec<Seen>) {
    seen.extend(text.chars().map(|character| Seen { character, around: around.to_vec() }));
}

fn parse(source: &str, begins: bool, around: &[String], seen: &mut Vec<Seen>) -> Result<(), String> {
    let mut begins = begins;
    let mut at = 0;
    while let Some(c) = source[at..].chars().next() {
        let rest = &source[at..];
        if let Some((language, code, length)) = fenced(rest) {
            let mark = if language.is_empty() { "pre".to_owned() } else { format!("pre:{language}") };
            emit(code, &with(around, &mark), seen);
            at += length;
            begins = false;
            continue;
        }
        if begins && let Some((length, still)) = beginning(rest, around, seen)? {
            at += length;
            begins = still;
            continue;
        }
        begins = c == '\n' || (begins && c.is_whitespace());
        at += inline(rest, c, around, seen)
            .map_err(|what| format!("{what} at `{}`", rest.chars().take(60).collect::<String>()))?;
    }
    Ok(())
}

/// What means something only where a line begins: how long it is, and whether a line begins after it as well.
fn beginning(rest: &str, around: &[String], seen: &mut Vec<Seen>) -> Result<Option<(usize, bool)>, String> {
    if !around.iter().any(|mark| mark == "quote") && quoted(rest).is_some() {
        let mut inner = String::new();
        let mut at = 0;
        while let Some((line, length)) = quoted(&rest[at..]) {
            inner.push_str(line);
            at += length;
        }
        parse(&inner, true, &with(around, "quote"), seen)?;
        return Ok(Some((at, true)));
    }
    if let Some((level, lead)) = heading(rest) {
        let end = rest.find('\n').unwrap_or(rest.len());
        parse(&rest[lead..end], false, &with(around, &format!("h{level}")), seen)?;
        return Ok(Some((end, false)));
    }
    if rest.starts_with("-# ") {
        return Err(format!("small text in {rest}"));
    }
    let item = item(rest);
    emit(&rest[..item.unwrap_or(0)], &with(around, "list"), seen);
    Ok(item.map(|length| (length, true)))
}

/// One character or one thing within a line, and how long it is.
fn inline(rest: &str, c: char, around: &[String], seen: &mut Vec<Seen>) -> Result<usize, String> {
    let fault = |what: &str| Err(what.to_owned());
    match c {
        '\\' => match rest[1..].chars().next() {
            Some(escaped) if !escaped.is_ascii_alphanumeric() && !escaped.is_whitespace() => {
                emit(&escaped.to_string(), around, seen);
                Ok(1 + escaped.len_utf8())
            }
            _ => fault("a bare `\\`"),
        },
        '`' => {
            let (code, length) = inline_code(rest).ok_or("a bare back-tick")?;
            emit(code, &with(around, "code"), seen);
            Ok(length)
        }
        '<' => {
            let (address, length) = angle(rest).ok_or("a bare `<`")?;
            emit(address, &with(around, &format!("link:{address}")), seen);
            Ok(length)
        }
        '[' => {
            let (label, address, length) = link(rest).ok_or("a bare `[`")?;
            parse(label, false, &with(around, &format!("link:{address}")), seen)?;
            Ok(length)
        }
        '*' | '_' | '~' | '|' => {
            let (mark, inner, length) = emphasis(rest).ok_or("a bare mark")?;
            if around.iter().any(|each| each == mark) {
                return fault("an emphasis in the same");
            }
            parse(inner, false, &with(around, mark), seen)?;
            Ok(length)
        }
        ':' if is_emoji(rest) => fault("an emoji"),
        '@' if rest.starts_with("@everyone") || rest.starts_with("@here") => fault("a call to everybody"),
        'h' | 's' | 'd' if is_address(rest) => fault("an address with a preview"),
        other => {
            emit(&other.to_string(), around, seen);
            Ok(other.len_utf8())
        }
    }
}

fn is_emoji(rest: &str) -> bool {
    rest[1..].find(':').is_some_and(|end| {
        let name = &rest[1..=end];
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte))
    })
}

fn is_address(rest: &str) -> bool {
    let after = ["http://", "https://", "steam://", "discord://"].iter().find_map(|scheme| rest.strip_prefix(scheme));
    after.is_some_and(|after| after.starts_with(char::is_alphanumeric))
}

/// A line of a quotation without its mark, and its length with it.
fn quoted(rest: &str) -> Option<(&str, usize)> {
    let lead = rest.len() - rest.trim_start_matches(' ').len();
    let line = rest[lead..].strip_prefix("> ").or_else(|| rest[lead..].strip_prefix(">>> "))?;
    let end = line.find('\n').map_or(line.len(), |at| at + 1);
    Some((&line[..end], rest.len() - line.len() + end))
}

/// The language, the code and the whole length. It ends at the next fence, wherever that stands.
fn fenced(rest: &str) -> Option<(&str, &str, usize)> {
    let body = rest.strip_prefix("```")?;
    let first = body.find(|c| c != '\n')?;
    let first = first + body[first..].chars().next()?.len_utf8();
    let end = first + body[first..].find("```")?;
    let inner = &body[..end];
    let named = inner.split_once('\n').filter(|(language, code)| {
        !language.is_empty()
            && !code.trim_matches('\n').is_empty()
            && language.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-.#".contains(&byte))
    });
    let (language, code) = named.unwrap_or(("", inner));
    Some((language, code.trim_matches('\n'), end + 6))
}

fn heading(rest: &str) -> Option<(usize, usize)> {
    let level = rest.len() - rest.trim_start_matches('#').len();
    let lead = rest.len() - rest[level..].trim_start_matches(' ').len();
    let is_one = (1..=3).contains(&level) && lead > level && !matches!(rest[lead..].chars().next(), None | Some('\n'));
    is_one.then_some((level, lead))
}

/// The length of what begins an entry of a list.
fn item(rest: &str) -> Option<usize> {
    let lead = rest.len() - rest.trim_start_matches(' ').len();
    let digits = rest[lead..].len() - rest[lead..].trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let mark = if digits > 0 && rest[lead + digits..].starts_with('.') {
        digits + 1
    } else {
        usize::from(rest[lead..].starts_with(['-', '*']))
    };
    (mark > 0 && rest[lead + mark..].starts_with(' ')).then_some(lead + mark + 1)
}

fn inline_code(rest: &str) -> Option<(&str, usize)> {
    let run = rest.len() - rest.trim_start_matches('`').len();
    for ticks in (1..=run).rev() {
        let body = &rest[ticks..];
        let mark = "`".repeat(ticks);
        let ends = body.match_indices(&mark[..]).map(|(at, _)| at).chain(body.char_indices().map(|(at, _)| at));
        let good = |at: &usize| {
            *at > 0
                && body[*at..].starts_with(&mark)
                && !body[..*at].ends_with('`')
                && !body[*at + ticks..].starts_with('`')
        };
        if let Some(end) = ends.filter(good).min() {
            let mut code = &body[..end];
            if code.starts_with(' ') && code.trim_start_matches(' ').starts_with('`') {
                code = &code[1..];
            }
            if code.ends_with("` ") {
                code = &code[..code.len() - 1];
            }
            return Some((code, end + 2 * ticks));
        }
    }
    None
}

fn angle(rest: &str) -> Option<(&str, usize)> {
    let body = &rest[1..];
    let end = body.find('>')?;
    let address = &body[..end];
    let known = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let good = known.is_some_and(|rest| !rest.is_empty()) && !address.contains(|c: char| c.is_whitespace() || c == '<');
    good.then_some((address, end + 2))
}

/// The text, the address and the whole length. Escapes are nothing special to it.
fn link(rest: &str) -> Option<(&str, &str, usize)> {
    let close = rest[1..].find(['[', ']'])? + 1;
    let body = rest[close..].strip_prefix("](")?;
    let end = body.find(')')?;
    let address = body[..end].strip_prefix('<')?.strip_suffix('>')?;
    let good = address.starts_with("http") && !address.contains(|c: char| c.is_whitespace() || "\\<>".contains(c));
    good.then_some((&rest[1..close], address, close + 2 + end + 1))
}

/// The mark, what is in it, and the whole length: of those that match the longest, as Discord has it.
fn emphasis(rest: &str) -> Option<(&'static str, &str, usize)> {
    let strong = rest.starts_with("**").then(|| until(rest, "**", '*')).flatten().map(|inner| ("b", inner, 2));
    let under = rest.starts_with("__").then(|| until(rest, "__", '_')).flatten().map(|inner| ("u", inner, 2));
    let strike = rest.strip_prefix("~~").and_then(|body| {
        let skip = body.chars().next()?.len_utf8();
        let end = skip + body[skip..].find("~~")?;
        Some(("s", &body[..end], 2))
    });
    let spoiler = rest.strip_prefix("||").and_then(|body| {
        let skip = body.chars().next()?.len_utf8();
        let end = skip + body[skip..].find("||")?;
        Some(("spoiler", &body[..end], 2))
    });
    let slanted = slanted(rest).map(|inner| ("i", inner, 1));
    // Where two are as long, the slanted one wins.
    let all = [slanted, strong, under, strike, spoiler].into_iter().flatten();
    let mut best: Option<(&'static str, &str, usize)> = None;
    for (mark, inner, ticks) in all {
        let length = inner.len() + 2 * ticks;
        if best.is_none_or(|(_, _, longest)| length > longest) {
            best = Some((mark, inner, length));
        }
    }
    best
}

/// Up to a mark of two signs that has no third one after it.
fn until<'a>(rest: &'a str, mark: &str, sign: char) -> Option<&'a str> {
    let body = &rest[2..];
    let mut at = 0;
    while let Some(c) = body[at..].chars().next() {
        if at > 0 && body[at..].starts_with(mark) && !body[at + 2..].starts_with(sign) {
            return Some(&body[..at]);
        }
        at += c.len_utf8();
        if c == '\\' {
            at += body[at..].chars().next()?.len_utf8();
        }
    }
    None
}

fn slanted(rest: &str) -> Option<&str> {
    let body = rest.strip_prefix('*')?;
    if body.starts_with(char::is_whitespace) {
        return None;
    }
    let mut at = 0;
    loop {
        let here = &body[at..];
        if at > 0 && here.starts_with('*') && !here[1..].starts_with('*') {
            return Some(&body[..at]);
        }
        let space = here.len() - here.trim_start().len();
        let after = &here[space..];
        at += space
            + match after.chars().next()? {
                '*' if after.starts_with("**") => 2,
                '*' => return None,
                '\\' => 1 + after[1..].chars().next()?.len_utf8(),
                other => other.len_utf8(),
            };
    }
}

fn shown(content: &str) -> Vec<(String, String)> {
    let mut runs: Vec<(String, String)> = Vec::new();
    for Seen { character, around } in read(content).unwrap() {
        let around = around.join(" ");
        match runs.last_mut() {
            Some((last, text)) if *last == around => text.push(character),
            _ => runs.push((around, character.to_string())),
        }
    }
    runs
}

#[test]
fn what_discord_shows_is_read() {
    let run = |around: &str, text: &str| (around.to_owned(), text.to_owned());
    for (content, runs) in [
        ("a **b *c***", vec![run("", "a "), run("b", "b "), run("b i", "c")]),
        ("***a***", vec![run("i b", "a")]),
        ("***a** b*", vec![run("i b", "a"), run("i", " b")]),
        ("`` `a``", vec![run("code", "`a")]),
        ("> a\n> b\nc", vec![run("quote", "a\nb\n"), run("", "c")]),
        ("```rust\nx\n```", vec![run("pre:rust", "x")]),
        ("```x```", vec![run("pre", "x")]),
        ("## a *b*\n- c", vec![run("h2", "a "), run("h2 i", "b"), run("", "\n"), run("list", "- "), run("", "c")]),
        ("[a](<https://x.test>)", vec![run("link:https://x.test", "a")]),
        ("\\*a\\* 1\\. \\:x:", vec![run("", "*a* 1. :x:")]),
    ] {
        assert_eq!(shown(content), runs, "{content}");
    }
}

#[test]
fn what_is_meant_by_chance_is_refused() {
    for content in [
        "a*b",
        "~a",
        "__a",
        "`a",
        "<@1>",
        "[a]",
        "[a](b)",
        "-# a",
        ":smile:",
        "@everyone",
        "https://x.test",
        "\\a",
        "**a** *",
    ] {
        assert!(read(content).is_err(), "{content}");
    }
}
