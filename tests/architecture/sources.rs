//! The sources, in the form in which rules can be asked of them.

use std::fs;
use std::path::{Path, PathBuf};

/// One Rust file.
pub(super) struct Source {
    /// From the root of the repository, with `/`.
    pub(super) path: String,
    /// As it is.
    pub(super) text: String,
    /// Without comments, tests and the inside of string literals: what the program does.
    pub(super) code: String,
    /// The inside of its string literals, tests excepted: what the program says.
    pub(super) speech: String,
}

/// The root of the repository.
pub(super) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file that belongs to the project, by path.
pub(super) fn all() -> Vec<Source> {
    let root = root();
    let mut sources = Vec::new();
    for folder in ["src", "adapters", "tests", "benches", "fuzz"] {
        collect(&root.join(folder), &root, &mut sources);
    }
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(sources.len() > 20, "only {} sources found under {}", sources.len(), root.display());
    sources
}

/// Those that end up in the program: no tests, no benches.
pub(super) fn shipped() -> Vec<Source> {
    let ships = |path: &str| {
        let part_of_it = path.starts_with("src/") || path.starts_with("adapters/") && path.contains("/src/");
        part_of_it && !path.ends_with("/tests.rs") && !path.contains("/tests/")
    };
    all().into_iter().filter(|source| ships(&source.path)).collect()
}

fn collect(folder: &Path, root: &Path, sources: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("a folder of the repository can be listed").path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target" && name != "corpus" && name != "artifacts") {
                collect(&path, root, sources);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source is UTF-8");
            let (code, speech) = read(&text);
            let path =
                path.strip_prefix(root).expect("a source lies under the root").to_string_lossy().replace('\\', "/");
            sources.push(Source { path, text, code, speech });
        }
    }
}

/// Parts a source into what it does and what it says.
fn read(text: &str) -> (String, String) {
    // Cut in two steps, for braces in strings and comments are no braces.
    let (code, speech) = part(text);
    if !code.contains("#[cfg(test)]") {
        return (code, speech);
    }
    let kept = without_tests(text, &code);
    part(&kept)
}

/// Blanks the items under `#[cfg(test)]` out of `text`; `code` is `text` with as many bytes, literals and comments blank.
fn without_tests(text: &str, code: &str) -> String {
    let mut kept = text.as_bytes().to_vec();
    let bytes = code.as_bytes();
    let mut from = 0;
    while let Some(found) = code[from..].find("#[cfg(test)]") {
        let start = from + found;
        let mut depth = 0_usize;
        let mut end = bytes.len();
        for (at, byte) in bytes.iter().enumerate().skip(start) {
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                b';' if depth == 0 => {}
                _ => continue,
            }
            if depth == 0 {
                end = at + 1;
                break;
            }
        }
        for byte in &mut kept[start..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        from = end;
    }
    String::from_utf8(kept).expect("whole items were blanked")
}

/// The code, as long as the text and with blanks for all that is no code; and the inside of the string literals.
fn part(text: &str) -> (String, String) {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut speech = String::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let (length, said) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), None)
        } else if rest.starts_with("/*") {
            (rest.find("*/").map_or(rest.len(), |end| end + 2), None)
        } else if let Some(literal) = raw_string(rest, at.checked_sub(1).map(|before| bytes[before])) {
            literal
        } else if rest.starts_with('"') {
            let end = closing_quote(rest);
            (end + 1, Some(&rest[1..end]))
        } else if let Some(length) = char_literal(rest) {
            (length, None)
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        if let Some(said) = said {
            speech.push_str(said);
            speech.push('\n');
        }
        for byte in &mut code[at..at + length] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at += length;
    }
    (String::from_utf8(code).expect("whole literals were blanked"), speech)
}

/// `r"…"`, `r#"…"#` and so on: the length, and what is inside.
fn raw_string(rest: &str, before: Option<u8>) -> Option<(usize, Option<&str>)> {
    if before.is_some_and(|byte| byte.is_ascii_alphanumeric() && byte != b'b' || byte == b'_') {
        return None;
    }
    let hashes = rest.strip_prefix('r')?.bytes().take_while(|byte| *byte == b'#').count();
    let inside = rest[1 + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = inside.find(&end)?;
    Some((1 + hashes + 1 + length + end.len(), Some(&inside[..length])))
}

/// Where the quote is that closes the one at the start.
fn closing_quote(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at.min(bytes.len() - 1)
}

/// `'x'` or `'\n'`, not the `'a` of a lifetime.
fn char_literal(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    if inside.starts_with('\\') {
        return inside[2..].find('\'').map(|end| end + 4);
    }
    let length = inside.chars().next()?.len_utf8();
    inside[length..].starts_with('\'').then_some(length + 2)
}

#[test]
fn code_and_speech_are_told_apart() {
    let text = r##"
        use a::b; // println!
        /* tokio */ fn f<'a>(x: &'a str) -> char { say("it \" says {", r#"raw "too" it"#); '"' }
        #[cfg(test)]
        mod tests { fn g() { "}"; inside() } }
        fn after() { '\'' }
    "##;
    let (code, speech) = read(text);
    for gone in ["println", "tokio", "says", "raw", "inside"] {
        assert!(!code.contains(gone), "{gone}: {code}");
    }
    for kept in ["use a::b;", "fn f<'a>(x: &'a str)", "fn after()"] {
        assert!(code.contains(kept), "{kept}: {code}");
    }
    assert_eq!(speech, "it \\\" says {\nraw \"too\" it\n");
}
