//! From the command line to the assembled program.

use crate::app::{App, AppFault, AppOptions};
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::output::Output;

/// Assembles the program over the state directory that the command line names, and says what does not work.
pub(crate) fn open(global: &Global, invoked_as: &str, output: &mut Output) -> Result<App, Failure> {
    let options = AppOptions {
        state_dir: global.state_dir.clone(),
        layout: global.layout.clone(),
        agent: global.agent.clone(),
        ..AppOptions::of_this_process(invoked_as)
    };
    let app = App::open(options)?;
    for warning in app.warnings() {
        output.talk(warning);
    }
    Ok(app)
}

impl From<AppFault> for Failure {
    fn from(fault: AppFault) -> Self {
        let text = fault.to_string();
        match fault {
            AppFault::Layout(_) | AppFault::Places(_) => Self::Misuse(text),
            AppFault::Config(_) | AppFault::Store(_) => Self::Unreadable(text),
        }
    }
}
