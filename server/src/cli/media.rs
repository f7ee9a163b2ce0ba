//! `tim-server media`: what no message names is removed at once, or counted.

use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, Subcommand};
use serde::Deserialize;
use tokio::runtime::Builder;

use super::data_args::DataArgs;
use super::operator::ask_server;
use super::terminal::{AnyResult, print_answer};
use crate::core::ops::{MediaSum, Query, QueryResult, RemoveMedia, Write, WriteReply};
use crate::data::{Data, DataError};
use crate::media::{Files, open_files};
use crate::store::sqlite::Database;

/// Most records of one commit.
const AT_ONCE: u32 = 1_000;

#[derive(Debug, Subcommand)]
pub(super) enum Media {
    /// Remove the files that no message names: those that were never sent, and those whose messages were revoked. A running server
    /// does so by itself; this does it at once, with or without one.
    Clean(Clean),
}

#[derive(Debug, Args)]
pub(super) struct Clean {
    #[command(flatten)]
    data_args: DataArgs,
    /// Only say how many files would be removed, and their bytes.
    #[arg(long)]
    dry_run: bool,
    /// Keep those that were uploaded, or named by a message, within so many last seconds, because messages may be on their way
    /// [default: unnamed_kept_s of the configuration, or 30 days if that is 0].
    #[arg(long)]
    kept_s: Option<u32>,
}

/// What a running server says.
#[derive(Deserialize)]
struct Removed {
    files: u64,
    bytes: u64,
}

impl Media {
    pub(super) fn run(self) -> AnyResult {
        match self {
            Self::Clean(clean) => clean.run(),
        }
    }
}

impl Clean {
    fn run(self) -> AnyResult {
        let (data, kept_s) = (self.data_args.existing()?, self.kept_s()?);
        if self.dry_run {
            return say("would be removed", count(&data, until(kept_s)?)?);
        }
        let removed = match data.lock() {
            Ok(_lock) => {
                let files = open_files(&self.data_args.config()?.media, &data.media())?;
                clean(&data, &*files, until(kept_s)?)?
            }
            Err(DataError::InUse(_)) => {
                let answer = ask_server(&data, &format!("/media/clean?kept_s={kept_s}"))?;
                let Removed { files, bytes } = serde_json::from_slice(&answer)?;
                MediaSum { files, bytes }
            }
            Err(why) => return Err(why.into()),
        };
        say("removed", removed)
    }

    fn kept_s(&self) -> AnyResult<u32> {
        let configured = self.data_args.config()?.media.unnamed_kept_s;
        let default = if configured > 0 { configured } else { 30 * 24 * 3_600 };
        Ok(self.kept_s.unwrap_or(default))
    }
}

fn say(what: &str, MediaSum { files, bytes }: MediaSum) -> AnyResult {
    Ok(print_answer(&format!("{what}: {files} files, {bytes} bytes\n"))?)
}

/// The time that is so many seconds ago, in milliseconds since 1970.
fn until(kept_s: u32) -> AnyResult<i64> {
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
    Ok(now - i64::from(kept_s) * 1_000)
}

fn count(data: &Data, until: i64) -> AnyResult<MediaSum> {
    match Database::open(&data.database())?.query(&Query::Unnamed { until })? {
        QueryResult::Unnamed(sum) => Ok(sum),
        _ => Err("the database answered something else".into()),
    }
}

/// Removes them where no server runs.
fn clean(data: &Data, files: &dyn Files, until: i64) -> AnyResult<MediaSum> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut database = Database::open(&data.database())?;
    let (mut sum, mut erased) = (MediaSum::default(), Vec::new());
    loop {
        let asked = RemoveMedia { until, max: AT_ONCE, erased, ..RemoveMedia::default() };
        let committed =
            database.commit(&[Write::RemoveMedia(asked)]).pop().ok_or("nothing was committed")??;
        let WriteReply::Removed(found) = committed.answer else {
            return Err("the database answered something else".into());
        };
        erased = runtime.block_on(files.erase(found.to_erase));
        sum.files += found.removed.files;
        sum.bytes += found.removed.bytes;
        if found.removed.files == 0 && erased.is_empty() {
            return Ok(sum);
        }
    }
}
