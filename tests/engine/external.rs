//! The login of another program on the machine: used where it is, renewed by nobody but its owner.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;

use modelpin::clock::Clock;
use modelpin::demo::Script;
use serde_json::{Value, json};

use crate::oauth::claude_code::claude_code_in;
use crate::support::bot::{Bot, Chat, OPUS, SONNET, invented};
use crate::support::idp::{Idp, refresh_token};

const CLAUDE: &str = "anthropic:claude-cli";

fn bot() -> Bot {
    (0..3).fold(Bot::new().known(CLAUDE, "anthropic"), |bot, refreshes| bot.plants(refresh_token(refreshes)))
}

impl Chat {
    fn claude_path(&self) -> PathBuf {
        claude_code_in(&self.directory.path().join("home"))
    }

    /// Claude Code logs in, or renews its login, for so many seconds.
    fn claude(self, generation: u32, seconds: i64) -> Self {
        let login = json!({
            "accessToken": invented(CLAUDE, generation), "refreshToken": refresh_token(generation),
            "expiresAt": (self.clock.now().as_second() + seconds) * 1000, "scopes": ["user:inference"],
        });
        self.claude_writes(&json!({ "claudeAiOauth": login }))
    }

    fn claude_writes(self, content: &Value) -> Self {
        let path = self.claude_path();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        // As Claude Code replaces it, whatever its mode is.
        fs::write(path.with_extension("new"), content.to_string()).unwrap();
        fs::rename(path.with_extension("new"), path).unwrap();
        self
    }
}

#[test]
fn a_renewed_login_is_used_by_the_next_turn_without_any_command() {
    let chat = bot().start().claude(0, 3 * 3600).say("hi").on_wire(CLAUDE, SONNET);
    let first = chat.receipt()["fingerprint"].clone();
    let chat = chat.claude(1, 8 * 3600).say("hi").on_wire(CLAUDE, SONNET);
    assert_ne!(chat.receipt()["fingerprint"], first);
    assert_eq!(chat.receipt()["class"], "subscription");
}

#[test]
fn a_pin_on_it_holds_over_its_end_and_its_renewal() {
    let chat = bot().profiles("anthropic:default").start().claude(0, 600);
    let chat = chat.say("/model opus@claude-cli").chosen("anthropic/claude-opus-4-6@anthropic:claude-cli");
    let chat = chat.say("hi").on_wire(CLAUDE, OPUS).later(601);
    let chat = chat.say("hi").nothing_sent().replies("managed by Claude Code: run `claude` once to renew it");
    chat.claude(1, 600).say("hi").on_wire(CLAUDE, OPUS);
}

#[test]
fn the_status_names_its_owner_and_its_true_end() {
    let chat = bot().start().claude(0, 3 * 3600 + 30).say("/model status");
    let chat = chat.replies("anthropic:claude-cli – next, subscription, managed by Claude Code, expires 15:00");
    let chat = chat.replies("(in 3h)").later(3 * 3600 + 30).say("/model status");
    let chat = chat.replies("it is managed by Claude Code: run `claude` once to renew it");
    chat.claude(1, 3600 - 30).say("/model status").replies("managed by Claude Code, expires 16:00").replies("(in 59m)");
}

#[test]
fn a_stored_token_shows_its_end_when_it_is_near() {
    let ends = |days: i64| {
        let now: jiff::Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        json!({"type": "token", "expires": (now.as_second() + days * 86_400) * 1000})
    };
    let chat = Bot::new().profile("anthropic:soon", ends(3)).profile("anthropic:late", ends(300)).say("/model status");
    chat.replies("anthropic:soon – next, subscription, expires 2026-11-23 12:00")
        .says_nothing_of("anthropic:late – ready, subscription, expires");
}

#[test]
fn what_was_stored_or_set_on_purpose_comes_first() {
    let chat = bot().profiles("anthropic:default").start().claude(0, 3600);
    let chat = chat.say("hi").on_wire("anthropic:default", SONNET).fails("anthropic:default=429:600");
    chat.say("hi").answered_by(CLAUDE, SONNET);
    let chat = bot().variable("ANTHROPIC_API_KEY", "anthropic").start().claude(0, 3600);
    let chat = chat.say("hi").on_wire("env:ANTHROPIC_API_KEY", SONNET).fails("env:ANTHROPIC_API_KEY=429:600");
    chat.say("hi").answered_by(CLAUDE, SONNET);
    // And last only where nobody named it.
    let chat = bot().variable("ANTHROPIC_API_KEY", "anthropic").order("anthropic", &[CLAUDE]).start();
    chat.claude(0, 3600).say("hi").on_wire(CLAUDE, SONNET);
}

#[test]
fn a_login_without_the_right_scope_is_passed_over_and_the_status_says_so() {
    let login =
        json!({"accessToken": invented(CLAUDE, 0), "expiresAt": 4_102_444_800_000_u64, "scopes": ["user:profile"]});
    let chat = bot().profiles("anthropic:default").start().claude(0, 600).say("/model opus@claude-cli");
    let chat =
        chat.claude_writes(&json!({ "claudeAiOauth": login })).say("hi").nothing_sent().replies("user:inference");
    let chat = chat.say("/model status").replies("anthropic:claude-cli is passed over: its scopes do not hold");
    chat.say("/model default").say("hi").on_wire("anthropic:default", SONNET);
}

#[test]
fn a_valid_login_is_used_although_the_stored_copy_is_expired() {
    let stored = json!({"type": "oauth", "expires": 5});
    let chat = bot().profile(CLAUDE, stored).start().claude(1, 3600).say("hi").on_wire(CLAUDE, SONNET);
    assert_eq!(chat.auth()["profiles"][CLAUDE]["expires"], 5, "and the copy stays as it is");
}

/// An identity provider that gives out what the provider knows, and a bot that may renew Claude Code's login.
fn opted_in() -> (Idp, Bot) {
    let (idp, _) = Idp::start(|refreshes| invented(CLAUDE, refreshes));
    let bot = bot().config(idp.config("anthropic")).config(json!({"auth": {"claudeCli": {"writeBack": true}}}));
    (idp, bot)
}

impl Chat {
    fn claude_file(&self) -> Value {
        serde_json::from_slice(&fs::read(self.claude_path()).unwrap()).unwrap()
    }
}

#[test]
fn where_it_was_asked_for_an_ended_login_is_renewed_within_the_turn() {
    let (idp, bot) = opted_in();
    let chat =
        bot.start().claude(0, 600).say("hi").on_wire(CLAUDE, SONNET).later(300).say("hi").on_wire(CLAUDE, SONNET);
    assert_eq!(idp.calls(), 0, "while it lasts its owner has the first go");
    let chat = chat.later(301).say("/model status").replies("anthropic:claude-cli – next, expired (refreshable)");
    let chat = chat.replies("managed by Claude Code").say("/model opus@claude-cli").say("hi").on_wire(CLAUDE, OPUS);
    assert_eq!(chat.passed_over(), [""; 0]);
    let login = chat.claude_file()["claudeAiOauth"].clone();
    assert_eq!(login["accessToken"], invented(CLAUDE, 1));
    assert_eq!(login["refreshToken"], refresh_token(1));
    assert!(!chat.auth_path().exists(), "it is in no store");
    chat.say("hi").on_wire(CLAUDE, OPUS).restart().say("hi").on_wire(CLAUDE, OPUS);
    assert_eq!((idp.calls(), idp.reuses()), (1, 0));
}

#[test]
fn where_it_was_asked_for_a_refused_login_is_renewed_and_the_request_sent_once_more() {
    let (idp, bot) = opted_in();
    let refused = Script::status(401).times(1);
    let chat = bot.start().claude(0, 3600).scripted(Some(CLAUDE), None, refused).say("hi");
    let chat = chat.wire(&[(CLAUDE, SONNET), (CLAUDE, SONNET)]).answered_by(CLAUDE, SONNET);
    assert_eq!(chat.passed_over(), [""; 0]);
    assert_eq!(chat.claude_file()["claudeAiOauth"]["refreshToken"], refresh_token(1));
    assert_eq!((idp.calls(), idp.reuses()), (1, 0));
}

#[test]
fn a_login_that_claude_code_rotates_just_before_is_adopted_and_nobody_falls_over() {
    let (idp, bot) = opted_in();
    let chat = bot.profiles("anthropic:key").order("anthropic", &[CLAUDE, "anthropic:key"]).start().claude(0, -60);
    let (outsider, path) = (idp.outsider(), chat.claude_path());
    let mut rotated = chat.claude_file();
    rotated["claudeAiOauth"]["accessToken"] = json!(invented(CLAUDE, 1));
    rotated["claudeAiOauth"]["refreshToken"] = json!(refresh_token(1));
    rotated["claudeAiOauth"]["expiresAt"] = json!(4_102_444_800_000_u64);
    let content = rotated.to_string();
    idp.before(move |_| {
        outsider();
        fs::write(&path, &content).unwrap();
    });
    let chat = chat.say("hi").on_wire(CLAUDE, SONNET).outcome("ok");
    assert_eq!(chat.passed_over(), [""; 0]);
    assert_eq!(chat.claude_file(), rotated, "losers never write");
}

#[test]
fn a_login_that_needs_a_person_says_how_to_log_in_there() {
    let (idp, bot) = opted_in();
    idp.revoke();
    let mut chat = bot.start().claude(0, -60).say("/model opus@claude-cli");
    for _ in 0..5 {
        chat = chat.later(60).say("hi").nothing_sent().replies("`claude /login`");
    }
    assert_eq!(idp.calls(), 1);
    chat.claude(1, 3600).say("hi").on_wire(CLAUDE, OPUS);
}

/// Nobody opted in: the chat is told which program renews it, and what that has renewed meanwhile is used at once.
#[test]
fn a_refused_login_that_is_not_ours_to_renew_says_whose_it_is() {
    let refused = Script::status(401).times(1);
    let chat = bot().start().claude(0, 3600).scripted(Some(CLAUDE), None, refused).say("hi").wire(&[(CLAUDE, SONNET)]);
    let chat = chat.replies("managed by Claude Code: run `claude` once").outcome("auth");
    chat.claude(1, 3600).say("hi").on_wire(CLAUDE, SONNET);
}

#[test]
fn older_configurations_call_it_a_token_and_it_answers_all_the_same() {
    let declared = json!({"auth": {"profiles": {CLAUDE: {"provider": "anthropic", "mode": "token"}}}});
    let chat = bot().config(declared).start().claude(0, 3600).say("hi").on_wire(CLAUDE, SONNET);
    chat.say("/model opus@claude-cli").say("hi").on_wire(CLAUDE, OPUS);
}

#[test]
fn nothing_is_ever_written_there_unless_asked_for() {
    let chat = bot().profiles("anthropic:default").start().claude(0, 600);
    let (path, folder) = (chat.claude_path(), chat.directory.path().join("home"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    let state = || {
        let found = fs::metadata(&path).unwrap();
        let here = fs::metadata(path.parent().unwrap()).unwrap();
        let stamps =
            (found.ino(), found.mtime(), found.mtime_nsec(), found.ctime_nsec(), here.mtime(), here.mtime_nsec());
        (fs::read(&path).unwrap(), stamps, fs::read_dir(&folder).unwrap().count())
    };
    let before = state();
    let chat = chat
        .say("hi")
        .say("/model opus@claude-cli")
        .say("hi")
        .on_wire(CLAUDE, OPUS)
        .say("/model status")
        .fails("anthropic:claude-cli=401")
        .say("hi")
        .restart()
        .beside()
        .later(601)
        .say("hi")
        .nothing_sent()
        .say("/model why")
        .say("/new");
    assert!(state() == before, "Claude Code's file or folder was touched");
    drop(chat);
}
