//! Does chores in transactions of their own, a piece in each. The domain defines what a chore is.

use super::database::Database;
use super::failure::refusal;
use super::rows::Transaction;
use crate::core::ops::{Notification, Refusal};
use crate::domain::{self, DomainResult};

impl Database {
    /// Does a piece of what writes left to be done, and returns the notifications; `None` if there is nothing to do. What a
    /// crash interrupts is repeated by the next call.
    ///
    /// # Errors
    /// Those of a failing disk.
    pub fn do_chore(&mut self) -> Result<Option<Vec<Notification>>, Refusal> {
        self.do_some().map_err(|why| {
            self.recover();
            refusal(why)
        })
    }

    fn do_some(&mut self) -> DomainResult<Option<Vec<Notification>>> {
        if !self.has_chores()? {
            return Ok(None);
        }
        self.run("BEGIN IMMEDIATE")?;
        let mut rows = Transaction::on(&self.connection, self.epoch, &self.indexed);
        let done = domain::chores::do_some(&mut rows, &mut self.last_chore)?;
        self.run("COMMIT")?;
        Ok(done)
    }

    fn has_chores(&self) -> DomainResult<bool> {
        let mut query = self.connection.prepare_cached("SELECT EXISTS(SELECT 1 FROM chore)")?;
        Ok(query.query_row([], |row| row.get(0))?)
    }
}
