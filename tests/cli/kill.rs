//! `kill -9` under a stream of `/model` commands.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use modelpin::store::{SessionTable, Sqlite};
use serde_json::{Value, json};

use crate::cli::support::{Home, nowhere};

const ROUNDS: u64 = 200;
/// How many commands have to be confirmed in all before a loss would have shown.
const ENOUGH: usize = 1_000;
const SESSIONS: usize = 5;
/// As many models as commands in a round, so that each row tells by which command it was written.
const COMMANDS: usize = 400;

/// A sequence that looks like chance and is the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// No confirmed pin is ever lost, and the database always opens.
#[tokio::test]
async fn what_was_confirmed_survives_a_kill_at_any_moment() {
    let home = Home::empty();
    state(&home);
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    // By session: the number of the model that is there at least, and at most.
    let mut known: HashMap<String, (Option<usize>, Option<usize>)> = HashMap::new();
    let (mut confirmed, mut interrupted) = (0, 0);
    // On a slow machine less is confirmed before each kill, so there are more of them then.
    for round in 0..3 * ROUNDS {
        if round >= ROUNDS && confirmed > ENOUGH {
            break;
        }
        let (said, finished) = round_of_commands(&home, round, &mut dice);
        interrupted += u64::from(!finished);
        confirmed += said;
        let first = usize::try_from(round).unwrap() % COMMANDS;
        for session in 0..SESSIONS {
            let model = |command: usize| (first + command) % COMMANDS;
            let of_session = |command: &usize| command % SESSIONS == session;
            let last = (0..said).rev().find(of_session);
            let next = (said..COMMANDS).find(of_session).filter(|next| *next == said);
            let entry = known.entry(session.to_string()).or_default();
            if last.is_some() {
                entry.0 = last.map(model);
            }
            // The command under way may have been committed without being confirmed.
            entry.1 = next.map(model);
        }
        let store = Sqlite::open(&home.state().join("modelpin.sqlite")).unwrap();
        for (session, (least, most)) in &mut known {
            let key = format!("agent:main:terminal:default:dm:{session}").parse().unwrap();
            let row = store.load(&key).await.unwrap();
            let chosen = row.as_ref().and_then(|row| row.choice.lasting.as_ref());
            let there: Option<usize> = chosen.map(|chosen| {
                assert_eq!(chosen.pin.as_ref().unwrap().profile.as_str(), "anthropic:work", "half a selection");
                chosen.model.as_ref().unwrap().model.as_str()[1..].parse().unwrap()
            });
            assert!(
                there == *least || (there.is_some() && there == *most),
                "round {round}, session {session}: {least:?} was confirmed, {most:?} perhaps written, {there:?} is there"
            );
            *least = there;
        }
    }
    assert!(confirmed > ENOUGH, "too little was confirmed to show anything: {confirmed}");
    assert!(interrupted > ROUNDS * 3 / 4, "too few were killed at work: {interrupted}");
    let rows = home.json(&["sessions", "list"]);
    // On a slow machine the last of them may never have had its turn before the kill.
    let written = known.values().filter(|(there, _)| there.is_some()).count();
    assert_eq!(rows.as_array().unwrap().len(), written);
}

/// Starts the program, sends it everything, and kills it. Returns how many commands were confirmed, and whether all were.
fn round_of_commands(home: &Home, round: u64, dice: &mut Dice) -> (usize, bool) {
    let mut command = home.program();
    command.args(["chat", "--jsonl"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut lines = String::new();
    for number in 0..COMMANDS {
        let model = (usize::try_from(round).unwrap() + number) % COMMANDS;
        let line =
            json!({"sender": (number % SESSIONS).to_string(), "text": format!("/model anthropic/m{model}@work")});
        lines += &line.to_string();
        lines.push('\n');
    }
    let mut input = child.stdin.take().unwrap();
    // A program that is killed reads no more.
    let writer = std::thread::spawn(move || drop(input.write_all(lines.as_bytes())));
    let output = BufReader::new(child.stdout.take().unwrap());
    let (begun, first) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut confirmed = 0;
        for line in output.lines().map_while(Result::ok) {
            // The last line may have been cut off.
            let Ok(record) = serde_json::from_str::<Value>(&line) else { break };
            if let Some(text) = record["reply"]["text"].as_str() {
                assert!(text.contains("Model set to"), "{text}");
                confirmed += 1;
                let _ = begun.send(());
            }
        }
        confirmed
    });
    // No waiting for something: the moment is what is tested. One in four falls into the start, the others into the work.
    if !round.is_multiple_of(4) {
        let _ = first.recv_timeout(Duration::from_secs(30));
    }
    std::thread::sleep(Duration::from_micros(dice.below(30_000)));
    child.kill().unwrap();
    child.wait().unwrap();
    writer.join().unwrap();
    let confirmed = reader.join().unwrap();
    (confirmed, confirmed == COMMANDS)
}

fn state(home: &Home) {
    fs::create_dir_all(home.store().parent().unwrap()).unwrap();
    let models: Vec<Value> = (0..COMMANDS).map(|number| json!({"id": format!("m{number}")})).collect();
    let config = json!({"models": {"providers": {"anthropic": {"baseUrl": nowhere("anthropic"), "models": models}}}});
    fs::write(home.state().join("modelpin.json"), config.to_string()).unwrap();
    let work = json!({"type": "api_key", "provider": "anthropic", "key": "sk-test-work-0123456789"});
    fs::write(home.store(), json!({"version": 1, "profiles": {"anthropic:work": work}}).to_string()).unwrap();
}
