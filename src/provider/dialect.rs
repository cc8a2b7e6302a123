//! What a wire format has of its own. Sending, streaming and ending are the same for all of them.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;

use crate::health::FailureClass;
use crate::provider::draft::Draft;
use crate::provider::events::Events;
use crate::provider::http::{Http, Outgoing};
use crate::provider::incoming::{Form, Incoming};
use crate::provider::messages::{WireMessage, messages};
use crate::provider::{Answer, Ask, ErrorBody, Failure};

/// One wire format.
pub(crate) trait Dialect {
    /// The request for `ask`, with `messages` in its body.
    fn request<'a>(ask: &'a Ask, messages: &[WireMessage]) -> Outgoing<'a>;

    /// Takes the data of one event of a stream.
    fn event(draft: &mut Draft, data: &str) -> Result<Step, serde_json::Error>;

    /// Takes an answer that came in one piece.
    fn whole(draft: &mut Draft, answer: &Value) -> Step;
}

/// Where a part of the answer leaves it.
pub(crate) enum Step {
    /// More may come.
    More,
    /// That was all.
    End,
    /// It was an error.
    Error(ErrorBody),
    /// It was something else, said in words.
    Other(&'static str),
}

/// Asks in the dialect `D`, over `http`.
pub(crate) async fn converse<D: Dialect>(
    http: &Http,
    ask: &Ask,
    pieces: UnboundedSender<String>,
) -> Result<Answer, Failure> {
    let messages = messages(&ask.messages);
    if messages.is_empty() {
        return Err(Failure::nothing_to_send());
    }
    let incoming = http.post(D::request(ask, &messages)).await?;
    match incoming.form() {
        Form::Events => stream::<D>(Events::of(incoming), Draft::new(pieces)).await,
        Form::Json => whole::<D>(incoming, Draft::new(pieces)).await,
        Form::Page => Err(incoming.page()),
    }
}

async fn stream<D: Dialect>(mut events: Events, mut draft: Draft) -> Result<Answer, Failure> {
    if let Err(failure) = read::<D>(&mut events, &mut draft).await {
        return Err(draft.counted(failure));
    }
    let (exchange, status) = (Arc::clone(events.exchange()), events.status());
    events.finish();
    draft.finish(&exchange, status)
}

/// Reads to the end of the answer.
async fn read<D: Dialect>(events: &mut Events, draft: &mut Draft) -> Result<(), Failure> {
    while let Some(data) = events.next().await? {
        match D::event(draft, &data).map_err(|_| events.nonsense("an event is not JSON"))? {
            Step::More => {}
            Step::End => break,
            Step::Error(body) => return Err(events.exchange().error_inside(events.status(), &body)),
            Step::Other(why) => return Err(events.nonsense(why)),
        }
    }
    Ok(())
}

async fn whole<D: Dialect>(mut incoming: Incoming, mut draft: Draft) -> Result<Answer, Failure> {
    let bytes = incoming.whole().await?;
    let (exchange, status) = (incoming.exchange(), incoming.status());
    let nonsense = |why| Err(exchange.failure(FailureClass::Server, Some(status), why));
    let Ok(answer) = serde_json::from_slice::<Value>(&bytes) else { return nonsense("the answer is not JSON") };
    match D::whole(&mut draft, &answer) {
        Step::More | Step::End => draft.finish(exchange, status),
        Step::Error(body) => Err(exchange.error_inside(status, &body)),
        Step::Other(why) => nonsense(why),
    }
}
