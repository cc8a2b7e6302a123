#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use proptest::collection::vec;
use proptest::prelude::{Strategy, prop_assert, prop_oneof, proptest};

use super::Progress;
use crate::shard::session::Kept;

fn session(id: &str, sequence: u64) -> Kept {
    Kept { id: id.to_owned(), url: "wss://gateway.example".to_owned(), sequence }
}

#[test]
fn it_is_never_ahead_of_what_is_kept() {
    let progress = Progress::default();
    assert_eq!(progress.session(), None);
    progress.go_on(session("a", 1));
    let run = progress.enqueued();
    progress.enqueued();
    progress.read(4);
    assert_eq!(progress.session().unwrap().sequence, 1, "2 and 3 are not kept yet");
    progress.kept(1, run, 2);
    assert_eq!(progress.session().unwrap().sequence, 2, "3 is not");
    progress.kept(1, run, 3);
    assert_eq!(progress.session().unwrap().sequence, 4);
}

#[test]
fn a_session_counts_once_it_has_caught_up() {
    let progress = Progress::default();
    progress.go_on(session("a", 7));
    let earlier = progress.enqueued();
    progress.begin(session("b", 1));
    let later = progress.enqueued();
    assert_eq!(progress.session(), Some(session("a", 7)), "8 of the first is not kept yet");
    progress.kept(1, earlier, 8);
    assert_eq!(progress.session(), Some(session("a", 7)), "what was missed is not kept yet");
    progress.read(2);
    assert_eq!(progress.session(), Some(session("a", 7)));
    progress.kept(1, later, 1);
    assert_eq!(progress.session(), Some(session("b", 2)));
}

#[test]
fn an_earlier_session_has_numbers_of_its_own() {
    let progress = Progress::default();
    progress.begin(session("a", 1));
    let earlier = progress.enqueued();
    progress.begin(session("b", 1));
    let later = progress.enqueued();
    progress.kept(1, earlier, 900);
    assert_eq!(progress.session(), None);
    progress.kept(1, later, 2);
    assert_eq!(progress.session(), Some(session("b", 2)));
}

/// What happens to a shard.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// A new session begins, with what was missed.
    Begin,
    /// An event is read that is to be kept.
    Enqueue,
    /// One is read that is not.
    Read,
    /// So many of those that wait are kept.
    Keep(usize),
}

proptest! {
    /// Played against a list of all that was ever read: what stands before the session's number has been kept or wants
    /// nothing, and so has everything of earlier sessions.
    #[test]
    fn a_run_that_goes_on_misses_nothing(steps in vec(step(), 1..60)) {
        let progress = Progress::default();
        // What is to be kept, in order: which session, the number there, and whether it is kept.
        let mut todo: Vec<(usize, u64, bool)> = Vec::new();
        let mut waiting: Vec<(u64, usize)> = Vec::new();
        let (mut current, mut sequence) = (0, 0);
        for step in steps.into_iter().chain([Step::Keep(3)]) {
            match step {
                Step::Begin => {
                    (current, sequence) = (current + 1, 1);
                    progress.begin(session(&current.to_string(), sequence));
                    waiting.push((progress.enqueued(), todo.len()));
                    todo.push((current, sequence, false));
                }
                Step::Enqueue | Step::Read if current == 0 => {}
                Step::Enqueue => {
                    sequence += 1;
                    waiting.push((progress.enqueued(), todo.len()));
                    todo.push((current, sequence, false));
                }
                Step::Read => {
                    sequence += 1;
                    progress.read(sequence);
                }
                Step::Keep(most) => {
                    let batch: Vec<_> = waiting.drain(..most.min(waiting.len())).collect();
                    for (_, at) in &batch {
                        todo[*at].2 = true;
                    }
                    if let Some((run, at)) = batch.last() {
                        progress.kept(batch.len(), *run, todo[*at].1);
                    }
                }
            }
            if let Some(Kept { id, sequence: known, .. }) = progress.session() {
                let id: usize = id.parse().unwrap();
                let lost = todo.iter().find(|(of, at, kept)| !kept && (*of < id || *of == id && *at <= known));
                prop_assert!(lost.is_none(), "{lost:?} would not come again from {known} of {id}");
                prop_assert!(id < current || known <= sequence);
                if waiting.is_empty() {
                    prop_assert!((id, known) == (current, sequence), "it falls behind");
                }
            }
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => proptest::prelude::Just(Step::Begin),
        4 => proptest::prelude::Just(Step::Enqueue),
        3 => proptest::prelude::Just(Step::Read),
        3 => (1_usize..4).prop_map(Step::Keep),
    ]
}
