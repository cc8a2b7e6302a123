//! What modelpin will not do, why, and what to type instead. A refused command has changed nothing.

use crate::access::Denied;
use crate::catalog::{ModelRef, ProviderId, Unread};
use crate::directive::{Directive, Fault, FormFault};
use crate::profile::ProfileId;
use crate::reply::{Draft, Whom, Words, code, plain, unread};

/// A no to a person: names the rule that refused.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The command is not well formed.
    Malformed(Fault),
    /// What was filled in cannot be read.
    Form(FormFault),
    /// The names in it cannot be read.
    Unread(Unread),
    /// The name is that of a profile, where a model was to be named.
    ProfileForModel(ProfileId),
    /// There is no credential that could answer with that model.
    NoCredential(ModelRef),
    /// modelpin cannot talk to that provider.
    NoEndpoint(String),
    /// The profile is there, and cannot be used.
    ProfileUnusable {
        /// The profile.
        profile: ProfileId,
        /// Why, in words.
        why: String,
    },
    /// The person may not.
    Denied(Denied),
    /// Nothing was changed yet that could be taken back.
    NothingToUndo,
    /// A number was typed before any list was shown.
    NoListShown,
    /// The number is not on the list that was shown last.
    NotOnList {
        /// The number typed.
        number: u32,
        /// The first and the last number there.
        range: (u32, u32),
    },
    /// The list has no such page.
    NoSuchPage {
        /// The page typed.
        page: u32,
        /// What shows the last page there is.
        last: Directive,
    },
    /// There is nothing of that provider to choose.
    UnknownProvider {
        /// As typed.
        typed: String,
        /// Those that there are.
        known: Vec<ProviderId>,
    },
    /// The button belongs to a menu that is gone.
    StaleMenu,
    /// The button was shown to somebody else.
    ForeignMenu,
    /// The credential that the person pinned is not theirs to use any more, so the pin has ended.
    PinLost(ProfileId),
    /// Somebody else's credential is pinned, and answers nobody else.
    PersonalPin,
    /// What an operator asks for is answered where nobody else reads along.
    OnlyInPrivate,
    /// The person has used up what they may: of what, and until when.
    BudgetSpent(String),
    /// What was asked for was not done: why, in words.
    NotDone(String),
    /// What is chosen here was changed by others at the same moment.
    ChangedMeanwhile,
}

/// The refusal in words. `text` is the message it answers, for the caret line.
pub(crate) fn refusal(refusal: &Refusal, text: &str, whom: &Whom, words: Words<'_>) -> Draft {
    let mut draft = Draft::default();
    match refusal {
        Refusal::Malformed(fault) => {
            draft.line(fault.to_string());
            draft.blocks.push(modelpin_chat::Block::Preformatted(fault.caret(text)));
        }
        Refusal::Form(fault) => {
            draft.line(fault.to_string());
        }
        Refusal::Unread(unread) => unread::unread(&mut draft, unread, text, words),
        Refusal::ProfileForModel(profile) => {
            let profile = words.name(profile.as_str());
            draft.line(format!("{profile} is a profile, not a model, so nothing was changed."));
            draft.spans(vec![plain("To pin it and keep the model: "), code(format!("/model @{profile}"))]);
        }
        Refusal::NoCredential(model) => {
            draft.line(format!("There is no usable credential for {}, so nothing was changed.", words.model(model)));
            let add = format!("modelpin models auth add --provider {}", model.provider);
            draft.spans(vec![plain("An operator adds one with "), code(add), plain(".")]);
        }
        Refusal::NoEndpoint(why) => {
            draft.line(format!("{why}. Nothing was changed."));
        }
        Refusal::ProfileUnusable { profile, why } => {
            draft.line(format!("{} cannot be used: {why}. Nothing was changed.", words.name(profile.as_str())));
            draft.spans(vec![code("/model status"), plain(" shows the other credentials.")]);
        }
        Refusal::Denied(why) => denied(&mut draft, *why, whom),
        Refusal::NothingToUndo => {
            draft.spans(vec![
                plain("Nothing was changed in this chat yet. "),
                code("/model status"),
                plain(" shows what is chosen."),
            ]);
        }
        Refusal::NoListShown => {
            draft.spans(vec![
                plain("No list was shown in this chat yet. Type "),
                code("/model list"),
                plain(" first."),
            ]);
        }
        Refusal::NotOnList { number, range: (first, last) } => {
            draft.spans(vec![
                plain(format!("{number} is not on the list shown last ({first} to {last}). ")),
                code("/model list"),
                plain(" shows it again."),
            ]);
        }
        Refusal::NoSuchPage { page, last } => {
            draft.spans(vec![
                plain(format!("There is no page {page}; the last one is ")),
                code(last.to_string()),
                plain("."),
            ]);
        }
        Refusal::UnknownProvider { typed, known } => {
            let known: Vec<String> = known.iter().map(ToString::to_string).collect();
            draft.line(format!("`{typed}` is no provider here. There are: {}.", known.join(", ")));
        }
        Refusal::PinLost(profile) => {
            let name = words.name(profile.as_str());
            draft.line(format!(
                "Nothing was sent: {name}, which you pinned here, is not yours to use any more, so the pin has ended."
            ));
            draft.spans(vec![
                plain("Your next message is answered in the auth order; "),
                code("/model status"),
                plain(" shows by what."),
            ]);
        }
        Refusal::PersonalPin => {
            draft.spans(vec![
                plain(
                    "Nothing was sent: somebody's own credential is pinned in this chat, and it answers them alone. ",
                ),
                code("/model default"),
                plain(" takes it off, for who may choose credentials here."),
            ]);
        }
        Refusal::OnlyInPrivate => only_in_private(&mut draft),
        Refusal::BudgetSpent(what) => budget_spent(&mut draft, what),
        Refusal::NotDone(why) => not_done(&mut draft, why),
        Refusal::ChangedMeanwhile => {
            draft.line("Nothing was sent: what is chosen here was changed at the same moment. Send it again.");
        }
        Refusal::StaleMenu => {
            draft.line("That menu is too old, so nothing was changed. Here is a fresh one:").blank();
        }
        Refusal::ForeignMenu => {
            draft.spans(vec![
                plain("That menu was shown to somebody else. "),
                code("/model"),
                plain(" shows you your own."),
            ]);
        }
    }
    draft
}

fn only_in_private(draft: &mut Draft) {
    draft.line("That is answered where nobody else reads along: write it to me in private, or use the command's form.");
}

fn budget_spent(draft: &mut Draft, what: &str) {
    draft.line(format!("Nothing was sent: {what}. An operator can raise it: `usage.budgets`."));
}

fn not_done(draft: &mut Draft, why: &str) {
    draft.line(format!("Not done: {}.", why.trim_end_matches(['.', '?'])));
}

/// What somebody is told who may not.
fn denied(draft: &mut Draft, why: Denied, whom: &Whom) {
    let ask_for =
        |what: &str, id: &str| vec![plain(what), code(id), plain("; "), code("/whoami"), plain(" shows that again.")];
    match why {
        Denied::Stranger => {
            let what = "You are not on the list of people this bot answers. Its operator can add ";
            draft.spans(ask_for(what, &whom.person));
        }
        Denied::ChatNotListed => {
            let what = "This bot does not answer in this chat. Its operator can add ";
            draft.spans(ask_for(what, whom.chat.as_ref().unwrap_or(&whom.person)));
        }
        Denied::SwitchedOff => {
            draft.line("This bot is switched off in this chat.");
        }
        Denied::OwnersOnly => {
            draft.line("Only an owner of this bot may do that.");
        }
        Denied::OperatorsOnly => {
            draft.spans(vec![
                plain("In this chat only an operator of this bot may do that. An owner can put "),
                code(&whom.person),
                plain(" into "),
                code("access.roles.operator"),
                plain("; "),
                code("/whoami"),
                plain(" shows that again."),
            ]);
        }
        Denied::NotInThisChat => {
            draft.spans(vec![
                plain("That model does not answer with that credential in this chat. "),
                code("/model list"),
                plain(" shows the models there are."),
            ]);
        }
        Denied::ProfileHidden => {
            draft.spans(vec![
                plain("There is no such profile. "),
                code("/model status"),
                plain(" shows those there are."),
            ]);
        }
    }
}
