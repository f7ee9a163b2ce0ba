//! What it means that a bucket did not do what it was asked for, in words that name no key.

use std::error::Error as _;

use object_store::Error;
use tim_protocol::{Code, Fault};

use crate::config::BucketKeys;

/// When whoever met a bucket that does not answer may try again, in milliseconds.
const AWAY_FOR_MS: u32 = 5_000;

/// Why files cannot be in a bucket: one line with what to do.
#[derive(Debug, thiserror::Error)]
#[error("media.bucket: {0}")]
pub struct BucketError(String);

impl BucketError {
    pub(super) fn keys(why: String) -> Self {
        Self(why)
    }

    pub(super) fn of(bucket: &str, trouble: &Trouble) -> Self {
        Self(match trouble {
            Trouble::Missing => format!("{bucket} lacks an object: it was removed by somebody else"),
            Trouble::NoBucket => {
                format!("{bucket} does not exist: make it, or correct name, endpoint and region")
            }
            Trouble::Refused(why) => format!(
                "{bucket} refuses the access key ({why}): correct keys and region, or permit it to get, put and delete objects, and s3:ListBucket"
            ),
            Trouble::Away(why) => {
                format!(
                    "{bucket} does not answer as one ({why}): check endpoint, region and network, and that the service runs"
                )
            }
        })
    }
}

/// What a bucket's error means.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The object is not there.
    Missing,
    /// The bucket is not there.
    NoBucket,
    /// The keys are wrong, or permit too little.
    Refused(String),
    /// It did not answer, or not as a bucket does.
    Away(String),
}

/// Whether the object, and nothing else, is not there.
pub(super) fn is_missing(why: &Error) -> bool {
    matches!(why, Error::NotFound { .. }) && s3_code(&why.to_string()).as_deref() != Some("NoSuchBucket")
}

impl Trouble {
    pub(super) fn of(why: &Error, keys: &BucketKeys) -> Self {
        let text = why.to_string();
        let code = s3_code(&text);
        match (why, code.as_deref()) {
            (_, Some("NoSuchBucket")) => Self::NoBucket,
            (Error::NotFound { .. }, _) => Self::Missing,
            (Error::PermissionDenied { .. } | Error::Unauthenticated { .. }, _) => {
                Self::Refused(code.unwrap_or_else(|| "access denied".to_owned()))
            }
            (_, Some(code)) if text.contains("status code: 400") => Self::Refused(code.to_owned()),
            // Amazon names another region like this.
            _ if text.contains("redirect without LOCATION") => Self::Refused("another region".to_owned()),
            // Answers of a service may repeat what it was asked with, so of those only their code is shown.
            _ => Self::Away(code.unwrap_or_else(|| cause(why, keys))),
        }
    }

    /// Its name in metrics.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NoBucket => "no-bucket",
            Self::Refused(_) => "refused",
            Self::Away(_) => "away",
        }
    }

    /// What clients hear.
    pub(super) fn fault(&self) -> Fault {
        match self {
            Self::Missing => Fault::new(Code::MEDIA_NOT_FOUND),
            Self::NoBucket | Self::Refused(_) | Self::Away(_) => {
                Fault::with_text(Code::BUSY, "the server's store of files does not answer: try again")
                    .retry_after(AWAY_FOR_MS)
            }
        }
    }
}

/// The code in an answer of S3.
fn s3_code(text: &str) -> Option<String> {
    let (code, _) = text.split_once("<Code>")?.1.split_once("</Code>")?;
    Some(code.chars().filter(char::is_ascii_alphanumeric).collect())
}

/// The innermost cause, without the keys.
fn cause(why: &Error, keys: &BucketKeys) -> String {
    let (mut cause, mut next) = (why.to_string(), why.source());
    while let Some(inner) = next {
        (cause, next) = (inner.to_string(), inner.source());
    }
    let cause: String = cause.lines().next().unwrap_or_default().chars().take(200).collect();
    [&keys.access_key, &keys.secret_key].iter().fold(cause, |text, key| text.replace(key.reveal(), "…"))
}

#[cfg(test)]
mod tests {
    use object_store::ObjectStoreExt as _;
    use object_store::aws::AmazonS3Builder;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;
    use crate::config::BucketConfig;

    /// What it means that a service answers like this.
    async fn trouble(status: &str, code: &str) -> Trouble {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let body =
            if code.is_empty() { String::new() } else { format!("<Error><Code>{code}</Code></Error>") };
        let length = body.len();
        let answer =
            format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let _ = socket.read(&mut [0; 4_096]).await;
                let _ = socket.write_all(answer.as_bytes()).await;
            }
        });
        let config: BucketConfig =
            toml::from_str("name = \"tim\"\naccess_key = \"alpha\"\nsecret_key = \"omega\"").unwrap();
        let store = AmazonS3Builder::new()
            .with_bucket_name("tim")
            .with_endpoint(endpoint)
            .with_allow_http(true)
            .with_access_key_id("alpha")
            .with_secret_access_key("omega")
            .build()
            .unwrap();
        Trouble::of(&store.get(&"file".into()).await.unwrap_err(), &config.keys().unwrap())
    }

    #[tokio::test]
    async fn answers_are_told_apart_as_the_client_words_them() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        for (status, code, expected) in [
            ("404 Not Found", "NoSuchKey", "Missing"),
            ("404 Not Found", "NoSuchBucket", "NoBucket"),
            ("403 Forbidden", "AccessDenied", "Refused(\"AccessDenied\")"),
            ("403 Forbidden", "", "Refused(\"access denied\")"),
            ("401 Unauthorized", "", "Refused(\"access denied\")"),
            ("400 Bad Request", "AuthorizationHeaderMalformed", "Refused(\"AuthorizationHeaderMalformed\")"),
            ("301 Moved Permanently", "", "Refused(\"another region\")"),
            ("409 Conflict", "OperationAborted", "Away(\"OperationAborted\")"),
        ] {
            assert_eq!(format!("{:?}", trouble(status, code).await), expected, "{status} {code}");
        }
    }
}
