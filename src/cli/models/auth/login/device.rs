//! A login that is confirmed on another device.

use tokio::time::{Instant, sleep};

use crate::cli::failure::Failure;
use crate::cli::models::auth::Case;
use crate::cli::models::auth::login::{Login, refused, too_late};
use crate::directive::duration_text;
use crate::oauth::login::{DeviceLogin, Grant, LoginClient, Polled};
use crate::oauth::{TokenHttp, Verdict};

/// Shows the person a code to type elsewhere, and asks until that is done.
pub(crate) async fn granted(
    http: &TokenHttp,
    login: &Login,
    client: &LoginClient,
    url: &str,
    case: &mut Case<'_>,
) -> Result<Grant, Failure> {
    let begun = http.begin_device(client, url).await.map_err(|fault| refused(client, &fault.to_string()))?;
    let wait = login.wait.min(begun.lasts);
    invite(client, &begun, case);
    case.output.talk(&format!("Waiting for {}; Ctrl-C ends it.", duration_text(wait)));
    let deadline = Instant::now() + wait;
    let mut pace = begun.pace;
    loop {
        if Instant::now() + pace.wait() > deadline {
            return Err(too_late(wait));
        }
        sleep(pace.wait()).await;
        match http.poll(client, &begun, case.installation.now()).await {
            Ok(Polled::Granted(grant)) => return Ok(grant),
            Ok(Polled::Pending) => {}
            Ok(Polled::SlowDown) => pace = pace.slower(),
            Ok(Polled::Denied) => return Err(refused(client, "it was declined on the other device")),
            Ok(Polled::Expired) => return Err(refused(client, "the code has ended; begin anew")),
            Err(fault) => match fault.verdict {
                // It may be over by the next time; who has trouble is not to be pressed.
                Verdict::Trouble { .. } => {
                    tracing::warn!(%fault, "the login could not be asked for");
                    pace = pace.slower();
                }
                Verdict::Dead | Verdict::Refused => return Err(refused(client, &fault.to_string())),
            },
        }
    }
}

/// What is shown comes from the provider, so it is made visible and not obeyed.
fn invite(client: &LoginClient, begun: &DeviceLogin, case: &mut Case<'_>) {
    let DeviceLogin { user_code, address, whole_address, .. } = begun;
    let provider = &client.endpoint.provider;
    let shorter =
        whole_address.as_ref().map(|address| format!(" (or {address}, which has it already)")).unwrap_or_default();
    let said =
        format!("To log in at {provider}, open {address} on any device{shorter} and type this code: {user_code}");
    case.output.talk(&modelpin_terminal::visible(&said));
}
