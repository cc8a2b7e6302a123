//! What the configuration is told of a credential that was just stored.

use serde_json::{Value, json};

use crate::catalog::ProviderId;
use crate::config::{Draft, EditFault, Mode};
use crate::profile::ProfileId;

const PROFILES: &str = "profiles";

/// Makes the configuration let the profile `id` be tried by itself, where it would not: it is declared where others of its
/// provider are, what is declared of it is put right, and it goes to the end of the provider's order where there is one.
/// Returns what was changed, a sentence each; nothing where the configuration says nothing of the provider's profiles.
///
/// At the end, though the family has it at the front: who answers now goes on answering. What an entry holds beside
/// (`grants`) stays.
///
/// # Errors
///
/// It cannot be written there by changing one place.
pub(crate) fn declare_profile(
    draft: &mut Draft,
    id: &ProfileId,
    provider: &ProviderId,
    mode: Mode,
    email: Option<&str>,
) -> Result<Vec<String>, EditFault> {
    let mut told = Vec::new();
    let declared = members(draft, PROFILES);
    if let Some((_, entry)) = declared.iter().find(|(name, _)| name == id.as_str()) {
        told.extend(correct(draft, id, entry, provider, mode, email)?);
    } else if declared.iter().any(|(name, entry)| provider_of(name, entry).as_ref() == Some(provider)) {
        let mut entry = json!({"provider": provider.as_str(), "mode": mode.as_str()});
        if let Some(email) = email {
            entry["email"] = json!(email);
        }
        draft.set(&["auth", PROFILES, id.as_str()], &entry)?;
        told.push(format!("`auth.profiles` declares {id} now, as it declares others of {provider}"));
    }
    told.extend(put_last(draft, id, provider)?);
    Ok(told)
}

/// Puts right what `entry`, the declaration of `id`, says otherwise.
fn correct(
    draft: &mut Draft,
    id: &ProfileId,
    entry: &Value,
    provider: &ProviderId,
    mode: Mode,
    email: Option<&str>,
) -> Result<Vec<String>, EditFault> {
    let mut told = Vec::new();
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let mut say = |name: &str, wanted: &str| -> Result<(), EditFault> {
        draft.set(&["auth", PROFILES, id.as_str(), name], &json!(wanted))?;
        let before = text(name).map_or_else(|| "nothing".to_owned(), |before| format!("`{before}`"));
        told.push(format!("`auth.profiles` says {name} `{wanted}` of {id} now, and said {before}"));
        Ok(())
    };
    if provider_of(id.as_str(), entry).as_ref() != Some(provider) {
        say("provider", provider.as_str())?;
    }
    // A token is taken under `oauth` as well.
    let agrees = text("mode") == Some(mode.as_str()) || (mode == Mode::Token && text("mode") == Some("oauth"));
    if !agrees {
        say("mode", mode.as_str())?;
    }
    if let Some(email) = email.filter(|email| text("email") != Some(*email)) {
        say("email", email)?;
    }
    Ok(told)
}

/// Puts `id` at the end of the order of `provider`, where there is one without it.
fn put_last(draft: &mut Draft, id: &ProfileId, provider: &ProviderId) -> Result<Option<String>, EditFault> {
    // Of two spellings of one provider the first counts.
    let orders = members(draft, "order");
    let order = orders.iter().find(|(name, _)| ProviderId::new(name).as_ref() == Some(provider));
    let Some((name, Value::Array(ids))) = order else { return Ok(None) };
    if ids.iter().any(|listed| listed.as_str() == Some(id.as_str())) {
        return Ok(None);
    }
    let longer: Vec<Value> = ids.iter().cloned().chain([json!(id.as_str())]).collect();
    draft.set(&["auth", "order", name], &Value::Array(longer))?;
    Ok(Some(format!("`auth.order.{name}` has {id} at its end now")))
}

/// What is under `auth.<key>`, by name.
fn members(draft: &Draft, key: &str) -> Vec<(String, Value)> {
    let found = draft.get(&["auth", key]).and_then(Value::as_object).cloned();
    found.unwrap_or_default().into_iter().collect()
}

/// Whose profile the declaration `entry` of `name` is of.
fn provider_of(name: &str, entry: &Value) -> Option<ProviderId> {
    let said = entry.get("provider").and_then(Value::as_str);
    said.or_else(|| name.split_once(':').map(|(provider, _)| provider)).and_then(ProviderId::new)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test stops at the first surprise")]
mod tests {
    use std::fs;

    use rstest::rstest;

    use super::declare_profile;
    use crate::catalog::ProviderId;
    use crate::config::{EditFault, Environment, Mode, edit};
    use crate::profile::ProfileId;

    #[rstest]
    #[case::nothing_is_declared("{gateway: 1}", Mode::ApiKey, None, 0, "{gateway: 1}")]
    #[case::others_are(
        "{auth: {profiles: {'z.ai:a': {provider: 'z.ai', mode: 'api_key'}}}}",
        Mode::Token,
        Some("a@b.example"),
        1,
        "{auth: {profiles: {\n      'z.ai:a': {provider: 'z.ai', mode: 'api_key'},\n      \"zai:new\": {\n        \
         \"provider\": \"zai\",\n        \"mode\": \"token\",\n        \"email\": \"a@b.example\"\n      }\n    }}}"
    )]
    #[case::others_of_somebody_else(
        "{auth: {profiles: {'openai:a': {mode: 'api_key'}}}}",
        Mode::Token,
        None,
        0,
        "{auth: {profiles: {'openai:a': {mode: 'api_key'}}}}"
    )]
    #[case::another_mode(
        "{auth: {profiles: {'zai:new': {provider: 'zai', mode: 'api_key', /* mine */ grants: {users: ['7']}}}}}",
        Mode::OAuth,
        None,
        1,
        "{auth: {profiles: {'zai:new': {provider: 'zai', mode: \"oauth\", /* mine */ grants: {users: ['7']}}}}}"
    )]
    #[case::a_token_under_oauth(
        "{auth: {profiles: {'zai:new': {mode: 'oauth'}}}}",
        Mode::Token,
        None,
        0,
        "{auth: {profiles: {'zai:new': {mode: 'oauth'}}}}"
    )]
    #[case::an_order(
        "{auth: {order: {'Z.AI': ['zai:a' /* first */], openai: []}}}",
        Mode::Token,
        None,
        1,
        "{auth: {order: {'Z.AI': ['zai:a', \"zai:new\" /* first */], openai: []}}}"
    )]
    #[case::an_order_that_has_it(
        "{auth: {order: {zai: ['zai:new']}}}",
        Mode::Token,
        None,
        0,
        "{auth: {order: {zai: ['zai:new']}}}"
    )]
    fn the_profile_is_let_in_and_nothing_else_changes(
        #[case] before: &str,
        #[case] mode: Mode,
        #[case] email: Option<&str>,
        #[case] told: usize,
        #[case] after: &str,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("modelpin.json");
        fs::write(&main, before).unwrap();
        let (id, provider) = (ProfileId::new("zai:new").unwrap(), ProviderId::new("zai").unwrap());
        for told in [told, 0] {
            let edited = edit::<_, EditFault>(&main, &Environment::default(), |draft| {
                declare_profile(draft, &id, &provider, mode, email)
            });
            let edited = edited.unwrap();
            assert_eq!((edited.value.len(), edited.written.is_empty()), (told, told == 0), "{:?}", edited.value);
            assert_eq!(fs::read_to_string(&main).unwrap(), after);
        }
    }
}
