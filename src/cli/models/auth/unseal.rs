//! `modelpin models auth unseal`

use clap::Args;

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::auth::Case;
use crate::cli::models::auth::conversion::Conversion;
use crate::cli::open::again;
use crate::profile::SealWith;

/// Write the secrets in the store as they are again, readable for other programs
#[derive(Debug, Args)]
pub(crate) struct Unseal {}

/// Unseals every file of the agent, and says what has to be configured so that it stays that way.
pub(crate) fn run(unseal: &Unseal, case: &mut Case<'_>) -> Result<Exit, Failure> {
    let Unseal {} = unseal;
    let store = case.installation.auth_store();
    if store.is_in_vault() {
        let export = again(case.global, case.invoked_as, "store export --unsealed FILE");
        return Err(Failure::Misuse(format!(
            "what is kept in a database is always sealed, so nothing was changed. For a file with the secrets as they are: {export}"
        )));
    }
    let with = store.sealing().with();
    let mut conversion = Conversion::new("unseal", with);
    conversion.run(store.files(), |origin| store.unseal(origin));
    let config = case.installation.places().config_path.display();
    conversion.note = with.map(|with: SealWith| {
        format!("`auth.seal` is \"{with}\" in {config}: take it out, or what is stored from now on is sealed again")
    });
    conversion.say(case)
}
