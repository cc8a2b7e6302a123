//! Lines from a pipe or a file.

use modelpin_chat::BoxFuture;
use tokio::io::AsyncBufRead;

use crate::interactive::{Lines, Typed};
use crate::lines::{Line, next_line};

/// Reads messages as they come; a line that ends in `\` goes on in the next one, as it does at the prompt.
pub(crate) struct PlainLines<R>(R);

impl<R> PlainLines<R> {
    pub(crate) fn new(input: R) -> Self {
        Self(input)
    }
}

impl<R: AsyncBufRead + Unpin + Send> Lines for PlainLines<R> {
    fn next<'a>(&'a mut self, _prompt: &'a str) -> BoxFuture<'a, Typed> {
        Box::pin(async move {
            let mut message = String::new();
            loop {
                let line = match next_line(&mut self.0).await {
                    Ok(Some(Line::Bytes(bytes))) => bytes,
                    Ok(Some(Line::TooLong)) => {
                        return Typed::Notice("A line longer than 1 MiB was passed over.".to_owned());
                    }
                    Ok(None) if message.is_empty() => return Typed::End,
                    Ok(None) => return Typed::Message(message),
                    Err(fault) => return Typed::Failed(fault),
                };
                let Ok(line) = String::from_utf8(line) else {
                    return Typed::Notice("A line that is not UTF-8 was passed over.".to_owned());
                };
                match line.strip_suffix('\\') {
                    Some(start) => {
                        message.push_str(start);
                        message.push('\n');
                    }
                    None => return Typed::Message(message + &line),
                }
            }
        })
    }

    /// Nothing is remembered here.
    fn forget(&mut self) {}

    fn edits(&self) -> bool {
        false
    }
}
