//! The `modelpin` program: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    modelpin::cli::run(std::env::args_os())
}
