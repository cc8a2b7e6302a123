use indexmap::IndexMap;
use modelpin_chat::{Conversation, Kind, Room, Thread};

use crate::access::{Action, Asker, Denied, Role, authorize, may_answer, may_use, role_of};
use crate::catalog::{ModelRef, ProviderId};
use crate::config::{
    AccessConfig, AccessPolicy, ChannelConfig, ChatPolicy, Config, Grants, Mode, Pair, Policy, ProfileConfig, Rank,
    RolesConfig, Visibility,
};
use crate::profile::ProfileId;

fn conversation(channel: &str, kind: Kind, peer: &str) -> Conversation {
    Conversation {
        channel: channel.to_owned(),
        account: "default".to_owned(),
        kind,
        peer: peer.to_owned(),
        thread: None,
    }
}

fn list(entries: &[&str]) -> Vec<String> {
    entries.iter().map(|entry| (*entry).to_owned()).collect()
}

fn lists(allow_from: Option<Vec<String>>, group_allow_from: Option<Vec<String>>) -> AccessConfig {
    AccessConfig { allow_from, group_allow_from, ..AccessConfig::default() }
}

fn telegram(access: AccessConfig) -> Config {
    let channel = ChannelConfig { access, ..ChannelConfig::default() };
    Config { channels: IndexMap::from([("telegram".to_owned(), channel)]), ..Config::default() }
}

fn decide(config: &Config, kind: Kind, id: &str, action: Action) -> Result<(), Denied> {
    authorize(
        config,
        &Asker { conversation: &conversation("telegram", kind, "-100"), room: None, id, roles: &[] },
        action,
        None,
        None,
    )
}

#[test]
fn without_lists_nobody_but_the_owner() {
    let mut config = Config::default();
    assert_eq!(decide(&config, Kind::Dm, "42", Action::Talk), Err(Denied::Stranger));
    config.commands.owners = list(&["telegram:42"]);
    assert_eq!(decide(&config, Kind::Dm, "42", Action::Administer), Ok(()));
    assert_eq!(decide(&config, Kind::Dm, "43", Action::See), Err(Denied::Stranger));
}

#[test]
fn an_empty_list_admits_nobody_and_a_star_everybody() {
    let closed = telegram(lists(Some(Vec::new()), None));
    assert_eq!(decide(&closed, Kind::Dm, "42", Action::Talk), Err(Denied::Stranger));
    let open = telegram(lists(Some(list(&["*"])), None));
    assert_eq!(decide(&open, Kind::Group, "42", Action::SwitchModel), Ok(()));
    assert_eq!(decide(&open, Kind::Group, "42", Action::Administer), Err(Denied::OperatorsOnly));
}

#[test]
fn groups_have_their_own_list() {
    let config = telegram(lists(Some(list(&["1"])), Some(list(&["telegram:2"]))));
    assert_eq!(decide(&config, Kind::Dm, "1", Action::Talk), Ok(()));
    assert_eq!(decide(&config, Kind::Group, "1", Action::Talk), Err(Denied::Stranger));
    assert_eq!(decide(&config, Kind::Group, "2", Action::Talk), Ok(()));
}

#[test]
fn a_list_for_commands_is_the_only_one_for_commands() {
    let mut config = telegram(lists(Some(list(&["1"])), None));
    config.commands.allow_from.insert("*".to_owned(), list(&["2"]));
    assert_eq!(decide(&config, Kind::Dm, "1", Action::SwitchModel), Err(Denied::Stranger));
    assert_eq!(decide(&config, Kind::Dm, "1", Action::Talk), Ok(()));
    assert_eq!(decide(&config, Kind::Dm, "2", Action::SwitchModel), Ok(()));
}

#[test]
fn the_person_at_the_terminal_is_the_owner() {
    let conversation = conversation("terminal", Kind::Dm, "local");
    let asker = Asker { conversation: &conversation, room: None, id: "anyone", roles: &[] };
    assert_eq!(authorize(&Config::default(), &asker, Action::Administer, None, None), Ok(()));
}

#[test]
fn a_granted_credential_exists_for_those_it_is_granted_to() {
    let mut config = telegram(lists(Some(list(&["*"])), None));
    let alice = ProfileId::new("anthropic:alice").unwrap_or_else(|| unreachable!());
    let grants = Grants { owners: false, users: list(&["telegram:7"]), chats: list(&["-200"]), roles: Vec::new() };
    let provider = ProviderId::new("anthropic").unwrap_or_else(|| unreachable!());
    let entry = ProfileConfig {
        provider,
        mode: Mode::ApiKey,
        email: None,
        grants: Some(grants),
        visibility: Visibility::Everybody,
    };
    config.auth.profiles.insert(alice.clone(), entry);
    let may = |id, peer| {
        let conversation = conversation("telegram", Kind::Group, peer);
        authorize(
            &config,
            &Asker { conversation: &conversation, room: None, id, roles: &[] },
            Action::Talk,
            None,
            Some(&alice),
        )
    };
    assert_eq!(may("7", "-100"), Ok(()));
    assert_eq!(may("8", "-200"), Ok(()));
    assert_eq!(may("8", "-100"), Err(Denied::ProfileHidden));
}

/// Somebody, and what they have on the platform.
const PEOPLE: [(&str, &[&str], Role); 6] = [
    ("1", &[], Role::Owner),
    ("2", &[], Role::Operator),
    ("3", &["70"], Role::Operator),
    ("4", &[], Role::Member),
    ("5", &["80"], Role::Member),
    ("6", &["90"], Role::Stranger),
];

const ACTIONS: [Action; 5] =
    [Action::Talk, Action::See, Action::SwitchModel, Action::ChooseCredential, Action::Administer];

/// Two channels with everybody above, whatever the chat.
fn peopled(chats: &[(&str, ChatPolicy)]) -> Config {
    let access = AccessConfig {
        allow_from: Some(list(&["4"])),
        group_allow_from: Some(list(&["4"])),
        group_policy: Some(Policy::Allowlist),
        ..AccessConfig::default()
    };
    let channel = || ChannelConfig { access: access.clone(), ..ChannelConfig::default() };
    let roles = RolesConfig { owner: list(&["1"]), operator: list(&["2", "role:70"]), member: list(&["role:80"]) };
    let chats = chats.iter().map(|(key, policy)| ((*key).to_owned(), policy.clone())).collect();
    Config {
        channels: ["telegram", "discord"].map(|name| (name.to_owned(), channel())).into_iter().collect(),
        access: AccessPolicy { roles, chats, ..AccessPolicy::default() },
        ..Config::default()
    }
}

/// A chat of each kind, with its server.
fn places() -> Vec<(Conversation, Option<Room>)> {
    let room = || Some(Room { server: "10".to_owned(), server_name: None, name: None });
    let mut thread = conversation("discord", Kind::Channel, "20");
    thread.thread = Some(Thread::Thread("30".to_owned()));
    vec![
        (conversation("telegram", Kind::Dm, "4"), None),
        (conversation("telegram", Kind::Group, "-100"), None),
        (conversation("discord", Kind::Dm, "4"), None),
        (conversation("discord", Kind::Channel, "20"), room()),
        (thread, room()),
        (conversation("terminal", Kind::Dm, "local"), None),
    ]
}

#[test]
fn what_somebody_is_and_where_decides_on_every_action() {
    let with = |switch_model, choose_credential| ChatPolicy { switch_model, choose_credential, pairs: None };
    // What choosing the model and the credential want in a private chat and in a group.
    for (chats, private, group) in [
        (vec![], [Rank::Member, Rank::Member], [Rank::Member, Rank::Operator]),
        (vec![("*", with(None, Some(Rank::Member)))], [Rank::Member; 2], [Rank::Member; 2]),
        (vec![("*", with(Some(Rank::Owner), None))], [Rank::Member; 2], [Rank::Owner, Rank::Operator]),
        (
            vec![
                ("*", with(Some(Rank::Owner), Some(Rank::Owner))),
                ("telegram", with(Some(Rank::Operator), None)),
                ("telegram:-100", with(None, Some(Rank::Member))),
                ("discord:10", with(Some(Rank::Operator), Some(Rank::Owner))),
                ("discord:20", with(None, Some(Rank::Member))),
                ("telegram:4", with(Some(Rank::Operator), Some(Rank::Member))),
                ("discord:4", with(Some(Rank::Operator), None)),
            ],
            [Rank::Operator, Rank::Member],
            [Rank::Operator, Rank::Member],
        ),
    ] {
        let config = peopled(&chats);
        for (conversation, room) in places() {
            let is_terminal = conversation.channel == "terminal";
            let [switch, credential] = if conversation.kind == Kind::Dm { private } else { group };
            for (id, roles, role) in PEOPLE {
                let roles = list(roles);
                let asker = Asker { conversation: &conversation, room: room.as_ref(), id, roles: &roles };
                let role = if is_terminal { Role::Owner } else { role };
                assert_eq!(role_of(&config, &asker), role, "{id} in {conversation:?}");
                for action in ACTIONS {
                    let wanted = match action {
                        Action::Talk | Action::See => Rank::Member,
                        Action::SwitchModel => switch,
                        Action::ChooseCredential => credential,
                        Action::Administer => Rank::Operator,
                    };
                    let expected = match (role, wanted) {
                        (Role::Stranger, _) => Err(Denied::Stranger),
                        (Role::Owner, _)
                        | (Role::Operator, Rank::Operator | Rank::Member)
                        | (Role::Member, Rank::Member) => Ok(()),
                        (_, Rank::Owner) => Err(Denied::OwnersOnly),
                        _ => Err(Denied::OperatorsOnly),
                    };
                    let decided = authorize(&config, &asker, action, None, None);
                    assert_eq!(decided, expected, "{id} {action:?} in {conversation:?} by {chats:?}");
                }
            }
        }
    }
}

#[test]
fn a_role_of_the_platform_makes_operators_and_members_and_never_owners() {
    let mut config = peopled(&[]);
    config.access.roles.owner = list(&["role:70", "70"]);
    let place = conversation("discord", Kind::Channel, "20");
    let roles = list(&["70"]);
    let asker = Asker { conversation: &place, room: None, id: "3", roles: &roles };
    assert_eq!(role_of(&config, &asker), Role::Operator);
    // Nor does a role of that number make a person of it.
    config.access.roles.operator = list(&["user:70"]);
    assert_eq!(role_of(&config, &asker), Role::Stranger);
}

#[test]
fn a_chat_has_its_pairs_of_models_and_credentials() {
    let pairs =
        ["anthropic/*opus*@anthropic:work", "openai/*"].map(|pair| Pair::read(pair).unwrap_or_else(|| unreachable!()));
    let config = peopled(&[("telegram:-100", ChatPolicy { pairs: Some(pairs.to_vec()), ..ChatPolicy::default() })]);
    let model = |text: &str| text.parse::<ModelRef>().unwrap_or_else(|_| unreachable!());
    let profile = |text: &str| ProfileId::new(text).unwrap_or_else(|| unreachable!());
    let (opus, haiku, gpt) =
        (model("anthropic/claude-opus-4-6"), model("anthropic/claude-haiku-4-5"), model("openai/gpt-5"));
    let (work, me, team) = (profile("anthropic:work"), profile("anthropic:me"), profile("openai:team"));
    let place = conversation("telegram", Kind::Group, "-100");
    let at = |id| Asker { conversation: &place, room: None, id, roles: &[] };
    for (model, profile, expected) in [
        (Some(&opus), Some(&work), Ok(())),
        (Some(&opus), None, Ok(())),
        (None, Some(&work), Ok(())),
        (Some(&gpt), Some(&team), Ok(())),
        (None, None, Ok(())),
        (Some(&haiku), None, Err(Denied::NotInThisChat)),
        (Some(&haiku), Some(&work), Err(Denied::NotInThisChat)),
        // `openai/*` goes with any profile, so this one is there, and merely not with that model.
        (Some(&opus), Some(&me), Err(Denied::NotInThisChat)),
    ] {
        let decided = |id| authorize(&config, &at(id), Action::SwitchModel, model, profile);
        assert_eq!(decided("4"), expected, "{model:?} {profile:?}");
        assert_eq!(decided("1"), Ok(()), "an owner may do everything");
    }
    assert!(may_answer(&config, &at("4"), &gpt, None) && !may_answer(&config, &at("4"), &opus, None));
    let only = ChatPolicy { pairs: Some(vec![pairs[0].clone()]), ..ChatPolicy::default() };
    let config = peopled(&[("telegram:-100", only)]);
    assert!(may_use(&config, &at("4"), &work) && !may_use(&config, &at("4"), &me), "what no pair names is not there");
    assert_eq!(authorize(&config, &at("4"), Action::SwitchModel, None, Some(&me)), Err(Denied::ProfileHidden));
    let elsewhere = conversation("telegram", Kind::Group, "-200");
    let asker = Asker { conversation: &elsewhere, room: None, id: "4", roles: &[] };
    assert!(may_use(&config, &asker, &me));
}
