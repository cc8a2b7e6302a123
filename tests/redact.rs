//! No secret gets out, wherever it comes from and whoever repeats it: canaries in every source, every way out searched.

mod answers;
mod commands;
mod echo;
mod panics;
mod planted;
mod program;
