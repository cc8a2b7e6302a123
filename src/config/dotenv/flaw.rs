//! What is wrong with a line of a `.env`.

use std::fmt;

/// A line of a `.env` that is not as it should be. What stands in it is not said, since it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DotenvFlaw {
    /// Its number, the first being 1; that of the first line where a value spans several.
    pub line: usize,
    /// What is wrong.
    pub trouble: DotenvTrouble,
}

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DotenvTrouble {
    /// It sets no variable, and is no comment.
    NoVariable,
    /// The value begins with a quote that is never closed. The quote is then part of the value.
    OpenQuote,
    /// Something stands behind the closing quote. It is left out.
    AfterQuote,
}

impl fmt::Display for DotenvFlaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.trouble {
            DotenvTrouble::NoVariable => "sets nothing and is passed over: write NAME=value, or a # before a comment",
            DotenvTrouble::OpenQuote => {
                "a quote is not closed, so it counts as part of the value: close it or take it off"
            }
            DotenvTrouble::AfterQuote => {
                "what stands behind the closing quote is left out: put it inside, or a # before it"
            }
        };
        write!(f, "line {}: {what}", self.line)
    }
}
