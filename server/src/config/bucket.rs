//! `[media.bucket]`: where files of messages are stored instead of the data folder, and the keys that permit it.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer};

/// The names of environment variables that have the keys, as other programs take them.
const ACCESS_KEY: &str = "AWS_ACCESS_KEY_ID";
const SECRET_KEY: &str = "AWS_SECRET_ACCESS_KEY";

/// A bucket of S3, or of another service that speaks as S3 does.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BucketConfig {
    /// Its name.
    pub name: String,
    /// The service's address; `None` for Amazon's in this region.
    pub endpoint: Option<String>,
    /// The region that requests are signed for.
    #[serde(default = "default_region")]
    pub region: String,
    /// What the names of all objects begin with.
    #[serde(default)]
    pub prefix: String,
    /// Whether the bucket is named by the endpoint's host instead of the path.
    #[serde(default)]
    pub virtual_hosted: bool,
    /// Whether the service deletes many objects with one request, as S3 does.
    #[serde(default = "default_bulk_delete")]
    pub bulk_delete: bool,
    /// The access key; `None` for that of the environment.
    #[serde(default, deserialize_with = "unless_empty")]
    pub access_key: Option<Secret>,
    /// Its secret; `None` for that of `secret_key_file`, or of the environment.
    #[serde(default, deserialize_with = "unless_empty")]
    pub secret_key: Option<Secret>,
    /// A file that has nothing but the secret.
    pub secret_key_file: Option<PathBuf>,
}

/// A text that is not empty and never stands in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// A key that is empty is as one that is left out.
fn unless_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    String::deserialize(deserializer).map(Secret::new)
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    fn new(text: String) -> Option<Self> {
        (!text.is_empty()).then_some(Self(text))
    }

    /// The text.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// The two keys of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketKeys {
    /// Who asks.
    pub access_key: Secret,
    /// What requests are signed with.
    pub secret_key: Secret,
}

fn default_region() -> String {
    "us-east-1".to_owned()
}

fn default_bulk_delete() -> bool {
    true
}

impl BucketConfig {
    /// Says what does not fit, if something does not.
    pub(super) fn check(&self) -> Result<(), String> {
        let is_address = |it: &str| it.starts_with("https://") || it.starts_with("http://");
        if self.name.is_empty() || self.name.contains('/') {
            return Err("name: write the bucket's name alone, as \"tim-media\"".to_owned());
        }
        if let Some(endpoint) = self.endpoint.as_deref().filter(|it| !is_address(it)) {
            return Err(format!(
                "endpoint: \"{endpoint}\" is no address: begin it with https://, or http:// in a private network"
            ));
        }
        if self.prefix.starts_with('/') || self.prefix.ends_with('/') {
            return Err("prefix: write it without a slash at its ends, as \"chat/media\"".to_owned());
        }
        if self.secret_key.is_some() && self.secret_key_file.is_some() {
            return Err("set secret_key or secret_key_file, not both".to_owned());
        }
        Ok(())
    }

    /// The keys: those of the configuration, or else of the environment.
    ///
    /// # Errors
    /// What is missing, and where to set it.
    pub fn keys(&self) -> Result<BucketKeys, String> {
        let access_key = self.access_key.clone().or_else(|| variable(ACCESS_KEY)).ok_or_else(|| {
            format!(
                "there is no access key: set access_key in [media.bucket], or {ACCESS_KEY} in the environment"
            )
        })?;
        let written =
            match &self.secret_key_file {
                Some(file) => {
                    let path = file.display();
                    let text = std::fs::read_to_string(file).map_err(|why| {
                        format!("secret_key_file: {path}: {why}: check the path and its permissions")
                    })?;
                    let secret = Secret::new(text.trim().to_owned());
                    Some(secret.ok_or_else(|| {
                        format!("secret_key_file: {path} is empty: write the secret into it")
                    })?)
                }
                None => self.secret_key.clone(),
            };
        let secret_key = written.or_else(|| variable(SECRET_KEY)).ok_or_else(|| {
            format!("there is no secret key: set secret_key or secret_key_file in [media.bucket], or {SECRET_KEY} in the environment")
        })?;
        Ok(BucketKeys { access_key, secret_key })
    }
}

fn variable(name: &str) -> Option<Secret> {
    std::env::var(name).ok().and_then(Secret::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(lines: &str) -> BucketConfig {
        toml::from_str(&format!("name = \"tim\"\n{lines}")).unwrap()
    }

    #[test]
    fn a_secret_does_not_stand_in_what_is_logged() {
        let bucket = bucket("access_key = \"alpha\"\nsecret_key = \"omega\"");
        let keys = bucket.keys().unwrap();
        assert_eq!((keys.access_key.reveal(), keys.secret_key.reveal()), ("alpha", "omega"));
        for text in [format!("{bucket:?}"), format!("{keys:?}")] {
            assert!(!text.contains("alpha") && !text.contains("omega"), "{text}");
        }
    }

    #[test]
    fn a_secret_is_read_from_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "omega\n").unwrap();
        let path = file.path().display();
        let with_file = bucket(&format!("access_key = \"alpha\"\nsecret_key_file = \"{path}\""));
        assert_eq!(with_file.keys().unwrap().secret_key.reveal(), "omega");
        let empty =
            bucket(&format!("access_key = \"alpha\"\nsecret_key = \"\"\nsecret_key_file = \"{path}\""));
        empty.check().unwrap();
        assert_eq!(empty.keys().unwrap().secret_key.reveal(), "omega");
        std::fs::write(file.path(), "\n").unwrap();
        assert!(with_file.keys().unwrap_err().contains("is empty"));
        drop(file);
        assert!(with_file.keys().unwrap_err().contains("secret_key_file"));
    }

    #[test]
    fn an_empty_key_is_none() {
        let bucket = bucket("access_key = \"\"\nsecret_key = \"\"");
        assert_eq!((bucket.access_key, bucket.secret_key), (None, None));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for bad in [
            "endpoint = \"storage.example\"",
            "prefix = \"/chat\"",
            "secret_key = \"a\"\nsecret_key_file = \"b\"",
        ] {
            assert!(bucket(bad).check().is_err(), "{bad}");
        }
        bucket("endpoint = \"http://127.0.0.1:9000\"\nprefix = \"chat/media\"").check().unwrap();
    }
}
