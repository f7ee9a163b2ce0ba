//! How many sockets and files the process may have open: as many as the system lets it.

/// Raises the soft limit of descriptors to the hard one, and tells the log how many there may be. Whoever starts the process
/// bounds it by the hard limit.
#[cfg(unix)]
pub(crate) fn raise_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current: before, maximum } = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    let Rlimit { current, .. } = getrlimit(Resource::Nofile);
    match raised {
        Ok(()) => tracing::info!(before, descriptors = current, "the limit of open files"),
        Err(why) => {
            tracing::warn!(%why, descriptors = current, "the limit of open files could not be raised")
        }
    }
}

#[cfg(not(unix))]
pub(crate) fn raise_limit() {}
