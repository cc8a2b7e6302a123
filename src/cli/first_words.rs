//! The program alone: what it is, and the next sensible step.

use crate::app::Installation;
use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::open::{again, options};
use crate::cli::output::Output;

/// Says what the program is, and what to type next: that depends on whether anything is set up.
pub(crate) fn run(global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let demo = format!("{invoked_as} chat --demo");
    let (chat, onboard) = (again(global, invoked_as, "chat"), again(global, invoked_as, "onboard"));
    let gateway = again(global, invoked_as, "gateway");
    let help = format!("{invoked_as} --help");
    let mut steps = [
        (onboard, "set up credentials, the model, bots and a service"),
        (demo, "see it at work: throw-away state, no key needed"),
        (chat, "talk over your own state directory"),
        (gateway, "serve the bots that are configured"),
        (help, "all commands"),
    ];
    if is_set_up(global, invoked_as) {
        // Who has set it up already talks first.
        steps.swap(0, 2);
    }
    let width = steps.iter().map(|(line, _)| line.chars().count()).max().unwrap_or_default();
    let steps: Vec<_> = steps.iter().map(|(line, what)| format!("  {line:width$}   {what}\n")).collect();
    output.data(&format!(
        "modelpin pins the model and the credential of one chat session: /model opus@work\n\nNext:\n{}",
        steps.concat()
    ))?;
    Ok(Exit::Ok)
}

/// Whether there is a credential. What cannot be read is there, and says so elsewhere.
fn is_set_up(global: &Global, invoked_as: &str) -> bool {
    let Ok(installation) = Installation::open(options(global, invoked_as)) else { return true };
    let current = installation.auth_store().current();
    let settings = installation.settings();
    let usual = &settings.catalog.default_model().provider;
    !current.profiles.by_id.is_empty()
        || !current.trouble.is_empty()
        || !settings.environment.credentials(usual).is_empty()
}
