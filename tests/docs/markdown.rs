//! The documents, and the parts of them that are tested.

use std::fs;
use std::path::{Path, PathBuf};

/// A document.
pub(crate) struct Document {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// A fenced block: what stands behind the opening fence, and the lines between the fences.
pub(crate) struct Fenced<'a> {
    pub(crate) info: &'a str,
    pub(crate) text: String,
}

/// Where the documents are.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// README.md, everything in docs/, and what explains the other folders.
pub(crate) fn documents() -> Vec<Document> {
    let mut paths = vec![root().join("README.md")];
    let mut folders: Vec<PathBuf> = ["docs", "adapters", "fixtures"].map(|name| root().join(name)).to_vec();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths.into_iter().map(|path| Document { text: fs::read_to_string(&path).unwrap(), path }).collect()
}

/// README.md.
pub(crate) fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// The fenced blocks of a document.
pub(crate) fn fenced(text: &str) -> Vec<Fenced<'_>> {
    let mut blocks: Vec<Fenced<'_>> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        match (line.strip_prefix("```"), open) {
            (Some(info), false) => {
                blocks.push(Fenced { info: info.trim(), text: String::new() });
                open = true;
            }
            (Some(_), true) => open = false,
            (None, true) => {
                let block = blocks.last_mut().unwrap();
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, false) => {}
        }
    }
    assert!(!open, "a fenced block is not closed");
    blocks
}

/// The one fenced block that `info` is said of.
pub(crate) fn block(text: &str, info: &str) -> String {
    let mut found = fenced(text).into_iter().filter(|block| block.info == info);
    let block = found.next().unwrap_or_else(|| panic!("there is no ```{info} block"));
    assert!(found.next().is_none(), "there are several ```{info} blocks");
    block.text
}

/// A document without its fenced blocks.
pub(crate) fn prose(text: &str) -> String {
    let mut open = false;
    let mut prose = String::new();
    for line in text.lines() {
        if line.starts_with("```") {
            open = !open;
        } else if !open {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    prose
}
