//! Every command line that the documents show is one that the program understands.

use crate::docs::markdown::{documents, fenced};
use crate::docs::process::modelpin;

/// The words of a shell's command line, up to a comment or to what is done with its output.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    for c in line.chars() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            ('#' | '|' | '<' | '>' | '&' | ';', None) if word.is_none() => return words,
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// The arguments for modelpin in a line of a shell, however the program is reached.
fn arguments(line: &str) -> Option<Vec<String>> {
    let line = line.trim().trim_start_matches("$ ");
    let line = line.rsplit(" | ").find(|part| part.starts_with("modelpin ")).unwrap_or(line);
    let words = words(line);
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["modelpin", ..] => Some(words[1..].to_vec()),
        ["cargo", "run", rest @ ..] if !rest.contains(&"--example") => {
            let start = words.iter().position(|word| word == "--")?;
            Some(words[start + 1..].to_vec())
        }
        _ => None,
    }
}

#[test]
fn every_command_line_is_understood() {
    let home = tempfile::tempdir().unwrap();
    let mut found = 0;
    let mut wrong = Vec::new();
    for document in documents() {
        for block in fenced(&document.text) {
            for arguments in block.text.lines().filter_map(arguments) {
                found += 1;
                // The last word has clap read everything before it, and do nothing.
                let output = modelpin(&home).args(&arguments).arg("--help").output().unwrap();
                if !output.status.success() {
                    let said = String::from_utf8_lossy(&output.stderr).into_owned();
                    wrong.push(format!("{}: modelpin {}\n{said}", document.path.display(), arguments.join(" ")));
                }
            }
        }
    }
    assert!(found > 5, "only {found} command lines were found");
    assert!(wrong.is_empty(), "the program does not understand:\n{}", wrong.join("\n"));
}

#[test]
fn command_lines_are_found() {
    let found = |line: &str| arguments(line).map(|words| words.join("|"));
    assert_eq!(found("cargo run --release -- chat --demo"), Some("chat|--demo".to_owned()));
    assert_eq!(found("$ modelpin models status  # all of it"), Some("models|status".to_owned()));
    assert_eq!(found("echo '{\"text\":\"a | b\"}' | modelpin chat --jsonl"), Some("chat|--jsonl".to_owned()));
    assert_eq!(found("modelpin a 'b c' > file"), Some("a|b c".to_owned()));
    assert_eq!(found("cargo test --workspace"), None);
    assert_eq!(found("cargo run --example embed -- dir"), None);
}

#[test]
fn nonsense_is_not_understood() {
    let home = tempfile::tempdir().unwrap();
    for nonsense in [&["chat", "--nonsense"][..], &["nonsense"], &["sessions", "nonsense"]] {
        let output = modelpin(&home).args(nonsense).arg("--help").output().unwrap();
        assert!(!output.status.success(), "{nonsense:?}");
    }
}
