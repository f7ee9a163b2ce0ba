//! The statements that connections keep, for the tests of both stores: none is parsed again when it is used again, and each
//! is carried out as the golden file says.
//!
//! `UPDATE_GOLDEN=1 cargo test -p tim -p tim-server --lib statements` writes the golden files.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, StatementStatus};

/// What SQLite says about each statement.
#[derive(Default)]
pub(crate) struct Statements(BTreeMap<String, Statement>);

struct Statement {
    /// How often it was parsed again.
    parsed_again: i32,
    /// A line for each step of `EXPLAIN QUERY PLAN`.
    plan: Vec<String>,
}

impl Statements {
    /// Adds those that a connection keeps. Each is used once more, with other values, and what that changes is undone.
    pub(crate) fn add(&mut self, connection: &Connection) {
        let _ = connection.execute_batch("COMMIT");
        for sql in kept(connection) {
            if is_about_rows(&sql) {
                let statement =
                    Statement { parsed_again: parsed_again(connection, &sql), plan: plan(connection, &sql) };
                self.0.entry(sql).or_insert(statement);
            }
        }
    }

    /// Compares them with the golden file, and with the number of places in the sources where a statement is prepared.
    /// `scans` has the beginnings of the statements that may read a whole table or index, each with the reason.
    pub(crate) fn check(&self, golden: &Path, places: usize, scans: &[(&str, &str)]) {
        let scanning = |sql: &str| scans.iter().position(|(beginning, _)| line(sql).starts_with(beginning));
        let mut scanned = Vec::new();
        self.compare(golden);
        for (sql, Statement { parsed_again, plan }) in &self.0 {
            assert_eq!(*parsed_again, 0, "parsed again when it was used again: {sql}");
            if plan.iter().any(|step| is_scan(step)) {
                scanned.push(scanning(sql).unwrap_or_else(|| panic!("reads all rows: {sql}\n{plan:#?}")));
            }
        }
        for (place, (beginning, why)) in scans.iter().enumerate() {
            assert!(scanned.contains(&place), "no longer reads all rows ({why}): {beginning}");
        }
        assert_eq!(self.0.len(), places, "statements that the test used, and places that prepare one");
    }

    fn compare(&self, golden: &Path) {
        let plans =
            self.0.iter().map(|(sql, statement)| format!("{}\n{}\n", line(sql), statement.plan.concat()));
        let plans: String = plans.collect();
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            return std::fs::write(golden, plans).unwrap();
        }
        let expected = std::fs::read_to_string(golden).unwrap_or_default();
        let lines = || plans.lines().map(Some).chain([None]).zip(expected.lines().map(Some).chain([None]));
        let change = lines().find(|(found, expected)| found != expected);
        assert_eq!(
            change,
            None,
            "found, and expected in {}: UPDATE_GOLDEN=1 writes it anew",
            golden.display()
        );
    }
}

/// In how many places the sources of a folder have this.
pub(crate) fn places(folder: &Path, call: &str) -> usize {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let sources = files.filter(|file| file.is_file() && !file.ends_with("statements.rs"));
    sources.map(|file| std::fs::read_to_string(file).unwrap().matches(call).count()).sum()
}

/// The texts of a connection's prepared statements.
fn kept(connection: &Connection) -> Vec<String> {
    let mut statements = connection.prepare("SELECT sql FROM sqlite_stmt WHERE NOT busy").unwrap();
    statements.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

/// Whether a statement is of the store and has a plan: others begin and end transactions, or are what an index for searches
/// keeps for itself.
fn is_about_rows(sql: &str) -> bool {
    let has_plan = |verb: &&str| sql.trim_start().starts_with(*verb);
    ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].iter().any(has_plan)
        && !sql.contains("'main'.")
        && !sql.contains("'search'.")
}

/// How often a statement was parsed again after it was used with other values.
fn parsed_again(connection: &Connection, sql: &str) -> i32 {
    connection.execute_batch("SAVEPOINT again").unwrap();
    for value in [1, 2] {
        let mut statement = connection.prepare_cached(sql).unwrap();
        for place in 1..=statement.parameter_count() {
            statement.raw_bind_parameter(place, value).unwrap();
        }
        // It may fail, for these are not values that the store has.
        let _ = statement.raw_query().next();
    }
    connection.execute_batch("ROLLBACK TO again; RELEASE again").unwrap();
    connection.prepare_cached(sql).unwrap().get_status(StatementStatus::RePrepare)
}

fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut explained = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let mut rows = explained.raw_query();
    let mut depths = BTreeMap::from([(0, 0)]);
    let mut plan = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let (id, parent): (i64, i64) = (row.get(0).unwrap(), row.get(1).unwrap());
        let depth = depths.get(&parent).copied().unwrap_or(0) + 1;
        depths.insert(id, depth);
        plan.push(format!("{}{}\n", "    ".repeat(depth), row.get::<_, String>(3).unwrap()));
    }
    plan
}

/// Whether a step reads all of a table or index; of a subquery or constant that is no matter, and an index for searches reads
/// what it is asked for.
fn is_scan(step: &str) -> bool {
    let scanned = step.trim_start().strip_prefix("SCAN ");
    let is_none =
        |what: &str| what.starts_with('(') || what.starts_with("CONSTANT") || what.contains("VIRTUAL TABLE");
    scanned.is_some_and(|what| !is_none(what))
}

/// The statement in one line.
fn line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}
