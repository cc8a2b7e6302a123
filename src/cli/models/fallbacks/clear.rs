//! `modelpin models fallbacks clear`

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::call::Call;
use crate::cli::models::fallbacks::Written;

/// Empties the list. An agent's own empty one counts, too: that agent goes on with nobody.
pub(crate) fn run(call: &mut Call<'_>) -> Result<Exit, Failure> {
    let edited = call.edit(|draft| {
        let (key, mut written) = Written::of(draft, call)?;
        if written.agent.is_some() || !written.fallbacks.is_empty() {
            written.fallbacks.clear();
            written.put(draft, &key)?;
        }
        Ok(written)
    })?;
    Written::report(edited, call)
}
