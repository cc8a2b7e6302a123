//! The catalogue: what a typed name stands for.

mod problems;
mod profiles;
mod reading;
