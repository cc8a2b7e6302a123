//! `kill -9` between the answer of the identity provider and the rename.

use std::time::Duration;

use modelpin::oauth::RenewalFault;
use serde_json::json;

use crate::oauth::rig::{Rig, WORK, access_token, auth_store, grant, held, refresher};
use crate::support::idp::refresh_token;
use crate::support::rerun::{child_of_test, start};

const ROUNDS: u64 = 220;
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
    let rounds = |first: u64| move || -> u64 { (first..ROUNDS).step_by(4).map(kill_once).sum() };
    let workers: Vec<_> = (0..AT_ONCE).map(|first| std::thread::spawn(rounds(first))).collect();
    let renewed: u64 = workers.into_iter().map(|worker| worker.join().unwrap()).sum();
    assert!(renewed >= ROUNDS / LEFT_ALONE, "those that were left alone have renewed theirs");
    assert!(renewed < ROUNDS, "no kill came in between");
}

/// Returns how many renewals were on disk when the process was gone: none or one.
fn kill_once(round: u64) -> u64 {
    let rig = Rig::new();
    std::fs::write(rig.folder.path().join("url"), rig.idp.url()).unwrap();
    let name = "oauth::crash::a_kill_after_the_answer_never_leaves_a_blank_credential";
    let mut child = start(name, rig.folder.path());
    rig.answers.recv_timeout(Duration::from_secs(30)).unwrap();
    if !round.is_multiple_of(LEFT_ALONE) {
        // The moment is what is tested: from at once to after the last rename.
        std::thread::sleep(Duration::from_micros(round * round % 211 * 50));
        child.kill().unwrap();
    }
    child.wait().unwrap();
    let entry = rig.json()["profiles"][WORK].clone();
    if entry == grant(0) {
        // Whoever comes next is not held up by what the dead one left, and says the truth.
        if round.is_multiple_of(16) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let fault = runtime.block_on(rig.renew()).unwrap_err();
            assert!(matches!(fault, RenewalFault::NeedsLogin { .. }), "{fault}");
            assert_eq!(rig.json()["profiles"][WORK], grant(0));
        }
        return 0;
    }
    let expected = (json!(access_token(1)), json!(refresh_token(1)));
    assert_eq!((entry["access"].clone(), entry["refresh"].clone()), expected);
    1
}
