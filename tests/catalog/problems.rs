//! Defaults, allowlists, aliases, and what is wrong with them.

use modelpin::agent::AgentId;
use modelpin::catalog::{Catalog, CatalogProblem, Found};
use modelpin::config;
use serde_json::{Value, json};

fn catalog(config: &Value) -> Catalog {
    catalog_of(config, "main")
}

fn catalog_of(config: &Value, agent: &str) -> Catalog {
    Catalog::new(&config::from_value(config).unwrap(), &AgentId::new(agent))
}

fn said(catalog: &Catalog) -> Vec<String> {
    catalog.problems().iter().map(ToString::to_string).collect()
}

#[test]
fn without_any_configuration_the_built_in_table_serves() {
    let catalog = catalog(&json!({}));
    assert_eq!(catalog.default_model().to_string(), "anthropic/claude-opus-4-6");
    assert_eq!(catalog.label(catalog.default_model()), "opus (anthropic/claude-opus-4-6)");
    assert!(catalog.has_alias("OPUS") && !catalog.has_alias("opu") && !catalog.has_alias(""));
    assert_eq!(catalog.problems(), []);
    let providers: Vec<_> = catalog.providers().into_iter().map(|(provider, _)| provider.to_string()).collect();
    assert!(providers.is_sorted() && providers.contains(&"openai".to_owned()));
}

#[test]
fn an_allowlist_holds_its_models_the_fallbacks_and_the_default_and_no_other() {
    let catalog = catalog(&json!({"agents": {"defaults": {
        "model": {"primary": "anthropic/claude-haiku-4-5", "fallbacks": ["openai/gpt-5.4", "openai/gpt-5.4"]},
        "models": {"zai/b": {}, "zai/a": {}, "z.ai/b": {}}
    }}}));
    let listed: Vec<String> =
        catalog.providers().into_iter().flat_map(|(_, models)| models).map(ToString::to_string).collect();
    assert_eq!(listed, ["anthropic/claude-haiku-4-5", "openai/gpt-5.4", "zai/b", "zai/a"]);
    assert!(!catalog.allows(&"zai/c".parse().unwrap()));
    assert!(catalog.allows(&"z-ai/a".parse().unwrap()));
    assert_eq!(catalog.fallbacks().len(), 1);
}

#[test]
fn a_default_without_a_provider_is_an_alias_or_the_id_of_one_model() {
    let with = |primary: &str| {
        catalog(&json!({
            "models": {"providers": {"here": {"baseUrl": "http://127.0.0.1:9", "models": [{"id": "llama"}]}}},
            "agents": {"defaults": {"model": primary}}
        }))
    };
    assert_eq!(with("sonnet").default_model().to_string(), "anthropic/claude-sonnet-4-6");
    assert_eq!(with("llama").default_model().to_string(), "here/llama");
    let lost = with("lama");
    assert_eq!(lost.default_model().to_string(), "here/llama", "the first configured one takes its place");
    assert_eq!(
        lost.problems(),
        [CatalogProblem::UnknownModel { key: "agents.defaults.model".to_owned(), text: "lama".to_owned() }]
    );
}

#[test]
fn an_agent_has_its_own_default_and_may_switch_fallbacks_off() {
    let config = json!({"agents": {
        "defaults": {"model": {"primary": "anthropic/claude-opus-4-6", "fallbacks": ["openai/gpt-5.4"]}},
        "list": [
            {"id": "quiet", "model": {"fallbacks": []}},
            {"id": "cheap", "model": "openai/gpt-5.4-mini"}
        ]
    }});
    let quiet = catalog_of(&config, "quiet");
    assert_eq!((quiet.default_model().to_string().as_str(), quiet.fallbacks().len()), ("anthropic/claude-opus-4-6", 0));
    let cheap = catalog_of(&config, "cheap");
    assert_eq!(cheap.default_model().to_string(), "openai/gpt-5.4-mini");
    assert_eq!(cheap.fallbacks().len(), 1);
}

#[test]
fn a_built_in_alias_follows_the_allowlist_and_gives_way_to_the_operators() {
    let with = |models: Value| catalog(&json!({"agents": {"defaults": {"model": "zai/x", "models": models}}}));
    let old = with(json!({"anthropic/claude-opus-4-5": {}}));
    assert_eq!(old.find("opus"), Found::Model("anthropic/claude-opus-4-5".parse().unwrap()));
    let taken = with(json!({"anthropic/claude-opus-4-6": {}, "openai/gpt-5.4": {"alias": "Opus"}}));
    assert_eq!(taken.find("opus"), Found::Model("openai/gpt-5.4".parse().unwrap()));
    assert_eq!(said(&taken), [""; 0]);
    let declined = with(json!({"anthropic/claude-opus-4-6": {"alias": ""}}));
    assert!(!declined.has_alias("opus"));
    let renamed = with(json!({"anthropic/claude-opus-4-6": {"alias": "Big"}}));
    assert!(!renamed.has_alias("opus") && renamed.has_alias("big"));
}

#[test]
fn each_mistake_is_reported_once_and_says_what_to_do() {
    let catalog = catalog(&json!({"agents": {"defaults": {
        "model": {"primary": "nowhere/x", "fallbacks": ["zai/"]},
        "models": {
            "plain": {},
            "openai/a": {"alias": "Same"},
            "openai/b": {"alias": "same"},
            "openai/c": {"alias": "status"},
            "openai/d": {"alias": "new"},
            "openai/e": {"alias": "x/y"},
            "openai/f": {"alias": "gpt-5.4"},
            "openai/g": {"alias": "Reset"},
            "openai/gpt-5.4": {}
        }
    }}}));
    assert_eq!(
        said(&catalog),
        [
            "agents.defaults.models: `plain` is not of the form `provider/model` and is passed over",
            "openai/e: `x/y` cannot be an alias; leave out `/`, and `@` at the start",
            "agents.defaults.model.fallbacks: `zai/` is not of the form `provider/model` and is passed over",
            "alias `gpt-5.4` of openai/f is also a model id; openai/gpt-5.4 can only be chosen by full name",
            "alias `new` of openai/d is also a command: `/new` does not choose the model; rename it",
            "alias `Reset` of openai/g is also a command: `/reset` does not choose the model; rename it",
            "alias `Same` is given to openai/a, openai/b; it works for none of them until it is given to one",
            "alias `status` of openai/c is also a command: `/model status` does not choose the model; rename it",
            "nowhere/x: set models.providers.nowhere.baseUrl, or no request can be sent",
        ]
    );
    assert_eq!(catalog.alias_of(&"openai/a".parse().unwrap()), None, "nobody is shown by an ambiguous alias");
}

#[test]
fn replacing_the_models_takes_the_built_in_ones_away() {
    let catalog = catalog(&json!({"models": {"mode": "replace", "providers": {
        "here": {"baseUrl": "http://127.0.0.1:9", "models": [{"id": "llama"}]}
    }}}));
    assert_eq!(catalog.default_model().to_string(), "here/llama");
    assert_eq!(catalog.providers().len(), 1);
    assert!(!catalog.has_alias("opus"));
}
