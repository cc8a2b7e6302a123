#![allow(clippy::disallowed_methods, reason = "a test lays out the files and the environment that it needs")]

mod catalog;
mod config;
