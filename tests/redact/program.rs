//! The real program at its most talkative, with a provider that repeats every secret it has heard of.

use std::fs::File;
use std::io::Write as _;
use std::process::{Command, Stdio};

use modelpin::demo::{LoopbackProvider, Script};
use serde_json::{Value, json};

use crate::redact::echo::{broken_off, forms, refusal, streamed};
use crate::redact::planted::{Planted, canary};

/// What came of `lines` on the program's standard input.
struct Run {
    out: String,
    err: String,
}

/// Runs the program to its end. Its log goes to a file: there is more of it than a pipe holds.
fn run(planted: &Planted, arguments: &[&str], input: &str) -> Run {
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut command: Command = planted.program();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(File::create(log.path()).unwrap());
    let mut child = command.spawn().unwrap();
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_owned());
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()).unwrap());
    let out = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let err = std::fs::read_to_string(log.path()).unwrap();
    assert!(out.status.success(), "{arguments:?}: {err}");
    Run { out: String::from_utf8(out.stdout).unwrap(), err }
}

/// One JSON object a line, as the script channel takes them.
fn lines(messages: &[&str]) -> String {
    raw(&messages.iter().map(|text| json!({ "text": text })).collect::<Vec<_>>())
}

fn raw(objects: &[Value]) -> String {
    objects.iter().fold(String::new(), |lines, object| format!("{lines}{object}\n"))
}

const LOUD: [&str; 3] = ["-vvv", "--log", "trace"];

/// The scripts, each for one request, after so many usual answers.
fn script(
    server: &LoopbackProvider,
    usual: u32,
    scripts: impl IntoIterator<Item = Script, IntoIter: DoubleEndedIterator>,
) {
    // What was scripted last counts first.
    for script in scripts.into_iter().rev() {
        server.script(None, None, script.times(1));
    }
    server.script(None, None, Script::ok().times(usual));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_at_its_most_talkative_hears_no_canary_whoever_repeats_it() {
    let server = LoopbackProvider::builder().start().await.unwrap();
    let planted = Planted::new(|provider| server.base_url(provider));
    let (leaks, all) = (Planted::leaks(), Planted::canaries());
    let (text, plain) = (forms(&all), all.join(" "));
    let scripts = [
        streamed(&text, 7),
        streamed(&text, 1_000_000),
        broken_off(&all[0], 20),
        refusal(403, "permission_error", &format!("{}{plain}", "x".repeat(190)), &all[1]),
        refusal(400, "invalid_request_error", &plain, &all[2]),
        refusal(401, "authentication_error", &plain, &all[3]),
    ];
    let mut messages = Planted::fetch();
    let usual = messages.iter().filter(|message| **message == "hello").count();
    let asked = scripts.len();
    for _ in 0..asked {
        // A new pin is one request, whatever happened to the one before.
        messages.extend(["/model opus@work", "say it"]);
    }
    script(&server, u32::try_from(usual).unwrap(), scripts);
    messages.extend(["/model", "/model list", "/model status", "/model why", "/whoami", "/new"]);
    let mut input = lines(&messages);
    for canary in Planted::canaries() {
        input += &lines(&[&format!("/model {canary}"), &format!("/model opus@{canary}")]);
        input += &raw(&[json!({"sender": [canary]}), json!({"text": "x", "kind": canary}), json!({canary: 1})]);
    }
    let run = run(&planted, &[&["chat", "--jsonl"], &LOUD[..]].concat(), &input);
    assert_eq!(server.seen().len(), usual + asked, "{}", run.out);
    assert!(run.err.contains("INFO modelpin"), "the log is on: {}", run.err);
    assert!(run.out.contains("Well, they are:\\n[redacted] ."), "it was said: {}", run.out);
    leaks.assert_none_in("standard output", &run.out);
    leaks.assert_none_in("the log", &run.err);
    planted.assert_clean(&leaks);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nor_does_a_person_who_watches_an_answer_being_written() {
    let server = LoopbackProvider::builder().start().await.unwrap();
    let planted = Planted::new(|provider| server.base_url(provider));
    let leaks = Planted::leaks();
    let text = forms(&Planted::canaries());
    let mut messages = Planted::fetch();
    let usual = messages.iter().filter(|message| **message == "hello").count();
    script(&server, u32::try_from(usual).unwrap(), [streamed(&text, 5), broken_off(&canary("store: key"), 20)]);
    messages.extend(["say it", "again", ""]);
    let run = run(&planted, &[&["chat"], &LOUD[..]].concat(), &messages.join("\n"));
    assert_eq!(server.seen().len(), usual + 2, "{}", run.out);
    assert!(run.out.contains("Well, they are:\n[redacted] .") && run.out.contains("(cut off"), "{}", run.out);
    leaks.assert_none_in("standard output", &run.out);
    leaks.assert_none_in("the log", &run.err);
    planted.assert_clean(&leaks);
}
