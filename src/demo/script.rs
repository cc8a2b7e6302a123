//! What the loopback provider answers with, where it does more than talk.

use std::time::Duration;

use crate::demo::faults::Effect;

/// One scripted answer.
#[derive(Debug, Clone)]
pub struct Script {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) delay: Duration,
    pub(crate) body: Body,
    pub(crate) times: Option<u32>,
}

/// What follows the head.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// The usual answer, or this text in its place, as a stream.
    Talk(Option<String>),
    /// The same as one JSON value, as servers do that cannot stream.
    Json,
    /// The error that belongs to the status, in the shape of the wire format.
    Error,
    /// The refusal of credentials that are for another client.
    ClientOnly,
    /// The beginning of the usual answer, then an error within the stream.
    Cut,
    /// Nothing, not even a head.
    Hang,
    /// Exactly these bytes, chunk by chunk.
    Raw(Vec<Vec<u8>>, End),
}

/// What follows the last chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The proper end of the body.
    Close,
    /// Nothing: the connection stays open.
    Hang,
    /// The connection breaks.
    Break,
}

impl Script {
    fn new(status: u16, body: Body) -> Self {
        Self { status, headers: Vec::new(), delay: Duration::ZERO, body, times: None }
    }

    /// The usual answer.
    pub fn ok() -> Self {
        Self::new(200, Body::Talk(None))
    }

    /// This text, streamed.
    pub fn says(text: &str) -> Self {
        Self::new(200, Body::Talk(Some(text.to_owned())))
    }

    /// The usual answer as one JSON value.
    pub fn json() -> Self {
        Self::new(200, Body::Json)
    }

    /// An error with this status, in the true shape of the wire format.
    pub fn status(status: u16) -> Self {
        Self::new(status, Body::Error)
    }

    /// That the credential is for its provider's own client only.
    pub fn client_only() -> Self {
        Self::new(400, Body::ClientOnly)
    }

    /// The beginning of an answer, then an error within the stream.
    pub fn cut() -> Self {
        Self::new(200, Body::Cut)
    }

    /// Nothing at all.
    pub fn hang() -> Self {
        Self::new(200, Body::Hang)
    }

    /// These bytes, chunk by chunk, under this content type.
    pub fn raw(status: u16, content_type: &str, chunks: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        let chunks = chunks.into_iter().map(Into::into).collect();
        Self::new(status, Body::Raw(chunks, End::Close)).header("content-type", content_type)
    }

    /// With this response header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The head comes so much later.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Only for the next `times` requests that it fits.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// After the last chunk of [`Script::raw`], nothing more comes and the connection stays open.
    #[must_use]
    pub fn then_hang(self) -> Self {
        self.ending(End::Hang)
    }

    /// After the last chunk of [`Script::raw`], the connection breaks.
    #[must_use]
    pub fn then_break(self) -> Self {
        self.ending(End::Break)
    }

    fn ending(mut self, end: End) -> Self {
        if let Body::Raw(_, own) = &mut self.body {
            *own = end;
        }
        self
    }
}

impl From<Effect> for Script {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Status { status, retry_after: None } => Self::status(status),
            Effect::Status { status, retry_after: Some(seconds) } => {
                Self::status(status).header("retry-after", &seconds.to_string())
            }
            Effect::Hang => Self::hang(),
            Effect::Cut => Self::cut(),
            Effect::ClientOnly => Self::client_only(),
        }
    }
}
