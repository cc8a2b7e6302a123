//! Setting one variable in the text of a `.env`, and leaving every other line alone.

use crate::config::dotenv::{lines, variables};

/// The variable cannot be set there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Misfit {
    /// There is no way to write the value that every reader of the file reads alike.
    #[error("the value holds quotes, backslashes or line ends that a `.env` cannot hold")]
    Value,
    /// The file would say something else in other lines: a quote in it is not closed.
    #[error("a quote in it is not closed, so that nothing can be added; mend it by hand")]
    Unclosed,
}

/// `text` with `value` for `name`; `None` where it says so already.
///
/// The line that counts is changed where it is, and keeps its `export`; a comment behind the value moves to a line of its
/// own, for systemd would read it as part of the value. A new variable is one line more at the end.
///
/// # Errors
///
/// [`Misfit`].
pub(crate) fn put(text: &str, name: &str, value: &str) -> Result<Option<String>, Misfit> {
    let present = lines(text);
    let line = present.iter().rev().find(|line| line.name == name);
    if line.is_some_and(|line| line.value == value) {
        return Ok(None);
    }
    let written = written(value)?;
    let changed = if let Some(line) = line {
        let before = &text[line.whole.start..line.written.start];
        let after = text[line.written.end..line.whole.end].trim();
        let line_end = if text[line.whole.clone()].ends_with('\r') { "\r" } else { "" };
        let comment = if after.starts_with('#') { format!("{after}{line_end}\n") } else { String::new() };
        format!("{}{comment}{before}{written}{line_end}{}", &text[..line.whole.start], &text[line.whole.end..])
    } else {
        let line_end = if text.ends_with("\r\n") { "\r\n" } else { "\n" };
        let gap = if text.is_empty() || text.ends_with('\n') { "" } else { line_end };
        format!("{text}{gap}{name}={written}{line_end}")
    };
    let mut expected: Vec<(String, String)> = variables(text);
    match expected.iter_mut().rev().find(|(known, _)| known == name) {
        Some((_, known)) => value.clone_into(known),
        None => expected.push((name.to_owned(), value.to_owned())),
    }
    if variables(&changed) == expected { Ok(Some(changed)) } else { Err(Misfit::Unclosed) }
}

/// `value` in the form that this program, the family and systemd's `EnvironmentFile=` read alike.
fn written(value: &str) -> Result<String, Misfit> {
    let plain = |c: char| c.is_ascii_graphic() && !['#', '\\', '"', '\'', '`', '$'].contains(&c);
    if value.chars().all(plain) {
        return Ok(value.to_owned());
    }
    // Line ends of other systems are made one of ours while reading, and zero bytes end everything.
    if value.contains(['\r', '\0', '\\']) {
        return Err(Misfit::Value);
    }
    if !value.contains('\'') {
        Ok(format!("'{value}'"))
    } else if !value.contains(['"', '$', '`']) {
        Ok(format!("\"{value}\""))
    } else {
        Err(Misfit::Value)
    }
}

/// The variables in `text` that systemd would read as something else than this program does: comments behind values,
/// backslashes, back quotes. (Lines with `export` it does not read at all, and then ours counts.)
pub(crate) fn read_otherwise_by_systemd(text: &str) -> Vec<String> {
    let present = lines(text);
    let odd = present.iter().filter(|line| {
        let written = &text[line.written.clone()];
        let exported = text[line.whole.start..].trim_start().starts_with("export");
        let commented = text[line.written.end..line.whole.end].trim_start().starts_with('#');
        !exported && (commented || written.starts_with('`') || (!written.starts_with('\'') && written.contains('\\')))
    });
    odd.map(|line| line.name.clone()).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::{Misfit, put, read_otherwise_by_systemd};
    use crate::config::dotenv::variables;

    #[rstest]
    #[case::nothing_there("", "T=new\n")]
    #[case::no_line_end("A=1", "A=1\nT=new\n")]
    #[case::a_blank_line_stays_one("A=1\n\n", "A=1\n\nT=new\n")]
    #[case::in_its_place("# mine\nT=old\nB=2\n", "# mine\nT=new\nB=2\n")]
    #[case::the_last_one_counts("T=1\nT=2\n", "T=1\nT=new\n")]
    #[case::export_stays("  export T = 'o#ld'\n", "  export T = new\n")]
    #[case::a_comment_moves("T=old  # mine\nB=2", "# mine\nT=new\nB=2")]
    #[case::over_several_lines("T=\"a\nb\"\nB=2\n", "T=new\nB=2\n")]
    #[case::other_line_ends("A=1\r\nT=old\r\nB=2\r\n", "A=1\r\nT=new\r\nB=2\r\n")]
    #[case::other_line_ends_at_the_end("A=1\r\n", "A=1\r\nT=new\r\n")]
    #[case::a_mark_at_the_beginning("\u{feff}T=old\n", "\u{feff}T=new\n")]
    fn one_line_changes(#[case] before: &str, #[case] after: &str) {
        assert_eq!(put(before, "T", "new").unwrap().as_deref(), Some(after));
        assert_eq!(put(after, "T", "new"), Ok(None));
    }

    #[rstest]
    #[case("a b#c", "T='a b#c'\n")]
    #[case("it's", "T=\"it's\"\n")]
    #[case("", "T=\n")]
    #[case("$HOME", "T='$HOME'\n")]
    fn a_value_is_quoted_where_it_has_to_be(#[case] value: &str, #[case] written: &str) {
        assert_eq!(put("", "T", value).unwrap().as_deref(), Some(written));
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        assert_eq!(put("", "T", "'\""), Err(Misfit::Value));
        assert_eq!(put("", "T", "a\\"), Err(Misfit::Value));
        // The quote of the new line would close the one that is open above it.
        assert_eq!(put("A='open\n", "T", "two words"), Err(Misfit::Unclosed));
    }

    #[test]
    fn what_systemd_reads_otherwise_is_named() {
        let text = "A=1\nB=2 # two\nC='a\\b'\nD=a\\b\nE=`x`\nexport F=1 # six\n";
        assert_eq!(read_otherwise_by_systemd(text), ["B", "D", "E"]);
    }

    proptest! {
        #[test]
        fn what_is_put_is_read_and_nothing_else_changes(
            text in "([ \t]?(export )?[A-C]{0,2} ?= ?['\"`]?[a-z#\\\\ '\"]{0,6}['\"`]?( #x)?\r?\n|\n|#[ -~]{0,5}\n){0,6}",
            value in "[ -~\n\u{e4}]{0,12}",
        ) {
            if let Ok(Some(changed)) = put(&text, "A", &value) {
                let counts = |text: &str, name: &str| {
                    variables(text).into_iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
                };
                prop_assert_eq!(counts(&changed, "A"), Some(value.clone()));
                let others = |text: &str| {
                    variables(text).into_iter().filter(|(name, _)| name != "A").collect::<Vec<_>>()
                };
                prop_assert_eq!(others(&changed), others(&text));
                prop_assert_eq!(put(&changed, "A", &value), Ok(None));
            }
        }

        #[test]
        fn any_token_can_be_put_and_is_read(value in "[!-&(-\\[\\]-~]{1,80}") {
            let changed = put("# mine\n", "TOKEN", &value).unwrap().unwrap();
            prop_assert_eq!(variables(&changed), [("TOKEN".to_owned(), value)]);
        }
    }
}
