use indexmap::IndexMap;
use modelpin_chat::{Conversation, Kind};

use crate::access::{Action, Asker, Denied, authorize};
use crate::catalog::ProviderId;
use crate::config::{AccessConfig, ChannelConfig, Config, Grants, Mode, ProfileConfig};
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
    assert_eq!(decide(&open, Kind::Group, "42", Action::ChooseCredential), Ok(()));
    assert_eq!(decide(&open, Kind::Group, "42", Action::Administer), Err(Denied::OwnersOnly));
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
    assert_eq!(authorize(&Config::default(), &asker, Action::Administer, None), Ok(()));
}

#[test]
fn a_granted_credential_exists_for_those_it_is_granted_to() {
    let mut config = telegram(lists(Some(list(&["*"])), None));
    let alice = ProfileId::new("anthropic:alice").unwrap_or_else(|| unreachable!());
    let grants = Grants { owners: false, users: list(&["telegram:7"]), chats: list(&["-200"]), roles: Vec::new() };
    let provider = ProviderId::new("anthropic").unwrap_or_else(|| unreachable!());
    let entry = ProfileConfig { provider, mode: Mode::ApiKey, email: None, grants: Some(grants) };
    config.auth.profiles.insert(alice.clone(), entry);
    let may = |id, peer| {
        let conversation = conversation("telegram", Kind::Group, peer);
        authorize(
            &config,
            &Asker { conversation: &conversation, room: None, id, roles: &[] },
            Action::ChooseCredential,
            Some(&alice),
        )
    };
    assert_eq!(may("7", "-100"), Ok(()));
    assert_eq!(may("8", "-200"), Ok(()));
    assert_eq!(may("8", "-100"), Err(Denied::ProfileHidden));
}
