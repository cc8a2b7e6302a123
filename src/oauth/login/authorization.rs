//! One login with a browser.

use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, RedirectUrl, Scope};
use secrecy::SecretString;
use url::{Url, form_urlencoded};

use crate::oauth::login::{Gives, LoginClient};
use crate::provider::{is_loopback, one_line};

/// One login with a browser: the address to open, and what is needed to recognise what comes back.
#[derive(Debug)]
pub(crate) struct Authorization {
    /// The address to open. There is no secret in it.
    pub(crate) url: Url,
    /// Where the browser is sent to afterwards.
    pub(crate) redirect: Url,
    /// What proves to the provider that whoever redeems the code is who asked for it.
    pub(crate) verifier: SecretString,
    /// What the answer has to repeat; `None` where it stands in the path of `redirect`, or cannot be had.
    state: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub(crate) enum Returned {
    /// The code to redeem.
    Code(SecretString),
    /// Why there is none, in the provider's words, on one line.
    Refused(String),
}

/// What came is not the answer to this login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Misread {
    /// It belongs to another login. The caller goes on waiting.
    #[error("that belongs to another login, perhaps an earlier one")]
    Elsewhere,
    /// There is no code in it. The caller goes on waiting.
    #[error(
        "there is no code in that: give the address that the browser was sent to in the end, or the code shown there"
    )]
    NoCode,
}

impl Authorization {
    /// Begins a login over `client`, whose answer is to come to `redirect`; `None` where it has no address to open.
    ///
    /// Where the provider repeats no state, it is put into the path of an address of this machine.
    pub(crate) fn begin(client: &LoginClient, redirect: &Url) -> Option<Self> {
        let begin = client.authorize_url.clone()?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let verifier = SecretString::from(verifier.secret().as_str());
        let state = CsrfToken::new_random();
        let mut redirect = redirect.clone();
        match client.gives {
            Gives::ApiKey => {
                if is_loopback(&redirect) {
                    let path = format!("{}/{}", redirect.path().trim_end_matches('/'), state.secret());
                    redirect.set_path(&path);
                }
                let mut url = begin;
                url.query_pairs_mut()
                    .append_pair("callback_url", redirect.as_str())
                    .append_pair("code_challenge", challenge.as_str())
                    .append_pair("code_challenge_method", "S256")
                    .extend_pairs(&client.params);
                Some(Self { url, redirect, verifier, state: None })
            }
            Gives::Grant => {
                let flow = BasicClient::new(ClientId::new(client.endpoint.client_id.clone()))
                    .set_auth_uri(AuthUrl::from_url(begin))
                    .set_redirect_uri(RedirectUrl::from_url(redirect.clone()));
                let mut request = flow
                    .authorize_url(|| state)
                    .add_scopes(client.scopes.iter().cloned().map(Scope::new))
                    .set_pkce_challenge(challenge);
                for (name, value) in &client.params {
                    request = request.add_extra_param(name.as_str(), value.as_str());
                }
                let (url, state) = request.url();
                Some(Self { url, redirect, verifier, state: Some(state.secret().clone()) })
            }
        }
    }

    /// What the browser brought to `path` with `query`; `None` where that is another address than was agreed upon.
    ///
    /// # Errors
    /// It is not the answer to this login.
    pub(crate) fn arrived(&self, path: &str, query: &str) -> Option<Result<Returned, Misread>> {
        (path == self.redirect.path()).then(|| self.of_query(query))
    }

    /// What a person pasted: the whole address, its part from the `?` on, `code#state`, or the code alone.
    ///
    /// # Errors
    /// It is not the answer to this login.
    pub(crate) fn pasted(&self, text: &str) -> Result<Returned, Misread> {
        if let Ok(url) = Url::parse(text)
            && url.has_host()
        {
            // The state may be in the path, so the path has to be right.
            return self.arrived(url.path(), url.query().unwrap_or_default()).unwrap_or(Err(Misread::NoCode));
        }
        if let Some((_, query)) = text.split_once('?') {
            return self.of_query(query);
        }
        if text.starts_with("code=") || text.contains("&code=") {
            return self.of_query(text);
        }
        match text.split_once('#') {
            Some((code, state)) => self.of_parts(code, Some(state)),
            None => self.of_parts(text, self.state.as_deref()),
        }
    }

    fn of_query(&self, query: &str) -> Result<Returned, Misread> {
        let query = query.split('#').next().unwrap_or_default();
        let field = |wanted: &str| {
            form_urlencoded::parse(query.as_bytes())
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.into_owned())
        };
        let state = field("state");
        if self.state.is_some() && self.state != state {
            return Err(if field("code").is_none() && state.is_none() { Misread::NoCode } else { Misread::Elsewhere });
        }
        match (field("code"), field("error")) {
            (Some(code), None) => self.of_parts(&code, state.as_deref()),
            (_, Some(error)) => {
                let sentence = field("error_description").map(|sentence| format!(": {sentence}")).unwrap_or_default();
                Ok(Returned::Refused(one_line(&format!("{error}{sentence}"), &[])))
            }
            (None, None) => Err(Misread::NoCode),
        }
    }

    fn of_parts(&self, code: &str, state: Option<&str>) -> Result<Returned, Misread> {
        if self.state.is_some() && self.state.as_deref() != state {
            return Err(Misread::Elsewhere);
        }
        if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Misread::NoCode);
        }
        Ok(Returned::Code(SecretString::from(code)))
    }
}

#[cfg(test)]
mod tests;
