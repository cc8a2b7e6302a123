//! Logins over HTTP: the only place where a code, and what proves whose it is, are exposed.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::oauth::http::{Answered, LONGEST, Place, Secrets, TokenHttp, tokens};
use crate::oauth::login::{Account, Authorization, DeviceLogin, Gives, Grant, LoginClient, Pace, Polled};
use crate::oauth::verdict::words;
use crate::oauth::{TokenFault, Verdict};

/// How long a code for another device counts where nothing is said.
const DEVICE_CODE: Duration = Duration::from_mins(15);

impl TokenHttp {
    /// Redeems the code that a browser brought. It is good for one use, so it is sent once.
    pub(crate) async fn redeem(
        &self,
        client: &LoginClient,
        login: &Authorization,
        code: &SecretString,
        at: Timestamp,
    ) -> Result<Grant, TokenFault> {
        let LoginClient { endpoint, .. } = client;
        let secrets = Secrets { secrets: [code, &login.verifier].into_iter().chain(&endpoint.client_secret).collect() };
        let (code, verifier) = (code.expose_secret(), login.verifier.expose_secret());
        let mut fields = vec![("code", code), ("code_verifier", verifier)];
        match client.gives {
            Gives::ApiKey => fields.push(("code_challenge_method", "S256")),
            Gives::Grant => fields.extend([
                ("grant_type", "authorization_code"),
                ("redirect_uri", login.redirect.as_str()),
                ("client_id", endpoint.client_id.as_str()),
            ]),
        }
        fields.extend(endpoint.client_secret.as_ref().map(|secret| ("client_secret", secret.expose_secret())));
        let answered = self.ask(&client.token_place(), endpoint.body, &fields, &secrets).await?;
        if !answered.is_success() {
            return Err(secrets.fault(answered.verdict(at, false), &answered.said()));
        }
        self.granted(client, &answered.value, &secrets).await
    }

    /// Begins a login that is confirmed on another device.
    pub(crate) async fn begin_device(&self, client: &LoginClient, url: &str) -> Result<DeviceLogin, TokenFault> {
        let LoginClient { endpoint, scopes, .. } = client;
        let secrets = Secrets { secrets: endpoint.client_secret.iter().collect() };
        let scope = scopes.join(" ");
        let mut fields = vec![("client_id", endpoint.client_id.as_str())];
        fields.extend((!scope.is_empty()).then_some(("scope", scope.as_str())));
        fields.extend(endpoint.client_secret.as_ref().map(|secret| ("client_secret", secret.expose_secret())));
        let place = Place { provider: &endpoint.provider, key: "deviceUrl", url };
        let answered = self.ask(&place, endpoint.body, &fields, &secrets).await?;
        if !answered.is_success() {
            return Err(secrets.fault(Verdict::Refused, &answered.said()));
        }
        let said = "the answer about another device names no code, or no address of the web to type it at";
        device_login(&answered.value).ok_or_else(|| secrets.fault(Verdict::Refused, said))
    }

    /// Asks once whether it was confirmed.
    pub(crate) async fn poll(
        &self,
        client: &LoginClient,
        login: &DeviceLogin,
        at: Timestamp,
    ) -> Result<Polled, TokenFault> {
        let LoginClient { endpoint, .. } = client;
        let secrets = Secrets { secrets: [&login.code].into_iter().chain(&endpoint.client_secret).collect() };
        let mut fields = vec![
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", login.code.expose_secret()),
            ("client_id", endpoint.client_id.as_str()),
        ];
        fields.extend(endpoint.client_secret.as_ref().map(|secret| ("client_secret", secret.expose_secret())));
        let answered = self.ask(&client.token_place(), endpoint.body, &fields, &secrets).await?;
        if answered.is_success() {
            return self.granted(client, &answered.value, &secrets).await.map(Polled::Granted);
        }
        match standing(&answered.value) {
            Some(standing) => Ok(standing),
            None => Err(secrets.fault(answered.verdict(at, false), &answered.said())),
        }
    }

    /// What is in the answer to a login, and whose it is.
    async fn granted(&self, client: &LoginClient, answer: &Value, secrets: &Secrets<'_>) -> Result<Grant, TokenFault> {
        let given = match client.gives {
            Gives::Grant => tokens(answer),
            Gives::ApiKey => tokens(&serde_json::json!({"access_token": answer["key"]})),
        };
        // Not a word of it is repeated: there may be tokens in it.
        let said = "the answer to the login holds nothing that could be stored";
        let given = given.ok_or_else(|| secrets.fault(Verdict::Refused, said))?;
        let mut account = Account::of_answer(answer);
        if let Some(url) = client.userinfo_url.as_deref().filter(|_| account.email.is_none()) {
            account = account.or(self.whose(client, url, &given.access).await);
        }
        Ok(Grant { access: given.access, refresh: given.refresh, lasts: given.lasts, account })
    }

    /// Whose a login is, as its userinfo endpoint says. A label is not worth the login: where it says nothing, it is nobody's.
    async fn whose(&self, client: &LoginClient, url: &str, access: &SecretString) -> Account {
        let secrets = Secrets { secrets: vec![access] };
        let place = Place { provider: &client.endpoint.provider, key: "userinfoUrl", url };
        let asked = async {
            let url = place.checked(&secrets)?;
            let http = self.client(&url).map_err(|fault| secrets.broken(&fault))?;
            self.send(http.get(url).bearer_auth(access.expose_secret()), &secrets).await
        };
        match asked.await {
            Ok(answered) if answered.is_success() => Account::of_claims(&answered.value),
            Ok(Answered { status, .. }) => {
                tracing::warn!(status, "the userinfo endpoint does not say whose the login is");
                Account::default()
            }
            Err(fault) => {
                tracing::warn!(%fault, "the userinfo endpoint does not say whose the login is");
                Account::default()
            }
        }
    }
}

impl LoginClient {
    fn token_place(&self) -> Place<'_> {
        Place { provider: &self.endpoint.provider, key: "tokenUrl", url: &self.endpoint.url }
    }
}

/// How it stands with a login that is not confirmed, in the words of the standard; `None` for another refusal.
fn standing(answer: &Value) -> Option<Polled> {
    words(answer).iter().find_map(|word| match word.as_str() {
        "authorization_pending" => Some(Polled::Pending),
        "slow_down" => Some(Polled::SlowDown),
        "access_denied" => Some(Polled::Denied),
        "expired_token" => Some(Polled::Expired),
        _ => None,
    })
}

fn device_login(answer: &Value) -> Option<DeviceLogin> {
    let text = |name: &str| answer[name].as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    // A person is going to open it, so it has to be one of the web.
    let address = |name: &str| text(name).filter(|text| text.starts_with("https://") || text.starts_with("http://"));
    let number = |name: &str| answer[name].as_f64().or_else(|| answer[name].as_str()?.trim().parse().ok());
    let lasts = number("expires_in").filter(|seconds| seconds.is_finite() && *seconds > 0.0);
    Some(DeviceLogin {
        code: SecretString::from(text("device_code")?),
        user_code: text("user_code")?,
        address: address("verification_uri").or_else(|| address("verification_url"))?,
        whole_address: address("verification_uri_complete"),
        lasts: lasts.map_or(DEVICE_CODE, |seconds| Duration::from_secs_f64(seconds.min(LONGEST))),
        pace: Pace::of(number("interval")),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::{DEVICE_CODE, device_login, standing};
    use crate::oauth::login::Polled;

    #[test]
    fn each_word_about_an_unconfirmed_login_means_one_thing() {
        let of = |word: &str| standing(&json!({"error": word, "error_description": "slow_down access_denied"}));
        assert!(matches!(of("authorization_pending"), Some(Polled::Pending)));
        assert!(matches!(of("slow_down"), Some(Polled::SlowDown)));
        assert!(matches!(of("access_denied"), Some(Polled::Denied)));
        assert!(matches!(of("expired_token"), Some(Polled::Expired)));
        assert!(of("invalid_client").is_none());
        assert!(standing(&json!(null)).is_none());
    }

    #[test]
    fn a_code_without_a_place_to_type_it_is_of_no_use() {
        let mut answer =
            json!({"device_code": "d", "user_code": "AB-12", "verification_uri": "https://id.example.com/d"});
        let read = device_login(&answer);
        assert_eq!(read.map(|login| (login.lasts, login.pace.wait())), Some((DEVICE_CODE, Duration::from_secs(5))));
        answer["expires_in"] = json!("60");
        answer["interval"] = json!(2);
        let read = device_login(&answer).map(|login| (login.lasts.as_secs(), login.pace.wait().as_secs()));
        assert_eq!(read, Some((60, 2)));
        for missing in ["device_code", "user_code", "verification_uri"] {
            let mut less = answer.clone();
            less[missing] = json!("");
            assert!(device_login(&less).is_none(), "{missing}");
        }
        answer["verification_uri"] = json!("file:///etc/passwd");
        assert!(device_login(&answer).is_none());
    }
}
