//! Choices taken over from the family.

use modelpin::session::import::{ImportFault, ImportPlan, ImportStep, plan};
use modelpin::session::{Session, Source};
use rstest::rstest;

use crate::store::support::{at, key, pinned};

const NOW: i64 = 1_700_000_000;

/// The plan for one entry under `family_key` that pins a model and, by a person, a profile.
fn planned(family_key: &str, further: &str) -> ImportPlan {
    let text = format!(
        r#"{{
            // JSON5, as the family reads it
            '{family_key}': {{ sessionId: "x", updatedAt: 1600000000000, providerOverride: "Anthropic",
                modelOverride: "claude-opus-4-6", authProfileOverride: "anthropic:work",
                authProfileOverrideSource: "user", unknown: [1, 2], {further} }},
        }}"#
    );
    plan(&text, at(NOW)).unwrap()
}

#[rstest]
#[case("agent:main:telegram:dm:42", "", "agent:main:telegram:default:dm:42")]
#[case("agent:main:telegram:direct:42", "", "agent:main:telegram:default:dm:42")]
#[case("agent:Ops:telegram:bot2:dm:42", "", "agent:ops:telegram:bot2:dm:42")]
#[case("agent:main:telegram:bot2:direct:42", "", "agent:main:telegram:bot2:dm:42")]
#[case("agent:main:telegram:group:-100123", "", "agent:main:telegram:default:group:-100123")]
#[case("agent:main:telegram:group:-100123:topic:7", "", "agent:main:telegram:default:group:-100123:topic:7")]
#[case("agent:main:telegram:dm:42:thread:9", "", "agent:main:telegram:default:dm:42:thread:9")]
#[case("agent:main:telegram:direct:42:thread:42:9", "", "agent:main:telegram:default:dm:42:thread:9")]
#[case("agent:main:discord:channel:555", "", "agent:main:discord:default:channel:555")]
#[case(
    "agent:main:discord:channel:777",
    "parentSessionKey: 'agent:main:discord:channel:555'",
    "agent:main:discord:default:channel:555:thread:777"
)]
#[case("agent:main:matrix:group:!room:example.org", "", "agent:main:matrix:default:group:!room%3aexample.org")]
#[case("agent:main:dm:42", "lastChannel: 'telegram'", "agent:main:telegram:default:dm:42")]
#[case("agent:main:main", "lastChannel: 'telegram', lastTo: 'telegram:42'", "agent:main:telegram:default:dm:42")]
#[case("agent:node:telegram:hook:dm:42", "", "agent:node:telegram:hook:dm:42")]
#[case("agent:main:home", "lastChannel: 'discord', lastTo: 'user:42'", "agent:main:discord:default:dm:42")]
fn a_family_key_is_read(#[case] family_key: &str, #[case] further: &str, #[case] ours: &str) {
    let plan = planned(family_key, further);
    assert_eq!(plan.skipped, []);
    let [row] = &plan.rows[..] else { panic!("one row: {plan:?}") };
    assert_eq!((row.family_key.as_str(), row.key.as_str()), (family_key, ours));
    assert_eq!(row.selection.model.as_ref().unwrap().to_string(), "anthropic/claude-opus-4-6");
    assert_eq!(row.selection.pin.as_ref().unwrap().profile.as_str(), "anthropic:work");
    assert_eq!((row.selection.source, row.selection.since), (Source::User, at(1_600_000_000)));
    let folded = further.contains("last");
    assert_eq!(row.note.is_some(), folded, "{:?}", row.note);
}

#[rstest]
#[case("global", "", "one session for everything")]
#[case("telegram:slash:42", "", "slash commands")]
#[case("agent:main:discord:slash:42", "", "slash commands")]
#[case("agent:main:subagent:1234", "", "sub-agent")]
#[case("agent:main:cron:daily", "", "scheduled")]
#[case("agent:main:main", "", "does not say which")]
#[case("agent:main:main", "lastChannel: 'telegram', lastTo: 'telegram:-100'", "from a group")]
#[case("agent:main:dm:42", "", "names none")]
#[case("agent:main:telegram:dm", "", "unknown shape")]
#[case("agent", "", "unknown shape")]
#[case("something else", "", "unknown shape")]
fn a_key_without_a_place_here_is_skipped(#[case] family_key: &str, #[case] further: &str, #[case] why: &str) {
    let plan = planned(family_key, further);
    assert_eq!(plan.rows, []);
    let [(skipped, reason)] = &plan.skipped[..] else { panic!("one is skipped: {plan:?}") };
    assert_eq!(skipped, family_key);
    assert!(reason.contains(why), "{reason}");
}

#[rstest]
#[case("modelOverride: 'm', providerOverride: 'p', authProfileOverride: 'p:a'", Some("p/m"), None, "nothing says")]
#[case("authProfileOverride: 'p:a', authProfileOverrideSource: 'auto'", None, None, "chosen by rotation")]
#[case("authProfileOverride: 'p:a', authProfileOverrideCompactionCount: 0", None, None, "nothing says")]
#[case("authProfileOverride: 'p:a', authProfileOverrideSource: 'user'", None, Some("p:a"), "")]
#[case("modelOverride: 'p/m/x@y'", Some("p/m/x@y"), None, "")]
#[case("modelOverride: 'm'", None, None, "no provider")]
#[case("modelOverride: 'm', providerOverride: 'p', modelOverrideSource: 'auto'", None, None, "fallback")]
fn only_what_a_person_chose_is_taken_over(
    #[case] fields: &str,
    #[case] model: Option<&str>,
    #[case] profile: Option<&str>,
    #[case] said: &str,
) {
    let plan = plan(&format!("{{'agent:main:telegram:dm:42': {{{fields}}}}}"), at(NOW)).unwrap();
    let found = plan.rows.first().map(|row| &row.selection);
    assert_eq!(found.and_then(|row| row.model.as_ref()).map(ToString::to_string).as_deref(), model);
    assert_eq!(found.and_then(|row| row.pin.as_ref()).map(|pin| pin.profile.as_str()), profile);
    let note = plan.rows.first().and_then(|row| row.note.as_deref());
    let reason = plan.skipped.first().map(|(_, reason)| reason.as_str());
    assert_eq!(note.is_some() || reason.is_some(), !said.is_empty(), "{plan:?}");
    assert!(note.or(reason).unwrap_or_default().contains(said), "{plan:?}");
}

#[test]
fn sessions_without_a_choice_are_counted_and_nonsense_is_listed() {
    let plan =
        plan(r#"{"agent:main:main": {"updatedAt": 1}, "agent:main:telegram:dm:1": {}, "x": 3}"#, at(NOW)).unwrap();
    assert_eq!((plan.rows.len(), plan.without_choice), (0, 2));
    assert_eq!(plan.skipped, [("x".to_owned(), "the entry is no object".to_owned())]);
}

#[test]
fn of_two_dialects_of_one_key_the_later_used_counts() {
    let text = r#"{
        "agent:main:telegram:dm:42": {"modelOverride": "p/old", "updatedAt": 1000},
        "agent:main:telegram:direct:42": {"modelOverride": "p/new", "updatedAt": 2000},
        "agent:main:telegram:default:dm:42": {"modelOverride": "p/older", "updatedAt": 500}
    }"#;
    let plan = plan(text, at(NOW)).unwrap();
    assert_eq!(plan.rows.len(), 1);
    assert_eq!(plan.rows[0].selection.model.as_ref().unwrap().to_string(), "p/new");
    let skipped: Vec<_> = plan.skipped.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(skipped, ["agent:main:telegram:dm:42", "agent:main:telegram:default:dm:42"]);
    assert!(plan.skipped.iter().all(|(_, why)| why.contains("`agent:main:telegram:direct:42`")));
}

#[test]
fn a_file_that_is_no_session_store_is_a_fault() {
    assert!(matches!(plan("{", at(NOW)), Err(ImportFault::Syntax(_))));
    assert_eq!(plan("[]", at(NOW)), Err(ImportFault::NotSessions));
}

#[test]
fn a_choice_made_here_is_not_overruled() {
    let plan = planned("agent:main:telegram:dm:42", "");
    let row = &plan.rows[0];
    let ImportStep::Commit(first) = row.step(None, false, at(NOW)) else { panic!("nothing is there yet") };
    assert_eq!((&first.key, first.revision, first.created), (&key("42"), 0, at(NOW)));
    assert_eq!(first.choice.lasting.as_ref(), Some(&row.selection));
    assert_eq!(row.step(Some(&first), false, at(NOW)), ImportStep::Present);

    let chosen = Session { revision: 3, ..pinned("42", "anthropic:private") };
    assert_eq!(row.step(Some(&chosen), false, at(NOW)), ImportStep::Kept(Box::new(chosen.choice.clone())));
    let ImportStep::Commit(replaced) = row.step(Some(&chosen), true, at(NOW)) else { panic!("it was to be replaced") };
    assert_eq!((replaced.revision, replaced.previous.as_ref()), (3, Some(&chosen.choice)));
    assert_eq!(replaced.choice.lasting.as_ref(), Some(&row.selection));

    let mut automatic = chosen;
    automatic.choice.lasting.as_mut().unwrap().source = Source::Auto;
    assert!(matches!(row.step(Some(&automatic), false, at(NOW)), ImportStep::Commit(_)));
}
