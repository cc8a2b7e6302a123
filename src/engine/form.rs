//! Commands that were filled in as forms: the same as the line that says the same.

use modelpin_chat::{Event, Inbound, Invocation};

use crate::access::Action;
use crate::directive;
use crate::engine::{Case, Engine};
use crate::reply::Refusal;

impl Engine {
    /// Carries out the line that says what was filled in, as if the person had typed it.
    pub(super) async fn form(&self, case: &Case<'_>, invocation: &Invocation) {
        // A secret is one in whichever field it was filled in, and whatever the rest of the form is good for.
        let typed: Vec<&str> = invocation.values.iter().map(|(_, value)| value.as_str()).collect();
        let typed = typed.join("\n");
        if self.withholds(&Case { text: &typed, ..*case }).await {
            return;
        }
        let line = match directive::line_of(&self.with_names(case.inbound, invocation)) {
            Ok(line) => line,
            Err(fault) => {
                let why = match self.authorize(case.inbound, Action::See) {
                    Ok(()) => Refusal::Form(fault),
                    Err(denied) => Refusal::Denied(denied),
                };
                self.refuse(case, why).await;
                return;
            }
        };
        let inbound = Inbound { event: Event::Message(line.clone()), ..case.inbound.clone() };
        self.message(&Case { inbound: &inbound, text: &line, ..*case }, &line).await;
    }
}
