//! Where a secret comes from: never from the command line itself.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use secrecy::zeroize::Zeroizing;

use crate::cli::failure::Failure;
use crate::profile::pasted;

/// As much as is read of it, in bytes.
const LONGEST: u64 = 64 * 1024;

/// Where a secret comes from. The command line is not among the places: everybody on the machine can read it.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Given {
    /// `-` reads it from standard input, which is done anyway where that is no terminal
    // Text, so that what does not belong here is refused below, where it is not printed.
    #[arg(value_name = "-", hide_possible_values = true)]
    rest: Vec<String>,
    /// Read it from this file
    #[arg(long = "key-file", visible_alias = "token-file", value_name = "FILE")]
    file: Option<PathBuf>,
    /// For those who look for it here; only `-` is taken
    #[arg(long = "key", aliases = ["token", "api-key", "secret", "setup-token"], value_name = "-", hide = true)]
    value: Option<String>,
}

impl Given {
    /// What is in `file`; `-` is standard input.
    pub(crate) fn at(file: &Path) -> Self {
        Self { rest: Vec::new(), file: Some(file.to_owned()), value: None }
    }

    /// Whether a person will be asked for it.
    pub(crate) fn asks(&self) -> bool {
        self.file.is_none() && io::stdin().is_terminal()
    }

    /// The secret, without what wrapping and pasting put into it.
    ///
    /// # Errors
    /// There is none, or it was put where everybody can see it.
    pub(crate) fn read(&self, prompt: &str) -> Result<Zeroizing<String>, Failure> {
        let Self { rest, file, value } = self;
        if rest.iter().chain(value).any(|word| word != "-") {
            return Err(Failure::Misuse(
                "a secret on the command line can be read by everybody on this machine, so it was not taken, and should \
                 be replaced by a new one if it is real. Pipe it in, name a file with --key-file, or leave it out to be \
                 asked for it"
                    .to_owned(),
            ));
        }
        let bytes = match file.as_deref().filter(|file| file.as_os_str() != "-") {
            Some(file) => {
                let read = File::open(file).and_then(bounded);
                read.map_err(|fault| Failure::Misuse(format!("{}: {fault}", file.display())))?
            }
            None if io::stdin().is_terminal() => ask(prompt)?,
            None => bounded(io::stdin().lock())
                .map_err(|fault| Failure::Misuse(format!("standard input cannot be read: {fault}")))?,
        };
        if bytes.len() as u64 > LONGEST {
            return Err(Failure::Misuse("that is longer than 64 KiB, which no key or token is".to_owned()));
        }
        pasted::cleaned(&bytes).map_err(|why| Failure::Misuse(why.to_owned()))
    }
}

fn bounded(from: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    // Room for all of it at once: a vector that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(LONGEST).unwrap_or(0) + 2));
    from.take(LONGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn ask(prompt: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    match modelpin_terminal::read_hidden(prompt) {
        Ok(Some(answer)) => Ok(Zeroizing::new(answer)),
        Ok(None) => Err(Failure::Misuse("nothing was given, and nothing was stored".to_owned())),
        Err(fault) => Err(Failure::Misuse(format!(
            "this terminal cannot hide what is typed ({fault}). Pipe the secret in, or name a file with --key-file"
        ))),
    }
}
