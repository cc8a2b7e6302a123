//! Logging in: how one gets a grant, or a key, from a provider in the first place.
//!
//! A [`LoginClient`] says where that is done, and as whom. An [`Authorization`] is one login with a browser: the address to
//! open, and what is needed to recognise what comes back. [`Grant`] is what a login gives. The way to the provider is
//! [`crate::oauth::TokenHttp`].

mod authorization;
mod client;
mod device;
mod grant;

pub(crate) use authorization::{Authorization, Misread, Returned};
pub(crate) use client::{Gives, LoginClient, NoLogin, logins};
pub(crate) use device::{DeviceLogin, Pace, Polled};
pub(crate) use grant::{Account, Grant};
