//! Where a new credential goes, and putting it there.

use jiff::Timestamp;
use serde::Serialize;

use crate::catalog::ProviderId;
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::auth::configured::Configured;
use crate::cli::models::auth::{Case, deed, kind_word, told, verdict};
use crate::cli::open::quoted;
use crate::profile::{
    AuthStore, Credential, Expiry, Fingerprint, Held, NewProfile, Origin, ProfileId, SecretValue, Written,
};

/// Where a new credential goes.
pub(crate) struct Place {
    id: ProfileId,
    origin: Origin,
    provider: ProviderId,
    kind: &'static str,
    /// Whether something else than an older secret of the same kind may give way.
    yes: bool,
    /// Whether the configuration is left as it is.
    no_config: bool,
}

/// What was stored.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stored<'a> {
    id: &'a ProfileId,
    provider: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    fingerprint: Option<String>,
    expires: Option<String>,
    file: String,
    /// Whether a byte had to be written.
    changed: bool,
    /// What was there before.
    replaced: Option<String>,
    /// What the configuration was made to say of it.
    configured: Vec<String>,
    /// The files of the configuration that were written for that.
    config_files: Vec<String>,
    /// Whether it is tried by itself, without being pinned.
    in_order: bool,
    /// Why not, and what to do.
    note: Option<String>,
}

impl Place {
    /// The place for a credential of `kind` under `id`: where the profile is, or else the agent's own store.
    ///
    /// # Errors
    /// Something else is there that must not be lost unseen, or the store cannot be read: told before anybody is asked
    /// for a secret.
    pub(crate) fn of(
        case: &Case<'_>,
        id: ProfileId,
        provider: &ProviderId,
        kind: &'static str,
        yes: bool,
    ) -> Result<Self, Failure> {
        case.current()?;
        let store = case.installation.auth_store();
        let origin = store.owner_of(&id).unwrap_or_else(|| store.own());
        let place = Self { id, origin, provider: provider.clone(), kind, yes, no_config: false };
        let held = store.stored(&place.origin)?.held(&place.id);
        match held.filter(|held| place.is_in_the_way(held)) {
            Some(held) => Err(place.taken(case, &held)),
            None => Ok(place),
        }
    }

    /// The id.
    pub(crate) fn id(&self) -> &ProfileId {
        &self.id
    }

    /// The store.
    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The same, leaving the configuration as it is where `no_config` says so.
    pub(crate) fn leaving_config(self, no_config: bool) -> Self {
        Self { no_config, ..self }
    }

    /// Stores `profile` there, lets the configuration know of it, and says what became of it.
    ///
    /// # Errors
    /// It could not be stored.
    pub(crate) fn put(&self, case: &mut Case<'_>, profile: &NewProfile) -> Result<Exit, Failure> {
        let Written { path, changed, value: held } = self.write(case, profile)?;
        let configured = if self.no_config { Configured::default() } else { Configured::with(case, &self.id, profile) };
        let verdict = verdict::of(case, &self.id, &self.provider);
        let stored = Stored {
            id: &self.id,
            provider: self.provider.as_str(),
            kind: self.kind,
            fingerprint: fingerprint(&profile.credential).map(|fingerprint| fingerprint.to_string()),
            expires: end(&profile.credential).map(|end| format!("{end:.0}")),
            file: path.display().to_string(),
            changed,
            replaced: held.as_ref().map(described),
            configured: configured.changes.clone(),
            config_files: configured.written.iter().map(|(file, _)| file.display().to_string()).collect(),
            in_order: verdict.is_none(),
            note: verdict,
        };
        if case.global.json {
            case.output.json(&stored)?;
        } else {
            case.output.data(&line(&stored))?;
        }
        for line in configured.lines().iter().chain(&stored.note) {
            case.output.talk(&modelpin_terminal::visible(line));
        }
        Ok(Exit::Ok)
    }

    /// Stores `profile` there, without a word; returns what was there before.
    ///
    /// # Errors
    /// It could not be stored.
    pub(crate) fn write(&self, case: &mut Case<'_>, profile: &NewProfile) -> Result<Written<Option<Held>>, Failure> {
        let before = case.current()?.profiles.get(&self.id).map(told);
        let print =
            fingerprint(&profile.credential).map_or_else(|| "kept elsewhere".to_owned(), |print| print.to_string());
        let after = Some(format!("{} {print}", kind_word(&profile.credential)));
        let change = deed(&self.id, before.clone(), after.clone(), "stored");
        let put = |store: &AuthStore| {
            store.edit(&self.origin, |document| {
                let held = document.held(&self.id);
                if let Some(held) = held.clone().filter(|held| self.is_in_the_way(held)) {
                    return Err(held);
                }
                let before = document.clone();
                document.set_profile(&self.id, profile);
                if held.is_some() && *document != before {
                    // What went wrong with the old secret says nothing about the new one.
                    document.clear_usage(&self.id);
                }
                Ok(held)
            })
        };
        // The same again is no change; what else would be written then is of no concern to the audit.
        let written = if before == after { put(case.installation.auth_store())? } else { case.audited(change, put)? };
        let Written { path, changed, value } = written;
        Ok(Written { path, changed, value: value.map_err(|held| self.taken(case, &held))? })
    }

    fn is_in_the_way(&self, held: &Held) -> bool {
        let Held { kind, provider, reference } = held;
        !self.yes && (kind != self.kind || *reference || provider.as_ref() != Some(&self.provider))
    }

    fn taken(&self, case: &Case<'_>, held: &Held) -> Failure {
        let Self { id, origin, .. } = self;
        let look = case.command("list");
        Failure::Misuse(format!(
            "{id} is {} in {}, which was left as it is. Give the new one another id with --profile-id, or add --yes to put \
             it in that place. To see what there is: {look}",
            described(held),
            origin.path.display(),
        ))
    }
}

/// What is held under an id, for a sentence.
fn described(held: &Held) -> String {
    let Held { kind, provider, reference } = held;
    let kind = match kind.as_str() {
        "api_key" => "an API key",
        "token" => "a token",
        "oauth" => "an OAuth login",
        _ => "a credential of another program's kind",
    };
    let whose = provider.as_ref().map_or_else(String::new, |provider| format!(" of {provider}"));
    let kept = if *reference { ", kept elsewhere and only referred to" } else { "" };
    format!("{kind}{whose}{kept}")
}

fn line(stored: &Stored<'_>) -> String {
    let Stored { id, fingerprint, expires, file, changed, replaced, .. } = stored;
    let what = match (changed, replaced) {
        (false, _) => "was there already:",
        (true, None) => "stored:",
        (true, Some(_)) => "replaced:",
    };
    let fingerprint = fingerprint.as_deref().unwrap_or("-");
    let until = expires.as_ref().map_or_else(String::new, |end| format!(", expires {end}"));
    let before = replaced.as_ref().filter(|_| *changed).map_or_else(String::new, |held| format!(", before: {held}"));
    modelpin_terminal::visible(&format!(
        "{} {what} fingerprint {fingerprint}{until}{before}; in {file}",
        quoted(id.as_str())
    )) + "\n"
}

/// The fingerprint of what would go on the wire; `None` where that is kept elsewhere, or missing.
pub(crate) fn fingerprint(credential: &Credential) -> Option<Fingerprint> {
    match credential {
        Credential::ApiKey { key: SecretValue::Inline(secret) }
        | Credential::Token { token: SecretValue::Inline(secret), .. } => Some(Fingerprint::of(secret)),
        Credential::ApiKey { key: SecretValue::Missing | SecretValue::Ref(_) }
        | Credential::Token { token: SecretValue::Missing | SecretValue::Ref(_), .. } => None,
        Credential::OAuth(grant) => grant.access.as_ref().map(Fingerprint::of),
    }
}

/// When a credential ends, where that is a time.
pub(crate) fn end(credential: &Credential) -> Option<Timestamp> {
    let expires = match credential {
        Credential::ApiKey { .. } => Expiry::Never,
        Credential::Token { expires, .. } => *expires,
        Credential::OAuth(grant) => grant.expires,
    };
    match expires {
        Expiry::At(end) => Some(end),
        Expiry::Never | Expiry::Invalid => None,
    }
}
