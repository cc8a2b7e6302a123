//! `modelpin chat`

mod banner;
mod secret;

use std::io::IsTerminal as _;

use clap::Args;
use modelpin_terminal::{History, Options, serve_interactive, serve_jsonl_stdio};

use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::wiring::App;

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
    let app = if *demo { App::open_demo(demo_fail).await? } else { App::open(global, invoked_as).await? };
    for warning in app.warnings() {
        output.talk(&warning);
    }
    let greeting = if *demo { Some(banner::demo().to_owned()) } else { app.first_steps() };
    let engine = app.engine();
    if *jsonl || global.json {
        if let Some(steps) = greeting.filter(|_| !demo) {
            output.talk(&steps);
        }
        return Ok(serve_jsonl_stdio(engine.as_ref(), BOT).await?);
    }
    let mut options = Options::new(BOT);
    options.history = app.history_file().map(|path| History { path, keep: |line| !secret::looks_secret(line) });
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        options.greeting = Some(greeting.unwrap_or_else(|| banner::usual().to_owned()));
    } else if let Some(greeting) = greeting {
        // Standard output is for the answers alone.
        output.talk(&greeting);
    }
    Ok(serve_interactive(engine.as_ref(), options).await?)
}
