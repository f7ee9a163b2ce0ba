//! What several commands ask of the database or change in it.

use std::error::Error;

use super::terminal::AnyResult;
use crate::core::ops::{Query, QueryResult, Write};
use crate::store::sqlite::Database;

/// The keys of an application, the newest first; none if it does not exist.
pub(super) fn keys_of(database: &Database, app: u32) -> AnyResult<Vec<String>> {
    match database.query(&Query::App { app })? {
        QueryResult::App(keys) => Ok(keys),
        _ => Err("the database answered something else".into()),
    }
}

pub(super) fn no_application(app: u32) -> Box<dyn Error> {
    format!("there is no application {app}: make it with tim-server app --id {app}").into()
}

pub(super) fn commit(database: &mut Database, write: Write) -> AnyResult {
    for result in database.commit(&[write]) {
        result?;
    }
    Ok(())
}
