//! How deep a text is nested: told before it is read by what calls itself for each level.

/// Where `text`, which is to be JSON5, opens more than `most` objects and lists within each other; in bytes.
pub(crate) fn too_deep(text: &str, most: usize) -> Option<usize> {
    let mut deep = 0_usize;
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' | '\'' => {
                // To its end; what is escaped ends nothing.
                while let Some((_, inside)) = characters.next().filter(|(_, inside)| *inside != c) {
                    if inside == '\\' {
                        characters.next();
                    }
                }
            }
            '/' => match characters.peek() {
                Some((_, '/')) => {
                    while characters.next_if(|(_, c)| !['\n', '\r', '\u{2028}', '\u{2029}'].contains(c)).is_some() {}
                }
                Some((_, '*')) => {
                    characters.next();
                    while let Some((_, c)) = characters.next() {
                        if c == '*' && characters.next_if(|(_, c)| *c == '/').is_some() {
                            break;
                        }
                    }
                }
                Some(_) | None => {}
            },
            '{' | '[' => {
                deep += 1;
                if deep > most {
                    return Some(at);
                }
            }
            '}' | ']' => deep = deep.saturating_sub(1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::too_deep;

    #[test]
    fn only_what_opens_something_counts() {
        for (text, at) in [
            ("{a: [1], b: {}}", None),
            ("[[[]]]", Some(2)),
            ("{a: '[[[', b: \"{{\\\"{\"}", None),
            ("{a: 'it\\'s', b: [[", Some(17)),
            ("{ // [[[\n /* {{{ **/ a: [] }", None),
            ("{ // ]]\n a: [ /* ] */ [", Some(22)),
            ("'[[[", None),
            ("", None),
        ] {
            assert_eq!(too_deep(text, 2), at, "{text}");
        }
    }
}
