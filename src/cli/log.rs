//! The log: to standard error, warnings only unless asked.

use std::io;

use tracing::{Level, Subscriber};
use tracing_subscriber::filter::{EnvFilter, FilterExt as _, LevelFilter, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::cli::arguments::{Global, LogFormat};
use crate::cli::failure::Failure;
use crate::redact::ScrubbingWriter;

/// Begins to log as the command line says. One that `serves` unseen tells more by itself.
pub(crate) fn start(global: &Global, serves: bool) -> Result<(), Failure> {
    // A process has one log; whoever embeds the command line may have begun theirs already.
    let _ = subscriber(filter(global, serves)?, global.log_format, io::stderr).try_init();
    Ok(())
}

fn subscriber(
    filter: EnvFilter,
    format: LogFormat,
    writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static,
) -> impl Subscriber + Send + Sync {
    // Below this, libraries write down what goes over the wire: keys are part of it.
    let guarded = filter_fn(|record| record.target().starts_with("modelpin") || *record.level() <= Level::INFO);
    let layer = tracing_subscriber::fmt::layer().with_writer(Scrubbing(writer)).with_ansi(false);
    let layer = match format {
        LogFormat::Text => layer.boxed(),
        LogFormat::Json => layer.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry().with(layer.with_filter(filter.and(guarded)))
}

/// Scrubs each record before it is written, whatever part of it a secret is in.
struct Scrubbing<M>(M);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Scrubbing<M> {
    type Writer = ScrubbingWriter<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        ScrubbingWriter::new(self.0.make_writer())
    }
}

fn filter(global: &Global, serves: bool) -> Result<EnvFilter, Failure> {
    if let Some(asked) = &global.log {
        return asked.parse().map_err(|fault| {
            Failure::Misuse(format!(
                "`{asked}` (--log or MODELPIN_LOG) is no log filter: {fault}. Write a level, or parts such as `warn,modelpin::store=debug`."
            ))
        });
    }
    let (ours, others) = match (global.quiet, global.verbose.max(u8::from(serves))) {
        (true, _) => (LevelFilter::ERROR, LevelFilter::ERROR),
        (false, 0) => (LevelFilter::WARN, LevelFilter::WARN),
        (false, 1) => (LevelFilter::INFO, LevelFilter::WARN),
        (false, 2) => (LevelFilter::DEBUG, LevelFilter::INFO),
        (false, _) => (LevelFilter::TRACE, LevelFilter::INFO),
    };
    // A part is named by the start of its path, so `modelpin` is also the adapters (`modelpin_terminal`).
    Ok(EnvFilter::new(format!("{others},modelpin={ours}")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use clap::Parser as _;
    use secrecy::SecretString;

    use super::{filter, subscriber};
    use crate::cli::arguments::Arguments;
    use crate::redact::learn;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What `work` logs under these arguments.
    fn logged(arguments: &[&str], work: impl FnOnce()) -> String {
        let global = Arguments::try_parse_from(["modelpin"].iter().chain(arguments)).unwrap().global;
        let paper = Paper::default();
        let writer = paper.clone();
        let subscriber = subscriber(filter(&global, false).unwrap(), global.log_format, move || writer.clone());
        tracing::subscriber::with_default(subscriber, work);
        String::from_utf8(paper.0.lock().unwrap().clone()).unwrap()
    }

    /// What is written of one record per level, ours and others'.
    fn written(arguments: &[&str]) -> String {
        let written = logged(arguments, || {
            tracing::warn!(target: "modelpin::turn", "ours-warn");
            tracing::info!(target: "modelpin::turn", "ours-info");
            tracing::debug!(target: "modelpin_terminal", "ours-debug");
            tracing::warn!(target: "hyper", "theirs-warn");
            tracing::info!(target: "hyper", "theirs-info");
            tracing::trace!(target: "hyper", "theirs-trace");
        });
        let words = written.lines().filter_map(|line| line.split(' ').next_back());
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_log_is_quiet_unless_asked() {
        assert_eq!(written(&["-q"]), "");
        assert_eq!(written(&[]), "ours-warn theirs-warn");
        assert_eq!(written(&["-v"]), "ours-warn ours-info theirs-warn");
        assert_eq!(written(&["-vv"]), "ours-warn ours-info ours-debug theirs-warn theirs-info");
    }

    #[test]
    fn no_filter_makes_libraries_write_down_the_wire() {
        assert_eq!(written(&["--log", "trace"]), "ours-warn ours-info ours-debug theirs-warn theirs-info");
        assert_eq!(written(&["--log", "hyper=trace"]), "theirs-warn theirs-info");
    }

    #[test]
    fn a_record_holds_no_secret_wherever_it_stands_in_it() {
        let secret = "sk-test-log-\"6e02\"/b7d1";
        learn([&SecretString::from(secret)]);
        let log = logged(&["--log", "trace"], || {
            let _span = tracing::info_span!(target: "modelpin", "span", field = secret).entered();
            tracing::trace!(target: "modelpin", field = secret, debug = ?secret, "the key {secret} of {:?}", [secret]);
        });
        assert_eq!(log.matches("[redacted]").count(), 5, "{log}");
        assert!(!log.contains("6e02"), "{log}");
    }

    #[test]
    fn a_record_may_be_json() {
        let secret = "sk-test-log-json-9f21c07a";
        learn([&SecretString::from(secret)]);
        let log = logged(&["--log-format", "json"], || {
            tracing::warn!(target: "modelpin::gateway", account = "work", key = secret, "two\nlines");
        });
        let record: serde_json::Value = serde_json::from_str(&log).unwrap();
        assert_eq!((&record["level"], &record["account"]), (&"WARN".into(), &"work".into()), "{record}");
        assert_eq!((&record["message"], &record["key"]), (&"two\nlines".into(), &"[redacted]".into()), "{record}");
        assert!(!log.contains("9f21c07a"), "{log}");
    }

    #[test]
    fn a_filter_that_is_none_is_misuse() {
        let global = Arguments::try_parse_from(["modelpin", "--log", "modelpin=loud"]).unwrap().global;
        assert_eq!(filter(&global, false).unwrap_err().exit(), crate::cli::Exit::Misuse);
    }
}
