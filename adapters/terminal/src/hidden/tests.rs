#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use super::{Step, Typing};

/// What is read of `bytes`, and how many of them it took.
fn typed(bytes: &[u8]) -> (Option<String>, usize) {
    let mut typing = Typing::default();
    for (at, byte) in bytes.iter().enumerate() {
        match typing.take(*byte) {
            Step::More => {}
            Step::Done => return (Some(String::from_utf8(typing.answer).unwrap()), at + 1),
            Step::GivenUp => return (None, at + 1),
        }
    }
    panic!("no end in {bytes:?}")
}

#[test]
fn a_line_is_an_answer() {
    assert_eq!(typed(b"secret\rmore\r"), (Some("secret".to_owned()), 7));
    assert_eq!(typed("sé\u{7f}ecret\n".as_bytes()).0.as_deref(), Some("secret"));
    assert_eq!(typed(b"wrong\x15right\r").0.as_deref(), Some("right"));
    assert_eq!(typed(b"ab\x1b[D\x1b[3~\x1bOPc\x04").0.as_deref(), Some("abPc"));
}

#[test]
fn a_paste_over_several_lines_is_one_answer() {
    assert_eq!(typed(b"\x1b[200~first\r\nsecond\r\x1b[201~\r").0.as_deref(), Some("first\r\nsecond\r"));
}

#[test]
fn a_person_can_give_up() {
    for bytes in [&b"half\x03"[..], b"\x04"] {
        assert_eq!(typed(bytes).0, None);
    }
}

#[cfg(unix)]
#[test]
fn nothing_is_shown_on_a_terminal_and_the_rest_is_thrown_away() {
    use std::fs::File;
    use std::io::{Read as _, Write as _};

    use nix::sys::termios::{LocalFlags, tcgetattr};

    let pair = nix::pty::openpty(None, None).unwrap();
    let (mut person, tty) = (File::from(pair.master), File::from(pair.slave));
    let program = std::thread::spawn(move || {
        let answer = super::unix::read(&tty, "API key: ").unwrap();
        let echoes = tcgetattr(&tty).unwrap().local_flags.contains(LocalFlags::ECHO);
        (answer, echoes, tty)
    });
    // The prompt is there when the terminal hides: what is typed before that is thrown away.
    let mut shown = Vec::new();
    while !shown.ends_with(b"API key: ") {
        let mut byte = [0];
        person.read_exact(&mut byte).unwrap();
        shown.push(byte[0]);
    }
    person.write_all(b"sk-test-0123456789\rrest").unwrap();
    let (answer, echoes, tty) = program.join().unwrap();
    assert_eq!(answer.as_deref(), Some(b"sk-test-0123456789".as_slice()));
    assert!(echoes, "the terminal is as it was");
    drop(tty);
    let mut after = Vec::new();
    // The other side is gone, which a pseudo-terminal reports as a fault.
    let _ = person.read_to_end(&mut after);
    assert!(!String::from_utf8_lossy(&after).contains("sk-test"), "{after:?}");
}
