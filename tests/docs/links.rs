//! Every link and every file that the documents name is there.

use std::path::Path;

use crate::docs::markdown::{documents, prose, root};

/// What a path that is meant from the root begins with.
const FOLDERS: [&str; 9] =
    ["src/", "adapters/", "tests/", "fixtures/", "benches/", "docs/", "examples/", "fuzz/", ".ci/"];

/// The targets of the links `[…](target)` in `text`, without those that lead elsewhere.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:")).collect()
}

/// The headings of `text`, as links name them.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            title
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
        .collect()
}

/// What `text` names in back-ticks.
fn named(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// `a/{b,c}.rs` is `a/b.rs` and `a/c.rs`.
fn spread(path: &str) -> Vec<String> {
    let parts = path.split_once('{').and_then(|(start, rest)| Some((start, rest.split_once('}')?)));
    match parts {
        None => vec![path.to_owned()],
        Some((start, (names, end))) => {
            names.split(',').flat_map(|name| spread(&format!("{start}{}{end}", name.trim()))).collect()
        }
    }
}

#[test]
fn every_link_leads_somewhere() {
    let mut wrong = Vec::new();
    let mut followed = 0;
    for document in documents() {
        let prose = prose(&document.text);
        for link in links(&prose) {
            followed += 1;
            let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
            let target =
                if path.is_empty() { document.path.clone() } else { document.path.parent().unwrap().join(path) };
            if !target.exists() {
                wrong.push(format!("{}: {link}", document.path.display()));
            } else if let Some(anchor) = anchor {
                let text = std::fs::read_to_string(&target).unwrap();
                if !anchors(&text).iter().any(|heading| heading == anchor) {
                    wrong.push(format!("{}: {link} has no such heading", document.path.display()));
                }
            }
        }
    }
    assert!(followed > 5, "only {followed} links were found");
    assert!(wrong.is_empty(), "these links lead nowhere:\n{}", wrong.join("\n"));
}

#[test]
fn every_file_that_is_named_exists() {
    let mut wrong = Vec::new();
    let mut found = 0;
    for document in documents() {
        let prose = prose(&document.text);
        for name in named(&prose) {
            let is_path = FOLDERS.iter().any(|folder| name.starts_with(folder)) && !name.contains(' ');
            // A pattern names no file, and what is behind a `:` is a line or a test.
            if !is_path || name.contains(['*', '<', '…']) {
                continue;
            }
            for path in spread(name.split(':').next().unwrap_or(name)) {
                found += 1;
                if !root().join(Path::new(&path)).exists() {
                    wrong.push(format!("{}: {path}", document.path.display()));
                }
            }
        }
    }
    assert!(found > 5, "only {found} files were found");
    assert!(wrong.is_empty(), "these files are named and not there:\n{}", wrong.join("\n"));
}

#[test]
fn a_link_a_heading_and_a_pattern_are_read() {
    assert_eq!(links("see [a](b.md#c) and [d](https://e) and [f](#g)"), ["b.md#c", "#g"]);
    assert_eq!(anchors("# Where state lives\ntext\n## `a@b`, c"), ["where-state-lives", "ab-c"]);
    assert_eq!(spread("src/{a,b/c}.rs"), ["src/a.rs", "src/b/c.rs"]);
    assert_eq!(named("a `b` c `d`").collect::<Vec<_>>(), ["b", "d"]);
}
