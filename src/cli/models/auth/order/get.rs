//! `modelpin models auth order get`

use crate::catalog::ProviderId;
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::auth::Case;
use crate::cli::models::auth::order::InForce;

/// Prints the order that counts.
pub(crate) fn run(provider: &ProviderId, case: &mut Case<'_>) -> Result<Exit, Failure> {
    case.current()?;
    let order = InForce::of(case, provider);
    if case.global.json {
        case.output.json(&order)?;
    } else {
        case.output.data(&order.text())?;
    }
    if order.effective.is_empty() && order.excluded.is_empty() {
        let add = case.command(&format!("add --provider {provider}"));
        case.output.talk(&format!("There is no credential for {provider}. To store one: {add}"));
    }
    Ok(Exit::Ok)
}
