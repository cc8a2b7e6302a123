//! `modelpin chat`

mod banner;
mod demo;

use std::io::IsTerminal as _;

use clap::Args;
use modelpin_chat::Handler;
use modelpin_terminal::{Options, serve_interactive, serve_jsonl_stdio};

use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::chat::demo::Demo;
use crate::cli::failure::Failure;
use crate::cli::open::{again, open_to_serve};
use crate::cli::output::Output;
use crate::cli::running;
use crate::clock::{Clock as _, SystemClock};

/// What the bot is called in the terminal, whatever the program is called.
const BOT: &str = "modelpin";

/// Talk in the terminal: type `/model` there. Ctrl-D ends
#[derive(Debug, Args)]
pub(crate) struct Chat {
    /// Show it with throw-away state, pretended providers and invented keys
    #[arg(long, conflicts_with = "state_dir")]
    demo: bool,
    /// Read one JSON object a line, and write JSON lines (--json means the same)
    #[arg(long)]
    jsonl: bool,
    /// Make a pretended provider fail: PROFILE=STATUS[:RETRY-AFTER], such as anthropic:work=429:30
    #[arg(long, value_name = "SPEC", requires = "demo")]
    demo_fail: Vec<String>,
}

/// Serves the terminal until its input ends.
pub(crate) fn run(chat: &Chat, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let served = runtime.block_on(serve(chat, global, invoked_as, output));
    // A read of standard input that is still under way would hold the end up until the next line.
    runtime.shutdown_background();
    served.map(|()| Exit::Ok)
}

async fn serve(chat: &Chat, global: &Global, invoked_as: &str, output: &mut Output) -> Result<(), Failure> {
    let Chat { demo, jsonl, demo_fail } = chat;
    let scripted = *jsonl || global.json;
    if *demo {
        let demo = Demo::start(demo_fail, invoked_as).await?;
        return converse(demo.handler.as_ref(), scripted, Some(banner::demo().to_owned()), output).await;
    }
    let app = open_to_serve(global, invoked_as, output)?;
    let _answering = running::serve(app.looker(), "chat", SystemClock.now(), None);
    let add = again(global, invoked_as, "models auth add --provider anthropic");
    if let Some(steps) = app.first_steps(invoked_as, &add) {
        output.talk(&steps);
        if !scripted {
            return Ok(());
        }
    }
    converse(app.engine().as_ref(), scripted, None, output).await
}

/// Serves one channel until its input ends.
async fn converse(
    handler: &dyn Handler,
    scripted: bool,
    greeting: Option<String>,
    output: &mut Output,
) -> Result<(), Failure> {
    if scripted {
        return Ok(serve_jsonl_stdio(handler, BOT).await?);
    }
    let mut options = Options::new(BOT);
    if std::io::stdin().is_terminal() && Output::is_terminal() {
        options.greeting = Some(greeting.unwrap_or_else(|| banner::usual().to_owned()));
    } else if let Some(greeting) = greeting {
        // Standard output is for the answers alone.
        output.talk(&greeting);
    }
    Ok(serve_interactive(handler, options).await?)
}
