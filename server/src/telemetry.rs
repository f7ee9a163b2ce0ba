//! Logs and metrics: set up once, at the start of the program.
//!
//! Neither ever holds a message's body, a token or a key.

use std::io::IsTerminal as _;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Starts logging to the standard error output. Does nothing if somebody has started it already.
pub fn log(settings: &Log) {
    let filter = EnvFilter::try_new(&settings.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let no_colour = std::env::var_os("NO_COLOR").is_some_and(|set| !set.is_empty());
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal() && !no_colour)
        // It would complain of a log that cannot be written in that log, and panic.
        .log_internal_errors(false);
    let _ = match settings.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
}

/// Starts collecting metrics.
///
/// # Errors
/// If they are collected already.
pub fn metrics() -> Result<PrometheusHandle, BuildError> {
    let seconds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0];
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &seconds)?
        .set_buckets_for_metric(
            Matcher::Full("tim_commit_writes".into()),
            &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0],
        )?
        .install_recorder()?;
    metrics::describe_gauge!("tim_connections", "connections that are open");
    metrics::describe_gauge!("tim_wal_bytes", "size of the database's write-ahead log");
    metrics::describe_gauge!("tim_search_behind", "messages that searches do not find yet");
    metrics::describe_histogram!("tim_commit_seconds", "time of one commit, with its sync");
    metrics::describe_histogram!("tim_commit_writes", "writes that shared one commit");
    metrics::describe_counter!("tim_writes_total", "writes by kind and outcome");
    metrics::describe_counter!("tim_frames_total", "frames by direction");
    metrics::describe_counter!("tim_closed_total", "connections the server closed, by code");
    metrics::describe_counter!("tim_uploads_total", "pictures that were uploaded");
    metrics::describe_histogram!(
        "tim_decoding_wait_seconds",
        "time a picture or merger waited to be examined, by lane"
    );
    metrics::describe_counter!("tim_shares_refused_total", "refusals because a share was used up, by share");
    metrics::describe_gauge!(
        "tim_shares_remembered",
        "users and addresses whose use of their share is remembered"
    );
    metrics::describe_gauge!("tim_pending_connections", "connections that have not logged in");
    metrics::describe_gauge!("tim_guests", "guests who are connected, or may go on with their session");
    metrics::describe_counter!("tim_evicted_total", "connections that gave way to newer ones, by place");
    metrics::describe_counter!("tim_slow_transfers_total", "uploads and downloads below the least pace");
    Ok(handle)
}
