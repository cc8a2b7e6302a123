//! A login with a browser: it comes back by itself, or the person brings what came.

use std::io::{self, BufRead as _, Read as _};
use std::sync::Arc;

use secrecy::zeroize::Zeroizing;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, timeout_at};

use crate::cli::failure::Failure;
use crate::cli::models::auth::Case;
use crate::cli::models::auth::login::callback::{Callback, Doorstep};
use crate::cli::models::auth::login::{Login, browser, refused, too_late};
use crate::cli::output::Output;
use crate::directive::duration_text;
use crate::oauth::TokenHttp;
use crate::oauth::login::{Authorization, Grant, LoginClient, Misread, Returned};
use crate::profile::pasted;
use crate::redact;

/// As much as is read of one line, in bytes.
const LONGEST: u64 = 64 * 1024;

/// Has the person log in with a browser, and redeems what comes of it.
pub(crate) async fn granted(
    http: &TokenHttp,
    login: &Login,
    client: &LoginClient,
    case: &mut Case<'_>,
) -> Result<Grant, Failure> {
    let door = Doorstep::of(client, login.port).await?;
    let missing = || Failure::Misuse(format!("`auth.oauth.{}.authorizeUrl` is not set", client.endpoint.provider));
    let authorization = Arc::new(Authorization::begin(client, &door.redirect).ok_or_else(missing)?);
    redact::learn([&authorization.verifier]);
    let mut callback = door.wait_for(authorization.clone());
    invite(login, client, &authorization, callback.is_some(), case);
    let mut pasted = lines();
    let deadline = Instant::now() + login.wait;
    let returned = loop {
        let next = timeout_at(deadline, next(callback.as_mut(), &mut pasted)).await;
        match next.map_err(|_| too_late(login.wait))? {
            Brought::Arrived(returned) => break returned,
            Brought::Nobody => {
                return Err(Failure::Misuse(
                    "standard input ended without the address that the browser was sent to, and nothing was stored"
                        .to_owned(),
                ));
            }
            // A blank line is no answer.
            Brought::Pasted(line) if line.iter().all(u8::is_ascii_whitespace) => {}
            Brought::Pasted(line) => match read(&line, &authorization) {
                Ok(returned) => break returned,
                Err(why) => case.output.talk(&format!("Not taken: {why}.")),
            },
        }
    };
    let outcome = match returned {
        Returned::Code(code) => {
            let at = case.installation.now();
            let redeemed = http.redeem(client, &authorization, &code, at).await;
            redeemed.map_err(|fault| refused(client, &fault.to_string()))
        }
        Returned::Refused(why) => Err(refused(client, &why)),
    };
    if let Some(callback) = callback {
        callback.end().await;
    }
    outcome
}

/// Says what to do, and does what can be done.
fn invite(login: &Login, client: &LoginClient, authorization: &Authorization, listening: bool, case: &mut Case<'_>) {
    let settings = case.installation.settings();
    let present = Output::is_talk_answered();
    let opener = browser::opener(&settings.environment).filter(|_| present && !login.no_browser);
    let provider = &client.endpoint.provider;
    let bring = if listening {
        "When the browser cannot come back here by itself, paste the address that it was sent to in the end, or the code \
         shown there, and press Enter."
    } else {
        "Then paste the address that the browser was sent to in the end, or the code shown there, and press Enter."
    };
    let open = if opener.is_some() { "A browser is being opened; if not, open" } else { "Open" };
    case.output.talk(&format!(
        "{open} this address to log in at {provider}:\n\n{}\n\n{bring} Waiting for {}; Ctrl-C ends it.",
        authorization.url,
        duration_text(login.wait)
    ));
    if let Some(opener) = opener {
        browser::open(opener, authorization.url.as_str());
    }
}

/// What a pasted line brings.
fn read(line: &[u8], authorization: &Authorization) -> Result<Returned, String> {
    // Several words are something that was said, and no code.
    if line.trim_ascii().contains(&b' ') {
        return Err(Misread::NoCode.to_string());
    }
    let text = pasted::cleaned(line).map_err(str::to_owned)?;
    authorization.pasted(&text).map_err(|why| why.to_string())
}

/// What somebody brought.
enum Brought {
    Arrived(Returned),
    Pasted(Zeroizing<Vec<u8>>),
    /// Nobody can bring anything any more.
    Nobody,
}

async fn next(callback: Option<&mut Callback>, pasted: &mut UnboundedReceiver<Zeroizing<Vec<u8>>>) -> Brought {
    let Some(callback) = callback else {
        return pasted.recv().await.map_or(Brought::Nobody, Brought::Pasted);
    };
    tokio::select! {
        returned = callback.next() => Brought::Arrived(returned),
        // Where nobody types any more, the browser may still come.
        Some(line) = pasted.recv() => Brought::Pasted(line),
    }
}

/// The lines of standard input as they come. On a thread of its own, which nobody waits for: a line may never come.
fn lines() -> UnboundedReceiver<Zeroizing<Vec<u8>>> {
    let (sender, lines) = unbounded_channel();
    std::thread::spawn(move || {
        let mut input = io::stdin().lock();
        loop {
            let mut line = Zeroizing::new(Vec::new());
            match input.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) if sender.send(line).is_err() => return,
                Ok(_) => {}
            }
        }
    });
    lines
}
