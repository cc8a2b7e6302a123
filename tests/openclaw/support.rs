//! What the tests of the import have in common.

use std::path::Path;

use serde_json::{Value, json};

use crate::cli::support::{Ended, Home, store_in};
use crate::support::leaks::Leaks;
use crate::support::openclaw::OpenClaw;

/// Invented secrets.
pub(crate) const KEY: &str = "sk-test-openclaw-default-51f0c2a7be";
pub(crate) const TOKEN: &str = "sk-test-openclaw-work-0d93be7741aa";
pub(crate) const ACCESS: &str = "sk-test-openclaw-access-6a1e77f3c0";
pub(crate) const REFRESH: &str = "sk-test-openclaw-refresh-c7bb01d95e";
pub(crate) const OPS: &str = "sk-test-openclaw-ops-8e42f6b013d7";

/// Far in the future.
pub(crate) const END: u64 = 4_102_444_800_000;

/// The shared store of [`installed`].
pub(crate) fn store() -> Value {
    json!({"version": 1, "profiles": {
        "anthropic:default": {"type": "api_key", "provider": "anthropic", "key": KEY, "x-unknown": {"deep": [1, 2.50]}},
        "anthropic:work": {"type": "token", "provider": "anthropic", "token": TOKEN, "expires": END},
        "openai:me+x@example.com": {
            "type": "oauth", "provider": "openai", "access": ACCESS, "refresh": REFRESH, "expires": END,
            "email": "me+x@example.com", "clientId": "app_x",
        },
        "groq:env": {"type": "api_key", "provider": "groq", "keyRef": {"source": "env", "provider": "default", "id": "GROQ"}},
        "groq:kept": {"type": "api_key", "provider": "groq", "keyRef": {"source": "store", "provider": "openclaw", "id": "g"}},
    }})
}

/// The state of the shared store of [`installed`].
pub(crate) fn state() -> Value {
    json!({
        "version": 1,
        "order": {"anthropic": ["anthropic:work", "anthropic:default"]},
        "lastGood": {"anthropic": "anthropic:work"},
        "usageStats": {
            "anthropic:default": {"cooldownUntil": END, "cooldownReason": "rate_limit", "errorCount": 2, "lastUsed": 5},
        },
    })
}

/// The sessions of main.
pub(crate) fn sessions() -> Value {
    json!({
        "agent:main:telegram:group:-100": {
            "sessionId": "s", "updatedAt": 1_700_000_000_000_u64, "modelOverride": "claude-opus-4-6",
            "providerOverride": "anthropic", "authProfileOverride": "anthropic:work", "authProfileOverrideSource": "user",
            "modelOverrideSource": "user", "systemPromptReport": {"long": "text"},
        },
        "agent:main:main": {
            "updatedAt": 3, "modelOverride": "gpt-5.4", "providerOverride": "openai",
            "deliveryContext": {"channel": "telegram", "to": "telegram:42", "accountId": "default"},
        },
        "agent:main:telegram:group:-200": {"authProfileOverride": "anthropic:default", "authProfileOverrideSource": "auto"},
        "agent:main:telegram:group:-300": {"updatedAt": 4},
    })
}

/// OpenClaw with a shared store, sessions of main, and an agent `ops` with a profile of its own; running, so that all of
/// it is in the logs.
pub(crate) fn installed(home: &Home) -> OpenClaw {
    let mut openclaw = OpenClaw::at(home.path().join(".openclaw"));
    openclaw.share(&store(), &state());
    openclaw.agent("main", None, None, &sessions());
    let own = json!({"version": 1, "profiles": {
        "anthropic:work": {"type": "api_key", "provider": "anthropic", "key": OPS},
        // The same as what is shared: nothing of its own.
        "anthropic:default": store()["profiles"]["anthropic:default"],
    }});
    openclaw.agent("ops", Some(&own), None, &json!({}));
    openclaw
}

pub(crate) fn import(home: &Home, more: &[&str]) -> Ended {
    let ended = home.run(&[&["import", "openclaw"], more].concat());
    assert_no_leak(&ended);
    ended
}

#[track_caller]
pub(crate) fn assert_no_leak(ended: &Ended) {
    let leaks = Leaks::of([KEY, TOKEN, ACCESS, REFRESH, OPS]);
    leaks.assert_none_in("standard output", &ended.out);
    leaks.assert_none_in("standard error", &ended.err);
}

pub(crate) fn read(store: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(store).unwrap()).unwrap()
}

/// The store of `agent` in modelpin's own directory.
pub(crate) fn store_of(home: &Home, agent: &str) -> std::path::PathBuf {
    let main = store_in(&home.state());
    main.ancestors().nth(3).unwrap().join(agent).join("agent/auth-profiles.json")
}
