//! How measurements fail: with whatever went wrong, which `main` prints.

pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error>>;
