//! Secrets in plain text: whether a message holds what looks like a vendor's key, or a secret that is known here.
//!
//! People paste keys into chats. A message with one in it must not reach a model, whose vendor would then have it, and
//! must not be kept. What a key looks like is a table with one row per vendor; what merely begins like one, such as a
//! placeholder or a model's name, is let through.
//!
//! # Example
//!
//! ```
//! use modelpin::keyshape::shape_in;
//!
//! let shape = shape_in("export GROQ_API_KEY=gsk_1nVeNt3d0nLyF0rTh1sEx4mpL30fAd0cTe5t").map(|shape| shape.name);
//! assert_eq!(shape, Some("a Groq API key"));
//! assert!(shape_in("put gsk_<your key> there, or sk-...").is_none());
//! ```

mod chance;
mod reading;
mod shape;
mod table;

use crate::keyshape::reading::readings;

pub use shape::Shape;

/// What makes a message one that is not to be passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// Something with the shape of a vendor's secret.
    Shaped(&'static Shape),
    /// A secret that is known by its value.
    Known,
}

/// The shape of the first secret in `text`, by the order of the table.
///
/// It is also found where it was wrapped over several lines, and where it was typed or pasted with full-width or
/// invisible characters. Any text is looked through in a time that grows with its length alone.
pub fn shape_in(text: &str) -> Option<&'static Shape> {
    table::first_in(&readings(text))
}

/// [`shape_in`], else whether `is_secret` knows something in the text by its value.
pub(crate) fn secret_in(text: &str, is_secret: impl Fn(&str) -> bool) -> Option<Found> {
    let readings = readings(text);
    let is_known = || is_secret(text) || readings.iter().any(|reading| is_secret(reading));
    table::first_in(&readings).map(Found::Shaped).or_else(|| is_known().then_some(Found::Known))
}

#[cfg(test)]
mod tests;
