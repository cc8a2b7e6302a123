//! The house rules that a compiler does not know, read from the manifests and the sources.

mod manifests;
mod rules;
mod sources;
