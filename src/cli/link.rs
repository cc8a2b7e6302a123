//! `modelpin link DIR [NAME…]`

mod entry;
mod search_path;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use modelpin_terminal::visible;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::link::entry::{Entry, Found};
use crate::cli::link::search_path::SearchPath;
use crate::cli::open::quoted;
use crate::cli::output::Output;
use crate::config::{Environment, Layout};

/// Make links to this program under the names of the family's programs, so that their manuals' commands work
///
/// A program serves the state directory that belongs to the name it is called by.
#[derive(Debug, Args)]
pub(crate) struct Link {
    /// The folder for the links, which should be in PATH
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// The names [default: hex, aipro, nova-engine, moltbot, epiloop, openclaw]
    #[arg(value_name = "NAME")]
    names: Vec<Layout>,
    /// Also where a file or another program's link has that name; it is replaced
    #[arg(long)]
    force: bool,
    /// Take the links away again; whatever is no link to this program stays
    #[arg(long, conflicts_with = "force")]
    remove: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    /// What the links lead to.
    program: String,
    directory: String,
    links: Vec<Row>,
    /// Whether the folder is in `PATH`.
    in_path: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    name: &'static str,
    path: String,
    outcome: Outcome,
    /// The program of that name that comes first in `PATH`.
    hidden_by: Option<String>,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Made,
    Kept,
    Replaced,
    Removed,
    Absent,
    Foreign,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Kept => "is there already",
            Self::Replaced => "replaced",
            Self::Removed => "removed",
            Self::Absent => "was not there",
            Self::Foreign => "is no link to modelpin, and stays",
        }
    }
}

/// Makes them or takes them away: all of them, or none where one may not be touched.
pub(crate) fn run(link: &Link, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let program = std::env::current_exe().and_then(fs::canonicalize);
    let program = program.map_err(|fault| Failure::Unexpected(format!("this program cannot be found: {fault}")))?;
    let directory = std::path::absolute(&link.directory).map_err(|fault| at(&link.directory, &fault))?;
    if directory.metadata().is_ok_and(|found| !found.is_dir()) {
        return Err(Failure::Misuse(format!("{} is no folder: name one that is in PATH", shown(&directory))));
    }
    let names = names(&link.names);
    let found: Vec<_> = names.iter().map(|layout| Entry::look(&directory.join(layout.as_str()), &program)).collect();
    if !link.remove {
        if let Some(foreign) = found.iter().find(|entry| entry.is_in_the_way(link.force)) {
            return Err(in_the_way(foreign, link, invoked_as));
        }
        fs::create_dir_all(&directory).map_err(|fault| at(&directory, &fault))?;
    }
    let environment = Environment::capture();
    let path = SearchPath::of(&environment);
    let mut rows = Vec::new();
    for (layout, entry) in names.into_iter().zip(found) {
        let outcome = if link.remove { remove(&entry) } else { make(&entry, &program) };
        let outcome = outcome.map_err(|fault| at(&entry.path, &fault))?;
        let hidden_by = if link.remove { None } else { path.before(&directory, layout.as_str()) };
        let hidden_by = hidden_by.map(|other| other.display().to_string());
        rows.push(Row { name: layout.as_str(), path: entry.path.display().to_string(), outcome, hidden_by });
    }
    let report = Report {
        program: program.display().to_string(),
        in_path: path.has(&directory),
        directory: directory.display().to_string(),
        links: rows,
    };
    tell(&report, link.remove, global.json, output)?;
    Ok(Exit::Ok)
}

/// Each name once; those of the family where none is given.
fn names(given: &[Layout]) -> Vec<Layout> {
    let mut names: Vec<Layout> = Vec::new();
    for name in given {
        if !names.contains(name) {
            names.push(*name);
        }
    }
    if names.is_empty() {
        names.extend(Layout::ALL.into_iter().filter(|layout| *layout != Layout::Modelpin));
    }
    names
}

fn make(entry: &Entry, program: &Path) -> io::Result<Outcome> {
    match entry.found {
        Found::Current => Ok(Outcome::Kept),
        Found::Nothing => entry.make(program).map(|()| Outcome::Made),
        Found::Older | Found::Foreign | Found::Folder | Found::Itself => {
            entry.replace(program).map(|()| Outcome::Replaced)
        }
    }
}

fn remove(entry: &Entry) -> io::Result<Outcome> {
    match entry.found {
        Found::Current | Found::Older => fs::remove_file(&entry.path).map(|()| Outcome::Removed),
        Found::Nothing => Ok(Outcome::Absent),
        Found::Foreign | Found::Folder | Found::Itself => Ok(Outcome::Foreign),
    }
}

fn in_the_way(entry: &Entry, link: &Link, invoked_as: &str) -> Failure {
    let path = shown(&entry.path);
    let names: Vec<&str> = link.names.iter().map(|name| name.as_str()).collect();
    let again = [&[invoked_as, "link", &quoted(&link.directory.to_string_lossy())], names.as_slice(), &["--force"]];
    Failure::Misuse(match entry.found {
        Found::Itself => format!("{path} is this very program, so nothing was changed; leave that name out"),
        Found::Folder => format!("{path} is a folder, so nothing was changed; move it away, or leave that name out"),
        Found::Foreign | Found::Nothing | Found::Current | Found::Older => format!(
            "{path} is there and is no link to modelpin, so nothing was changed. To replace it: {}",
            again.concat().join(" ")
        ),
    })
}

fn tell(report: &Report, removed: bool, json: bool, output: &mut Output) -> Result<(), Failure> {
    if json {
        output.json(report)?;
    } else {
        let width = report.links.iter().map(|row| row.name.len()).max().unwrap_or_default();
        let line = |row: &Row| format!("{:width$}  {}  {}\n", row.name, row.path, row.outcome.as_str());
        output.data(&report.links.iter().map(|row| visible(&line(row))).collect::<String>())?;
    }
    if removed {
        return Ok(());
    }
    if !report.in_path {
        let directory = &report.directory;
        let export = quoted(&format!("{directory}:"));
        output.talk(&visible(&format!(
            "{directory} is not in PATH, so a shell does not find them yet. To add it: export PATH={export}\"$PATH\""
        )));
    }
    for row in &report.links {
        if let Some(other) = &row.hidden_by {
            output.talk(&visible(&format!("{other} comes before it in PATH, so `{}` still means that one.", row.name)));
        }
    }
    Ok(())
}

fn at(path: &Path, fault: &io::Error) -> Failure {
    Failure::Unexpected(format!("{}: {fault}", shown(path)))
}

fn shown(path: &Path) -> String {
    visible(&path.display().to_string())
}
