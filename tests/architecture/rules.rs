//! Which words may stand where.

use crate::architecture::sources::{self, Source};

/// Words that are kept out of some sources.
struct Rule {
    /// What the rule is for, told when it is broken.
    why: &'static str,
    /// The words, which count as whole ones.
    words: &'static [&'static str],
    /// Where: files and folders, by the start of their path without `.rs`.
    within: &'static [&'static str],
    /// Where not, each with its reason.
    except: &'static [(&'static str, &'static str)],
}

/// The modules without a clock, an environment, a file or a wait: everything they decide from is an argument.
const PURE: &[&str] = &[
    "src/directive",
    "src/catalog",
    "src/resolver",
    "src/session",
    "src/access",
    "src/reply",
    "src/keyshape",
    "src/profile/order",
    "src/profile/eligibility",
];

const RULES: &[Rule] = &[
    Rule {
        why: "the core is pure and synchronous: take what the clock, the environment or a file says as an argument",
        words: &[
            "async",
            "await",
            "tokio",
            "reqwest",
            "rusqlite",
            "std::env",
            "std::fs",
            "std::net",
            "std::process",
            "std::thread",
            "Timestamp::now",
            "Zoned::now",
            "SystemTime",
            "Instant",
        ],
        within: PURE,
        except: &[],
    },
    Rule {
        why: "the core decides and does not act: nothing in it knows who calls it",
        words: &["crate::engine", "crate::turn", "crate::store", "crate::cli", "crate::app", "crate::demo"],
        within: PURE,
        except: &[],
    },
    Rule {
        why: "whatever is printed passes the scrubber: give it to `cli::output`, or log it",
        words: &[
            "println!",
            "eprintln!",
            "print!",
            "eprint!",
            "dbg!",
            "io::stdout",
            "io::stderr",
            "stdout()",
            "stderr()",
        ],
        within: &["src", "adapters"],
        except: &[
            ("src/cli/output", "scrubs and prints what the operator is told"),
            ("src/cli/log", "scrubs and writes the log"),
            ("src/cli/panics", "scrubs and tells what a panic says"),
            ("adapters/terminal", "is the terminal: what it is given has been scrubbed"),
        ],
    },
    Rule {
        why: "a log of one's own would not pass the scrubber: there is one, in `cli::log`",
        words: &["tracing_subscriber", "set_hook", "take_hook"],
        within: &["src", "adapters"],
        except: &[("src/cli/log", "is the log"), ("src/cli/panics", "is what a panic says")],
    },
    Rule {
        why: "a draft is made by the turn, which holds back what may be the beginning of a secret",
        words: &["outbox.draft", "0.draft"],
        within: &["src"],
        except: &[("src/turn/run", "makes drafts"), ("src/engine/discreet", "passes them on")],
    },
    Rule {
        why: "a secret is uncovered where it goes on the wire or into its store, and nowhere else",
        words: &["expose_secret"],
        within: &["src", "adapters"],
        except: &[
            ("src/provider/http", "puts it on the wire"),
            ("src/redact/scrubber", "knows it, to take it out of everything that is shown or kept"),
            ("src/oauth/http", "puts a refresh token or a code on the wire to its own token endpoint"),
            ("src/store/postgres/address", "takes the password out of the address of the database, for its server"),
            ("src/alert/deliver", "posts to the address of a webhook, which whoever knows it may write to"),
            ("src/gateway/page/token", "makes the digest that the token of the page is known by"),
            ("src/config/channel_token", "tells which bot a token is for, and what Telegram takes for a secret"),
            ("adapters/telegram/src/api/http", "puts the token of a bot in the address, where Telegram wants it"),
            ("adapters/discord/src/api/http", "puts the token of a bot on the wire, to its own API"),
            (
                "adapters/discord/src/api/route",
                "puts the token of an interaction in the address, where Discord wants it",
            ),
            ("adapters/discord/src/shard", "tells Discord's gateway the token of a bot"),
            ("adapters/telegram/src/serve/begin", "tells Telegram the secret of its webhook"),
            ("adapters/telegram/src/webhook/gate", "compares the secret that comes with an update"),
            ("src/config/env/key_list", "parts a variable that holds several"),
            ("src/profile/fingerprint", "hashes it"),
            ("src/profile/auth_profile", "tells a setup-token by its prefix, for it is paid for differently"),
            ("src/profile/secret", "reads what a reference leads to, and takes the white space off"),
            ("src/profile/seal", "seals it before it is written, and takes white space off a passphrase"),
            ("src/profile/document/entry", "writes it back into the store it came from"),
            ("src/config/dotenv/file", "writes a bot's token where the operator keeps such variables"),
            ("src/profile/external/write_back", "writes a renewed login back into the file it came from"),
            ("src/demo", "invents its secrets, and plays the provider that receives them"),
        ],
    },
    Rule {
        why: "the command line is above everything: nothing but the program itself may call it",
        words: &["crate::cli"],
        within: &["src"],
        except: &[("src/cli", "is it"), ("src/main", "starts it")],
    },
    Rule {
        why: "the assembled program is known to the command line alone; take the port you need as an argument",
        words: &["crate::app"],
        within: &["src"],
        except: &[("src/cli", "starts it"), ("src/app", "is it"), ("src/demo", "assembles one to show")],
    },
    Rule {
        why: "only app.rs chooses a store, a provider or a channel; name the port instead",
        words: &[
            "Sqlite",
            "Memory",
            "Postgres",
            "Anthropic",
            "OpenAi",
            "Http",
            "store::sqlite",
            "store::memory",
            "store::postgres",
            "provider::anthropic",
            "provider::openai",
            "provider::http",
            "modelpin_telegram",
            "modelpin_discord",
            "modelpin_terminal",
        ],
        within: &["src"],
        except: &[
            ("src/app", "wires everything"),
            ("src/demo", "wires what it shows"),
            ("src/store", "has the stores"),
            ("src/provider", "has the providers"),
            ("src/cli", "serves the terminal it runs in"),
        ],
    },
    Rule {
        why: "imports name their module from the root, so that a reader sees which layer is meant",
        words: &["use super"],
        within: &["src", "adapters"],
        except: &[],
    },
];

/// Where a path part stands for the file `part.rs` and for what is in the folder `part/`.
fn covers(part: &str, path: &str) -> bool {
    let rest = path.strip_prefix(part);
    rest.is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
}

/// The lines, from 1, on which `word` stands as a whole.
fn lines_with(word: &str, code: &str) -> Vec<usize> {
    let in_a_word = |c: char| c.is_alphanumeric() || c == '_';
    let holds = |line: &str| {
        line.match_indices(word).any(|(at, _)| {
            let before = line[..at].chars().next_back().is_some_and(in_a_word);
            let after = word.ends_with(in_a_word) && line[at + word.len()..].starts_with(in_a_word);
            !before && !after
        })
    };
    code.lines().enumerate().filter(|(_, line)| holds(line)).map(|(number, _)| number + 1).collect()
}

fn breaches(rule: &Rule, source: &Source) -> Vec<String> {
    let Rule { why, words, within, except } = rule;
    let Source { path, code, .. } = source;
    let meant = within.iter().any(|part| covers(part, path)) && !except.iter().any(|(part, _)| covers(part, path));
    if !meant {
        return Vec::new();
    }
    let breach = |word: &&str| -> Vec<String> {
        lines_with(word, code).iter().map(|line| format!("{path}:{line}: `{word}`: {why}")).collect()
    };
    words.iter().flat_map(breach).collect()
}

#[test]
fn words_stand_where_they_may() {
    let broken: Vec<String> =
        sources::shipped().iter().flat_map(|source| RULES.iter().flat_map(|rule| breaches(rule, source))).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_breach_is_seen_and_named() {
    let source = |path: &str, code: &str| Source {
        path: path.to_owned(),
        text: String::new(),
        code: code.to_owned(),
        speech: String::new(),
    };
    let broken = |path: &str, code: &str| -> Vec<String> {
        RULES.iter().flat_map(|rule| breaches(rule, &source(path, code))).collect()
    };
    let pure = broken("src/session/key.rs", "\nlet now = Timestamp::now();");
    assert_eq!(pure.len(), 1);
    assert!(pure[0].starts_with("src/session/key.rs:2: `Timestamp::now`: the core is pure"), "{}", pure[0]);
    assert_eq!(broken("src/session.rs", "async fn f() {}").len(), 1);
    assert_eq!(broken("src/sessions_elsewhere.rs", "async fn f() {}"), [""; 0]);
    assert_eq!(broken("src/catalog/reading.rs", "my_async_thing(asynchronous)"), [""; 0]);
    assert_eq!(broken("src/turn.rs", "secret.expose_secret()").len(), 1);
    assert_eq!(broken("src/provider/http.rs", "secret.expose_secret()"), [""; 0]);
    assert_eq!(broken("src/engine.rs", "println!()").len(), 1);
    assert_eq!(broken("src/cli/chat.rs", "println!()").len(), 1);
    assert_eq!(broken("src/engine.rs", "use super::x;").len(), 1);
    assert_eq!(broken("src/engine.rs", "use crate::store::{Memory, SessionTable};").len(), 1);
}

#[test]
fn adapters_know_nothing_of_what_is_talked_about() {
    for source in sources::shipped() {
        if source.path.starts_with("adapters/") {
            let Source { path, code, speech, .. } = source;
            assert!(!speech.contains("/model"), "{path} speaks of /model: that is the engine's");
            for word in ["Model", "Profile", "Credential", "Provider"] {
                assert_eq!(lines_with(word, &code), [0; 0], "{path} has a type `{word}`: that is the engine's");
            }
        }
    }
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let long: Vec<String> = sources::all()
        .iter()
        .map(|source| (source.text.lines().count(), &source.path))
        .filter(|(lines, _)| *lines > 400)
        .map(|(lines, path)| format!("{path}: {lines} lines; part it by concept"))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn a_module_is_a_file_beside_its_folder() {
    for Source { path, .. } in sources::all() {
        assert!(!path.ends_with("/mod.rs"), "{path}: name it after its folder, beside it");
    }
}

#[test]
fn every_file_says_what_it_is() {
    for Source { path, text, .. } in sources::shipped() {
        let start = text.trim_start();
        assert!(start.starts_with("//!") || start.starts_with("#![doc"), "{path}: begin with a line `//! …`");
    }
}
