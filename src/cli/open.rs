//! From the command line to the assembled program.

use crate::app::{App, AppFault, AppOptions, Installation};
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::passphrase;
use crate::profile::{ExternalCli, SealPorts};

/// Assembles the program over the state directory that the command line names, and says what does not work.
pub(crate) fn open(global: &Global, invoked_as: &str, output: &mut Output) -> Result<App, Failure> {
    let app = App::open(options(global, invoked_as))?;
    for warning in app.warnings() {
        output.talk(warning);
    }
    Ok(app)
}

/// [`open`] for a program that is going to answer: the logins of other programs are brought up to date first.
pub(crate) fn open_to_serve(global: &Global, invoked_as: &str, output: &mut Output) -> Result<App, Failure> {
    let installation = find_as_served(global, invoked_as, output)?;
    let app = App::over(installation)?;
    for warning in app.warnings() {
        output.talk(warning);
    }
    Ok(app)
}

/// [`find`] with all that a program has that answers: the login shell is asked, where the configuration wants that. What
/// it has to say is left to the caller.
pub(crate) fn find_as_served(global: &Global, invoked_as: &str, output: &mut Output) -> Result<Installation, Failure> {
    let installation = Installation::open_with(options(global, invoked_as), true)?;
    sync(&installation, output);
    Ok(installation)
}

/// [`find_as_served`], without a change of anything.
pub(crate) fn look_as_served(global: &Global, invoked_as: &str, output: &mut Output) -> Result<Installation, Failure> {
    let installation = Installation::open_with(options(global, invoked_as), true)?;
    for warning in &installation.warnings {
        output.talk(warning);
    }
    Ok(installation)
}

/// Finds the files that the command line means, and nothing else: no engine, no database, no runtime. The logins of other
/// programs are brought up to date.
pub(crate) fn find(global: &Global, invoked_as: &str, output: &mut Output) -> Result<Installation, Failure> {
    let installation = look(global, invoked_as, output)?;
    sync(&installation, output);
    Ok(installation)
}

/// [`find`], without a change of anything.
pub(crate) fn look(global: &Global, invoked_as: &str, output: &mut Output) -> Result<Installation, Failure> {
    let installation = Installation::open(options(global, invoked_as))?;
    for warning in &installation.warnings {
        output.talk(warning);
    }
    Ok(installation)
}

/// Brings the logins of other programs up to date where the configuration can be read.
pub(crate) fn sync_if_readable(global: &Global, invoked_as: &str, output: &mut Output) {
    if let Ok(installation) = Installation::open(options(global, invoked_as)) {
        sync(&installation, output);
    }
}

/// Copies Claude Code's login into the store where that is wanted, and names the file. That it cannot be copied stops
/// nobody: here it is read where it is.
fn sync(installation: &Installation, output: &mut Output) {
    match installation.sync_external() {
        Ok(None) => {}
        Ok(Some(path)) => {
            let (cli, path) = (ExternalCli::ClaudeCode, path.display());
            output.talk(&format!("{}, managed by {cli}, copied into {path}", cli.profile_id()));
        }
        Err(fault) => output.talk(&format!("The login of {} was not copied: {fault}", ExternalCli::ClaudeCode)),
    }
}

/// How to call the program so that it does `rest` where this call looked: its name and the flags that say where.
pub(crate) fn again(global: &Global, invoked_as: &str, rest: &str) -> String {
    let Global { state_dir, layout, installation, agent, json: _, verbose: _, quiet: _, log: _, log_format: _ } =
        global;
    let state_dir = state_dir.as_ref().map(|dir| dir.to_string_lossy().into_owned());
    let flags = [
        ("--state-dir", state_dir.as_deref()),
        ("--layout", layout.as_deref()),
        ("--profile", installation.as_deref()),
        ("--agent", agent.as_deref()),
    ];
    let given = flags.into_iter().filter_map(|(flag, value)| Some(format!("{flag} {}", quoted(value?))));
    [format!("{invoked_as} {rest}")].into_iter().chain(given).collect::<Vec<_>>().join(" ")
}

/// `text` as one word of a shell's command line.
pub(crate) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+=,~".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// What the command line says of where to look.
pub(crate) fn options(global: &Global, invoked_as: &str) -> AppOptions {
    let this_process = AppOptions::of_this_process(invoked_as);
    let environment = match &global.installation {
        Some(name) => this_process.environment.with_profile(name),
        None => this_process.environment,
    };
    AppOptions {
        environment,
        state_dir: global.state_dir.clone(),
        layout: global.layout.clone(),
        agent: global.agent.clone(),
        seal: SealPorts { ask: passphrase::asking(), ..this_process.seal },
        ..this_process
    }
}

impl From<AppFault> for Failure {
    fn from(fault: AppFault) -> Self {
        let text = fault.to_string();
        match fault {
            AppFault::Layout(_) | AppFault::Places(_) | AppFault::NoDirectory(_) => Self::Misuse(text),
            AppFault::Config(_) | AppFault::Store(_) => Self::Unreadable(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_word_stays_one_word() {
        for (text, word) in [
            ("anthropic:me+x@example.com", "anthropic:me+x@example.com"),
            ("two words", "'two words'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
            ("$HOME", "'$HOME'"),
        ] {
            assert_eq!(quoted(text), word);
        }
    }
}
