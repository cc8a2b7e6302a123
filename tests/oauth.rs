//! Renewing OAuth grants, against an identity provider with refresh tokens that are good for one use.

pub(crate) mod claude_code;
mod crash;
mod outsiders;
mod processes;
pub(crate) mod rig;
mod sealed;
mod stores;
mod trouble;
mod turns;
