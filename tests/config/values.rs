//! From a JSON value to the typed configuration.

use std::time::Duration;

use modelpin::agent::AgentId;
use modelpin::catalog::ProviderId;
use modelpin::config::{Mode, Policy, Reset, RoomConfig, SecretPlace, from_value};
use modelpin::profile::{ProfileId, SecretSource};
use rstest::rstest;
use serde_json::{Value, json};

#[test]
fn every_key_arrives_where_it_belongs() {
    let config = from_value(&json!({
        "unknown": {"anything": 1},
        "agents": {
            "defaults": {"model": {"primary": "a/b", "fallbacks": ["c/d"]}, "models": {"a/b": {"alias": "x", "params": {}}}},
            "list": [{"id": "Work Bot", "default": true, "agentDir": "~/bot", "model": "e/f"}]
        },
        "auth": {
            "profiles": {"z.ai:me@example.com": {"mode": "oauth", "email": "me@example.com", "grants": {"users": [42, "telegram:7"]}}},
            "order": {"Z.AI": ["z.ai:me@example.com"], "zai": ["late"], "openai": []},
            "cooldowns": {"billingMaxHours": 12},
            "crossBillingClass": "deny"
        },
        "models": {"mode": "replace", "providers": {"Z.AI": {
            "baseUrl": "https://api.example.com/v1/", "apiKey": " sk-test-zai ", "api": "openai-completions",
            "headers": {"x-team": "a"}, "models": [{"id": "glm", "name": "GLM", "maxTokens": 4096, "cost": {}}]
        }, "vault": {"apiKey": {"source": "exec", "id": "llm/key"}}}},
        "session": {"dmScope": "main", "onNew": "keep", "userModelFallback": true, "reset": {"mode": "idle", "idleMinutes": 5}, "turnTimeoutSeconds": 90, "idleTimeoutSeconds": 2.5},
        "commands": {"allowFrom": {"*": ["1"], "telegram": [2]}, "ownerAllowFrom": ["telegram:1"]},
        "channels": {"telegram": {"allowFrom": [1, "*"], "groupAllowFrom": []}, "discord": {"dm": {"allowFrom": ["9"]}}, "defaults": {}},
        "env": {"vars": {"A": "1", "BLANK": " "}, "B": "2", "shellEnv": {"enabled": true, "timeoutMs": 50}},
        "secrets": {"defaults": {"file": "keys"}, "providers": {
            "keys": {"source": "file", "path": "~/keys.json"}, "vault": {
                "source": "exec", "command": "/bin/vault", "args": ["get"], "passEnv": ["VAULT_ADDR"],
                "env": {"VAULT_TOKEN": "sk-test-vault"}, "jsonOnly": true, "timeoutMs": 900
            }, "e": {"source": "env", "allowlist": ["A"]}
        }}
    }))
    .unwrap();
    let zai = ProviderId::new("zai").unwrap();
    let me = ProfileId::new("z.ai:me@example.com").unwrap();

    assert_eq!(config.agents.primary.as_deref(), Some("a/b"));
    assert_eq!(config.agents.fallbacks, ["c/d"]);
    assert_eq!(config.agents.models["a/b"].alias.as_deref(), Some("x"));
    let bot = &config.agents.list[0];
    assert_eq!((&bot.id, bot.default, bot.primary.as_deref()), (&AgentId::new("work-bot"), true, Some("e/f")));
    assert_eq!(bot.fallbacks, None, "it does not say, so the defaults count");

    let profile = &config.auth.profiles[&me];
    assert_eq!((&profile.provider, profile.mode), (&zai, Mode::OAuth));
    let grants = profile.grants.as_ref().unwrap();
    assert!(grants.owners);
    assert_eq!(grants.users, ["42", "telegram:7"]);
    assert_eq!(config.auth.order[&zai], [me], "the first spelling counts");
    assert_eq!(config.auth.order[&ProviderId::new("openai").unwrap()], [], "an empty list is kept");
    assert!((config.auth.cooldowns.billing_max_hours - 12.0).abs() < f64::EPSILON && config.auth.deny_cross_billing);

    assert!(config.replace_models);
    let provider = &config.providers[&zai];
    assert_eq!(provider.base_url.as_deref(), Some("https://api.example.com/v1"));
    assert!(provider.api_key.is_some() && provider.headers["x-team"] == "a");
    assert_eq!((provider.models[0].id.as_str(), provider.models[0].max_tokens), ("glm", Some(4096)));
    let vault = config.providers[&ProviderId::new("vault").unwrap()].api_key_ref.as_ref().unwrap();
    assert_eq!((vault.source, vault.provider.as_deref(), vault.id.as_str()), (SecretSource::Exec, None, "llm/key"));

    assert!(config.session.fold_dms && config.session.keep_on_new && config.session.user_model_fallback);
    assert_eq!(config.session.reset, Reset::Idle { minutes: 5 });
    let limits = (config.session.turn_timeout, config.session.idle_timeout);
    assert_eq!(limits, (Duration::from_secs(90), Duration::from_millis(2_500)));
    assert_eq!(config.commands.allow_from["telegram"], ["2"]);
    assert_eq!(
        config.channels["telegram"].access.allow_from.as_deref(),
        Some(["1".to_owned(), "*".to_owned()].as_slice())
    );
    assert_eq!(config.channels["telegram"].access.group_allow_from.as_deref(), Some([].as_slice()));
    assert_eq!(config.channels["discord"].access.allow_from.as_deref(), Some(["9".to_owned()].as_slice()));
    assert!(
        config.discord.enabled && !config.discord.accounts["default"].wanted,
        "nobody has said that it is to be served"
    );
    assert_eq!(config.env_vars.keys().collect::<Vec<_>>(), ["A", "B"]);
    assert_eq!((config.shell_env.enabled, config.shell_env.timeout_ms), (true, Some(50)));
    assert_eq!(config.secrets.defaults[&SecretSource::File], "keys");
    let places = &config.secrets.providers;
    assert!(matches!(&places["keys"], SecretPlace::File { path, patience: None } if path == "~/keys.json"));
    assert!(matches!(&places["e"], SecretPlace::Env { allowlist: Some(names) } if names == &["A"]));
    let SecretPlace::Exec(vault) = &places["vault"] else { panic!("{places:?}") };
    assert_eq!(
        (vault.command.as_str(), &*vault.args, &*vault.pass_env),
        ("/bin/vault", &["get".to_owned()][..], &["VAULT_ADDR".to_owned()][..])
    );
    assert_eq!((vault.json_only, vault.patience), (true, Some(Duration::from_millis(900))));
    assert!(!format!("{config:?}").contains("sk-test"), "{config:?}");
}

#[rstest]
#[case(json!([]), "the configuration: expected an object, found a list")]
#[case(json!({"agents": {"defaults": {"model": 3}}}), "agents.defaults.model: expected text, found a number")]
#[case(json!({"agents": {"list": [{"id": "a"}, {}]}}), "agents.list[1].id: expected the agent's id, found nothing")]
#[case(json!({"auth": {"profiles": {"a:b": {"provider": "a", "mode": "key"}}}}), "auth.profiles.a:b.mode: expected `api_key`, `token` or `oauth`, found text")]
#[case(json!({"auth": {"profiles": {"plain": {"mode": "token"}}}}), "auth.profiles.plain.provider: expected the provider's name, found nothing")]
#[case(json!({"auth": {"cooldowns": {"billingMaxHours": 0}}}), "auth.cooldowns.billingMaxHours: expected a number above 0, found a number")]
#[case(json!({"models": {"providers": {"a": {"apiKey": 12}}}}), "models.providers.a.apiKey: expected text, found a number")]
#[case(json!({"models": {"providers": {"a": {"models": [{"name": "x"}]}}}}), "models.providers.a.models[0].id: expected the model's id, found nothing")]
#[case(json!({"session": {"reset": {"mode": "daily", "atHour": 24}}}), "session.reset.atHour: expected an hour, 0 to 23, found a number")]
#[case(json!({"session": {"idleTimeoutSeconds": 0}}), "session.idleTimeoutSeconds: expected a number above 0, found a number")]
#[case(json!({"session": {"turnTimeoutSeconds": "10m"}}), "session.turnTimeoutSeconds: expected a number above 0, found text")]
#[case(json!({"channels": {"telegram": {"allowFrom": "42"}}}), "channels.telegram.allowFrom: expected a list, found text")]
#[case(json!({"channels": {"telegram": {"dmPolicy": "closed"}}}), "channels.telegram.dmPolicy: expected `pairing`, `allowlist`, `open` or `disabled`, found text")]
#[case(json!({"channels": {"telegram": {"groups": {"-1": {"groupPolicy": "pairing"}}}}}), "channels.telegram.groups.-1.groupPolicy: expected `allowlist`, `open` or `disabled`, found text")]
#[case(json!({"channels": {"discord": {"accounts": {"a": {"groups": {"1": {"topics": {"7": {"requireMention": 1}}}}}}}}}), "channels.discord.accounts.a.groups.1.topics.7.requireMention: expected true or false, found a number")]
#[case(json!({"secrets": {"providers": {"k": {"source": "file"}}}}), "secrets.providers.k.path: expected the path of the file, found nothing")]
#[case(json!({"secrets": {"providers": {"k": {"source": "exec", "command": "/x", "timeoutMs": 0}}}}), "secrets.providers.k.timeoutMs: expected a number of milliseconds, from 1 to 120000, found a number")]
#[case(json!({"models": {"providers": {"a": {"apiKey": {"source": "exec", "provider": "v", "id": "--version"}}}}}), "models.providers.a.apiKey.id: expected a plain name such as `work/anthropic`, without `.` and `..` as parts, found text")]
#[case(json!({"models": {"providers": {"a": {"apiKey": {"source": "file", "id": "a/b"}}}}}), "models.providers.a.apiKey.id: expected `value` or a JSON pointer such as `/providers/anthropic`, found text")]
#[case(json!({"models": {"providers": {"a": {"apiKey": {"source": "env", "provider": "V", "id": "A"}}}}}), "models.providers.a.apiKey.provider: expected a lower-case word such as `vault`, found text")]
#[case(json!({"models": {"providers": {"a": {"apiKey": {"source": "env"}}}}}), "models.providers.a.apiKey.id: expected the name of a variable, such as `ANTHROPIC_API_KEY`, found nothing")]
#[case(json!({"session": {"personalPin": "mine"}}), "session.personalPin: expected `sender` or `refuse`, found text")]
#[case(json!({"access": {"roles": {"operator": "42"}}}), "access.roles.operator: expected a list, found text")]
#[case(json!({"access": {"chats": {"*": {"switchModel": "everybody"}}}}), "access.chats.*.switchModel: expected `member`, `operator` or `owner`, found text")]
#[case(json!({"access": {"chats": {"telegram:-1": {"pairs": ["@work"]}}}}), "access.chats.telegram:-1.pairs: expected `model@profile`, with `*` for any, found a list")]
fn a_wrong_value_is_named_by_its_key(#[case] value: Value, #[case] said: &str) {
    assert_eq!(from_value(&value).unwrap_err().to_string(), said);
}

#[test]
fn no_secret_shows_when_a_configuration_is_printed() {
    let config = from_value(&json!({
        "models": {"providers": {"a": {"apiKey": "sk-test-planted"}}}, "env": {"X": "sk-test-planted"}
    }));
    assert!(!format!("{config:?}").contains("planted"));
}

#[test]
fn the_access_of_a_channel_is_read_with_its_groups_topics_and_accounts() {
    let config = from_value(&json!({"channels": {
        "telegram": {
            "dmPolicy": "pairing", "groupPolicy": "open",
            "groups": {
                " -100 ": {"enabled": false, "allowFrom": [7], "topics": {"1": {"requireMention": false}}},
                "*": null,
            },
            "accounts": {"team": {"dmPolicy": "disabled"}},
        },
        "discord": {"dm": {"policy": "open"}},
        "somewhere": {"groups": ["with", "a", "shape", "of", "its", "own"], "dmPolicy": 3},
    }}));
    let channels = config.unwrap().channels;
    let telegram = &channels["telegram"].access;
    assert_eq!((telegram.dm_policy, telegram.group_policy), (Some(Policy::Allowlist), Some(Policy::Open)));
    let groups = telegram.groups.as_ref().unwrap();
    assert_eq!((groups["-100"].room.enabled, groups["-100"].topics["1"].require_mention), (Some(false), Some(false)));
    assert_eq!(groups["-100"].room.allow_from.as_deref(), Some(["7".to_owned()].as_slice()));
    assert_eq!(groups["*"].room, RoomConfig::default());
    assert_eq!(channels["telegram"].account_access["team"].dm_policy, Some(Policy::Disabled));
    assert_eq!(channels["discord"].access.dm_policy, Some(Policy::Open));
    assert_eq!(channels["somewhere"].access.groups, None);
}
