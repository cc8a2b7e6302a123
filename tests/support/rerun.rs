//! The test binary, started once more: a test that needs other processes plays their part itself.
//!
//! Such a test begins with `if let Some(place) = child_of_test()`, and does there what its children do.

use std::env::{current_exe, var_os};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Says to a test that it was started by itself as a child, and where it works.
const CHILD: &str = "MODELPIN_TEST_CHILD";

/// The file that this process, started by [`start`], works on; `None` in the test itself.
pub(crate) fn child_of_test() -> Option<PathBuf> {
    var_os(CHILD).map(PathBuf::from)
}

/// Starts the running test binary once more, for the test `name` alone, as a child that works on `place`.
pub(crate) fn start(name: &str, place: &Path) -> Child {
    again(name, place).spawn().unwrap()
}

/// What [`start`] starts.
pub(crate) fn again(name: &str, place: &Path) -> Command {
    command(Command::new(current_exe().unwrap()), name, place)
}

/// The arguments and the environment of a child, for a `program` that passes them on to the test binary.
pub(crate) fn command(mut program: Command, name: &str, place: &Path) -> Command {
    program.args(["--exact", name, "--nocapture", "--test-threads=1"]);
    program.env(CHILD, place).stdin(Stdio::piped()).stdout(Stdio::piped());
    program
}

/// What a child has to say; the harness around it says things too.
pub(crate) fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "child> {text}").unwrap();
    out.flush().unwrap();
}

/// What the child said, line by line, until it ends.
pub(crate) fn hear(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.map_while(Result::ok).filter_map(|line| line.split_once("child> ").map(|(_, said)| said.to_owned()))
}
