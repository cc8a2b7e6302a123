//! Reading lines whose length somebody else decides.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _};

/// The longest line that is read, in bytes: 1 MiB.
pub(crate) const LONGEST: usize = 1024 * 1024;

/// One line of input.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Its bytes, without the line feed and a carriage return before it.
    Bytes(Vec<u8>),
    /// It was longer than [`LONGEST`] and has been passed over to its end.
    TooLong,
}

/// Reads up to the next line feed, or to the end of the input; `None` where nothing is left.
pub(crate) async fn next_line(input: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    let mut any = false;
    let mut too_long = false;
    loop {
        let available = match input.fill_buf().await {
            Ok(available) => available,
            Err(fault) if fault.kind() == io::ErrorKind::Interrupted => continue,
            Err(fault) => return Err(fault),
        };
        if available.is_empty() {
            break;
        }
        any = true;
        let end = available.iter().position(|byte| *byte == b'\n');
        let part = &available[..end.unwrap_or(available.len())];
        if line.len() + part.len() > LONGEST {
            too_long = true;
            line = Vec::new();
        }
        if !too_long {
            line.extend_from_slice(part);
        }
        let used = part.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            break;
        }
    }
    if too_long {
        return Ok(Some(Line::TooLong));
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(any.then_some(Line::Bytes(line)))
}

#[cfg(test)]
mod tests {
    use tokio::io::BufReader;

    use super::{LONGEST, Line, next_line};

    async fn all(input: &[u8], buffer: usize) -> Vec<Line> {
        let mut input = BufReader::with_capacity(buffer, input);
        let mut lines = Vec::new();
        while let Ok(Some(line)) = next_line(&mut input).await {
            lines.push(line);
        }
        lines
    }

    fn bytes(text: &str) -> Line {
        Line::Bytes(text.as_bytes().to_vec())
    }

    #[tokio::test]
    async fn lines_end_with_a_line_feed_or_with_the_input() {
        for buffer in [1, 3, 64] {
            assert_eq!(all(b"one\r\n\ntwo", buffer).await, [bytes("one"), bytes(""), bytes("two")]);
            assert_eq!(all(b"", buffer).await, []);
            assert_eq!(all(b"\n", buffer).await, [bytes("")]);
        }
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_passed_over_whole() {
        let longest = vec![b'x'; LONGEST];
        let mut input = longest.clone();
        input.extend_from_slice(b"\n");
        input.extend_from_slice(&longest);
        input.extend_from_slice(b"x\nafter\n");
        assert_eq!(all(&input, 8192).await, [Line::Bytes(longest), Line::TooLong, bytes("after")]);
    }
}
