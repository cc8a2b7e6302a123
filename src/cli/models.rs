//! `modelpin models …`

mod aliases;
pub(crate) mod auth;
mod call;
mod fallbacks;
mod list;
mod model_key;
mod named;
mod set;
mod standing;
pub(crate) mod status;

use clap::{Args, Subcommand};

use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::models::call::Call;
use crate::cli::open::find;
use crate::cli::output::Output;

/// Look after the models and the credentials that answer
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Models {
    #[command(flatten)]
    status: status::Status,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the models and how the credentials stand; the same as nothing at all
    Status(status::Status),
    /// Show the models, and whether a credential could answer now
    List(list::List),
    /// Set the default model, of all agents or with --agent of one
    Set(set::Set),
    /// Look at and change the short names of models
    #[command(subcommand)]
    Aliases(aliases::Aliases),
    /// Look at and change the models to go on with when the default fails
    #[command(subcommand)]
    Fallbacks(fallbacks::Fallbacks),
    /// Look after the credentials
    #[command(subcommand)]
    Auth(auth::Auth),
    /// For those who look for it here
    #[command(hide = true, name = "set-image")]
    SetImage(Elsewhere),
    /// For those who look for it here
    #[command(hide = true, name = "image-fallbacks")]
    ImageFallbacks(Elsewhere),
}

/// Whatever is given to a command that only other programs of the family have.
#[derive(Debug, Args)]
pub(crate) struct Elsewhere {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Carries one of them out.
pub(crate) fn run(models: &Models, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    match &models.command {
        None => status::run(&models.status, global, invoked_as, output),
        Some(Command::Status(status)) => status::run(status, global, invoked_as, output),
        Some(Command::Auth(auth)) => auth::run(auth, global, invoked_as, output),
        Some(Command::SetImage(Elsewhere { rest: _ }) | Command::ImageFallbacks(Elsewhere { rest: _ })) => {
            Err(Failure::Misuse(
                "there are no image models here: messages are answered by the one model of their session. \
                 `agents.defaults.imageModel` is left to the programs that read it"
                    .to_owned(),
            ))
        }
        Some(Command::List(list)) => list::run(list, &mut call(global, invoked_as, output)?),
        Some(Command::Set(set)) => set::run(set, &mut call(global, invoked_as, output)?),
        Some(Command::Aliases(aliases)) => aliases::run(aliases, &mut call(global, invoked_as, output)?),
        Some(Command::Fallbacks(fallbacks)) => fallbacks::run(fallbacks, &mut call(global, invoked_as, output)?),
    }
}

fn call<'a>(global: &'a Global, invoked_as: &'a str, output: &'a mut Output) -> Result<Call<'a>, Failure> {
    let installation = find(global, invoked_as, output)?;
    Ok(Call { installation, global, invoked_as, output })
}
