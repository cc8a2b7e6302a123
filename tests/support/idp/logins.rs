//! Logins: with a browser, and with another device. As strict as the standards let a provider be.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::{Url, form_urlencoded};

use crate::support::idp::{Idp, Shared, refresh_token};

/// The client that may log in.
const CLIENT: &str = "client-of-the-test";

/// The code that a device is polled for with.
pub(crate) const DEVICE_CODE: &str = "device-code-test-7Qz44aab0b8f9c1f";

/// What is known of logins.
#[derive(Default)]
pub(crate) struct Logins {
    issued: u32,
    /// Codes that were given out, and what they may be redeemed by.
    codes: HashMap<String, Bound>,
    spent: HashSet<String>,
    /// Whose the next login is.
    email: Option<String>,
    /// The person says no.
    declines: bool,
    /// What a device is told while nobody has confirmed it, in turn; a grant when there is nothing left.
    polls: VecDeque<&'static str>,
    /// What was wrong with a request, in words.
    complaints: Vec<String>,
}

/// What a code is bound to.
struct Bound {
    redirect: String,
    challenge: String,
}

impl Idp {
    /// How the configuration names it for `provider`, with every flow.
    pub(crate) fn login_config(&self, provider: &str) -> Value {
        let at = |path: &str| format!("http://{}/{path}", self.address);
        json!({"auth": {"oauth": {provider: {
            "authorizeUrl": at("authorize"),
            "tokenUrl": at("token"),
            "clientId": CLIENT,
            "scopes": ["openid", "email"],
        }}}})
    }

    /// The address of one of its pages.
    pub(crate) fn page(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    /// Whose the next login is.
    pub(crate) fn is_used_by(&self, email: Option<&str>) {
        self.shared.logins.lock().unwrap().email = email.map(str::to_owned);
    }

    /// Has the person say no.
    pub(crate) fn declines(&self) {
        self.shared.logins.lock().unwrap().declines = true;
    }

    /// What a device is told, in turn, before it is given a grant.
    pub(crate) fn polls(&self, polls: impl IntoIterator<Item = &'static str>) {
        self.shared.logins.lock().unwrap().polls = polls.into_iter().collect();
    }

    /// What was wrong with what it was asked.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.shared.logins.lock().unwrap().complaints.clone()
    }
}

impl Logins {
    fn refuse(&mut self, error: &str, why: &str) -> Response {
        self.complaints.push(why.to_owned());
        (StatusCode::BAD_REQUEST, axum::Json(json!({"error": error, "error_description": why}))).into_response()
    }

    /// A code for `asked`, at the end of its redirect.
    fn code(&mut self, asked: &HashMap<String, String>, redirect: &str) -> Result<Url, Response> {
        let field = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
        if field("code_challenge_method") != "S256" || field("code_challenge").len() != 43 {
            return Err(self.refuse("invalid_request", "S256 and a challenge are wanted"));
        }
        let Ok(mut url) = Url::parse(redirect) else {
            return Err(self.refuse("invalid_request", "there is no redirect"));
        };
        let state = field("state").to_owned();
        if self.declines {
            url.query_pairs_mut().append_pair("error", "access_denied").append_pair("error_description", "not today");
        } else {
            self.issued += 1;
            let code = format!("code-test-{}/7Qz44aab0b8f9c1f", self.issued);
            url.query_pairs_mut().append_pair("code", &code);
            let bound = Bound { redirect: redirect.to_owned(), challenge: field("code_challenge").to_owned() };
            self.codes.insert(code, bound);
        }
        if !state.is_empty() {
            url.query_pairs_mut().append_pair("state", &state);
        }
        Ok(url)
    }

    /// Whether `code` may be redeemed now, by that verifier: once.
    fn redeem(&mut self, code: &str, verifier: &str, redirect: Option<&str>) -> Result<(), Response> {
        let Some(Bound { redirect: bound, challenge }) = self.codes.remove(code) else {
            let why = if self.spent.contains(code) { "the code was used before" } else { "there is no such code" };
            return Err(self.refuse("invalid_grant", why));
        };
        self.spent.insert(code.to_owned());
        if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) != challenge {
            return Err(self.refuse("invalid_grant", "the verifier is not that of the challenge"));
        }
        if redirect.is_some_and(|redirect| redirect != bound) {
            return Err(self.refuse("invalid_grant", "the redirect is another one"));
        }
        Ok(())
    }
}

impl Shared {
    /// The answer to a grant that is no refresh; `None` for one that is.
    pub(crate) fn login(&self, body: &str) -> Option<Response> {
        let fields = fields(body);
        let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        let mut logins = self.logins.lock().unwrap();
        match field("grant_type") {
            "authorization_code" => {
                if field("client_id") != CLIENT {
                    return Some(logins.refuse("invalid_client", "that is another client"));
                }
                if let Err(refused) = logins.redeem(field("code"), field("code_verifier"), Some(field("redirect_uri")))
                {
                    return Some(refused);
                }
            }
            "urn:ietf:params:oauth:grant-type:device_code" => {
                if field("device_code") != DEVICE_CODE || field("client_id") != CLIENT {
                    return Some(logins.refuse("invalid_grant", "there is no such device"));
                }
                if let Some(error) = logins.polls.pop_front() {
                    return Some((StatusCode::BAD_REQUEST, axum::Json(json!({"error": error}))).into_response());
                }
            }
            _ => return None,
        }
        let mut answer =
            json!({"access_token": (self.access)(0), "refresh_token": refresh_token(0), "expires_in": 3600});
        if let Some(email) = &logins.email {
            let claims = json!({"email": email, "sub": format!("user-{email}")});
            answer["id_token"] = json!(format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string())));
        }
        Some(axum::Json(answer).into_response())
    }
}

fn fields(text: &str) -> HashMap<String, String> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// Where a browser begins.
pub(crate) async fn authorize(State(shared): State<Arc<Shared>>, uri: Uri) -> Response {
    let asked = fields(uri.query().unwrap_or_default());
    let mut logins = shared.logins.lock().unwrap();
    let field = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    if field("client_id") != CLIENT || field("response_type") != "code" || field("state").len() < 16 {
        return logins.refuse("invalid_request", "a client, a code and a state are wanted");
    }
    match logins.code(&asked, field("redirect_uri")) {
        Ok(url) => (StatusCode::FOUND, [("location", url.to_string())]).into_response(),
        Err(refused) => refused,
    }
}

/// Where a browser begins that is to bring a key, as OpenRouter has it.
pub(crate) async fn authorize_key(State(shared): State<Arc<Shared>>, uri: Uri) -> Response {
    let asked = fields(uri.query().unwrap_or_default());
    let redirect = asked.get("callback_url").map(String::as_str).unwrap_or_default();
    match shared.logins.lock().unwrap().code(&asked, redirect) {
        Ok(url) => (StatusCode::FOUND, [("location", url.to_string())]).into_response(),
        Err(refused) => refused,
    }
}

/// Where a code is exchanged for a key, as OpenRouter has it.
pub(crate) async fn key(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let mut logins = shared.logins.lock().unwrap();
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let field = |name: &str| asked[name].as_str().unwrap_or_default();
    if field("code_challenge_method") != "S256" {
        return logins.refuse("invalid_request", "S256 is wanted");
    }
    if let Err(refused) = logins.redeem(field("code"), field("code_verifier"), None) {
        return refused;
    }
    let mut answer = json!({"key": (shared.access)(0)});
    if let Some(email) = &logins.email {
        answer["user_id"] = json!(format!("user-{email}"));
    }
    axum::Json(answer).into_response()
}

/// Where another device is asked for.
pub(crate) async fn device(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let fields: HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    if fields.get("client_id").map(String::as_str) != Some(CLIENT) {
        return shared.logins.lock().unwrap().refuse("invalid_client", "that is another client");
    }
    axum::Json(json!({
        "device_code": DEVICE_CODE,
        "user_code": "WXYZ-\u{1b}[2J1234",
        "verification_uri": "https://id.example.com/device",
        "verification_uri_complete": "https://id.example.com/device?code=WXYZ-1234",
        "expires_in": 60,
        "interval": 0.1,
    }))
    .into_response()
}

/// Whose an access token is.
pub(crate) async fn userinfo(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let bearer = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if bearer != format!("Bearer {}", (shared.access)(0)) {
        return shared.logins.lock().unwrap().refuse("invalid_token", "that token is nobody's");
    }
    axum::Json(json!({"email": "of-userinfo@example.com", "sub": "u-1"})).into_response()
}
