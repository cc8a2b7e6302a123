//! modelpin: chat commands that pin the model and the credential of one chat session.

pub mod access;
pub mod agent;
pub mod app;
pub mod catalog;
#[cfg(feature = "cli")]
pub mod cli;
pub mod clock;
pub mod config;
#[cfg(feature = "cli")]
pub mod demo;
pub mod directive;
mod engine;
pub mod health;
pub mod history;
pub mod menu;
pub mod oauth;
pub mod profile;
pub mod provider;
pub mod receipt;
mod reply;
pub mod resolver;
pub mod session;
mod settings;
pub mod store;
mod turn;
