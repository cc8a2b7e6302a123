//! Two gateways on two machines, with one bot, one state and one set of credentials.

use std::fs;

use modelpin::demo::LoopbackProvider;
use modelpin::profile::ProfileId;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::cli::support::{Home, SECRETS, family, provider};
use crate::gateway::bot_api::BotApi;
use crate::gateway::support::{Gateway, ONE, account, configure};
use crate::support::leaks::Leaks;
use crate::support::postgres::{Database, PASSWORD, database};

const PASSPHRASE: &str = "sk-test-passphrase-of-both-machines-71";

/// A machine that has the bot, and its credentials from the database.
fn machine(api: &BotApi, database: &Database, server: &LoopbackProvider) -> Home {
    let home = Home::empty();
    family(&home.state(), "modelpin.json", |provider| server.base_url(provider));
    let text = fs::read_to_string(home.state().join("modelpin.json")).unwrap();
    let mut config: Value = json5::from_str(&text).unwrap();
    config["channels"]["telegram"] = json!({"botToken": ONE, "apiRoot": api.root(), "dmPolicy": "open"});
    config["commands"] = json!({"ownerAllowFrom": ["telegram:42"]});
    config["store"] = json!({"url": database.url().expose_secret()});
    let passphrase = home.state().join("passphrase");
    config["auth"]["seal"] = json!("passphrase");
    config["auth"]["sealPassphraseFile"] = json!(passphrase.display().to_string());
    config["auth"]["store"] = json!("database");
    configure(&home, &config);
    fs::write(passphrase, PASSPHRASE).unwrap();
    home
}

fn link(state: &Value) -> &Value {
    &account(state, "default")["state"]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_machine_serves_and_the_other_takes_over_when_it_dies() {
    let Some(database) = database() else { return };
    let api = BotApi::start(&[(ONE, "onebot")]).await;
    let server = provider().start().await.unwrap();
    let homes = [machine(&api, &database, &server), machine(&api, &database, &server)];
    let brought = homes[0].run(&["store", "import"]);
    assert_eq!(brought.code, 0, "{}", brought.err);
    for home in &homes {
        fs::remove_file(home.store()).unwrap();
    }

    let mut serving = Gateway::start(&homes[0], &[], &[]);
    serving.stands(|state| link(state) == "up").await;
    let mut other = Gateway::start(&homes[1], &[], &[]);
    let (status, state) = other.stands(|state| link(state) == "standby").await;
    assert_eq!((status, &state["ready"]), (200, &json!(true)), "who stands by is in order: {state}");
    api.says(ONE, 42, "/model opus@work");
    assert!(api.answer(ONE, 0).await.contains("anthropic:work"));

    serving.signal("-KILL");
    serving.child.wait().unwrap();
    api.says(ONE, 42, "who answers?");
    // As after the twenty seconds for which it was given.
    database.execute("UPDATE modelpin.leases SET until = 0");
    other.stands(|state| link(state) == "up").await;
    api.shows(ONE, "who answers?").await;
    let seen: Vec<ProfileId> = server.seen().into_iter().filter_map(|seen| seen.profile).collect();
    assert_eq!(
        seen.iter().map(ProfileId::as_str).collect::<Vec<_>>(),
        ["anthropic:work"],
        "once, and with what was pinned"
    );

    // Told to end, it lets go, and the first one is back at once.
    let mut again = Gateway::start(&homes[0], &[], &[]);
    again.stands(|state| link(state) == "standby").await;
    other.signal("-TERM");
    assert_eq!(other.ends().await, 0);
    again.stands(|state| link(state) == "up").await;
    again.signal("-TERM");
    assert_eq!(again.ends().await, 0);
    let secrets = SECRETS.map(|(_, secret)| secret).into_iter().chain([PASSWORD, PASSPHRASE, ONE]);
    let logs = [serving.log(), other.log(), again.log()].concat();
    Leaks::of(secrets).assert_none_in("the logs", logs);
}
