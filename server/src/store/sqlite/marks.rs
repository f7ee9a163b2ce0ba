//! Writes outstanding marks in transactions of their own. The domain defines what a mark is.

use super::database::Database;
use super::failure::{is_busy, refusal};
use super::rows::Transaction;
use crate::core::ops::{ConversationKey, Refusal};
use crate::domain::{self, DomainResult};

/// Most conversations marked in one transaction, so that sends never wait long behind marks.
const AT_ONCE: u32 = 256;

/// A conversation with outstanding marks, and its head plus mutation head.
type Unmarked = (ConversationKey, u64);

impl Database {
    /// Writes marks that are outstanding, in a transaction of its own. Whether it wrote any; call again while it does.
    /// It is idempotent, so after a crash the next call repeats it; therefore it does not wait for the disk. What is
    /// given out of marks does: a commit that raises a watermark syncs everything before it.
    ///
    /// # Errors
    /// Those of a failing disk, once nothing else can be marked.
    pub fn mark(&mut self) -> Result<bool, Refusal> {
        let unmarked = self.unmarked().map_err(refusal)?;
        match self.mark_together(&unmarked) {
            Ok(()) => Ok(!unmarked.is_empty()),
            // As with writes, a conversation that cannot be marked must not block the others.
            Err(why) if unmarked.len() > 1 && !is_busy(&why) => self.mark_apart(&unmarked),
            Err(why) => Err(refusal(why)),
        }
    }

    fn mark_together(&self, unmarked: &[Unmarked]) -> DomainResult<()> {
        if unmarked.is_empty() {
            return Ok(());
        }
        // A PRAGMA takes effect while it is parsed, not each time it runs.
        self.connection.execute_batch("PRAGMA synchronous = NORMAL")?;
        self.run("BEGIN IMMEDIATE")?;
        let mut rows = Transaction::on(&self.connection, self.epoch, &self.indexed);
        let marked =
            unmarked.iter().try_for_each(|(of, up_to)| domain::marks::mark_all(&mut rows, *of, *up_to));
        let ended = marked.and_then(|()| Ok(self.run("COMMIT")?));
        self.recover();
        ended
    }

    fn mark_apart(&self, unmarked: &[Unmarked]) -> Result<bool, Refusal> {
        let (mut marked, mut refused) = (false, None);
        for one in unmarked {
            match self.mark_together(std::slice::from_ref(one)) {
                Ok(()) => marked = true,
                Err(why) => refused = Some(why),
            }
        }
        match refused {
            Some(why) if !marked => Err(refusal(why)),
            _ => Ok(true),
        }
    }

    fn unmarked(&self) -> DomainResult<Vec<Unmarked>> {
        let mut query = self
            .connection
            .prepare_cached("SELECT id, head + mhead FROM conv WHERE marked < head + mhead LIMIT ?")?;
        let rows = query.query_map([AT_ONCE], |row| {
            Ok((ConversationKey(row.get(0)?), u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0)))
        })?;
        Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
    }
}
