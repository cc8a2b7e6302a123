//! Telegram's HTML, read as strictly as its documentation says it.

/// A message as Telegram shows it.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Parsed {
    pub(crate) text: String,
    /// For each character of the text, the tags around it, from the outermost.
    pub(crate) around: Vec<Vec<String>>,
    /// How many entities it has.
    pub(crate) entities: usize,
}

impl Parsed {
    /// The text with what stands in `tag`, or what does not.
    pub(crate) fn within(&self, tag: &str, inside: bool) -> String {
        let characters = self.text.chars().zip(&self.around);
        characters.filter(|(_, around)| around.iter().any(|each| each == tag) == inside).map(|(c, _)| c).collect()
    }
}

/// Reads a message. The fault says what Telegram would not take, and where.
pub(crate) fn parse(html: &str) -> Result<Parsed, String> {
    let mut parsed = Parsed::default();
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        let fault = |what: &str| format!("{what} at `{}`", rest.chars().take(60).collect::<String>());
        if let Some(after) = rest.strip_prefix('<') {
            let (tag, after) = after.split_once('>').ok_or_else(|| fault("a tag without an end"))?;
            if let Some(name) = tag.strip_prefix('/') {
                if open.pop().as_deref() != Some(name) {
                    return Err(fault("an end that closes nothing"));
                }
            } else {
                let name = name_of(tag).ok_or_else(|| fault("an unknown tag"))?;
                let second = tag.starts_with("code ") && open.last().is_some_and(|last| last == "pre");
                if !second && !may_stand(name, &open) {
                    return Err(fault("a tag that may not stand there"));
                }
                if tag.starts_with("code ") && !second {
                    return Err(fault("a language outside of `pre`"));
                }
                parsed.entities += usize::from(!second);
                open.push(name.to_owned());
            }
            rest = after;
            continue;
        }
        let (shown, length) = match c {
            '&' => [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&')]
                .into_iter()
                .find(|(escape, _)| rest.starts_with(escape))
                .map(|(escape, shown)| (shown, escape.len()))
                .ok_or_else(|| fault("a bare `&`"))?,
            '>' => return Err(fault("a bare `>`")),
            other => (other, other.len_utf8()),
        };
        parsed.text.push(shown);
        parsed.around.push(open.clone());
        rest = &rest[length..];
    }
    if open.is_empty() { Ok(parsed) } else { Err(format!("{open:?} stay open")) }
}

fn name_of(tag: &str) -> Option<&str> {
    let attribute = |start: &str| {
        let value = tag.strip_prefix(start)?.strip_suffix('"')?;
        let plain =
            ["&lt;", "&gt;", "&amp;", "&quot;"].iter().fold(value.to_owned(), |text, escape| text.replace(escape, ""));
        (!value.is_empty() && !plain.contains(['"', '<', '>', '&', '\n'])).then_some(())
    };
    match tag {
        "b" | "i" | "s" | "code" | "pre" | "blockquote" => Some(tag),
        _ if attribute("a href=\"").is_some() => Some("a"),
        _ if attribute("code class=\"language-").is_some() => Some("code"),
        _ => None,
    }
}

/// Quotations stand in nothing, code in quotations only, links in no link, and nothing in code.
fn may_stand(name: &str, open: &[String]) -> bool {
    let has = |tag: &str| open.iter().any(|each| each == tag);
    let in_code = has("code") || has("pre");
    match name {
        "blockquote" => open.is_empty(),
        "code" | "pre" => open.iter().all(|each| each == "blockquote"),
        other => !in_code && !has(other),
    }
}

#[test]
fn what_telegram_refuses_is_refused() {
    for (html, fault) in [
        ("a < b", "without an end"),
        ("a > b", "bare `>`"),
        ("a & b", "bare `&`"),
        ("<u>a</u>", "unknown"),
        ("<br>", "unknown"),
        ("<b>a", "stay open"),
        ("<b><i>a</b></i>", "closes nothing"),
        ("a</b>", "closes nothing"),
        ("<b><code>a</code></b>", "may not stand"),
        ("<code><b>a</b></code>", "may not stand"),
        ("<b><b>a</b></b>", "may not stand"),
        ("<b><blockquote>a</blockquote></b>", "may not stand"),
        ("<code class=\"language-x\">a</code>", "outside of `pre`"),
        ("<a href=\"x\"y\">a</a>", "unknown"),
        ("<a href=\"\">a</a>", "unknown"),
    ] {
        let told = parse(html).unwrap_err();
        assert!(told.contains(fault), "{html}: {told}");
    }
}

#[test]
fn what_telegram_takes_is_read() {
    let html = "<blockquote><b>a<i>b</i></b><pre><code class=\"language-rust\">&lt;</code></pre></blockquote>&amp;";
    let parsed = parse(html).unwrap();
    assert_eq!((parsed.text.as_str(), parsed.entities), ("ab<&", 4));
    assert_eq!(parsed.around[2], ["blockquote", "pre", "code"]);
    assert_eq!((parsed.within("pre", true).as_str(), parsed.within("b", false).as_str()), ("<", "<&"));
}
