//! Programs on several machines, with one database for all of them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::thread;

use modelpin::demo::{LoopbackProvider, Seen};
use modelpin::profile::ProfileId;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::cli::support::{Chat, Home, SECRETS, family, nowhere, provider};
use crate::support::leaks::Leaks;
use crate::support::postgres::{PASSWORD, Server, database};

const BOB: &str = "agent:main:telegram:default:dm:43";

/// A machine: a state directory of its own, and the database of all.
pub(crate) fn machine(url: &str, base_url: impl Fn(&str) -> String) -> Home {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", base_url);
    let config = home.state().join("modelpin.json");
    let text = std::fs::read_to_string(&config).unwrap();
    let store = json!({ "url": url });
    std::fs::write(&config, text.replacen('{', &format!("{{ store: {store},"), 1)).unwrap();
    home
}

#[test]
fn what_is_pinned_on_one_machine_is_pinned_on_all() {
    let Some(database) = database() else { return };
    let url = database.url();
    let (one, other) = (machine(url.expose_secret(), nowhere), machine(url.expose_secret(), nowhere));
    let mut said = String::new();
    // Looking is no reason to make anything.
    one.run(&["models", "status"]);
    let made = "SELECT count(*)::TEXT FROM information_schema.schemata WHERE schema_name = 'modelpin'";
    assert_eq!(database.ask(made), Some("0".to_owned()));
    let pinned = one.json(&["sessions", "pin", BOB, "opus@spare"]);
    assert_eq!(pinned["profile"], "anthropic:spare");
    for arguments in [
        &["sessions", "show", BOB][..],
        &["sessions", "list"],
        &["models", "status"],
        &["models", "status", "--json"],
        &["audit"],
        &["usage"],
        &["doctor"],
        &["-v", "models", "auth", "disable", "work"],
    ] {
        let ended = other.run(arguments);
        // 78: there is something to be mended, with what the family has left.
        assert!(ended.code < 64 || ended.code == 78, "{arguments:?}: {} {}", ended.code, ended.err);
        said.push_str(&(ended.out + &ended.err));
    }
    assert!(said.contains("anthropic/claude-opus-4-6 with anthropic:spare"), "{said}");
    let refused = one.run(&["sessions", "pin", BOB, "opus@work"]);
    assert!(refused.err.contains("switched off"), "{}", refused.err);
    assert_eq!(one.run(&["audit", "--verify"]).code, 0);
    assert_eq!(database.ask("SELECT count(*)::TEXT FROM modelpin.audit"), Some("2".to_owned()));
    database.execute("DELETE FROM modelpin.audit WHERE number = 1");
    let found = other.run(&["audit", "--verify"]);
    assert_eq!((found.code, found.out.as_str()), (78, "row 1 is missing\n"));
    for home in [&one, &other] {
        assert!(!home.state().join("modelpin.sqlite").exists(), "nothing is kept in two places");
    }
    Leaks::of(SECRETS.map(|(_, secret)| secret).into_iter().chain([PASSWORD])).assert_none_in("what is printed", said);
}

#[test]
fn while_it_is_away_nothing_is_confirmed_and_nobody_else_answers() {
    // Bound and let go: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let home = machine(&format!("postgres://ann:{PASSWORD}@127.0.0.1:{port}/bot"), nowhere);
    let mut said = String::new();
    let mut chat = home.chat(None, &[]);
    for text in ["/model opus@spare", "/model", "hello"] {
        let told = chat.says(text);
        assert!(told.contains(&format!("postgres://127.0.0.1:{port}/bot cannot be reached")), "{text}: {told}");
        said.push_str(&told);
    }
    said.push_str(&chat.err());
    assert_eq!(chat.end(), 0);
    for (arguments, code) in [
        (&["sessions", "list"][..], 70),
        (&["sessions", "pin", BOB, "opus"], 70),
        (&["models", "status", "--check"], 65),
    ] {
        let ended = home.run(arguments);
        assert_eq!(ended.code, code, "{arguments:?}: {}", ended.err);
        assert!(
            (ended.out.clone() + &ended.err).contains("cannot be reached"),
            "{arguments:?}: {} {}",
            ended.out,
            ended.err
        );
        said.push_str(&(ended.out + &ended.err));
    }
    Leaks::of([PASSWORD]).assert_none_in("what is said", said);
}

/// The database ends in the middle of a conversation and comes back: what was last known is shown, and said to be that;
/// nothing is confirmed, no message is sent; and it goes on by itself, with what was confirmed.
#[test]
fn a_conversation_goes_on_when_the_database_is_back() {
    let Some(mut database) = Server::start(&["-c", "fsync=on"]) else { return };
    if !database.is_private() {
        println!("SKIPPED: the server that was given is not ended");
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = runtime.block_on(provider().start()).unwrap();
    let home = machine(&database.url("postgres"), |provider| server.base_url(provider));
    let mut chat = home.chat(None, &[]);
    assert!(chat.says("/model opus@spare").contains("anthropic:spare"));
    chat.says("hello");
    let answered = server.count();

    database.kill();
    for text in ["/model", "/model status", "/model list"] {
        let shown = chat.says(text);
        assert!(shown.contains("so what was last known is shown and no message is sent"), "{text}: {shown}");
    }
    assert!(chat.says("/model status").contains("anthropic:spare"));
    for (text, undone) in [("/model opus@work", "saved"), ("/model default", "saved"), ("hello again", "sent")] {
        let refused = chat.says(text);
        assert!(refused.contains("cannot be reached") && refused.contains(undone), "{text}: {refused}");
    }
    assert_eq!(server.count(), answered, "a message was sent");

    database.restart();
    chat.says("and now?");
    let seen = server.seen().pop().unwrap();
    assert_eq!(seen.profile.as_ref().map(ProfileId::as_str), Some("anthropic:spare"));
    assert!(!chat.says("/model status").contains("last known"));
    assert!(chat.says("/model opus@work").contains("anthropic:work"));
    assert_eq!(chat.end(), 0);
    assert_eq!(home.run(&["audit", "--verify"]).code, 0);
}

/// The selections that are typed, and whose credential they pin.
const SELECTIONS: [(&str, &str, &str); 4] = [
    ("opus@work", "anthropic/claude-opus-4-6", "anthropic:work"),
    ("sonnet@spare", "anthropic/claude-sonnet-4-6", "anthropic:spare"),
    ("opus@spare", "anthropic/claude-opus-4-6", "anthropic:spare"),
    ("gpt@team", "openai/gpt-5.4", "openai:team"),
];
const SESSIONS: usize = 250;
const PROCESSES: usize = 4;

/// So many commands and messages in all; one of the programs is killed with each [`BETWEEN_KILLS`] of them.
const STEPS: usize = 2_000;
const BETWEEN_KILLS: usize = 200;

/// What may be pinned in a session: one thing, or either of two while it is open whether a command that was cut off was
/// carried out.
#[derive(Clone, Default)]
struct Known {
    may_be: Vec<Option<usize>>,
}

/// What all the threads of the test share.
struct Field {
    sessions: Vec<Mutex<Known>>,
    pids: Vec<Mutex<Option<u32>>>,
    steps: AtomicUsize,
    cut_off: AtomicUsize,
}

/// Four programs, 250 sessions, at every moment each session is served by any of them, and one after the other is killed in
/// the middle of its work: each message is answered by what was last confirmed in its session, wherever that was, and
/// reaches the provider once.
#[test]
fn four_programs_that_are_killed_one_after_the_other_serve_what_was_last_confirmed() {
    let Some(database) = database() else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = runtime.block_on(provider().start()).unwrap();
    let homes: Vec<Home> =
        (0..PROCESSES).map(|_| machine(database.url().expose_secret(), |provider| server.base_url(provider))).collect();
    let field = Field {
        sessions: (0..SESSIONS).map(|_| Mutex::new(Known { may_be: vec![None] })).collect(),
        pids: (0..PROCESSES).map(|_| Mutex::new(None)).collect(),
        steps: AtomicUsize::new(0),
        cut_off: AtomicUsize::new(0),
    };
    thread::scope(|scope| {
        for (number, home) in homes.iter().enumerate() {
            let (field, server) = (&field, &server);
            scope.spawn(move || field.serve(number, home, server));
        }
    });
    let mut times: HashMap<String, usize> = HashMap::new();
    for seen in server.seen() {
        *times.entry(last_message(&seen)).or_default() += 1;
    }
    assert!(times.len() > STEPS / 3, "{} messages reached the provider", times.len());
    assert!(times.values().all(|times| *times == 1), "a message was sent twice");
    assert!(field.cut_off.load(Ordering::Relaxed) > 0, "nobody was killed in the middle of anything");
    assert_eq!(homes[0].run(&["audit", "--verify"]).code, 0);
}

impl Field {
    /// One program, started again whenever it was killed.
    fn serve(&self, number: usize, home: &Home, server: &LoopbackProvider) {
        let mut dice = dice_of(number);
        let mut chat: Option<Chat> = None;
        loop {
            let step = self.steps.fetch_add(1, Ordering::Relaxed);
            if step >= STEPS {
                break;
            }
            if step % BETWEEN_KILLS == BETWEEN_KILLS - 1 {
                self.kill(dice() % PROCESSES);
            }
            let running = chat.get_or_insert_with(|| {
                let chat = home.chat(None, &[]);
                *self.pids[number].lock().unwrap() = Some(chat.child.id());
                chat
            });
            let (session, mut known) = self.take(&mut dice);
            let choice = dice() % (SELECTIONS.len() * 2);
            let text =
                SELECTIONS.get(choice).map_or_else(|| format!("message {step}"), |(text, ..)| format!("/model {text}"));
            let line = json!({"channel": "telegram", "sender": format!("{}", 1_000 + session), "text": text});
            match running.try_send(&line) {
                Some(records) if choice < SELECTIONS.len() => {
                    let said = records[0]["reply"]["text"].as_str().unwrap();
                    assert!(said.contains(SELECTIONS[choice].2), "{text}: {said}");
                    known.may_be = vec![Some(choice)];
                }
                Some(records) => known.may_be = vec![answered(&records, &known, server, &text)],
                None => {
                    self.cut_off.fetch_add(1, Ordering::Relaxed);
                    if choice < SELECTIONS.len() {
                        known.may_be.push(Some(choice));
                    }
                    *self.pids[number].lock().unwrap() = None;
                    chat = None;
                }
            }
        }
        *self.pids[number].lock().unwrap() = None;
    }

    /// Any session that nobody has in hand.
    fn take(&self, dice: &mut impl FnMut() -> usize) -> (usize, MutexGuard<'_, Known>) {
        loop {
            let session = dice() % SESSIONS;
            if let Ok(known) = self.sessions[session].try_lock() {
                return (session, known);
            }
        }
    }

    fn kill(&self, number: usize) {
        // Taken out while it is held: a pid that is somebody else's by now is never meant.
        if let Some(pid) = self.pids[number].lock().unwrap().take() {
            let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        }
    }
}

/// What is pinned, by the receipt and by what was on the wire, which is one of what may be.
fn answered(records: &[Value], known: &Known, server: &LoopbackProvider, text: &str) -> Option<usize> {
    let receipt = &records[0]["receipt"];
    let (model, profile) = (receipt["model"].as_str().unwrap(), receipt["profile"].as_str().unwrap());
    let seen = server.seen().into_iter().rev().find(|seen| last_message(seen) == text).unwrap();
    assert_eq!(seen.profile.as_ref().map(ProfileId::as_str), Some(profile), "{records:?}");
    assert!(model.ends_with(&seen.model), "{model}, on the wire {}", seen.model);
    let fits = |may_be: &&Option<usize>| match may_be {
        Some(choice) => (SELECTIONS[*choice].1, SELECTIONS[*choice].2) == (model, profile),
        None => receipt["source"] != "user" && model == "anthropic/claude-sonnet-4-6",
    };
    let found = known.may_be.iter().find(fits);
    *found.unwrap_or_else(|| panic!("{:?} may be pinned, {model} with {profile} answered: {receipt}", known.may_be))
}

/// The text of the message that was asked last in a request.
fn last_message(seen: &Seen) -> String {
    let message = seen.body["messages"].as_array().unwrap().last().unwrap();
    match &message["content"] {
        Value::String(text) => text.clone(),
        parts => parts.as_array().unwrap().iter().filter_map(|part| part["text"].as_str()).collect(),
    }
}

/// Numbers that look thrown, the same each time.
fn dice_of(seed: usize) -> impl FnMut() -> usize {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed as u64 + 1);
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap()
    }
}
