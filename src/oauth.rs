//! Renewing OAuth grants: one refresh per grant at a time, among all tasks and all processes.
//!
//! A refresh token may be good for one use only, so whoever uses it must be alone, and must have its successor on disk
//! before the new access token is used. [`TokenEndpoint`] says where and how a grant is renewed, [`TokenServer`] is the way
//! there, and [`Refresher`] is the only one who goes it: it looks at the grant's home before and after, takes what somebody
//! else has renewed meanwhile, and writes only over the very refresh token that it used. Home is the store that has the
//! profile; Claude Code's login is at home in Claude Code's own file, and is renewed only where the person opted in.
//!
//! A grant whose refresh token is refused "needs login". That, and how long to leave a failing endpoint alone, is noted
//! among the benches under the fingerprint of the refresh token: every process sees it, and a new login starts clean.

mod alone;
mod endpoint;
mod fault;
mod flight;
mod home;
mod http;
mod known;
mod lock;
#[cfg(feature = "cli")]
pub(crate) mod login;
mod refresher;
mod rest;
mod server;
mod verdict;

pub use endpoint::{NoRenewal, TokenEndpoint, login_command};
pub use fault::RenewalFault;
pub use http::TokenHttp;
pub use refresher::Refresher;
pub use rest::resting;
pub use server::{TokenFault, TokenRequest, TokenServer, Tokens};
pub use verdict::Verdict;
