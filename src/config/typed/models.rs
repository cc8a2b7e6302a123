//! `agents.*` and `models.*`.

use indexmap::IndexMap;
use secrecy::SecretString;
use serde_json::Value;

use crate::agent::AgentId;
use crate::catalog::ProviderId;
use crate::config::field::Field;
use crate::config::typed::secrets;
use crate::config::{AgentConfig, Agents, KeyFault, ModelEntry, ProviderConfig, ProviderModel};

pub(crate) fn agents(field: &Field<'_>) -> Result<Agents, KeyFault> {
    let defaults = field.get("defaults")?;
    let (primary, fallbacks) = model(&defaults.get("model")?)?;
    let (image, image_fallbacks) = model(&defaults.get("imageModel")?)?;
    let mut models = IndexMap::new();
    for (name, entry) in defaults.get("models")?.members()? {
        models.insert(name.to_owned(), ModelEntry { alias: entry.get("alias")?.string()? });
    }
    let list = field.get("list")?.elements()?.unwrap_or_default();
    let list = list.iter().map(agent).collect::<Result<_, _>>()?;
    Ok(Agents {
        primary,
        fallbacks: fallbacks.unwrap_or_default(),
        image,
        image_fallbacks: image_fallbacks.unwrap_or_default(),
        models,
        list,
    })
}

fn agent(field: &Field<'_>) -> Result<AgentConfig, KeyFault> {
    let id = field.get("id")?;
    let id = AgentId::new(id.text()?.ok_or_else(|| id.wrong("the agent's id"))?);
    let (primary, fallbacks) = model(&field.get("model")?)?;
    let default = field.get("default")?.flag()?.unwrap_or_default();
    Ok(AgentConfig { id, default, agent_dir: field.get("agentDir")?.string()?, primary, fallbacks })
}

/// `"primary"`, or `{primary, fallbacks}`. A blank primary is none.
fn model(field: &Field<'_>) -> Result<(Option<String>, Option<Vec<String>>), KeyFault> {
    let (primary, fallbacks) = match field.present() {
        Some(Value::Object(_)) => (field.get("primary")?, field.get("fallbacks")?.ids()?),
        _ => (field.clone(), None),
    };
    Ok((primary.string()?.filter(|text| !text.trim().is_empty()), fallbacks))
}

pub(crate) fn replace(models: &Field<'_>) -> Result<bool, KeyFault> {
    let mode = models.get("mode")?;
    match mode.text()? {
        None | Some("merge") => Ok(false),
        Some("replace") => Ok(true),
        Some(_) => Err(mode.wrong("`merge` or `replace`")),
    }
}

/// By normalised id; of two spellings of one provider the first counts.
pub(crate) fn providers(field: &Field<'_>) -> Result<IndexMap<ProviderId, ProviderConfig>, KeyFault> {
    let mut providers = IndexMap::new();
    for (name, field) in field.members()? {
        let id = ProviderId::new(name).ok_or_else(|| field.wrong("a provider's name without `/`"))?;
        let read = provider(&field)?;
        providers.entry(id).or_insert(read);
    }
    Ok(providers)
}

fn provider(field: &Field<'_>) -> Result<ProviderConfig, KeyFault> {
    let api_key = field.get("apiKey")?;
    let (api_key, api_key_ref) = match api_key.present() {
        Some(Value::Object(_)) => (None, Some(secrets::secret_ref(&api_key)?)),
        _ => (api_key.text()?.map(str::trim).filter(|key| !key.is_empty()).map(SecretString::from), None),
    };
    let mut headers = IndexMap::new();
    for (name, value) in field.get("headers")?.members()? {
        if let Some(text) = value.string()? {
            headers.insert(name.to_owned(), text);
        }
    }
    let base_url = field.get("baseUrl")?.text()?.map(|url| url.trim().trim_end_matches('/').to_owned());
    let models = field.get("models")?.elements()?.unwrap_or_default();
    Ok(ProviderConfig {
        base_url: base_url.filter(|url| !url.is_empty()),
        api_key,
        api_key_ref,
        api: field.get("api")?.string()?,
        headers,
        models: models.iter().map(provider_model).collect::<Result<_, _>>()?,
    })
}

fn provider_model(field: &Field<'_>) -> Result<ProviderModel, KeyFault> {
    let id = field.get("id")?;
    let max_tokens = field.get("maxTokens")?.whole(1, i64::from(u32::MAX), "a number of tokens, from 1")?;
    Ok(ProviderModel {
        id: id.string()?.ok_or_else(|| id.wrong("the model's id"))?,
        name: field.get("name")?.string()?,
        api: field.get("api")?.string()?,
        max_tokens: max_tokens.and_then(|number| u32::try_from(number).ok()),
    })
}
