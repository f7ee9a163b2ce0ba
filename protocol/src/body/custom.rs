//! Content of the application's own.

use serde::{Deserialize, Serialize};

use super::Element;
use crate::{Code, Fault};

/// The contents of a custom message. At least one of the texts is not empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomBody {
    /// What the application makes of it.
    pub data: String,
    /// What it is, in words.
    pub description: String,
    /// More of it.
    pub extension: String,
}

impl Element for CustomBody {
    fn label(&self) -> &'static str {
        "[Custom message]"
    }

    /// [`Code::MESSAGE_BODY_INVALID`], with the reason, if all texts are empty.
    fn check(&self) -> Result<(), Fault> {
        if *self == Self::default() {
            let text = "a custom message has data, a description or an extension";
            return Err(Fault::with_text(Code::MESSAGE_BODY_INVALID, text));
        }
        Ok(())
    }

    fn searchable(&self) -> Vec<&str> {
        vec![&self.description]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_the_texts_is_enough() {
        for json in [r#"{"data":"a"}"#, r#"{"description":"a"}"#, r#"{"extension":"a","data":""}"#] {
            assert_eq!(serde_json::from_str::<CustomBody>(json).unwrap().check(), Ok(()));
        }
        assert_eq!(CustomBody::default().check().unwrap_err().code, Code::MESSAGE_BODY_INVALID);
    }
}
