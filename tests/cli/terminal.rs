//! `models auth` at a terminal: what is asked, what is shown, and that whoever gives up has nothing stored.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::cli::support::{Home, store_in};
use crate::support::idp::Idp;
use crate::support::leaks::Leaks;
use crate::support::script::script;
use crate::support::tty::Tty;

const KEY: &str = "sk-ant-api03-test-0123456789abcdef";
const ENTER: &str = "\r";
const CTRL_C: &str = "\u{3}";

fn token() -> String {
    format!("sk-ant-oat01-{}", "Test_0123456789-".repeat(6))
}

fn at_terminal(home: &Home, arguments: &[&str]) -> Tty {
    let mut command = home.program();
    command.args(["models", "auth"]).args(arguments);
    Tty::start(&command, 200)
}

fn profiles(store: &Path) -> Value {
    let stored: Value = fs::read(store).map(|bytes| serde_json::from_slice(&bytes).unwrap()).unwrap_or_default();
    stored["profiles"].clone()
}

#[test]
fn add_asks_for_everything_it_was_not_told() {
    let home = Home::empty();
    let mut tty = at_terminal(&home, &["add"]);
    tty.until("Whose credential").until("openrouter").types(ENTER);
    tty.until("What to store").until("setup-token").types(ENTER);
    tty.until("What to call it").until("anthropic:default").types("anthropic:work\r");
    tty.until("API key for anthropic (not shown): ").types(&format!("{KEY}\r"));
    let (code, shown) = tty.end();
    assert_eq!(code, 0, "{shown}");
    let expected = json!({"anthropic:work": {"type": "api_key", "provider": "anthropic", "key": KEY}});
    assert_eq!(profiles(&home.store()), expected);
    Leaks::of([KEY]).assert_none_in("the screen", &shown);
}

#[test]
fn a_token_of_somebody_unlisted_may_end() {
    let home = Home::empty();
    let mut tty = at_terminal(&home, &["add"]);
    tty.until("Whose credential").types("another").until("another one").types(ENTER);
    tty.until("Its provider's name").types("a/b\r").until("provider").types("acme\r");
    tty.until("What to store").types("\u{1b}[B").types(ENTER);
    tty.until("What to call it").types(ENTER);
    tty.until("When it ends").types("soon\r").until("write 365d").types("365d\r");
    tty.until("Token for acme (not shown): ").types("token-test-0123456789\r");
    let (code, shown) = tty.end();
    assert_eq!(code, 0, "{shown}");
    let stored = &profiles(&home.store())["acme:manual"];
    assert_eq!((&stored["type"], &stored["token"]), (&json!("token"), &json!("token-test-0123456789")));
    assert!(stored["expires"].as_i64().unwrap() > jiff::Timestamp::now().as_millisecond() + 364 * 86_400_000);
}

#[test]
fn giving_up_at_any_question_stores_nothing() {
    for (after, how) in [(0, CTRL_C), (1, CTRL_C), (2, CTRL_C), (3, CTRL_C), (1, "\u{1b}"), (3, "\u{4}")] {
        let home = Home::empty();
        let mut tty = at_terminal(&home, &["add"]);
        for question in ["Whose credential", "What to store", "What to call it"].into_iter().take(after) {
            tty.until(question).types(ENTER);
        }
        let last = ["Whose credential", "What to store", "What to call it", "(not shown): "][after];
        tty.until(last).types(how);
        let (code, shown) = tty.end();
        assert_eq!(code, 64, "{last}: {shown}");
        assert!(shown.contains("nothing was stored"), "{last}: {shown}");
        assert!(!home.store().exists(), "{last}");
    }
}

#[test]
fn a_paste_that_the_terminal_wrapped_is_taken_whole() {
    let home = Home::empty();
    let token = token();
    let (first, second) = token.split_at(60);
    let mut tty = at_terminal(&home, &["setup-token"]);
    tty.until("`claude setup-token` in another terminal").until("(not shown): ");
    tty.types(&format!("\u{1b}[200~{first}\r\n{second}\r\n\u{1b}[201~\r"));
    let (code, shown) = tty.end();
    assert_eq!(code, 0, "{shown}");
    assert_eq!(profiles(&home.store())["anthropic:manual"]["token"], token);
    Leaks::of([token]).assert_none_in("the screen", &shown);
}

#[test]
fn with_epiloops_layout_claude_is_started_when_the_person_agrees() {
    let home = Home::of_program("epiloop");
    let folder = home.path().join("bin");
    fs::create_dir(&folder).unwrap();
    let claude = folder.join("claude");
    let ends_with = |end: u8| script(&claude, &format!("echo \"claude was asked for $1\"\nexit {end}"));
    ends_with(0);
    let start = |more: &[&str]| {
        let mut command: Command = home.program();
        command.args(["models", "auth", "setup-token", "--provider", "anthropic"]).args(more).env("PATH", &folder);
        Tty::start(&command, 200)
    };
    let mut tty = start(&[]);
    tty.until("setup-token` now?").types("y\r").until("claude was asked for setup-token");
    tty.until("paste here").until("(not shown): ").types(&format!("{}\r", token()));
    let (code, shown) = tty.end();
    assert_eq!(code, 0, "{shown}");
    let store = store_in(&home.path().join(".epiloop"));
    assert_eq!(profiles(&store)["anthropic:manual"]["token"], token());

    let mut tty = start(&[]);
    tty.until("setup-token` now?").types("n\r").until("in another terminal").until("(not shown): ").types(CTRL_C);
    let (code, shown) = tty.end();
    assert!(code == 64 && !shown.contains("was asked for"), "{shown}");

    ends_with(3);
    let (code, shown) = start(&["--yes"]).end();
    assert_eq!(code, 70, "{shown}");
    assert!(shown.contains("`claude setup-token` failed (exit status: 3); nothing was stored"), "{shown}");
}

#[test]
fn a_login_ends_with_ctrl_c_and_nothing_is_stored() {
    let (idp, _) = Idp::start(|number| format!("at-test-{number}-3fE90cc17d55a2b4"));
    let home = Home::empty();
    fs::create_dir_all(home.state()).unwrap();
    fs::write(home.state().join("modelpin.json"), idp.login_config("acme").to_string()).unwrap();
    let mut tty = at_terminal(&home, &["login"]);
    tty.until("Where to log in").until("openrouter").until("acme").types("\u{1b}[B").types(ENTER);
    tty.until("/authorize?").until("Ctrl-C ends it").types("nonsense in two words\r").until("Not taken");
    tty.types(CTRL_C);
    let (code, shown) = tty.end();
    assert_eq!(code, 64, "{shown}");
    assert!(shown.contains("given up, and nothing was stored"), "{shown}");
    assert!(!home.store().exists());
}
