//! The flags that name files with secrets. Their values are never secrets themselves.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, value_parser};
use secrecy::zeroize::Zeroizing;

use crate::catalog::ProviderId;
use crate::cli::failure::Failure;
use crate::cli::models::auth::given::Given;

/// A flag of the family's that takes a secret, the one that is taken instead, and what the secret is for.
struct Flag {
    family: &'static str,
    file: &'static str,
    of: Of,
}

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// The API key of this provider.
    Key(&'static str),
    /// The token of `--token-provider`.
    Token,
    /// A bot on Telegram.
    Telegram,
    /// A bot on Discord.
    Discord,
}

const fn flag(family: &'static str, file: &'static str, of: Of) -> Flag {
    Flag { family, file, of }
}

const FLAGS: [Flag; 16] = [
    flag("anthropic-api-key", "anthropic-api-key-file", Of::Key("anthropic")),
    flag("openai-api-key", "openai-api-key-file", Of::Key("openai")),
    flag("openrouter-api-key", "openrouter-api-key-file", Of::Key("openrouter")),
    flag("ai-gateway-api-key", "ai-gateway-api-key-file", Of::Key("vercel-ai-gateway")),
    flag("moonshot-api-key", "moonshot-api-key-file", Of::Key("moonshot")),
    flag("kimi-code-api-key", "kimi-code-api-key-file", Of::Key("kimi")),
    flag("gemini-api-key", "gemini-api-key-file", Of::Key("google")),
    flag("zai-api-key", "zai-api-key-file", Of::Key("zai")),
    flag("xiaomi-api-key", "xiaomi-api-key-file", Of::Key("xiaomi")),
    flag("minimax-api-key", "minimax-api-key-file", Of::Key("minimax")),
    flag("synthetic-api-key", "synthetic-api-key-file", Of::Key("synthetic")),
    flag("venice-api-key", "venice-api-key-file", Of::Key("venice")),
    flag("opencode-zen-api-key", "opencode-zen-api-key-file", Of::Key("opencode")),
    flag("token", "token-file", Of::Token),
    flag("telegram-token", "telegram-token-file", Of::Telegram),
    flag("discord-token", "discord-token-file", Of::Discord),
];

/// The files that were named, `-` for standard input.
#[derive(Debug, Clone, Default)]
pub(crate) struct Secrets {
    files: Vec<(Of, PathBuf)>,
    /// The flag under which a secret was put where everybody can see it, and the one to use.
    seen: Option<(&'static str, &'static str)>,
}

impl Secrets {
    /// Whether none was named.
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.seen.is_none()
    }

    /// The providers of which keys were named.
    pub(crate) fn keys(&self) -> impl Iterator<Item = ProviderId> {
        self.files.iter().filter_map(|(of, _)| match of {
            Of::Key(provider) => ProviderId::new(provider),
            Of::Token | Of::Telegram | Of::Discord => None,
        })
    }

    /// Whether a secret of that kind was named.
    pub(crate) fn names(&self, of: Of) -> bool {
        self.files.iter().any(|(known, _)| *known == of)
    }

    /// The flag to name the API key of `provider` with, if there is one.
    pub(crate) fn flag_of_key(provider: &ProviderId) -> Option<&'static str> {
        let flag = FLAGS.iter().find(|flag| matches!(flag.of, Of::Key(id) if id == provider.as_str()));
        flag.map(|flag| flag.file)
    }

    /// The kind of an API key of `provider`, if there is a flag for it.
    pub(crate) fn of_key(provider: &ProviderId) -> Option<Of> {
        FLAGS.iter().map(|flag| flag.of).find(|of| matches!(of, Of::Key(id) if *id == provider.as_str()))
    }

    /// Refuses what must not be, before anything is read.
    ///
    /// # Errors
    /// A secret stands on the command line, or two are to come from standard input.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if let Some((family, file)) = self.seen {
            return Err(Failure::Misuse(format!(
                "--{family} puts a secret on the command line, where everybody on this machine can read it, so it was not \
                 taken, and should be replaced by a new one if it is real. Name a file instead: --{file} FILE, or - for \
                 standard input"
            )));
        }
        if self.files.iter().filter(|(_, file)| file == Path::new("-")).count() > 1 {
            return Err(Failure::Misuse(
                "only one secret can come from standard input: name a file for the others".to_owned(),
            ));
        }
        Ok(())
    }

    /// The secret of that kind; `None` where no file was named for it.
    ///
    /// # Errors
    /// It cannot be read, or is none.
    pub(crate) fn read(&self, of: Of) -> Result<Option<Zeroizing<String>>, Failure> {
        let file = self.files.iter().rev().find(|(known, _)| *known == of);
        file.map(|(_, file)| Given::at(file).read("Secret (not shown): ")).transpose()
    }
}

impl Args for Secrets {
    fn augment_args(command: Command) -> Command {
        FLAGS.iter().fold(command, |command, Flag { family, file, of }| {
            let whose = match of {
                Of::Key(provider) => {
                    format!("Read the API key of {provider} from this file, or from standard input (-)")
                }
                Of::Token => "Read the token of --token-provider from this file, or from standard input (-)".to_owned(),
                Of::Telegram => {
                    "Read the token of the Telegram bot from this file, or from standard input (-)".to_owned()
                }
                Of::Discord => {
                    "Read the token of the Discord bot from this file, or from standard input (-)".to_owned()
                }
            };
            let named = Arg::new(*file).long(*file).value_name("FILE").value_parser(value_parser!(PathBuf)).help(whose);
            // Taken, so that what does not belong here is refused where it is not printed.
            let shown = Arg::new(*family)
                .long(*family)
                .value_name("-")
                .hide(true)
                .num_args(0..=1)
                .default_missing_value("")
                .allow_hyphen_values(true);
            command.arg(named.help_heading("Secrets")).arg(shown)
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Secrets {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut secrets = Self::default();
        secrets.update_from_arg_matches(matches)?;
        Ok(secrets)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for Flag { family, file, of } in &FLAGS {
            if let Some(file) = matches.get_one::<PathBuf>(file) {
                self.files.push((*of, file.clone()));
            }
            match matches.get_one::<String>(family).map(String::as_str) {
                None => {}
                Some("-") => self.files.push((*of, PathBuf::from("-"))),
                Some(_) => self.seen = self.seen.or(Some((family, file))),
            }
        }
        Ok(())
    }
}
