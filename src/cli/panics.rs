//! What is said when the program itself is at fault.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, Write as _};
use std::panic::{self, PanicHookInfo};
use std::thread;

use crate::redact::scrub;

/// Has every panic of this process told on standard error, by the program called `name`, and without any secret: the words
/// of a panic are made from whatever was at hand.
pub(crate) fn report(name: &str) {
    let name = name.to_owned();
    panic::set_hook(Box::new(move |fault| {
        let told = described(&name, fault);
        // With nobody there to read it, it is lost.
        let _ = writeln!(io::stderr(), "{}", scrub(&told));
    }));
}

fn described(name: &str, fault: &PanicHookInfo<'_>) -> String {
    let place = fault.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let words = modelpin_terminal::visible(fault.payload_as_str().unwrap_or("(no words)"));
    let thread = thread::current();
    let thread = thread.name().unwrap_or("unnamed");
    let version = env!("CARGO_PKG_VERSION");
    let mut told = format!(
        "{name}: a fault of the program itself, at {place}, in thread {thread}: {words}\n\
         What was confirmed is kept, and other chats go on. Please report these lines (modelpin {version}); with \
         RUST_BACKTRACE=1 they say more. If the program ended, start it again."
    );
    // Functions and lines, no values.
    let way = Backtrace::capture();
    if way.status() == BacktraceStatus::Captured {
        told = format!("{told}\n{way}");
    }
    told
}
