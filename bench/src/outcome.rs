//! How measurements fail: with whatever went wrong, which `main` prints.

pub(crate) type AnyResult<T> = Result<T, Box<dyn std::error::Error>>;
