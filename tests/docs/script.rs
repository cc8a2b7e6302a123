//! A conversation as text: what was typed, what came back.
//!
//! | line | meaning |
//! | --- | --- |
//! | `> text` | typed; `\` at its end goes on in the next line; `#2` presses the second button of the last menu |
//! | `# text` | a comment |
//! | `== channel=telegram kind=group chat=-100 thread=7 sender=42` | where and by whom the following is typed |
//! | `~~ 5m later` | so much time passes |
//! | anything else | what came back |

/// One part of a conversation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A comment or an empty line.
    Comment(String),
    /// What was typed, without the mark.
    Typed(String),
    /// Where the following is typed, as `field=value` pairs.
    Where(String),
    /// How much time passes.
    Later(String),
}

/// The parts of a conversation without what came back.
pub(crate) fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut lines = text.lines();
    let mut answered = false;
    while let Some(line) = lines.next() {
        if let Some(typed) = line.strip_prefix("> ") {
            let mut message = typed.to_owned();
            while let Some(start) = message.strip_suffix('\\') {
                message = format!("{start}\n{}", lines.next().unwrap_or_default());
            }
            parts.push(Part::Typed(message));
            answered = true;
        } else if let Some(place) = line.strip_prefix("== ") {
            parts.push(Part::Where(place.to_owned()));
            answered = false;
        } else if let Some(time) = line.strip_prefix("~~ ") {
            parts.push(Part::Later(time.to_owned()));
            answered = false;
        } else if line.starts_with("# ") || (line.is_empty() && !answered) {
            parts.push(Part::Comment(line.to_owned()));
            answered = false;
        }
    }
    parts
}

/// The conversation written down again, `answer` giving what comes back to what is typed.
pub(crate) fn written(parts: &[Part], mut answer: impl FnMut(&Part) -> String) -> String {
    let mut text = String::new();
    for part in parts {
        let source = match part {
            Part::Comment(line) => line.clone(),
            Part::Where(place) => format!("== {place}"),
            Part::Later(time) => format!("~~ {time}"),
            Part::Typed(typed) => format!("> {}", typed.replace('\n', "\\\n")),
        };
        text.push_str(&source);
        text.push('\n');
        let came = answer(part);
        if matches!(part, Part::Typed(_)) {
            let lines: Vec<&str> = came.lines().map(str::trim_end).collect();
            text.push_str(lines.join("\n").trim_end());
            text.push_str("\n\n");
        }
    }
    format!("{}\n", text.trim_end())
}

/// Says how `now` differs from what is written in `place`, or writes it there when `MODELPIN_BLESS` is set.
///
/// Writing fails the test as well: what was written wants to be read before it is believed.
pub(crate) fn compare(place: &str, before: &str, now: &str, write: impl FnOnce(&str)) {
    if before == now {
        return;
    }
    if std::env::var_os("MODELPIN_BLESS").is_some() {
        write(now);
        panic!("{place} was written anew: read it, and run the test again");
    }
    let pairs = before.lines().map(Some).chain(std::iter::repeat(None));
    let first = now.lines().zip(pairs).position(|(now, before)| Some(now) != before);
    let line = first.unwrap_or_else(|| now.lines().count());
    let at = |text: &str| text.lines().nth(line).unwrap_or("(the end)").to_owned();
    panic!(
        "{place} differs from line {} on:\n  it says {}\n  it is   {}\n\
         MODELPIN_BLESS=1 writes all of it anew. All of it as it is now:\n{now}",
        line + 1,
        at(before),
        at(now),
    );
}

#[test]
fn what_came_back_is_taken_off_and_put_on_again() {
    let text = "# A talk.\n\n== chat=1\n> /model opus\\\nHi\nset\n\nand said\n\n~~ 5m later\n> bye\nbye\n";
    let parts = parts(text);
    let typed = |text: &str| Part::Typed(text.to_owned());
    assert_eq!(parts.len(), 6, "{parts:?}");
    assert_eq!((&parts[3], &parts[5]), (&typed("/model opus\nHi"), &typed("bye")));
    let mut answers = ["set\n\nand said\n", "bye"].into_iter();
    let again = written(&parts, |part| match part {
        Part::Typed(_) => answers.next().unwrap().to_owned(),
        Part::Comment(_) | Part::Where(_) | Part::Later(_) => String::new(),
    });
    assert_eq!(again, text);
}
