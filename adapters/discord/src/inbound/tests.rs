//! Every file of `fixtures/discord/inbound`: an event as the gateway writes it, and what is heard in it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod mutations;

use std::fs;
use std::path::{Path, PathBuf};

use modelpin_chat::{
    Audience, CommandEntry, CompletionRequest, Conversation, Event, Form, Inbound, Invocation, Parameter,
    ParameterKind, Room, Sender, Subcommand, Thread, Visibility,
};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use serenity::model::id::MessageId;

use crate::directory::{Directory, Missing};
use crate::inbound::{Asked, Heard, Me, Said, hear, number, written};
use crate::way::{Interaction, InteractionKind, Way};

/// What the operator calls the bot that the fixtures are read for.
const ACCOUNT: &str = "default";

/// One file.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// The file's name without `.json`.
    #[serde(skip)]
    pub(super) name: String,
    /// What it shows.
    about: String,
    /// The name of the event.
    pub(super) event: String,
    /// What it says.
    pub(super) data: Value,
    /// What is heard in it.
    heard: Value,
}

pub(super) fn me() -> Me {
    Me { id: 7001, username: "PinBot".to_owned(), application: 7000 }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/discord")
}

/// All cases, by their names.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for file in fs::read_dir(folder().join("inbound")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let read: Result<Case, _> = serde_json::from_str(&fs::read_to_string(&path).unwrap());
            cases.push(Case { name, ..read.unwrap_or_else(|fault| panic!("{}: {fault}", path.display())) });
        }
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

/// The server of the files, and a private chat that was asked for.
pub(super) fn directory() -> Directory {
    let server = fs::read_to_string(folder().join("server.json")).unwrap();
    let directory = Directory::new();
    directory.note("GUILD_CREATE", &serde_json::from_str(&server).unwrap());
    directory.learn(
        Missing::Channel(1043),
        &json!({"id": "1043", "type": 1, "recipients": [{"id": "43", "username": "bob"}]}),
    );
    directory
}

/// The commands that people are offered.
pub(super) fn commands() -> Vec<CommandEntry> {
    let parameter = |name: &str, kind| Parameter {
        name: name.to_owned(),
        summary: "What to fill in".to_owned(),
        required: false,
        kind,
    };
    let subcommand = |name: &str, parameters, answers| Subcommand {
        name: name.to_owned(),
        summary: "What it does".to_owned(),
        parameters,
        answers,
    };
    let set = vec![
        parameter("model", ParameterKind::Completed),
        parameter("profile", ParameterKind::Completed),
        parameter("turns", ParameterKind::Number { least: 1 }),
    ];
    let provider = vec![parameter("provider", ParameterKind::Completed)];
    let forms = [
        (
            "model",
            Form::Subcommands(vec![
                subcommand("set", set, Visibility::Chat),
                subcommand("list", Vec::new(), Visibility::Private),
            ]),
        ),
        ("models", Form::Fields { parameters: provider, answers: Visibility::Private }),
        ("new", Form::empty(Visibility::Chat)),
    ];
    let entry = |(name, form): (&str, Form)| CommandEntry {
        name: name.to_owned(),
        summary: "What it does".to_owned(),
        audience: Audience::Everybody,
        form,
    };
    forms.into_iter().map(entry).collect()
}

fn hear_case(case: &Case) -> Option<Heard> {
    hear(&case.event, &case.data, &me(), ACCOUNT, &commands(), &directory())
}

#[test]
fn every_event_is_heard_as_its_file_says() {
    let cases = cases();
    assert!(cases.len() >= 100, "only {} files", cases.len());
    for case in &cases {
        let heard = hear_case(case).map_or(Value::Null, |heard| shown(&heard));
        assert_eq!(heard, case.heard, "{}: {}\n{heard:#}", case.name, case.about);
    }
}

#[test]
fn what_the_engine_is_given_is_looked_through_for_secrets() {
    let mut looked = 0;
    for case in cases() {
        let Some(Heard::Said(said)) = hear_case(&case) else { continue };
        let text = written(&case.data).unwrap();
        let given = match said.inbound.event {
            Event::Message(text) | Event::Forwarded(text) | Event::Press(text) => vec![text],
            // A number or a switch holds no secret.
            Event::Command(Invocation { values, .. }) => {
                values.into_iter().map(|(_, value)| value).filter(|value| value != "5" && value != "true").collect()
            }
        };
        for given in given {
            assert!(text.contains(&given), "{}", case.name);
            looked += 1;
        }
    }
    assert!(looked > 40, "only {looked} texts");
}

#[test]
fn the_right_to_answer_is_no_text_and_is_never_shown() {
    let mut tokens = 0;
    for case in cases() {
        let Some(token) = case.data["token"].as_str() else { continue };
        assert!(!written(&case.data).unwrap_or_default().contains(token), "{}", case.name);
        assert!(!format!("{:?}", hear_case(&case)).contains(token), "{}", case.name);
        tokens += 1;
    }
    assert!(tokens > 30, "only {tokens} tokens");
}

#[test]
fn a_channel_that_was_asked_for_places_what_was_unplaced() {
    for (name, channel, peer, thread) in [
        ("thread-unknown", json!({"id": "299", "type": 11, "guild_id": "500", "parent_id": "110"}), "110", Some("299")),
        ("channel-unknown", json!({"id": "199", "type": 0, "guild_id": "500", "name": "attic"}), "199", None),
        ("unknown-asked-for-afterwards", json!({"id": "198", "type": 0, "guild_id": "500"}), "198", None),
        ("unknown-asked-for-afterwards", json!({"id": "198", "type": 1, "recipients": []}), "42", None),
        ("command-somewhere", json!({"id": "195", "type": 2, "guild_id": "500", "name": "cellar"}), "195", None),
    ] {
        let case = cases().into_iter().find(|case| case.name == name).unwrap();
        let directory = directory();
        let hear = || hear(&case.event, &case.data, &me(), ACCOUNT, &commands(), &directory);
        assert!(matches!(hear(), Some(Heard::Unplaced(_))), "{name}");
        let id = channel["id"].as_str().unwrap().parse().unwrap();
        directory.learn(Missing::Channel(id), &channel);
        let Some(Heard::Said(said)) = hear() else { panic!("{name}") };
        let Conversation { peer: found, thread: inside, .. } = said.inbound.conversation;
        assert_eq!((found.as_str(), inside), (peer, thread.map(|id: &str| Thread::Thread(id.to_owned()))), "{name}");
    }
}

#[test]
fn the_number_of_an_event_is_its_id() {
    for (data, wanted) in [
        (json!({"id": "1180388626432500150"}), Some(1_180_388_626_432_500_150)),
        (json!({"id": 7}), None),
        (json!({"id": "seven"}), None),
        (json!({}), None),
        (json!([]), None),
    ] {
        assert_eq!(number(&data), wanted, "{data}");
    }
}

/// What was heard, in the words of the files. Fields that say nothing are left out.
fn shown(heard: &Heard) -> Value {
    match heard {
        Heard::Said(said) => {
            let Said { inbound, way } = &**said;
            json!({ "inbound": inbound_shown(inbound), "way": way_shown(way) })
        }
        Heard::Completion(asked) => {
            let Asked { request, interaction } = &**asked;
            let CompletionRequest { conversation, room, sender, invocation, parameter, most } = request;
            assert_eq!(*most, 25);
            let mut fields = place_shown(conversation, room.as_ref(), sender);
            fields.push(("command", command_shown(invocation)));
            fields.push(("parameter", json!(parameter)));
            fields.push(("interaction", interaction_shown(interaction)));
            json!({ "completion": filled(fields) })
        }
        Heard::Stray(interaction) => json!({ "stray": interaction_shown(interaction) }),
        Heard::Unplaced(unplaced) => match unplaced.missing {
            Missing::Channel(channel) => json!({ "unplaced": channel }),
            Missing::Server(server) => json!({ "of_unknown_server": server }),
        },
    }
}

fn inbound_shown(inbound: &Inbound) -> Value {
    let Inbound { conversation, room, sender, bot, addressed, id, event } = inbound;
    assert_eq!(bot, "PinBot");
    let mut fields = place_shown(conversation, room.as_ref(), sender);
    fields.push(("id", json!(id)));
    fields.push(("addressed", json!(addressed)));
    fields.push(match event {
        Event::Message(text) => ("message", json!(text)),
        Event::Forwarded(text) => ("forwarded", json!(text)),
        Event::Press(token) => ("press", json!(token)),
        Event::Command(invocation) => ("command", command_shown(invocation)),
    });
    filled(fields)
}

fn place_shown(conversation: &Conversation, room: Option<&Room>, sender: &Sender) -> Vec<(&'static str, Value)> {
    let Conversation { channel, account, kind, peer, thread } = conversation;
    let Sender { id, name, roles } = sender;
    assert_eq!((channel.as_str(), account.as_str()), ("discord", ACCOUNT));
    let thread = thread.as_ref().map(|thread| match thread {
        Thread::Topic(id) => panic!("Discord has no topics, and {id} is one"),
        Thread::Thread(id) => id,
    });
    vec![
        ("kind", json!(kind.as_str())),
        ("peer", json!(peer)),
        ("thread", json!(thread)),
        ("server", json!(room.map(|room| &room.server))),
        ("server_name", json!(room.and_then(|room| room.server_name.as_ref()))),
        ("room", json!(room.and_then(|room| room.name.as_ref()))),
        ("sender", json!(id)),
        ("name", json!(name)),
        ("roles", if roles.is_empty() { Value::Null } else { json!(roles) }),
    ]
}

fn command_shown(invocation: &Invocation) -> Value {
    let Invocation { command, subcommand, values } = invocation;
    filled(vec![("name", json!(command)), ("subcommand", json!(subcommand)), ("values", json!(values))])
}

fn way_shown(way: &Way) -> Value {
    let Way { channel, message, interaction } = way;
    filled(vec![
        ("channel", json!(channel.get())),
        ("message", json!(message.map(MessageId::get))),
        ("interaction", interaction.as_ref().map_or(Value::Null, interaction_shown)),
    ])
}

fn interaction_shown(interaction: &Interaction) -> Value {
    let Interaction { id, token, application, kind } = interaction;
    filled(vec![
        ("id", json!(id.get())),
        ("token", json!(token.expose_secret())),
        ("application", json!(application.get())),
        match kind {
            InteractionKind::Command(answers) => ("command", json!(answers.as_str())),
            InteractionKind::Press { message, private } => {
                ("press", json!({ "message": message.get(), "private": private }))
            }
        },
    ])
}

fn filled(fields: Vec<(&str, Value)>) -> Value {
    let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(fields.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
}
