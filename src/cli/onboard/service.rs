//! The service: its unit made from where things are, put where systemd looks, and switched on.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cli::failure::Failure;
use crate::cli::models::auth::Case;
use crate::cli::onboard::unit::{Gateway, Unit};
use crate::cli::open::quoted;
use crate::config::Layout;
use crate::replace::{self, Refused};

/// The unit for the installation of `case`, called `name` or by its layout.
///
/// # Errors
/// The name is none, or a path cannot be written in a unit.
pub(crate) fn unit(case: &Case<'_>, name: Option<&str>, system: bool) -> Result<Unit, Failure> {
    let places = case.installation.places();
    let name = match (name, places.layout) {
        (Some(name), _) => name.strip_suffix(".service").unwrap_or(name).to_owned(),
        (None, Layout::Modelpin) => "modelpin".to_owned(),
        // The other program of that layout may have a unit under its plain name.
        (None, layout) => format!("modelpin-{layout}"),
    };
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.';
    if name.is_empty() || name.starts_with(['-', '.']) || !name.chars().all(valid) {
        return Err(Failure::Misuse(format!(
            "`{name}` cannot be the name of a service: use letters, digits, `-` and `_`"
        )));
    }
    let program = std::env::current_exe()
        .map_err(|fault| Failure::Unexpected(format!("where this program is cannot be told: {fault}")))?;
    let gateway = Gateway {
        program: &program,
        layout: places.layout.as_str(),
        state_dir: &places.state_dir,
        agent: case.global.agent.as_deref(),
        writes: &written_elsewhere(case),
        system,
    };
    Unit::of(&name, &gateway).map_err(Failure::Misuse)
}

/// The folders outside of the state directory that the gateway writes to.
fn written_elsewhere(case: &Case<'_>) -> Vec<PathBuf> {
    let places = case.installation.places();
    let stores = case.installation.auth_store().paths();
    let mut folders: Vec<PathBuf> =
        [&stores.own, &stores.main].into_iter().filter_map(|store| store.parent().map(Path::to_owned)).collect();
    if case.installation.auth_store().is_in_vault() {
        folders.clear();
    }
    if case.installation.settings().config.auth.claude_cli.write_back {
        folders.extend(places.home().map(|home| home.join(".claude")));
    }
    folders.retain(|folder| !folder.starts_with(&places.state_dir));
    folders.dedup();
    folders
}

/// Where the unit belongs among those of this user.
///
/// # Errors
/// There is no home directory.
pub(crate) fn path(case: &Case<'_>, unit: &Unit) -> Result<PathBuf, Failure> {
    let settings = case.installation.settings();
    let configured = settings.environment.var("XDG_CONFIG_HOME").map(PathBuf::from).filter(|dir| dir.is_absolute());
    let folder = configured.or_else(|| settings.environment.home().map(|home| home.join(".config")));
    let folder = folder.ok_or_else(|| {
        Failure::Misuse("HOME is not set, so where units belong cannot be told; use --print-service".to_owned())
    })?;
    Ok(folder.join("systemd/user").join(unit.file_name()))
}

/// Whether the unit has to be written at `path`.
///
/// # Errors
/// Something else is there, which is not ours to replace.
pub(crate) fn is_due(path: &Path, unit: &Unit) -> Result<bool, Failure> {
    match fs::read_to_string(path) {
        Ok(text) if text == unit.text => Ok(false),
        Ok(text) if Unit::is_ours(&text) && Unit::state_dir_in(&text) == Unit::state_dir_in(&unit.text) => Ok(true),
        Ok(text) => {
            let whose = match Unit::state_dir_in(&text) {
                Some(dir) if Unit::is_ours(&text) => format!("serves {dir}"),
                Some(_) | None => "was not written by this program".to_owned(),
            };
            Err(Failure::Misuse(format!(
                "{} {whose}, and was left as it is. Call this service something else with --service-name, or move that \
                 file away",
                path.display()
            )))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(Failure::Unexpected(format!("{}: {error}", path.display()))),
    }
}

/// Puts the unit at `path`; returns whether it had to be written.
///
/// # Errors
/// What the system refused; what was there is still there.
pub(crate) fn install(path: &Path, unit: &Unit) -> Result<bool, Failure> {
    if !is_due(path, unit)? {
        return Ok(false);
    }
    let told = |step: &str, fault: &io::Error| Failure::Unexpected(format!("{}: {step}: {fault}", path.display()));
    if let Some(folder) = path.parent() {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|fault| told("creating the folder", &fault))?;
    }
    let before = fs::read(path).ok();
    let put = replace::put(path, before.as_deref(), unit.text.as_bytes());
    if put.map_err(|Refused { step, source }| told(step, &source))? {
        Ok(true)
    } else {
        Err(Failure::Unexpected(format!("{} was changed by another program meanwhile; try again", path.display())))
    }
}

/// What has systemd know the unit and start it with the next login.
pub(crate) fn commands(unit: &Unit) -> [Vec<String>; 2] {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    [words(&["systemctl", "--user", "daemon-reload"]), words(&["systemctl", "--user", "enable", &unit.file_name()])]
}

/// Has systemd do that.
///
/// # Errors
/// It cannot be reached or refuses: why, and the lines to type.
pub(crate) fn enable(unit: &Unit) -> Result<(), String> {
    for words in commands(unit) {
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let why = match command.output() {
            Ok(output) if output.status.success() => continue,
            Ok(output) => String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or("it failed").to_owned(),
            Err(fault) => fault.to_string(),
        };
        let lines = commands(unit).map(|words| {
            let words: Vec<_> = words.iter().map(|word| quoted(word)).collect();
            format!("  {}", words.join(" "))
        });
        return Err(format!("The service was not switched on ({why}). To do that:\n{}", lines.join("\n")));
    }
    Ok(())
}
