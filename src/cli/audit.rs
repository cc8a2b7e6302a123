//! `modelpin audit`

use std::str::FromStr;

use clap::Args;
use jiff::Timestamp;
use modelpin_terminal::visible;
use serde::Serialize;

use crate::audit::{Entry, Head, Link, Verdict, Verifier};
use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::open::{again, look};
use crate::cli::output::Output;
use crate::cli::since::Since;
use crate::store::Store;

/// How many rows are read at once.
const PAGE: usize = 1_000;

/// Show who changed what, and whether that record is whole
#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// Look through all of it for rows that were edited or taken out: 78 if there are any
    #[arg(long)]
    verify: bool,
    /// With --verify: the end of the record as it was noted somewhere else, NUMBER:DIGEST
    #[arg(long, value_name = "HEAD", requires = "verify")]
    head: Option<Noted>,
    /// Only what was changed since then: 2h, 7d, 2026-11-26
    #[arg(long, value_name = "WHEN", conflicts_with = "verify")]
    since: Option<Since>,
    /// How many rows at most, the last ones
    #[arg(short = 'n', long, default_value_t = 100, value_name = "NUMBER", conflicts_with = "verify")]
    limit: usize,
}

/// `NUMBER:DIGEST`.
#[derive(Debug, Clone)]
struct Noted(Head);

impl FromStr for Noted {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let head = text.split_once(':').and_then(|(number, hash)| {
            let is_digest = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
            let number = number.parse().ok().filter(|number| *number > 0)?;
            is_digest.then(|| Head { number, hash: hash.to_ascii_lowercase() })
        });
        head.map(Self).ok_or("write the number of a row and its digest, as `--verify` prints them: 17:0a1b…")
    }
}

/// One row, as printed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    number: u64,
    /// `None` where somebody has changed the row so that it tells nothing.
    #[serde(flatten)]
    entry: Option<Entry>,
    hash: String,
}

/// What came of looking through it.
#[derive(Serialize)]
struct Looked {
    whole: bool,
    #[serde(flatten)]
    verdict: Verdict,
}

/// Prints the rows, or whether they are whole.
pub(crate) fn run(audit: &Audit, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let installation = look(global, invoked_as, output)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let Some(store) = installation.open_state()? else {
        if global.json {
            if audit.verify {
                output.json(&Looked { whole: true, verdict: Verifier::new(None).end(None) })?;
            } else {
                output.json(&[(); 0])?;
            }
        }
        output.talk("Nothing was ever changed here.");
        return Ok(Exit::Ok);
    };
    if audit.verify {
        let verdict = runtime.block_on(verify(store.as_ref(), audit.head.as_ref().map(|Noted(head)| head.clone())))?;
        let command = again(global, invoked_as, "audit --verify");
        return say(verdict, &command, global, output);
    }
    let since = audit.since.map(|since| since.moment(installation.now()));
    let links = runtime.block_on(wanted(store.as_ref(), since, audit.limit))?;
    let rows: Vec<Row> = links.iter().map(row).collect();
    if global.json {
        output.json(&rows)?;
    } else {
        output.data(&rows.iter().map(line).collect::<String>())?;
    }
    if rows.is_empty() {
        output.talk("Nothing was changed.");
    }
    Ok(Exit::Ok)
}

/// The last rows; with `since`, of those that were written then or later.
async fn wanted(store: &dyn Store, since: Option<Timestamp>, limit: usize) -> Result<Vec<Link>, Failure> {
    let mut links = store.last_links(limit).await?;
    if let Some(since) = since {
        // Whether one is old enough can be told of those only that tell something.
        links.retain(|link| link.entry().is_none_or(|entry| entry.at >= since));
    }
    Ok(links)
}

async fn verify(store: &dyn Store, noted: Option<Head>) -> Result<Verdict, Failure> {
    let mut verifier = Verifier::new(noted);
    let mut after = 0;
    loop {
        // The end before the rows: what is added meanwhile comes behind it, and is looked at in the next round.
        let head = store.head().await?;
        let links = store.links(after, None, PAGE).await?;
        let Some(last) = links.last() else { return Ok(verifier.end(head)) };
        after = last.number;
        for link in &links {
            verifier.take(link);
        }
    }
}

fn say(verdict: Verdict, command: &str, global: &Global, output: &mut Output) -> Result<Exit, Failure> {
    let whole = verdict.flaws.is_empty();
    if global.json {
        output.json(&Looked { whole, verdict })?;
        return Ok(if whole { Exit::Ok } else { Exit::Misconfigured });
    }
    let Verdict { rows, head, flaws } = verdict;
    for flaw in &flaws {
        output.data(&format!("{flaw}\n"))?;
    }
    let end = head.map(|Head { number, hash }| format!("{number}:{hash}"));
    match (whole, &end) {
        (true, Some(end)) => {
            output.data(&format!("{rows} rows, whole; the end: {end}\n"))?;
            output.talk(&format!("Note the end somewhere else; later, `{command} --head {end}` tells whether it is still there."));
        }
        (true, None) => output.data("0 rows\n")?,
        (false, _) => output.talk(
            "Somebody has changed the record outside of modelpin. What was changed by whom cannot be told by it any more; \
             compare it with a copy of the state.",
        ),
    }
    Ok(if whole { Exit::Ok } else { Exit::Misconfigured })
}

fn row(link: &Link) -> Row {
    Row { number: link.number, entry: link.entry(), hash: link.hash.clone() }
}

/// The row for a person: parted by tabs, so that `cut` can read it too.
fn line(row: &Row) -> String {
    let Row { number, entry, hash: _ } = row;
    let Some(entry) = entry else { return format!("{number}\t(cannot be read)\n") };
    let Entry { at, actor, surface, kind, session, subject, before, after, reason, profiles: _ } = entry;
    let who = format!("{}:{} by {}", actor.channel, actor.id, surface.as_str());
    let what = session.as_ref().map(ToString::to_string).or_else(|| subject.clone());
    let [what, before, after] = [&what, before, after].map(|text| text.as_deref().unwrap_or("-"));
    let line = format!("{number}\t{at:.0}\t{who}\t{}\t{what}\t{before} -> {after}\t{reason}", kind.as_str());
    visible(&line) + "\n"
}
