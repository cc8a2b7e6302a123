//! Keeping secrets out of everything that is shown or kept: one scrubber that is told of every secret, before every way out.
//!
//! There is one for the whole process ([`known`]), because the log and the messages of a panic are the process's too: they
//! belong to no engine. Several engines in one process tell the same one, so that none of them can show a secret of
//! another. Who wants one of their own makes a [`Scrubber`].
//!
//! What tells it: the stores, the logins of other programs, the configuration and the environment as they are read, a
//! reference when it is followed, a token endpoint's answer before it is used, what is typed or pasted as a secret, and
//! once more whatever goes on the wire as a credential. What asks it: the log, panics, all that the command line prints,
//! replies and drafts, and what a provider says before it is kept.
//!
//! It knows exact values and the forms they are written in. What only looks like a secret is none of its business.

mod forms;
mod index;
mod names;
mod room;
mod scrubber;
mod stream;
mod writer;

use std::borrow::Cow;
use std::sync::LazyLock;

use secrecy::SecretString;

pub(crate) use forms::forms;
pub(crate) use names::{names_a_secret, secrets_in};
pub(crate) use scrubber::PIECE;
pub use scrubber::{REDACTED, Scrubber};
pub(crate) use stream::Stream;
pub use writer::ScrubbingWriter;

static KNOWN: LazyLock<Scrubber> = LazyLock::new(Scrubber::default);

/// The scrubber of this process, which knows the secrets of every installation that was opened in it.
pub fn known() -> &'static Scrubber {
    &KNOWN
}

/// Tells the scrubber of this process: [`Scrubber::learn`].
pub fn learn<'a>(secrets: impl IntoIterator<Item = &'a SecretString>) {
    known().learn(secrets);
}

/// `text` without the secrets that this process knows: [`Scrubber::scrub`].
///
/// A bot that logs what it gets from elsewhere does well to pass it through.
///
/// # Example
///
/// ```
/// use modelpin::redact;
/// use secrecy::SecretString;
///
/// redact::learn([&SecretString::from("sk-test-9c1f7Qz44aab0b8f")]);
/// assert_eq!(redact::scrub("GET /?key=sk-test-9c1f7Qz44aab0b8f"), "GET /?key=[redacted]");
/// ```
pub fn scrub(text: &str) -> Cow<'_, str> {
    known().scrub(text)
}

/// Whether a secret that this process knows stands in `text`: [`Scrubber::contains_secret`].
pub fn contains_secret(text: &str) -> bool {
    known().contains_secret(text)
}
