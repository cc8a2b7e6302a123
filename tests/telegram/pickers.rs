//! Menus of a large catalogue, over Telegram: everything can be reached, and what is printed on a button is what it does.

mod chance;
mod printed;
mod walker;

use futures_util::future::join_all;

use crate::support::catalogue::{self, PROVIDERS, models, profiles};
use crate::telegram::account::{Pace, Stage, served, started};
use crate::telegram::pickers::printed::{Names, Printed};
use crate::telegram::pickers::walker::Walker;

/// Over so many people the names of a provider are spread.
const SHARES: usize = 5;

/// The wanted names of one of the shares.
fn share(names: impl Iterator<Item = String>, share: usize, of: impl Fn(String) -> Printed) -> Vec<Printed> {
    let mine = names.enumerate().filter(|(number, _)| number % SHARES == share);
    mine.map(|(_, name)| of(name)).collect()
}

#[test]
fn every_model_and_every_profile_is_reached_by_what_is_shown() {
    let chat = started(catalogue::bot());
    let (names, store) = (Names::new(), chat.app().store());
    served(&chat, Stage::new(), Pace::Hurried, |account| async move {
        let walks = (0..PROVIDERS.len() * SHARES).map(|number| {
            let (provider, part) = (PROVIDERS[number % PROVIDERS.len()], number / PROVIDERS.len());
            let (account, names, store) = (&account, &names, &*store);
            async move {
                let walker = Walker::new(account, 1_000 + i64::try_from(number).unwrap());
                let of_provider = models().into_iter().filter(|model| model.starts_with(&format!("{provider}/")));
                let all: Vec<Printed> = of_provider.clone().map(Printed::Model).collect();
                let wanted = share(of_provider, part, Printed::Model);
                let menu = walker.says(account, "/model").await;
                let menu = walker.presses(account, &menu, |label| label == "All models").await;
                let menu = walker.presses(account, &menu, |label| label.starts_with(&format!("{provider} ("))).await;
                let to_page = async |chosen, _| walker.presses(account, &chosen, |label| label == "◀ Models").await;
                let seen = walker.reads(account, names, menu, &wanted, to_page, store).await;
                assert!(all.iter().all(|model| seen.contains(model)), "{provider}: {seen:?}");
                if provider != "anthropic" {
                    return;
                }
                let wanted = share(profiles().into_iter(), part, Printed::Profile);
                let menu = walker.says(account, "/model").await;
                let menu = walker.presses(account, &menu, |label| label == "All credentials (40)").await;
                // From a choice, the list begins anew.
                let to_page = async |chosen, page| {
                    let mut menu = walker.presses(account, &chosen, |label| label == "Credentials (40)").await;
                    for _ in 0..page {
                        menu = walker.presses(account, &menu, |label| label == "Next page ▶").await;
                    }
                    menu
                };
                let seen = walker.reads(account, names, menu, &wanted, to_page, store).await;
                let all: Vec<Printed> = profiles().into_iter().map(Printed::Profile).collect();
                assert!(all.iter().all(|profile| seen.contains(profile)), "{seen:?}");
            }
        });
        join_all(walks).await;
        (account, ())
    });
}
