//! `kill -9` between the answer of the identity provider and the rename.

use std::time::Duration;

use modelpin::oauth::RenewalFault;
use serde_json::{Value, json};

use crate::oauth::claude_code::{self, login};
use crate::oauth::rig::{Rig, WORK, auth_store, grant, held, json_at, refresher};
use crate::profile::support::tree;
use crate::support::rerun::{child_of_test, start};

/// How many rounds there are for each home of a grant.
const ROUNDS: u64 = 220;
const ROUNDS_OF_CLAUDE_CODE: u64 = 88;
/// One round in so many ends by itself, so that there is something to compare with; the others are killed.
const LEFT_ALONE: u64 = 11;
/// So many are at it at once, each on a state of its own.
const AT_ONCE: u64 = 4;

/// The old pair or the new one is on disk, never half of either and never nothing. If it is the old one, the identity
/// provider has given out tokens that nobody knows: that loss is the documented one, and shows as "needs login".
#[tokio::test]
async fn a_kill_after_the_answer_never_leaves_a_blank_credential() {
    if let Some(folder) = child_of_test() {
        let url = std::fs::read_to_string(folder.join("url")).unwrap();
        let auth = json!({"auth": {"oauth": {"anthropic": {"tokenUrl": url, "clientId": "c"}}}});
        let auth = modelpin::config::from_value(&auth).unwrap().auth;
        let store = auth_store(&folder, "main");
        let state = std::sync::Arc::new(modelpin::store::Memory::new());
        let refresher = std::sync::Arc::new(refresher(store.clone(), state, &folder));
        refresher.renew(&held(&store), &auth).await.unwrap();
        return;
    }
    let name = "oauth::crash::a_kill_after_the_answer_never_leaves_a_blank_credential";
    kill(ROUNDS, |round| kill_once(round, name, &Rig::new(), stored));
}

/// The same in the file of Claude Code, which is never without a login because of it.
#[tokio::test]
async fn a_kill_after_the_answer_never_logs_claude_code_out() {
    if let Some(folder) = child_of_test() {
        claude_code::renew_in(&folder).await;
        return;
    }
    let name = "oauth::crash::a_kill_after_the_answer_never_logs_claude_code_out";
    kill(ROUNDS_OF_CLAUDE_CODE, |round| kill_once(round, name, &Rig::of_claude_code(), in_claude_codes_file));
}

/// Runs the rounds, several at once.
fn kill(rounds: u64, once: impl Fn(u64) -> u64 + Sync) {
    let renewed: u64 = std::thread::scope(|scope| {
        let once = &once;
        let worker = |first: u64| scope.spawn(move || (first..rounds).step_by(4).map(once).sum::<u64>());
        let workers: Vec<_> = (0..AT_ONCE).map(worker).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    assert!(renewed >= rounds / LEFT_ALONE, "those that were left alone have renewed theirs");
    assert!(renewed < rounds, "no kill came in between");
}

/// What is on disk: the whole of what belongs to the grant, and the same after so many refreshes.
fn stored(rig: &Rig) -> (Value, [Value; 2]) {
    let expected = |refreshes| {
        let entry = grant(refreshes);
        json!([entry["access"], entry["refresh"]])
    };
    let entry = rig.json()["profiles"][WORK].clone();
    (json!([entry["access"], entry["refresh"]]), [expected(0), expected(1)])
}

fn in_claude_codes_file(rig: &Rig) -> (Value, [Value; 2]) {
    let tokens = |file: &Value| {
        assert_eq!(
            (&file["mcpOAuth"], &file["claudeAiOauth"]["scopes"]),
            (&login(0)["mcpOAuth"], &json!(["user:inference"]))
        );
        json!([file["claudeAiOauth"]["accessToken"], file["claudeAiOauth"]["refreshToken"]])
    };
    (tokens(&json_at(&rig.claude_code())), [tokens(&login(0)), tokens(&login(1))])
}

/// Returns how many renewals were on disk when the process was gone: none or one.
fn kill_once(round: u64, name: &str, rig: &Rig, on_disk: fn(&Rig) -> (Value, [Value; 2])) -> u64 {
    std::fs::write(rig.folder.path().join("url"), rig.idp.url()).unwrap();
    let mut child = start(name, rig.folder.path());
    rig.answers.recv_timeout(Duration::from_secs(30)).unwrap();
    if !round.is_multiple_of(LEFT_ALONE) {
        // The moment is what is tested: from at once to after the last rename.
        std::thread::sleep(Duration::from_micros(round * round % 211 * 50));
        child.kill().unwrap();
    }
    child.wait().unwrap();
    let (found, [before, after]) = on_disk(rig);
    if found == before {
        // Whoever comes next is not held up by what the dead one left, and says the truth.
        if round.is_multiple_of(16) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let fault = runtime.block_on(rig.renew()).unwrap_err();
            assert!(matches!(fault, RenewalFault::NeedsLogin { .. }), "{fault}");
            assert_eq!(on_disk(rig).0, before);
            let left = tree(rig.folder.path()).into_keys();
            let left: Vec<_> = left.filter(|path| path.extension().is_some_and(|end| end == "tmp")).collect();
            assert!(left.is_empty(), "a file with tokens stays behind: {left:?}");
        }
        return 0;
    }
    assert_eq!(found, after);
    1
}
