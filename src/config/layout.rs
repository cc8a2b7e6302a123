//! Which family program's directories are served.

use std::ffi::OsStr;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::config::Environment;

/// A family program whose state directory, configuration file and variables are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Layout {
    /// modelpin's own.
    #[default]
    Modelpin,
    /// Hex.
    Hex,
    /// `AIPro`.
    Aipro,
    /// Nova Engine.
    NovaEngine,
    /// Moltbot, once Clawdbot.
    Moltbot,
    /// Epiloop.
    Epiloop,
    /// OpenClaw.
    Openclaw,
}

/// What sets one layout apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Naming {
    /// What its variables begin with, the first to count first.
    pub(crate) prefixes: &'static [&'static str],
    /// State directories in the home directory: the first that exists, else the first.
    pub(crate) state_dirs: &'static [&'static str],
    /// Configuration files: the first that exists, else the first.
    pub(crate) config_files: &'static [&'static str],
    /// Directories in the home directory where the configuration may be if it is not in the state directory.
    pub(crate) config_dirs: &'static [&'static str],
    /// Whether `<PREFIX>_HOME` takes the place of the home directory.
    pub(crate) own_home: bool,
}

const fn plain(
    prefixes: &'static [&'static str],
    state_dirs: &'static [&'static str],
    config_files: &'static [&'static str],
) -> Naming {
    Naming { prefixes, state_dirs, config_files, config_dirs: &[], own_home: false }
}

impl Layout {
    /// Every layout.
    pub const ALL: [Self; 7] =
        [Self::Modelpin, Self::Hex, Self::Aipro, Self::NovaEngine, Self::Moltbot, Self::Epiloop, Self::Openclaw];

    /// The layout to use: the flag, else `MODELPIN_LAYOUT`, else the name the program was called by, else modelpin's.
    ///
    /// # Errors
    ///
    /// `MODELPIN_LAYOUT` names none.
    pub fn choose(flag: Option<Self>, env: &Environment, called: Option<&OsStr>) -> Result<Self, UnknownLayout> {
        if let Some(layout) = flag {
            return Ok(layout);
        }
        if let Some(name) = env.var("MODELPIN_LAYOUT") {
            return name.trim().parse();
        }
        let name = called.and_then(|called| Path::new(called).file_stem()).and_then(OsStr::to_str);
        Ok(name.and_then(|name| name.parse().ok()).unwrap_or_default())
    }

    /// The name, which is also that of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Modelpin => "modelpin",
            Self::Hex => "hex",
            Self::Aipro => "aipro",
            Self::NovaEngine => "nova-engine",
            Self::Moltbot => "moltbot",
            Self::Epiloop => "epiloop",
            Self::Openclaw => "openclaw",
        }
    }

    /// What its variables begin with, without the `_`, the first to count first.
    pub fn prefixes(self) -> &'static [&'static str] {
        self.naming().prefixes
    }

    pub(crate) fn naming(self) -> Naming {
        match self {
            Self::Modelpin => plain(&["MODELPIN"], &[".modelpin"], &["modelpin.json"]),
            Self::Hex => plain(&["HEX"], &[".hex"], &["hex.json"]),
            Self::Aipro => plain(&["AIPRO"], &[".aipro"], &["aipro.json"]),
            Self::NovaEngine => Naming {
                config_dirs: &[".clawdbot", ".moldbot", ".moltbot"],
                own_home: true,
                ..plain(
                    &["NOVA"],
                    &[".nova-engine"],
                    &["nova-engine.json", "clawdbot.json", "moldbot.json", "moltbot.json"],
                )
            },
            Self::Moltbot => {
                plain(&["MOLTBOT", "CLAWDBOT"], &[".clawdbot", ".moltbot"], &["moltbot.json", "clawdbot.json"])
            }
            Self::Epiloop => plain(&["EPILOOP"], &[".epiloop"], &["epiloop.json"]),
            Self::Openclaw => Naming {
                own_home: true,
                ..plain(
                    &["OPENCLAW", "CLAWDBOT"],
                    &[".openclaw", ".clawdbot", ".moltbot", ".moldbot"],
                    &["openclaw.json", "clawdbot.json", "moltbot.json", "moldbot.json"],
                )
            },
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no layout.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no layout: modelpin, hex, aipro, nova-engine, moltbot, epiloop or openclaw")]
pub struct UnknownLayout(String);

impl FromStr for Layout {
    type Err = UnknownLayout;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|layout| layout.as_str() == text).ok_or_else(|| UnknownLayout(text.to_owned()))
    }
}
