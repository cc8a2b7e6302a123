//! Claude Code's login, renewed where the person opted in, and put back into the file of its owner.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::future::join_all;
use modelpin::config::from_value;
use modelpin::health::FailureClass;
use modelpin::oauth::{NoRenewal, Refresher, RenewalFault};
use modelpin::profile::{Credential, ExternalCli, Profile};
use serde_json::{Value, json};

use crate::oauth::rig::{Rig, access, access_token, claude_codes_store, grant, held, json_at, refresher, write};
use crate::profile::support::tree;
use crate::support::idp::refresh_token;

/// Where Claude Code keeps its login in the home directory `home`.
pub(crate) fn claude_code_in(home: &Path) -> PathBuf {
    home.join(".claude/.credentials.json")
}

/// What is in that file after so many refreshes; the first access token has ended.
pub(super) fn login(refreshes: u32) -> Value {
    let expires: i64 = if refreshes == 0 { 1_700_000_000_000 } else { 4_102_444_800_000 };
    json!({"mcpOAuth": {"server": {"accessToken": "sk-test-mcp"}}, "claudeAiOauth": {
        "accessToken": access_token(refreshes), "refreshToken": refresh_token(refreshes), "expiresAt": expires,
        "scopes": ["user:inference"], "subscriptionType": "max",
    }})
}

/// What a child of the crash test does: it renews the login in `folder` at the endpoint that is named there.
pub(super) async fn renew_in(folder: &Path) {
    let url = fs::read_to_string(folder.join("url")).unwrap();
    let auth = json!({"auth": {"oauth": {"anthropic": {"tokenUrl": url}}, "claudeCli": {"writeBack": true}}});
    let store = claude_codes_store(folder, "main");
    let refresher = refresher(store.clone(), Arc::new(modelpin::store::Memory::new()), folder);
    Arc::new(refresher).renew(&held(&store), &from_value(&auth).unwrap().auth).await.unwrap();
}

/// As Claude Code replaces its file.
fn claude_writes(path: &Path, content: &Value) {
    let aside = path.with_extension("new");
    fs::write(&aside, content.to_string()).unwrap();
    fs::rename(aside, path).unwrap();
}

fn files(rig: &Rig) -> Vec<PathBuf> {
    tree(rig.folder.path()).into_keys().collect()
}

#[tokio::test]
async fn its_file_holds_the_successor_and_nothing_else_is_written() {
    let rig = Rig::of_claude_code();
    let file = rig.claude_code();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap();
    let before = jiff::Timestamp::now().as_millisecond();
    assert_eq!(rig.renew().await.unwrap(), access_token(1));
    let mut after = json_at(&file);
    let ends = after["claudeAiOauth"]["expiresAt"].take().as_i64().unwrap() - before;
    assert!((3_600_000..3_700_000).contains(&ends), "the true end, as its owner writes it: {ends}");
    let mut expected = login(1);
    expected["claudeAiOauth"]["expiresAt"] = Value::Null;
    assert_eq!(after.to_string(), expected.to_string(), "the same keys in the same order");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o400);
    assert_eq!(files(&rig), [file], "no lock is left, and no store has a copy");
}

/// The login was minted by Claude Code's own public client, and only that can renew it.
#[tokio::test]
async fn the_request_names_the_client_that_minted_it() {
    let rig = Rig::of_claude_code();
    let mut auth = rig.auth();
    auth.oauth[0].client_id = None;
    rig.refresher().renew(&rig.held(), &auth).await.unwrap();
    let call = rig.idp.seen().remove(0);
    assert!(call.user_agent.starts_with("modelpin/"), "{}", call.user_agent);
    let body: Value = serde_json::from_str(&call.body).unwrap();
    let client = "9d1c250a-e61b-44d9-88ed-5944d1962f5e";
    let expected = json!({"grant_type": "refresh_token", "refresh_token": refresh_token(0), "client_id": client});
    assert_eq!(body, expected);
}

#[tokio::test]
async fn many_tasks_are_one_flight() {
    let rig = Rig::of_claude_code();
    let (refresher, held, auth) = (rig.refresher(), rig.held(), rig.auth());
    let renewed = join_all((0..100).map(|_| refresher.renew(&held, &auth))).await;
    assert!(renewed.into_iter().all(|profile| access(&profile.unwrap()) == access_token(1)));
    assert_eq!((rig.idp.calls(), rig.idp.reuses()), (1, 0));
}

/// Claude Code is a moment quicker at the identity provider, and slower with writing it down.
#[tokio::test]
async fn what_claude_code_renewed_just_before_is_adopted() {
    let rig = Rig::of_claude_code();
    let (outsider, path) = (rig.idp.outsider(), rig.claude_code());
    rig.idp.before(move |call| {
        if call == 1 {
            outsider();
            let path = path.clone();
            std::thread::spawn(move || {
                std::thread::sleep(std::time::Duration::from_millis(5));
                claude_writes(&path, &login(1));
            });
        }
    });
    assert_eq!(rig.renew().await.unwrap(), access_token(1));
    assert_eq!(json_at(&rig.claude_code()), login(1), "losers never write");
    assert_eq!(rig.idp.calls(), 1);
    assert!(rig.store.benches().await.unwrap().is_empty(), "and nothing is held against anybody");
}

/// Claude Code is logged in anew while our request is on its way.
#[tokio::test]
async fn a_newer_login_is_never_replaced() {
    let rig = Rig::of_claude_code();
    let path = rig.claude_code();
    rig.idp.before(move |_| claude_writes(&path, &login(9)));
    assert_eq!(rig.renew().await.unwrap(), access_token(9));
    assert_eq!(fs::read_to_string(rig.claude_code()).unwrap(), login(9).to_string(), "not a byte");
}

#[tokio::test]
async fn who_logs_out_meanwhile_stays_logged_out() {
    let rig = Rig::of_claude_code();
    let path = rig.claude_code();
    rig.idp.before(move |_| claude_writes(&path, &json!({"mcpOAuth": {}})));
    assert!(matches!(rig.renew().await, Err(RenewalFault::Gone(_))));
    assert_eq!(json_at(&rig.claude_code()), json!({"mcpOAuth": {}}));
}

/// Beside a file with so long a name no other one can be made, whoever tries.
fn move_where_nothing_can_be_written(path: &Path) -> PathBuf {
    let there = path.with_file_name("x".repeat(250));
    fs::rename(path, &there).unwrap();
    symlink(&there, path).unwrap();
    there
}

#[tokio::test]
async fn no_token_is_spent_where_its_successor_could_not_be_kept() {
    let rig = Rig::of_claude_code();
    let there = move_where_nothing_can_be_written(&rig.claude_code());
    let fault = rig.renew().await.unwrap_err();
    assert!(matches!(fault, RenewalFault::Store(_)), "{fault}");
    assert!(fault.to_string().contains(there.to_str().unwrap()), "{fault}");
    assert_eq!((rig.idp.calls(), json_at(&there)), (0, login(0)));
}

#[tokio::test]
async fn tokens_that_could_not_be_written_are_written_later_and_not_fetched_again() {
    let rig = Rig::of_claude_code();
    let path = rig.claude_code();
    rig.idp.before(move |_| drop(move_where_nothing_can_be_written(&path)));
    let (refresher, held, auth) = (rig.refresher(), rig.held(), rig.auth());
    assert!(matches!(refresher.renew(&held, &auth).await, Err(RenewalFault::Store(_))));
    assert_eq!(json_at(&rig.claude_code()), login(0), "and nobody was given a token that is on no disk");
    let there = fs::read_link(rig.claude_code()).unwrap();
    fs::rename(there, rig.claude_code()).unwrap();
    assert_eq!(access(&refresher.renew(&held, &auth).await.unwrap()), access_token(1));
    assert_eq!(json_at(&rig.claude_code())["claudeAiOauth"]["refreshToken"], json!(refresh_token(1)));
    assert_eq!((rig.idp.calls(), rig.idp.reuses()), (1, 0));
}

#[tokio::test]
async fn a_revoked_login_says_how_to_log_in_to_claude_code() {
    let rig = Rig::of_claude_code();
    rig.idp.revoke();
    for _ in 0..3 {
        let fault = rig.renew().await.unwrap_err();
        assert!(matches!(&fault, RenewalFault::NeedsLogin { command, .. } if command == "claude /login"), "{fault}");
    }
    assert_eq!((rig.idp.calls(), json_at(&rig.claude_code())), (1, login(0)));
}

#[tokio::test]
async fn an_identity_provider_that_is_down_is_left_alone_for_a_while() {
    let rig = Rig::of_claude_code();
    rig.idp.answer(Some((503, "")));
    assert!(matches!(rig.renew().await, Err(RenewalFault::Later { .. })));
    rig.idp.answer(None);
    assert!(matches!(rig.renew().await, Err(RenewalFault::Later { .. })));
    assert_eq!((rig.idp.calls(), json_at(&rig.claude_code())), (1, login(0)));
    assert_eq!(rig.store.benches().await.unwrap()[0].class, FailureClass::NotRenewed);
}

async fn impossible(refresher: &Arc<Refresher>, held: &Profile, auth: &Value) -> NoRenewal {
    let auth = from_value(&json!({ "auth": auth })).unwrap().auth;
    match refresher.renew(held, &auth).await {
        Err(RenewalFault::Impossible(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn nobody_renews_it_who_was_not_asked_to() {
    let rig = Rig::of_claude_code();
    let before = tree(rig.folder.path());
    let why = impossible(&rig.refresher(), &rig.held(), &json!({})).await;
    assert_eq!(why, NoRenewal::Managed(ExternalCli::ClaudeCode));
    let said = why.to_string();
    assert!(said.contains("run `claude` once") && said.contains("claude setup-token"), "{said}");
    assert_eq!((rig.idp.calls(), tree(rig.folder.path())), (0, before));
    // What its owner renews is taken all the same.
    let (refresher, held) = (rig.refresher(), rig.held());
    claude_writes(&rig.claude_code(), &login(1));
    let auth = from_value(&json!({})).unwrap().auth;
    assert_eq!(access(&refresher.renew(&held, &auth).await.unwrap()), access_token(1));
}

/// As from a keychain, where its refresh token stays.
#[tokio::test]
async fn what_could_not_be_written_back_is_not_renewed() {
    let rig = Rig::of_claude_code();
    let mut held = rig.held();
    let Credential::OAuth(grant) = &mut held.credential else { panic!("no grant") };
    grant.refresh = None;
    let why = impossible(&rig.refresher(), &held, &json!({"claudeCli": {"writeBack": true}})).await;
    assert_eq!(why, NoRenewal::NotInFile(ExternalCli::ClaudeCode));
    let said = why.to_string();
    assert!(said.contains("keychain") && said.contains("run `claude` once"), "{said}");
    assert_eq!(rig.idp.calls(), 0);
}

#[tokio::test]
async fn a_copy_in_the_store_is_not_what_is_renewed() {
    let rig = Rig::of_claude_code();
    fs::remove_file(rig.claude_code()).unwrap();
    write(&rig.main(), &json!({"version": 1, "profiles": {"anthropic:claude-cli": grant(0)}}));
    let why = impossible(&rig.refresher(), &rig.held(), &json!({"claudeCli": {"writeBack": true}})).await;
    assert_eq!((why, rig.idp.calls()), (NoRenewal::Managed(ExternalCli::ClaudeCode), 0));
}
