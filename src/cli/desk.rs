//! Having an operator's deeds done from the command line.

use crate::app::Installation;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::operator::{Desk, Trouble};

/// Has an operator's deed done, and says where its row is missing from the audit.
pub(crate) fn at_desk<T>(
    installation: &Installation,
    output: &mut Output,
    deed: impl AsyncFnOnce(&Desk) -> Result<T, Trouble>,
) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let desk = installation.desk();
    let done = runtime.block_on(deed(&desk));
    for remark in desk.remarks() {
        output.talk(&remark);
    }
    Ok(done?)
}
