//! Programs that stand for others.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Writes a program for `sh` that can be started.
///
/// Another program writes it: a file that this one holds open for writing is held, for a moment, by whatever a test
/// beside this one starts, and is "busy" for who wants to run it.
pub(crate) fn script(path: &Path, text: &str) {
    let mut writer = Command::new("/bin/sh")
        .args(["-c", r#"PATH=/usr/bin:/bin; cat >"$0" && chmod 755 "$0""#])
        .arg(path)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    write!(writer.stdin.take().unwrap(), "#!/bin/sh\n{text}\n").unwrap();
    assert!(writer.wait().unwrap().success(), "{} was not written", path.display());
}
