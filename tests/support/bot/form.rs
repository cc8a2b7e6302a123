//! Commands that are filled in, and servers with channels and roles.

use modelpin_chat::{Completion, CompletionRequest, Event, Handler as _, Invocation, Kind, Room, Thread};

use crate::support::bot::{Chat, conversation};

/// A form: `model set`, and what is filled in.
pub(crate) fn form(command: &str, values: &[(&str, &str)]) -> Invocation {
    let (command, subcommand) = match command.split_once(' ') {
        Some((command, subcommand)) => (command, Some(subcommand.to_owned())),
        None => (command, None),
    };
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Invocation { command: command.to_owned(), subcommand, values }
}

impl Chat {
    /// In a channel of the server 10, or in a thread of one.
    pub(crate) fn channel(mut self, peer: &str, thread: Option<&str>) -> Self {
        let thread = thread.map(|id| Thread::Thread(id.to_owned()));
        self.room = Some(Room { server: "10".to_owned(), server_name: Some("Pins".to_owned()), name: None });
        self.at(conversation("discord", Kind::Channel, peer, thread))
    }

    /// Who writes has that role there.
    pub(crate) fn with_role(mut self, role: &str) -> Self {
        self.sender.roles = vec![role.to_owned()];
        self
    }

    /// Fills in a command, and waits for what comes of it.
    pub(crate) fn fill(self, command: &str, values: &[(&str, &str)]) -> Self {
        self.does(Event::Command(form(command, values)))
    }

    /// What is proposed for the last of the fields.
    pub(crate) fn proposed(&self, command: &str, values: &[(&str, &str)]) -> Vec<Completion> {
        let request = CompletionRequest {
            conversation: self.place.clone(),
            room: self.room.clone(),
            sender: self.sender.clone(),
            invocation: form(command, values),
            parameter: values.last().expect("a field").0.to_owned(),
            most: 25,
        };
        self.run(self.app().engine().complete(request))
    }
}
