//! Seeing to it that updates are still brought.

use std::time::Duration;

use tokio::time::sleep;

use crate::api::{self, WebhookInfo};
use crate::serve::Beginning;
use crate::{ServeFault, Webhook};
use modelpin_delivery::Link;

/// How often it is looked.
const LOOK: Duration = Duration::from_mins(5);

/// Asks Telegram now and then how the webhook stands: nothing else would tell that it was taken away, that its address
/// cannot be reached, or that the token is no longer known.
///
/// Returns only when something cannot mend by itself.
pub(crate) async fn watch(beginning: &Beginning<'_>, webhook: &Webhook) -> ServeFault {
    let Beginning { line, inbox: _, standing } = beginning;
    // What went wrong before the beginning is no news.
    let mut known = None;
    loop {
        match api::get_webhook_info(&*line.api).await {
            Ok(info) if info.url != webhook.url.as_str() => {
                tracing::warn!(
                    account = line.account,
                    "somebody else has changed the webhook of this bot; it is set again"
                );
                standing.is(Link::OtherPoller);
                if let Err(fault) = beginning.set_webhook(webhook).await {
                    return fault;
                }
            }
            Ok(WebhookInfo { url: _, last_error_date, last_error_message }) => {
                if known.is_some_and(|known| known != last_error_date) {
                    let why = last_error_message.unwrap_or_else(|| "no reason is given".to_owned());
                    standing.is(Link::Down(format!("Telegram could not bring updates: {why}")));
                } else if known.is_some() {
                    standing.is(Link::Up);
                }
                known = Some(last_error_date);
            }
            Err(fault) if fault.is_of_token() => {
                standing.is(Link::Refused(fault.to_string()));
                return ServeFault::TokenRefused { account: line.account.clone(), why: fault.to_string() };
            }
            // Updates may be brought all the same.
            Err(fault) => {
                tracing::info!(account = line.account, why = %fault, "it is not known how the webhook stands");
            }
        }
        sleep(LOOK).await;
    }
}
