//! The engine with the demonstration's own chat line before it.

use std::sync::Arc;

use modelpin_chat::{Block, BoxFuture, Event, Handler, Inbound, Outbox, Placement, Reply, Visibility};

use crate::agent::AgentId;
use crate::demo::loopback::LoopbackProvider;
use crate::keyshape::shape_in;
use crate::session::SessionKey;

/// Answers `/demo …` itself and hands everything else on.
pub struct DemoHandler {
    engine: Arc<dyn Handler>,
    provider: Arc<LoopbackProvider>,
    agent: AgentId,
}

impl DemoHandler {
    /// Before `engine`, which serves `agent`; commands go to `provider`.
    pub fn new(engine: Arc<dyn Handler>, provider: Arc<LoopbackProvider>, agent: AgentId) -> Self {
        Self { engine, provider, agent }
    }
}

impl Handler for DemoHandler {
    fn handle<'a>(&'a self, inbound: Inbound, outbox: &'a dyn Outbox) -> BoxFuture<'a, ()> {
        let answer = match &inbound.event {
            // What holds a secret is the engine's to withhold.
            Event::Message(text) if shape_in(text).is_none() => self.provider.command(text),
            Event::Message(_) | Event::Forwarded(_) | Event::Press(_) | Event::Command(_) => None,
        };
        let Some(text) = answer else {
            return self.engine.handle(inbound, outbox);
        };
        let session = SessionKey::of(&self.agent, &inbound.conversation, false).as_str().to_owned();
        let reply = Reply {
            blocks: vec![Block::line(text)],
            choices: Vec::new(),
            visibility: Visibility::Private,
            placement: Placement::InPlace,
            session,
            receipt: None,
        };
        Box::pin(async move {
            // Who cannot be told cannot be told that either.
            let _ = outbox.send(reply).await;
        })
    }
}
